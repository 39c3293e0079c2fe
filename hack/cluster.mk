# The local cluster: included by the Makefile at the root of the repository.

NAME ?= dev
PORT ?= 8080
NODES ?= 1
# What runs the nodes: kind or host. Where Docker and kind are, it is kind, unless you say otherwise.
DRIVER ?=

CLUSTER := $(BIN)/cluster

.PHONY: $(CLUSTER)
$(CLUSTER): # the compiler knows best whether anything changed
	@go build -C hack/cluster -buildvcs=false -o $@ .

##@ Local cluster

.PHONY: up
up: cluster-up ## Bring up a cluster with the sample platform and say where it is
	@$(CLUSTER) platform --name $(NAME)

.PHONY: down
down: cluster-down ## End the cluster and everything it started

.PHONY: reload
reload: $(CLUSTER) ## Rebuild, load and restart only what changed
	@$(CLUSTER) reload --name $(NAME)

.PHONY: observe
observe: $(CLUSTER) ## Watch the platform that `make up` started: Prometheus, VictoriaLogs, Jaeger
	@$(CLUSTER) observe --name $(NAME)

.PHONY: tools
tools: $(CLUSTER) ## Build or fetch every program that clusters and tests need
	@$(CLUSTER) tools

.PHONY: cluster-up
cluster-up: $(CLUSTER) ## Start a cluster without the platform (NAME=dev PORT=8080 NODES=1 DRIVER=kind|host)
	@$(CLUSTER) up --name $(NAME) --port $(PORT) --nodes $(NODES) --driver "$(DRIVER)"

.PHONY: cluster-down
cluster-down: $(CLUSTER)
	@$(CLUSTER) down --name $(NAME)

.PHONY: cluster-status
cluster-status: $(CLUSTER) ## List the clusters of this machine
	@$(CLUSTER) status

.PHONY: cluster-images
cluster-images: $(CLUSTER) ## Build every image that clusters of this machine run into the cache
	@$(CLUSTER) images

.PHONY: load
load: $(CLUSTER) ## Build our images, put them on the nodes and install the operator
	@$(CLUSTER) operator --name $(NAME)
