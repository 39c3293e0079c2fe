#!/usr/bin/env bash
# Upgrades the operator of the cluster that KUBECONFIG names to a version, waits for all platforms that follow it, and
# takes the operator back when one of them does not get Ready. The workflow Deploy runs it; so may you.
#   hack/deploy.sh ghcr.io/todoplatform v1.2.3
set -euo pipefail
registry=$1 version=$2
namespace=todoplatform-system release=todoplatform

# following lists namespace and name of each platform whose manifest names no version of its own.
following() {
	kubectl get todoplatforms --all-namespaces --output \
		go-template='{{range .items}}{{if not .spec.version}}{{.metadata.namespace}} {{.metadata.name}}{{"\n"}}{{end}}{{end}}'
}

upgraded() {
	local space name
	while read -r space name; do
		kubectl wait "todoplatform/$name" --namespace "$space" --timeout=15m --for=jsonpath='{.status.version}'="$version" || return
		kubectl wait "todoplatform/$name" --namespace "$space" --timeout=5m --for=condition=Ready || return
	done < <(following)
}

# An operator that does not get ready goes back by itself, before it has touched a platform.
helm upgrade "$release" "oci://$registry/charts/todoplatform-operator" --version "${version#v}" \
	--set image.repository="$registry/manager" --reset-then-reuse-values --install \
	--namespace "$namespace" --create-namespace --atomic --timeout 5m

if ! upgraded; then
	kubectl get todoplatforms --all-namespaces --output wide
	helm rollback "$release" --namespace "$namespace" --wait --timeout 5m
	kubectl get todoplatforms --all-namespaces --output wide
	echo "The operator is back at the version before. A platform that says DowngradeRefused has the schema of $version:" \
		"its services stay as they are, and docs/operator.md (Versions) says what can be done." >&2
	exit 1
fi
