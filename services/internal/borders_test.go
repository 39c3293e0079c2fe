// Package internal_test keeps the borders between the parts of the module.
package internal_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
)

const module = "github.com/todoplatform/todoplatform/"

// dependencies lists every package that is linked into the packages.
func dependencies(t *testing.T, packages ...string) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps"}, packages...)...)
	command.Dir = "../.."
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Fields(string(output))
}

func TestServicesKeepTheirBorders(t *testing.T) {
	banned := map[string]string{
		"github.com/jackc/pgx":                "services reach PostgreSQL through Dapr; only the migration speaks its protocol",
		"github.com/lib/pq":                   "services reach PostgreSQL through Dapr",
		"github.com/pressly/goose":            "migrations run in the operator's Job, not in services",
		"github.com/segmentio/kafka-go":       "services reach Kafka through Dapr; only the operator speaks its protocol",
		"k8s.io/":                             "services know nothing of the cluster that they run in",
		"testing":                             "test fixtures have no place in a service",
		module + "controllers":                "operator and services share nothing but the API packages",
		module + "services/internal/daprtest": "test fixtures have no place in a service",
	}
	for _, app := range contract.Services() {
		t.Run(app, func(t *testing.T) {
			for _, dependency := range dependencies(t, "./cmd/"+app) {
				for prefix, reason := range banned {
					if dependency == prefix || strings.HasPrefix(dependency, strings.TrimSuffix(prefix, "/")+"/") {
						t.Errorf("it is linked with %s: %s", dependency, reason)
					}
				}
			}
		})
	}
}

func TestOperatorDoesNotReachIntoServices(t *testing.T) {
	for _, dependency := range dependencies(t, "./cmd/manager") {
		if strings.HasPrefix(dependency, module+"services/") {
			t.Errorf("it is linked with %s: operator and services share nothing but the API packages", dependency)
		}
	}
}
