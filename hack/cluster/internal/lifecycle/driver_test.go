package lifecycle

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/fakes"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/image"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/kind"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/tools"
)

const silent = "exit 0"

// manager is one of an empty cache, and what it says.
func manager(t *testing.T) (Manager, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	layout := cache.Layout{Root: t.TempDir()}
	return Manager{Cache: layout, Repository: t.TempDir(), Progress: progress.New(&said, layout.Path("logs"))}, &said
}

// made is the record of a cluster.
func made(t *testing.T, m Manager, driver string) cluster.Cluster {
	t.Helper()
	c := cluster.Cluster{Spec: cluster.Spec{Name: "blue", Driver: driver, Port: 8081, Size: 1}, Cache: m.Cache}
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	return c
}

// forHost leaves out of an error what stands against the driver host alone: that somebody is not root.
func forHost(driver string, err error) error {
	if driver == cluster.DriverHost && os.Geteuid() != 0 {
		return nil
	}
	return err
}

func TestDecideForANewCluster(t *testing.T) {
	working := map[string]string{"docker": silent, "kind": silent, "kubectl": silent}
	for _, test := range []struct {
		name    string
		scripts map[string]string
		asked   string
		nodes   int
		want    string
		says    string
		fails   string
	}{
		{"kind where it works", working, "", 1, "kind", "Docker and kind are here: they run the cluster (DRIVER=host does without them).", ""},
		{"host where neither is, without a word", nil, "", 1, "host", "", ""},
		{"host where Docker is alone", map[string]string{"docker": silent}, "", 1, "host", "This machine itself runs the cluster, not kind: kind is not installed.", ""},
		{"host where kind is alone", map[string]string{"kind": silent}, "", 1, "host", "This machine itself runs the cluster, not kind: docker is not installed.", ""},
		{
			"host where no daemon answers", map[string]string{"docker": "echo Cannot connect >&2; exit 1", "kind": silent, "kubectl": silent}, "", 1, "host",
			"This machine itself runs the cluster, not kind: no Docker answers, is it started, and may you use it? (Cannot connect).", "",
		},
		{"host for nodes that can be lost", working, "", 3, "host", "This machine itself runs the cluster, not kind: a cluster in kind has one node, several need DRIVER=host.", ""},
		{"host when asked for", working, "host", 1, "host", "", ""},
		{"kind when asked for", working, "kind", 1, "kind", "", ""},
		{"kind when asked for, which is not there", map[string]string{"docker": silent}, "kind", 1, "kind", "", "the driver kind cannot run cluster blue (put that right, or choose another for a new cluster): kind is not installed"},
		{"something else", working, "minikube", 1, "minikube", "", `no driver is called "minikube": choose host or kind`},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, said := manager(t)
			fakes.Programs(t, test.scripts)
			wanted := cluster.Spec{Name: "blue", Driver: test.asked, Port: 8081, Size: test.nodes}
			err := forHost(test.want, m.decide(t.Context(), &wanted))
			if (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Fatalf("got the error %v, want %q", err, test.fails)
			}
			if wanted.Driver != test.want {
				t.Errorf("got the driver %q, want %q", wanted.Driver, test.want)
			}
			if got := strings.TrimSpace(said.String()); got != test.says {
				t.Errorf("said %q, want %q", got, test.says)
			}
		})
	}
}

// A cluster stays with the driver that made it, whatever is found now.
func TestDecideForAClusterThatIsThere(t *testing.T) {
	working := map[string]string{"docker": silent, "kind": silent, "kubectl": silent}
	for _, test := range []struct {
		name    string
		scripts map[string]string
		made    string
		asked   string
		want    string
		fails   string
	}{
		{"host, though kind works now", working, "host", "", "host", ""},
		{"kind, though Docker is gone", nil, "kind", "", "kind", "docker is not installed"},
		{"another one asked for", working, "host", "kind", "kind", "cluster blue was made with the driver host: end it with `cluster down --name blue` to change that"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, said := manager(t)
			made(t, m, test.made)
			fakes.Programs(t, test.scripts)
			wanted := cluster.Spec{Name: "blue", Driver: test.asked, Size: 1}
			err := forHost(test.want, m.decide(t.Context(), &wanted))
			if (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Fatalf("got the error %v, want %q", err, test.fails)
			}
			if wanted.Driver != test.want || said.Len() > 0 {
				t.Errorf("got the driver %q, want %q; said %q", wanted.Driver, test.want, said)
			}
		})
	}
}

func TestRecordsWithoutADriverAreOfTheHost(t *testing.T) {
	m, _ := manager(t)
	c := made(t, m, cluster.DriverKind)
	if err := os.WriteFile(c.Dir("cluster.json"), []byte(`{"name": "blue", "slot": 4, "port": 8080, "size": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if read, err := m.Cluster("blue"); err != nil || read.Driver != cluster.DriverHost || read.Slot != 4 {
		t.Fatalf("read %+v, %v", read.Spec, err)
	}
}

// Everything that a cluster of kind gets, in order: nothing that kind brings, no image that is built here.
func TestBringUpInKind(t *testing.T) {
	m, _ := manager(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "ok") }))
	defer server.Close()
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	write(t, kubeconfig, fmt.Sprintf(`{"apiVersion": "v1", "kind": "Config", "current-context": "c",
		"clusters": [{"name": "c", "cluster": {"server": %q}}], "contexts": [{"name": "c", "context": {"cluster": "c"}}]}`, server.URL))
	write(t, filepath.Join(m.Cache.Path("contour"), "contour.yaml"), "kind: Namespace")
	c := made(t, m, cluster.DriverKind)
	said := fakes.Programs(t, map[string]string{
		"kind":    "/bin/mkdir -p " + filepath.Dir(c.Kubeconfig()) + "; /bin/cp " + kubeconfig + " " + c.Kubeconfig(),
		"docker":  "echo 0123abcd",
		"kubectl": "/bin/cat > /dev/null",
		"helm":    silent,
	})
	if err := m.bringUp(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	want := []string{"kind create cluster --name=todoplatform-blue --image=" + kind.NodeImage + " --config=" + c.Dir("kind.yaml")}
	const node = "todoplatform-blue-control-plane"
	for _, args := range []string{
		"apply --server-side", "helm upgrade --install dapr " + m.Cache.Path("charts", "dapr"),
		"wait --for=create --timeout=1m0s node/" + node, "wait --for=condition=Ready --timeout=1m0s node/" + node,
		"--namespace=kube-system rollout status deployment/coredns",
	} {
		want = append(want, onKubectl(c, args))
	}
	for _, workload := range []string{"deployment/dapr-sentry", "deployment/dapr-operator", "deployment/dapr-sidecar-injector", "statefulset/dapr-placement-server", "statefulset/dapr-scheduler-server"} {
		want = append(want, onKubectl(c, "--namespace=dapr-system rollout status "+workload))
	}
	for _, workload := range []string{"deployment/contour", "daemonset/envoy"} {
		want = append(want, onKubectl(c, "--namespace=projectcontour rollout status "+workload))
	}
	const pull = "docker exec " + node + " crictl pull "
	var got, pulled []string
	for _, command := range said() {
		if reference, ok := strings.CutPrefix(command, pull); ok {
			pulled = append(pulled, reference)
		} else {
			got = append(got, command)
		}
	}
	if want := []string{image.EnvoyReference, "ghcr.io/dapr/daprd:" + tools.DaprVersion, "docker.io/apache/kafka:" + tools.KafkaVersion}; !containsInOrder(pulled, want) || slices.Contains(pulled, image.PauseReference) {
		t.Errorf("pulled %q, want among them, in this order, %q", pulled, want)
	}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Fatalf("ran\n%s\nwant these beginnings\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if helm := got[2]; !strings.HasSuffix(helm, `--set=global.nodeSelector.kubernetes\.io/hostname=`+node) {
		t.Errorf("Dapr's control plane is not where the node is: %s", helm)
	}
	write(t, upMarker(c), "")
	again := cluster.Cluster{Spec: cluster.Spec{Name: "blue", Port: 8081, Size: 1}, Cache: m.Cache}
	if up, err := m.isUp(t.Context(), &again); !up || err != nil {
		t.Errorf("the cluster is up: %v, %v", up, err)
	}
}

// containsInOrder reports whether all of the wanted are among the values, in their order.
func containsInOrder(values, wanted []string) bool {
	for _, value := range values {
		if len(wanted) > 0 && value == wanted[0] {
			wanted = wanted[1:]
		}
	}
	return len(wanted) == 0
}

// onKubectl is the command line of kubectl, unless the arguments are those of helm.
func onKubectl(c cluster.Cluster, args string) string {
	if strings.HasPrefix(args, "helm ") {
		return args
	}
	return "kubectl --kubeconfig=" + c.Kubeconfig() + " " + args
}

// What a machine that was started anew left of a cluster is cleared away.
func TestStoppedClusterOfKindIsClearedAway(t *testing.T) {
	m, _ := manager(t)
	c := made(t, m, cluster.DriverKind)
	write(t, upMarker(c), "")
	said := fakes.Programs(t, map[string]string{"docker": silent, "kind": silent})
	wanted := c
	if up, err := m.isUp(t.Context(), &wanted); up || err != nil {
		t.Fatalf("a cluster whose node is stopped is up: %v, %v", up, err)
	}
	if got := said(); len(got) != 2 || !strings.HasPrefix(got[1], "kind delete cluster --name=todoplatform-blue ") {
		t.Errorf("ran %q", got)
	}
	if _, err := os.Stat(c.Dir()); !os.IsNotExist(err) {
		t.Errorf("the folder of the cluster: %v", err)
	}
}

func TestDownTakesTheDriverOfTheRecord(t *testing.T) {
	m, _ := manager(t)
	c := made(t, m, cluster.DriverKind)
	fakes.Programs(t, map[string]string{"kind": "echo no daemon >&2; exit 1"})
	if err := m.Down(t.Context(), "blue"); err == nil || !strings.Contains(err.Error(), "no daemon") {
		t.Fatalf("a cluster that cannot be ended: %v", err)
	}
	said := fakes.Programs(t, map[string]string{"kind": silent})
	if err := m.Down(t.Context(), "blue"); err != nil {
		t.Fatalf("the record is gone too early, or: %v", err)
	}
	if got, want := said(), []string{"kind delete cluster --name=todoplatform-blue --kubeconfig=" + c.Kubeconfig()}; !slices.Equal(got, want) {
		t.Errorf("ran %q, want %q", got, want)
	}
	if _, err := os.Stat(c.Dir()); !os.IsNotExist(err) {
		t.Errorf("the folder of the cluster: %v", err)
	}
}

// Our images go onto the node when they changed, public ones are left to it.
func TestLoadInKind(t *testing.T) {
	m, _ := manager(t)
	c := made(t, m, cluster.DriverKind)
	said := fakes.Programs(t, map[string]string{"kind": silent, "docker": silent})
	binary := filepath.Join(t.TempDir(), "audit")
	write(t, binary, "one")
	recipe := image.Recipe{Reference: "ghcr.io/todoplatform/audit:dev", Files: []image.File{{Source: binary, Target: "/audit"}}}
	load := func() []string {
		t.Helper()
		changed, err := m.load(t.Context(), c, "the product", []image.Recipe{recipe})
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	if got := load(); !slices.Equal(got, []string{recipe.Reference}) || len(said()) != 1 {
		t.Errorf("the first time loaded %q", got)
	}
	if got := load(); got != nil || said() != nil {
		t.Errorf("unchanged, loaded %q", got)
	}
	write(t, binary, "two")
	if got := load(); !slices.Equal(got, []string{recipe.Reference}) || len(said()) != 1 {
		t.Errorf("changed, loaded %q", got)
	}
	if err := m.LoadNamed(t.Context(), c, "docker.io/library/postgres:15"); err != nil {
		t.Fatal(err)
	}
	if got, want := said(), []string{"docker exec todoplatform-blue-control-plane crictl pull docker.io/library/postgres:15"}; !slices.Equal(got, want) {
		t.Errorf("a public image: ran %q, want %q", got, want)
	}
	t.Chdir(filepath.Dir(binary))
	if err := m.LoadNamed(t.Context(), c, "audit"); err != nil {
		t.Fatal(err)
	}
	if got := said(); len(got) != 1 || !strings.HasPrefix(got[0], "kind load image-archive "+binary+" ") {
		t.Errorf("a file: ran %q", got)
	}
}

func TestStatusTellsTheDriver(t *testing.T) {
	m, _ := manager(t)
	made(t, m, cluster.DriverKind)
	fakes.Programs(t, map[string]string{"docker": silent})
	var out bytes.Buffer
	if err := m.PrintStatus(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(got, "blue stopped kind 1 http://localhost:8081 ") {
		t.Errorf("the status is:\n%s", out.String())
	}
}

func TestOnlyNodesOfTheHostAreLookedInto(t *testing.T) {
	m, _ := manager(t)
	if _, err := OnHost(made(t, m, cluster.DriverKind)); err == nil || !strings.Contains(err.Error(), "cluster blue runs in kind") {
		t.Errorf("a cluster of kind: %v", err)
	}
	if _, err := OnHost(made(t, m, cluster.DriverHost)); err != nil {
		t.Errorf("a cluster of the host: %v", err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
