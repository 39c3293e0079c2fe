// Command chart writes those templates of the operator's Helm chart that come from
// manifests of config/: the custom resource definition, the rights and what Prometheus
// needs. Run it at the root of the repository after controller-gen.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const templates = "charts/todoplatform-operator/templates"

// notice heads every written template.
const notice = "{{- /* Written by hack/chart: change config/ and run make generate. */ -}}\n"

// rights lists the manifests of rights, in the order of config/rbac/kustomization.yaml.
var rights = []manifest{
	{name: "service_account"}, {name: "role", where: platforms}, {name: "role_binding", where: platforms},
	{name: "leader_election_role"}, {name: "leader_election_role_binding"},
	{name: "metrics_auth_role", where: cluster}, {name: "metrics_auth_role_binding", where: cluster},
	{name: "metrics_reader_role", where: cluster}, {name: "viewer_role", where: cluster}, {name: "editor_role", where: cluster},
}

// manifest is one of config/rbac.
type manifest struct {
	name  string
	where place
}

// place says where the rights of a manifest hold.
type place int

const (
	operator  place = iota // in the operator's own namespace
	platforms              // in all namespaces, or those that are watched
	cluster                // in all namespaces, if the release may say so
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run() error {
	crd, err := crdTemplate("config/crd/bases/platform.todoplatform.dev_todoplatforms.yaml")
	if err != nil {
		return err
	}
	rbac, err := rbacTemplate("config/rbac")
	if err != nil {
		return err
	}
	monitoring, err := monitoringTemplate("config/prometheus")
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"crd.yaml": crd, "rbac.yaml": rbac, "monitoring.yaml": monitoring} {
		if err := os.WriteFile(filepath.Join(templates, name), content, 0o644); err != nil { //nolint:gosec // a source file, to be read by all
			return err
		}
	}
	return nil
}

// crdTemplate keeps the definition when the release is removed, because all platforms
// would go with it.
func crdTemplate(path string) ([]byte, error) {
	content, err := read(path)
	if err != nil {
		return nil, err
	}
	const annotations = "  annotations:\n"
	if !strings.Contains(content, annotations) {
		return nil, fmt.Errorf("%s has no annotations to add to", path)
	}
	content = strings.Replace(content, annotations, annotations+"    helm.sh/resource-policy: keep\n", 1)
	return []byte(notice + "{{- if .Values.crds.install }}\n" + content + "{{- end }}\n"), nil
}

// rbacTemplate confines the rights to the namespaces that are watched.
func rbacTemplate(directory string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(notice)
	for _, one := range rights {
		content, err := read(filepath.Join(directory, one.name+".yaml"))
		if err != nil {
			return nil, err
		}
		content = released(content)
		switch one.where {
		case platforms:
			content = "{{- range .Values.watchNamespaces }}\n" + confined(content) + "{{- else }}\n" + content + "{{- end }}\n"
		case cluster:
			content = "{{- if .Values.clusterRoles.create }}\n" + content + "{{- end }}\n"
		}
		out.WriteString(content)
	}
	return out.Bytes(), nil
}

// monitors lists the manifests for Prometheus, in the order of config/prometheus/kustomization.yaml.
var monitors = []string{"operator_monitor", "services_monitor", "rules", "objectives"}

// everywhere is how a monitor looks in all namespaces, and watched how it looks where platforms are watched.
const (
	everywhere = "  namespaceSelector:\n    any: true\n"
	watched    = "  namespaceSelector:\n" +
		"    {{- with .Values.watchNamespaces }}\n    matchNames: {{ toJson . }}\n" +
		"    {{- else }}\n    any: true\n    {{- end }}\n"
)

// monitoringTemplate gives what Prometheus needs to those who ask for it: it is refused in a cluster without the
// Prometheus operator.
func monitoringTemplate(directory string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(notice + "{{- if .Values.monitoring.enabled }}\n{{- if not .Values.clusterRoles.create }}\n" +
		`{{- fail "monitoring.enabled: the operator has no metrics without clusterRoles.create, set that to true as well" }}` +
		"\n{{- end }}\n")
	for _, name := range monitors {
		content, err := read(filepath.Join(directory, name+".yaml"))
		if err != nil {
			return nil, err
		}
		out.WriteString(strings.Replace(released(content), everywhere, watched, 1))
	}
	out.WriteString("{{- end }}\n")
	return out.Bytes(), nil
}

// released names a manifest as config/default does and puts it into the namespace of the release.
func released(content string) string {
	content = strings.TrimPrefix(content, "---\n")
	content = strings.ReplaceAll(content, "namespace: system\n", "namespace: {{ $.Release.Namespace }}\n")
	return "---\n" + prefixNames(content)
}

// confined makes of a manifest for the cluster one for the namespace that the template is at.
func confined(content string) string {
	content = strings.ReplaceAll(content, "kind: ClusterRole", "kind: Role")
	before, after, _ := strings.Cut(content, "metadata:\n")
	name, rest, _ := strings.Cut(after, "\n")
	return before + "metadata:\n" + name + "\n  namespace: {{ . }}\n" + rest
}

func prefixNames(content string) string {
	lines := strings.SplitAfter(content, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "  name: ") {
			lines[i] = strings.Replace(line, "name: ", "name: todoplatform-", 1)
		}
	}
	return strings.Join(lines, "")
}

// literally has Helm write the marks of template languages as they are: those of Prometheus look the same.
var literally = strings.NewReplacer("{{", "{{ `{{` }}", "}}", "{{ `}}` }}")

// read gives a manifest in which the chart's template language finds no word of its own.
func read(path string) (string, error) {
	content, err := os.ReadFile(path) //nolint:gosec // a path of this repository
	if err != nil {
		return "", err
	}
	return literally.Replace(string(content)), nil
}
