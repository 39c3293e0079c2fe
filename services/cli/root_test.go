package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/test/servers"
)

func TestWhatCannotBeLookedAt(t *testing.T) {
	newPlatform(t, "two", true)
	second := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "other", Namespace: "two"}}
	create(t, second)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no platform":          {[]string{"status", "-n", "default"}, "there is no platform in namespace default"},
		"a name of none":       {[]string{"diagnose", "x", "-n", "two"}, "read platform x in namespace two"},
		"more than one":        {[]string{"diagnose", "-n", "two"}, "name one of other, todo"},
		"an unknown output":    {[]string{"status", "-n", "two", "-o", "xml"}, `"xml" is neither text nor json`},
		"no such context":      {[]string{"status", "--context", "nowhere"}, "nowhere"},
		"a file that is there": {[]string{"bundle", "todo", "-n", "two", "-o", kubeconfig(t, "")}, "exists"},
	} {
		t.Run(name, func(t *testing.T) {
			if output, status := run(t, "", test.args...); status != 2 || !strings.Contains(output, test.want) {
				t.Errorf("status %d, want 2 with %q: %s", status, test.want, output)
			}
		})
	}
}

// TestAsPluginOfKubectl has kubectl find the program under its other name.
func TestAsPluginOfKubectl(t *testing.T) {
	newPlatform(t, "plugin", true)
	kubectl, err := servers.Binary("bin", "kubectl")
	if err != nil {
		t.Fatal(err)
	}
	plugins := t.TempDir()
	if output, err := exec.Command("go", "build", "-o", filepath.Join(plugins, "kubectl-todoplatform"), "../../cmd/todoplatform").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	run := func(args ...string) string {
		command := exec.CommandContext(t.Context(), kubectl, append([]string{"todoplatform"}, args...)...)
		command.Env = append(os.Environ(), "PATH="+plugins, "KUBECONFIG="+kubeconfig(t, ""))
		output, err := command.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %s", err, output)
		}
		return string(output)
	}
	wantParts(t, run("status", "-n", "plugin"), "plugin/todo  Ready")
	wantParts(t, run("diagnose", "--help"), "Usage:\n  kubectl todoplatform diagnose [name]")
}
