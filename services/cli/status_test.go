package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

func TestStatus(t *testing.T) {
	newPlatform(t, "status-ready", true)
	newPlatform(t, "status-ailing", false)
	crash(t, "status-ailing")

	output, status := run(t, "", "status", "-n", "status-ready")
	if status != 0 {
		t.Errorf("status %d of a platform that is Ready", status)
	}
	wantParts(t, output, "status-ready/todo  Ready  https://todo.example.com\n", "✓ Ready", "task-events  3 partitions, 1 replica\n", "Signing  K1\n", "1.2.3 wanted, nothing running")

	output, status = run(t, "", "status", "todo", "-n", "status-ailing")
	if status != 1 {
		t.Errorf("status %d of a platform that is not", status)
	}
	wantParts(t, output, "status-ailing/todo  Starting", "✗ Ready  Starting  pod todo-api-1", "todo-api        0 of 1 ready\n",
		"todo-api-1  not ready, 4 restarts, 1.2.3, sidecar 1.16.15 ready\n", "   └─ todo-api ended with code 1 (restarted 4 times)\n", "1.2.3 running")

	output, status = run(t, "", "status", "-n", "status-ailing", "-o", "json")
	var told struct {
		Ready    bool
		Status   string
		Services []struct{ Pods []struct{ Restarts int } }
	}
	if err := json.Unmarshal([]byte(strings.TrimSuffix(output, "the platform is not Ready\n")), &told); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	if status != 1 || told.Ready || told.Status != v1alpha1.ReasonStarting || told.Services[0].Pods[0].Restarts != 4 {
		t.Errorf("status %d: %s", status, output)
	}
}
