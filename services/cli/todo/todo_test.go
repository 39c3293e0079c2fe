package todo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/todoapi"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

const (
	patience = 30 * time.Second
	password = "correct horse battery"
)

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// startAPI starts a todo-api on real components and returns its address.
func startAPI(t *testing.T, env *daprtest.Env) string {
	t.Helper()
	env.Database(t, todoapi.Schema())
	keys, err := auth.GenerateKeys("test")
	if err != nil {
		t.Fatal(err)
	}
	env.Secret(t, "keys", map[string]string{contract.SecretKeySigning: string(keys)})
	sidecar := env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	cfg := todoapi.Config{
		Config:        lifecycle.Config{Dapr: daprtest.Config(sidecar.Address), LogLevel: "warn", HealthAddress: freeAddress(t), AppAddress: sidecar.AppAddress},
		PublicAddress: freeAddress(t), KeysSecret: "keys",
	}
	daprtest.Background(t, "todo-api", func(ctx context.Context) error { return todoapi.Run(ctx, cfg) })
	waitReady(t, "todo-api", cfg.HealthAddress)
	return "http://" + cfg.PublicAddress
}

func waitReady(t *testing.T, service, health string) {
	t.Helper()
	daprtest.Eventually(t, patience, service+" is ready", func() bool {
		response, err := http.Get("http://" + health + "/readyz")
		return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
	})
}

// shell runs the command as a person does.
type shell struct {
	t      *testing.T
	config string
}

func (s shell) run(input string, args ...string) (output string, err error) {
	s.t.Helper()
	var out bytes.Buffer
	err = s.execute(s.t.Context(), strings.NewReader(input), &out, io.Discard, args...)
	return out.String(), err
}

func (s shell) execute(ctx context.Context, in io.Reader, out, errors io.Writer, args ...string) error {
	root := New()
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errors)
	root.SetArgs(append([]string{"--config", s.config}, args...))
	return root.ExecuteContext(ctx)
}

func (s shell) want(input, wanted string, args ...string) string {
	s.t.Helper()
	output, err := s.run(input, args...)
	if err != nil || !strings.Contains(output, wanted) {
		s.t.Fatalf("todo %q: %v\n%s\nwant %q", args, err, output, wanted)
	}
	return output
}

func TestTheCommandLine(t *testing.T) {
	url := startAPI(t, daprtest.New(t))
	api := client.New(url, http.DefaultClient)
	if err := api.SignUp(t.Context(), "ada@example.org", password, "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	s := shell{t, filepath.Join(t.TempDir(), "todo", "config.json")}

	s.want("", "todo ", "version")
	if _, err := s.run("", "list"); err == nil || !strings.Contains(err.Error(), "todo login") {
		t.Fatalf("before signing in: %v", err)
	}
	if _, err := s.run("ada@example.org\nwrong password\n", "login", url); err == nil {
		t.Fatal("it signed in with a wrong password")
	}
	s.want("ada@example.org\n"+password+"\n", "signed in", "login", url)
	if info, err := os.Stat(s.config); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the configuration: %v, %v", info, err)
	}
	kept, err := os.ReadFile(s.config)
	if err != nil || strings.Contains(string(kept), password) {
		t.Fatalf("%s, %v", kept, err)
	}

	s.want("", "buy milk", "add", "buy milk tomorrow #Home p1 @shop")
	s.want("sweep\nwater plants today\n", "water plants", "add", "-")
	if listed := s.want("", "[ ]  buy milk", "list", "#Home"); strings.Contains(listed, "sweep") || !strings.Contains(listed, "p1") || !strings.Contains(listed, "@shop") {
		t.Errorf("listed: %s", listed)
	}
	var page client.TaskPage
	if err := json.Unmarshal([]byte(s.want("", `"items"`, "list", "--json")), &page); err != nil || len(page.Items) != 3 {
		t.Errorf("%d tasks, %v", len(page.Items), err)
	}
	if _, err := s.run("", "list", "((("); err == nil || !strings.Contains(err.Error(), "filter") {
		t.Errorf("a wrong filter: %v", err)
	}
	if _, err := s.run("", "done", "nothing such"); err == nil || !strings.Contains(err.Error(), "no open task") {
		t.Errorf("a title that is not there: %v", err)
	}
	if _, err := api.CreateTask(t.Context(), client.Draft{Title: "Shopping", Notes: "oat drink"}); err != nil {
		t.Fatal(err)
	}
	if output, err := s.run("", "done", "oat"); err == nil {
		t.Errorf("words of notes name no task, and it says %s", output)
	}
	s.want("", "done: sweep", "done", "sweep")
	s.want("", "[x]  sweep", "list", "--status", "completed")
	s.want("", "One task.", "chat", "how many tasks are due today?")
	s.want("add call Bob\nundo\n", "Taken back", "chat")
	if titles := s.want("", "buy milk", "__complete", "done", ""); !strings.Contains(titles, "water plants") {
		t.Errorf("completed: %s", titles)
	}
	s.want("", "#Home", "__complete", "add", "#h")
	s.want("", "forgotten", "logout")
	if _, err := s.run("", "list"); err == nil {
		t.Error("it lists after signing out")
	}
}

func TestWhatATerminalShows(t *testing.T) {
	if got := unmarked("1. **buy \\*milk\\*** – today\n> x"); got != "1. buy *milk* – today\n> x" {
		t.Errorf("%q", got)
	}
	if got := plain("a\x1b[31mb\u009bc\n"); got != "a[31mbc" {
		t.Errorf("%q", got)
	}
}
