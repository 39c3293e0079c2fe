# The command lines as people get them: included by the Makefile at the root of the repository. todoplatform is a plugin
# of kubectl too, under the name kubectl-todoplatform: see docs/diagnose.md.

VERSION ?= $(shell git describe --tags --always --dirty)
CLI_SYSTEMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64

##@ Release

.PHONY: release-cli
release-cli: ## Build todo and todoplatform for every system into dist/, with SHA256SUMS (VERSION=v1.2.3)
	rm -rf dist && mkdir dist
	@set -e; for system in $(CLI_SYSTEMS); do for name in todo todoplatform; do \
		export CGO_ENABLED=0 GOOS=$${system%/*} GOARCH=$${system#*/}; \
		file=dist/$$name-$$GOOS-$$GOARCH$$(go env GOEXE); echo $$file; \
		go build -trimpath -o $$file \
			-ldflags '-s -w -X github.com/todoplatform/todoplatform/services/cli/version.released=$(VERSION)' ./cmd/$$name; \
	done; done
	cd dist && sha256sum todo* > SHA256SUMS
