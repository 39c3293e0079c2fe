// Module schemas pins those whose custom resources config/environments makes, for their definitions. Nothing is
// compiled of them, so go mod tidy would take them away.
module github.com/todoplatform/todoplatform/hack/tools/schemas

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/cloudnative-pg/cloudnative-pg v1.30.0
	github.com/external-secrets/external-secrets v1.3.2
)
