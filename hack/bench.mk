# The benchmarks: included by the Makefile at the root of the repository.

##@ Measuring

.PHONY: bench
bench: ## Measure the platform on a running cluster (NAME=dev BENCH_ARGS=--help)
	@go run ./hack/bench --name $(NAME) $(BENCH_ARGS)

PLATFORMS ?= 1000
STEADY ?= 10m
WORKERS ?= 4

.PHONY: bench-operator
bench-operator: tools ## Measure the operator with many platforms on an API server (PLATFORMS=1000 STEADY=10m WORKERS=4)
	go test -run '^$$' -bench Platforms -benchtime 1x -timeout 2h ./controllers -args -platforms $(PLATFORMS) -steady $(STEADY) -workers $(WORKERS)
