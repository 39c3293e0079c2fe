package kind

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/fakes"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

const silent = "exit 0"

func blue(t *testing.T) (Driver, cluster.Cluster) {
	t.Helper()
	layout := cache.Layout{Root: t.TempDir()}
	c := cluster.Cluster{Spec: cluster.Spec{Name: "blue", Driver: cluster.DriverKind, Port: 8081, Size: 1}, Cache: layout}
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	return Driver{Cache: layout}, c
}

// What is missing is named, one thing at a time.
func TestCheck(t *testing.T) {
	for _, test := range []struct {
		name    string
		scripts map[string]string
		nodes   int
		want    string
	}{
		{"all there", map[string]string{"docker": "echo 28.2", "kind": silent, "kubectl": silent}, 1, ""},
		{"several nodes", map[string]string{"docker": silent, "kind": silent, "kubectl": silent}, 3, "a cluster in kind has one node, several need DRIVER=host"},
		{"no docker", map[string]string{"kind": silent, "kubectl": silent}, 1, "docker is not installed"},
		{"no kind", map[string]string{"docker": silent, "kubectl": silent}, 1, "kind is not installed"},
		{"no kubectl", map[string]string{"docker": silent, "kind": silent}, 1, "kubectl is not installed"},
		{"no daemon", map[string]string{"docker": "echo Client: 28; echo Cannot connect >&2; exit 1", "kind": silent, "kubectl": silent}, 1, "no Docker answers, is it started, and may you use it? (Cannot connect)"},
		{"a silent failure", map[string]string{"docker": "exit 3", "kind": silent, "kubectl": silent}, 1, "(exit status 3)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fakes.Programs(t, test.scripts)
			err := Driver{}.Check(t.Context(), test.nodes)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
		})
	}
}

// The whole conversation with kind and Docker, which knows clusters that are not ours.
func TestCommands(t *testing.T) {
	driver, c := blue(t)
	said := fakes.Programs(t, map[string]string{"kind": silent, "docker": "echo 0123abcd"})
	reporter := progress.New(os.Stderr, t.TempDir())
	for _, call := range []struct {
		name string
		run  func(*progress.Step) error
		want string
	}{
		{
			"start", func(step *progress.Step) error { return driver.Start(t.Context(), step, c) },
			"kind create cluster --name=todoplatform-blue --image=" + NodeImage + " --config=" + c.Dir("kind.yaml") + " --kubeconfig=" + c.Kubeconfig(),
		},
		{
			"pull", func(step *progress.Step) error {
				return driver.Pull(t.Context(), step, c, driver.Nodes(c)[0], "docker.io/library/postgres:18")
			},
			"docker exec todoplatform-blue-control-plane crictl pull docker.io/library/postgres:18",
		},
		{
			"import", func(step *progress.Step) error {
				return driver.Import(t.Context(), step, c, driver.Nodes(c)[0], "/images/audit.tar")
			},
			"kind load image-archive /images/audit.tar --name=todoplatform-blue --nodes=todoplatform-blue-control-plane",
		},
		{
			"running", func(*progress.Step) error {
				running, err := driver.Running(t.Context(), c)
				if !running {
					t.Error("the node does not run")
				}
				return err
			},
			"docker ps --quiet --filter=name=^todoplatform-blue-control-plane$",
		},
		{
			"remove", func(step *progress.Step) error { return driver.Remove(t.Context(), step, c) },
			"kind delete cluster --name=todoplatform-blue --kubeconfig=" + c.Kubeconfig(),
		},
	} {
		if err := reporter.Do(call.name, call.run); err != nil {
			t.Fatal(err)
		}
		if got := said(); !slices.Equal(got, []string{call.want}) {
			t.Errorf("%s: ran %q, want %q", call.name, got, call.want)
		}
	}
}

// The entry is at the cluster's port, for this machine alone.
func TestConfig(t *testing.T) {
	_, c := blue(t)
	path := filepath.Join(t.TempDir(), "kind.yaml")
	if err := writeConfig(path, c); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Nodes []struct {
			Role              string
			ExtraPortMappings []struct {
				ContainerPort, HostPort int
				ListenAddress           string
			}
		}
	}
	if err := yaml.UnmarshalStrict(content, &struct{ Kind, APIVersion, Nodes any }{}); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, &config); err != nil {
		t.Fatal(err)
	}
	if len(config.Nodes) != 1 || len(config.Nodes[0].ExtraPortMappings) != 1 {
		t.Fatalf("the configuration is:\n%s", content)
	}
	if mapping := config.Nodes[0].ExtraPortMappings[0]; mapping.ContainerPort != 80 || mapping.HostPort != 8081 || mapping.ListenAddress != "127.0.0.1" {
		t.Errorf("the port is mapped by %+v", mapping)
	}
}

func TestRunning(t *testing.T) {
	driver, c := blue(t)
	fakes.Programs(t, map[string]string{"docker": silent})
	if running, err := driver.Running(t.Context(), c); running || err != nil {
		t.Errorf("a node that Docker does not list: running %v, %v", running, err)
	}
	fakes.Programs(t, map[string]string{"docker": "echo Cannot connect >&2; exit 1"})
	if _, err := driver.Running(t.Context(), c); err == nil || !strings.Contains(err.Error(), "Cannot connect") {
		t.Errorf("without a daemon: %v", err)
	}
}

// Nothing is compiled that is installed.
func TestPrograms(t *testing.T) {
	driver, _ := blue(t)
	fakes.Programs(t, map[string]string{"kubectl": silent})
	if !slices.Contains(driver.ToolSets(), "helm") || driver.Program("helm") != driver.Cache.Binary("helm") {
		t.Errorf("without helm: sets %v, program %s", driver.ToolSets(), driver.Program("helm"))
	}
	if driver.Program("kubectl") == driver.Cache.Binary("kubectl") {
		t.Error("the kubectl that is installed is not taken")
	}
	fakes.Programs(t, map[string]string{"helm": silent})
	if slices.Contains(driver.ToolSets(), "helm") || driver.Program("helm") == driver.Cache.Binary("helm") {
		t.Errorf("with helm: sets %v, program %s", driver.ToolSets(), driver.Program("helm"))
	}
}
