# What a release consists of: included by the Makefile at the root of the repository. All goes to dist; images and
# sign-images alone reach a registry.

VERSION ?= $(shell git describe --tags --always --dirty)
REGISTRY ?= ghcr.io/todoplatform
CLI_SYSTEMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64
IMAGES := $(notdir $(wildcard cmd/*))
BASE_IMAGE ?= $(shell awk '$$1 == "FROM" {print $$2}' hack/images/Dockerfile)

# The same commit and version give the same bytes, whoever builds: by one compiler, in one moment, on one base.
images image-layouts: export GOTOOLCHAIN = $(shell awk '$$1 == "toolchain" {print $$2}' go.mod)
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
test-images: release-tools ## Build the images twice, push them to a registry here, and look into them (not part of test)
	hack/images/test.sh

.PHONY: release-cli
release-cli: dist ## Build todo and todoplatform for every system into dist/, with SHA256SUMS (VERSION=v1.2.3)
	rm -f dist/todo*
	@set -e; for system in $(CLI_SYSTEMS); do for name in todo todoplatform; do \
		export CGO_ENABLED=0 GOOS=$${system%/*} GOARCH=$${system#*/}; \
		file=dist/$$name-$$GOOS-$$GOARCH$$(go env GOEXE); echo $$file; \
		go build -trimpath -o $$file \
			-ldflags '-s -w -X github.com/todoplatform/todoplatform/services/cli/version.released=$(VERSION)' ./cmd/$$name; \
	done; done
	cd dist && sha256sum todo* > SHA256SUMS


.PHONY: release-tools
release-tools: $(CLUSTER)
	@$(CLUSTER) tools release

dist:
	mkdir -p $@
