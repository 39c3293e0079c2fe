# The benchmark: included by the Makefile at the root of the repository.

##@ Measuring

.PHONY: bench
bench: ## Measure the platform on a running cluster (NAME=dev BENCH_ARGS=--help)
	@go run ./hack/bench --name $(NAME) $(BENCH_ARGS)
