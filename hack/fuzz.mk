# Fuzzing: included by the Makefile at the root of the repository.

FUZZTIME ?= 30s
URL ?= http://localhost:$(PORT)
SCHEMATHESIS := $(TODOPLATFORM_CACHE)/schemathesis

##@ Fuzzing

.PHONY: fuzz
fuzz: ## Run every fuzz test for a while (FUZZTIME=30s)
	@grep -rE --include='*_test.go' '^func Fuzz' services | sed -E 's|/[^/]*:func (Fuzz[A-Za-z0-9]*).*| \1|' | while read -r package target; do \
		echo "$$package $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s "./$$package" || exit 1; \
	done

.PHONY: fuzz-api
fuzz-api: $(SCHEMATHESIS)/bin/st ## Fuzz the API of a running platform by its OpenAPI document (URL=http://localhost:8080)
	go run ./hack/fuzz -schemathesis $< -url $(URL)

$(SCHEMATHESIS)/bin/st: hack/fuzz/requirements.txt
	python3 -m venv --clear $(SCHEMATHESIS)
	$(SCHEMATHESIS)/bin/pip install --quiet --requirement $<
	touch $@
