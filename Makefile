# `make help` lists the targets.
SHELL := /bin/bash -o pipefail
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export TODOPLATFORM_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/todoplatform
BIN := $(TODOPLATFORM_CACHE)/bin

# Tests, the product and the tools are compiled alike, so that what they have in common is compiled once.
export CGO_ENABLED := 0
export GOFLAGS := $(filter-out -trimpath,$(shell go env GOFLAGS)) -trimpath

include hack/cluster.mk
include hack/bench.mk
include hack/fuzz.mk
include services/todoapi/web/web.mk
include hack/release.mk

##@ Daily work

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: web ## Build every binary into bin/
	go build -o bin/ ./cmd/...

.PHONY: generate
generate: $(CLUSTER) ## Generate deep copies, CRD, RBAC, rules of objectives, dashboards, the chart's copies of them and docs/reference
	@$(CLUSTER) tools dev
	$(BIN)/controller-gen object paths=./api/...
	$(BIN)/controller-gen rbac:roleName=manager-role crd paths=./api/... paths=./controllers/... output:crd:artifacts:config=config/crd/bases
	go run ./hack/crd
	go run ./hack/signals
	go run ./hack/chart
	go run ./hack/docs

.PHONY: lint
lint: $(CLUSTER) ## Run golangci-lint on both modules
	@$(CLUSTER) tools lint
	$(BIN)/golangci-lint run ./...
	cd hack/cluster && $(BIN)/golangci-lint run --config ../../.golangci.yml ./...

.PHONY: lint-workflows
lint-workflows: $(CLUSTER) ## Check the workflows: that they run (actionlint), and what they open to others (zizmor)
	@$(CLUSTER) tools actionlint zizmor
	$(BIN)/actionlint
	$(BIN)/zizmor --offline --quiet --persona auditor .

.PHONY: vulnerabilities
vulnerabilities: web $(CLUSTER) ## Look for known holes in what our programs call (asks vuln.go.dev and the npm registry)
	@$(CLUSTER) tools vulncheck
	$(BIN)/govulncheck ./...
	$(BIN)/govulncheck -C hack/cluster ./...
	cd $(WEB) && npm audit --omit dev

.PHONY: verify
verify: ## Check that generated files, go.mod, lint, workflows and links are clean
	$(MAKE) generate
	go mod tidy
	cd hack/cluster && go mod tidy
	$(MAKE) lint lint-workflows
	go test -count=1 ./hack/docs
	@git diff --exit-code || { echo "generated files differ: commit them"; exit 1; }

# npm writes this file last: it says that the install is whole.
%/node_modules/.package-lock.json: %/package-lock.json %/package.json
	cd $* && npm ci --no-audit --no-fund
	touch $@

##@ Tests

# Zones come from our binaries, not from a database that somebody's machine names.
test-unit test-operator test-services test-floor test-e2e test-nodes test-observe test-neighbours test-gitops test-upgrade: export ZONEINFO := /dev/null

.PHONY: test
test: tools web test-unit test-operator test-services test-floor web-test test-e2e ## Run every tier

.PHONY: mcp-conformance
mcp-conformance: services/todoapi/mcp/conformance/node_modules/.package-lock.json ## Get the conformance suite of the Model Context Protocol

test-services test-floor test-pooled: mcp-conformance

.PHONY: test-unit
test-unit: ## Pure packages: contract, language, cluster tooling
	go test ./api/... ./cmd/... ./hack/... ./test/servers ./services/internal/language/...
	cd hack/cluster && go test ./...

KUBERNETES ?=

.PHONY: test-operator
test-operator: $(KUBERNETES:%=kubernetes-%) ## Golden files, envtest on a real kube-apiserver and etcd (KUBERNETES=1.30 for that one), the chart, the environments, the alerts
	TODOPLATFORM_KUBERNETES=$(KUBERNETES) go test ./controllers/... ./charts/... ./config/...

.PHONY: kubernetes-1.30
kubernetes-1.30: $(CLUSTER)
	@$(CLUSTER) tools $@

# Half the time of these suites is waiting: two at a time use two processors, if the longest come first.
LONGEST_SERVICES := ./services/todoapi ./services/notification

.PHONY: test-services
test-services: ## Services on real daprd, scheduler, PostgreSQL and Kafka
	go test -p 2 -timeout 30m $(LONGEST_SERVICES) $$(go list ./services/... | grep -v /internal/language)

# Outages, lost replicas, words and files are the same with every PostgreSQL; TestIsolation calls each operation.
NOT_OF_THE_DATABASE := Down$$|Outages|Replica|TakesLong|Dialogues|Chat|Agents|MCP|LanguageModel|ImportInTheBackground

POSTGRES ?= 15

.PHONY: test-floor
test-floor: ## What speaks to PostgreSQL, on the oldest version that we support (POSTGRES=17 for that one)
	TODOPLATFORM_POSTGRES=$(POSTGRES) go test -p 2 -timeout 30m -skip '$(NOT_OF_THE_DATABASE)' $(LONGEST_SERVICES) ./services/internal/store/... ./services/internal/outbox ./services/audit ./services/cli/migrate ./controllers/internal/database

.PHONY: test-pooled
test-pooled: tools ## What speaks to PostgreSQL, through PgBouncer in transaction mode (not part of test)
	@$(CLUSTER) tools pgbouncer
	TODOPLATFORM_POOLER=$(BIN)/pgbouncer go test -p 1 -timeout 30m $(LONGEST_SERVICES) ./services/internal/store/... ./services/internal/outbox ./services/audit ./services/realtimesync

.PHONY: test-e2e
test-e2e: ## The whole story on a real cluster, a browser included
	go test -count=1 -timeout 45m -v ./test/e2e/...

.PHONY: test-upgrade
test-upgrade: tools web ## Upgrade from the last version with another schema while people work (not part of test)
	hack/upgrade.sh

.PHONY: test-nodes
test-nodes: tools web ## What becomes of a platform when nodes are drained and lost (not part of test)
	go test -count=1 -timeout 60m -v -tags nodes -run '^TestNodes$$' ./test/e2e

.PHONY: test-observe
test-observe: tools web ## Whether dashboards, traces and logs show a busy platform, and alerts what breaks (not part of test)
	go test -count=1 -timeout 240m -v -tags observe -run '^(TestObserve|TestDrill)$$' ./test/e2e

.PHONY: test-neighbours
test-neighbours: tools web ## How a platform gets on with enforced NetworkPolicies, a metrics server and cert-manager (not part of test)
	go test -count=1 -timeout 60m -v -tags neighbours -run '^TestNeighbours$$' ./test/e2e

.PHONY: test-gitops
test-gitops: tools ## How Flux and Argo CD apply, wait for and prune a platform, on a real kube-apiserver (not part of test)
	@$(CLUSTER) tools flux argocd
	go test -count=1 -timeout 20m -v -tags gitops -run '^Test(Flux|ArgoCD)$$' ./controllers

##@ Documentation

HUGO := $(BIN)/hugo --source . --config hack/docs/site/hugo.yaml --noBuildLock

.PHONY: docs
docs: hugo ## Build the site of the documentation into dist/docs; a link that leads nowhere fails it
	$(HUGO) build --cleanDestinationDir --panicOnWarning --logLevel error
	go run ./hack/docs dist/docs

.PHONY: docs-serve
docs-serve: hugo ## Show the site at http://localhost:1313, with what you write as you write it
	$(HUGO) server --disableFastRender

.PHONY: hugo
hugo: $(CLUSTER)
	@$(CLUSTER) tools hugo
