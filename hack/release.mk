# What a release consists of: included by the Makefile at the root of the repository. All goes to dist; images,
# sign-images and push-chart alone reach a registry.

VERSION ?= $(shell git describe --tags --always --dirty)
REGISTRY ?= ghcr.io/todoplatform
IMAGES := $(notdir $(wildcard cmd/*))
BASE_IMAGE ?= $(shell awk '$$1 == "FROM" {print $$2}' hack/images/Dockerfile)
# Helm wants a semantic version; a commit that no tag leads to comes before all.
CHART_VERSION := $(if $(filter v%,$(VERSION)),$(VERSION:v%=%),0.0.0-g$(VERSION))
CHART := dist/todoplatform-operator-$(CHART_VERSION).tgz

# The same commit and version give the same bytes, whoever builds: by one compiler, in one moment, on one base.
images image-layouts release-cli: export GOTOOLCHAIN = $(shell awk '$$1 == "toolchain" {print $$2}' go.mod)
images image-layouts: export VERSION := $(VERSION)
images image-layouts: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
images image-layouts: export KO_DEFAULTBASEIMAGE = $(BASE_IMAGE)
KO_BUILD = $(BIN)/ko build --base-import-paths --tags $(VERSION) --sbom-dir dist/sbom --image-user 65532:65532 \
	--image-label org.opencontainers.image.source=https://github.com/todoplatform/todoplatform \
	--image-label org.opencontainers.image.licenses=Apache-2.0 \
	--image-label org.opencontainers.image.version=$(VERSION) \
	--image-label org.opencontainers.image.revision=$(shell git rev-parse HEAD)

##@ Release

.PHONY: images
images: release-tools web dist ## Build the images for amd64 and arm64 and push them (REGISTRY=ghcr.io/todoplatform VERSION=v1.2.3)
	KO_DOCKER_REPO=$(REGISTRY) $(KO_BUILD) $(IMAGES:%=./cmd/%) > dist/images.txt

.PHONY: image-layouts
image-layouts: release-tools web dist ## Build the images into OCI layouts, one a folder of dist/images
	rm -rf dist/images
	for name in $(IMAGES); do $(KO_BUILD) --push=false --oci-layout-path dist/images/$$name ./cmd/$$name || exit; done

.PHONY: sign-images
sign-images: $(CLUSTER) ## Sign what make images has pushed, without a key, as who signs in
	@$(CLUSTER) tools cosign
	$(BIN)/cosign sign --yes $$(cat dist/images.txt)

.PHONY: test-images
test-images: release-tools ## Build the images twice, push them to a registry here, look into them, start their programs (not part of test)
	@$(CLUSTER) tools emulator
	hack/images/test.sh

.PHONY: push-chart
push-chart: $(CHART) ## Push the packaged chart to the registry
	$(BIN)/helm push $< oci://$(REGISTRY)/charts

.PHONY: release-cli
release-cli: dist ## Build todo and todoplatform for every system, each an archive with completions
	go run ./hack/release -version $(VERSION) archives

.PHONY: release-chart
release-chart: $(CHART) ## Package the chart, which installs the operator of this version

$(CHART): $(shell find charts/todoplatform-operator -type f) | release-tools dist
	$(BIN)/helm package charts/todoplatform-operator --version $(CHART_VERSION) --app-version $(VERSION) --destination dist

.PHONY: release-manifest
release-manifest: release-tools dist ## Write install.yaml, which kubectl applies: definition, rights and operator
	mkdir -p dist/install
	printf 'resources: [../../config/default]\nimages: [{name: ghcr.io/todoplatform/manager, newName: %s, newTag: "%s"}]\n' \
		$(REGISTRY)/manager $(VERSION) > dist/install/kustomization.yaml
	$(BIN)/kustomize build dist/install > dist/install.yaml
	rm -r dist/install

.PHONY: release-sbom
release-sbom: $(WEB)/node_modules/.package-lock.json dist ## Say which packages the web page is made of (images say of Go's themselves)
	mkdir -p dist/sbom
	cd $(WEB) && npm sbom --sbom-format spdx --omit dev > $(CURDIR)/dist/sbom/web-page.spdx.json

.PHONY: release-notes
release-notes: dist ## Write what CHANGELOG.md says of this version, and its commits
	go run ./hack/release -version $(VERSION) notes > dist/notes.md

# All that people download: not the images, which have digests.
.PHONY: release-files
release-files: release-cli release-chart release-manifest release-sbom release-notes
	tar -C dist -czf dist/sbom.tar.gz sbom
	cd dist && sha256sum *.tar.gz *.zip *.tgz install.yaml > SHA256SUMS

.PHONY: release-dry-run
release-dry-run: ## Do all of a release but publish it (VERSION=v1.2.3)
	rm -rf dist
	$(MAKE) image-layouts release-files
	@find dist -path dist/images -prune -o -type f -print | LC_ALL=C sort

.PHONY: release-tools
release-tools: $(CLUSTER)
	@$(CLUSTER) tools release helm kustomize

dist:
	mkdir -p $@
