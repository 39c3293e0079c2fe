//go:build observe

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	todo "github.com/todoplatform/todoplatform/services/todoapi/client"
)

// Names under which the entry shows what `cluster observe` runs.
const (
	metricsHost = "metrics.localhost"
	logsHost    = "logs.localhost"
	tracesHost  = "traces.localhost"
)

const (
	seenWithin   = 2 * time.Minute // spans and log lines travel in batches
	filledWithin = 6 * time.Minute // rates of five minutes need two readings
)

func init() { own.name, own.port = "e2e-observe", "18083" }

// TestObserve tells what those see who watch a platform on which people are busy.
func TestObserve(t *testing.T) {
	watch(t)
	busy(t)
	t.Run("one change is one trace, found by its log lines and back", followOneChange)
	t.Run("every panel of every dashboard shows something", showEveryPanel)
}

// watch brings up the sample and what watches it.
func watch(t *testing.T) {
	t.Helper()
	applySample(t)
	began := time.Now()
	if err := program("observe"); err != nil {
		t.Fatal(err)
	}
	t.Logf("FIGURE watched after %s", since(began, time.Now()))
}

// busy has somebody use everything that metrics tell of until the test ends, with a token that outlives it. What fails
// meanwhile, as it may during drills, is told by metrics.
func busy(t *testing.T) {
	t.Helper()
	p := signUp(t, "bea", "Europe/Berlin")
	p.login(t)
	made, err := p.api.CreateToken(t.Context(), todo.TokenDraft{Name: "busy", Scopes: []string{"tasks:read", "tasks:write", "audit:read"}})
	if err != nil {
		t.Fatal(err)
	}
	p.api.Grant = todo.Grant{AccessToken: made.Secret}
	p.open(t)
	ctx, stop := context.WithCancel(context.Background())
	var acting sync.WaitGroup
	t.Cleanup(func() { stop(); acting.Wait() })
	acting.Go(func() {
		for ctx.Err() == nil {
			p.act(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	})
}

// act adds a task that repeats and reminds in a few seconds, completes one of those that are there, and looks around.
func (p *person) act(ctx context.Context) {
	soon := time.Now().Add(4 * time.Second).UTC()
	_, _ = p.api.CreateTask(ctx, todo.Draft{
		Title: "Water plants", Due: &todo.Due{Date: p.day(0)}, Recurrence: &todo.Recurrence{Rule: "FREQ=DAILY"}, Reminders: []todo.Reminder{{At: &soon}},
	})
	if page, err := p.api.ListTasks(ctx, "open", 10, ""); err == nil && len(page.Items) == 10 {
		_, _ = p.api.CompleteTask(ctx, page.Items[0].ID)
	}
	_, _ = p.api.Audit(ctx, 0, 10)
}

// view asks one of those that watch and reads its answer, JSON.
func view(ctx context.Context, host, path string, query url.Values, out any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, baseURL+path+"?"+query.Encode(), http.NoBody)
	if err != nil {
		return err
	}
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask %s: %w", host, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	if err := json.NewDecoder(response.Body).Decode(out); err != nil {
		return fmt.Errorf("%s answers %s: %w", host, response.Status, err)
	}
	return nil
}

// series is one of an answer of Prometheus.
type series struct{ Metric map[string]string }

// ask has Prometheus answer a query now.
func ask(ctx context.Context, query string) ([]series, error) {
	var answer struct {
		Status, Error string
		Data          struct{ Result []series }
	}
	if err := view(ctx, metricsHost, "/api/v1/query", url.Values{"query": {query}}, &answer); err != nil {
		return nil, err
	}
	if answer.Status != "success" {
		return nil, errors.New(answer.Error)
	}
	return answer.Data.Result, nil
}

// showEveryPanel asks Prometheus every query of every panel.
func showEveryPanel(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "config", "dashboards", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	asked := 0
	for _, file := range files {
		for panel, queries := range queriesOf(t, file) {
			for _, query := range queries {
				asked++
				eventually(t, filledWithin, filepath.Base(file)+" shows "+panel, func(ctx context.Context) error {
					found, err := ask(ctx, strings.ReplaceAll(query, "$namespace", namespace))
					if err == nil && len(found) == 0 {
						err = errors.New("nothing")
					}
					if err != nil {
						return fmt.Errorf("%s: %w", query, err)
					}
					return nil
				})
			}
		}
	}
	t.Logf("FIGURE %d queries of %d dashboards, none empty", asked, len(files))
}

// queriesOf lists the queries of a dashboard by panel.
func queriesOf(t *testing.T, file string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	queries := map[string][]string{}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			queries[panel.Title] = append(queries[panel.Title], target.Expr)
		}
	}
	return queries
}

// followOneChange goes from a request to its trace, from that to its log lines, and back.
func followOneChange(t *testing.T) {
	p := signUp(t, "fay", "Europe/Berlin")
	id := strings.ReplaceAll(uuid.NewString(), "-", "")
	p.comeBy(baseURL, &http.Client{Timeout: requestLimit, Transport: tracing{id}})
	p.login(t)
	p.open(t)
	began := time.Now()
	soon := began.Add(3 * time.Second).UTC()
	if _, err := p.api.CreateTask(t.Context(), todo.Draft{Title: "Follow me", Reminders: []todo.Reminder{{At: &soon}}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, seenWithin, "Jaeger has the whole trace", func(ctx context.Context) error { return wholeTrace(ctx, id) })
	t.Logf("FIGURE a trace through all services was there %s after the request", since(began, time.Now()))

	kubectl(t, "delete", "pod", "postgres-0", "--namespace="+namespace) // whose absence is logged
	eventually(t, seenWithin, "a line of the log names a trace, which Jaeger has", func(ctx context.Context) error {
		var line struct {
			TraceID string `json:"trace_id"`
		}
		query := url.Values{"query": {`trace_id:* kubernetes.pod_namespace:` + namespace}, "limit": {"1"}}
		if err := view(ctx, logsHost, "/select/logsql/query", query, &line); err != nil {
			return err
		}
		_, err := spansOf(ctx, line.TraceID)
		return err
	})
	cluster.waitReady(t, readyWithin)
}

// tracing has requests belong to one trace, which is to be sampled.
type tracing struct{ id string }

// RoundTrip implements http.RoundTripper.
func (t tracing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("traceparent", "00-"+t.id+"-00f067aa0ba902b7-01")
	return http.DefaultTransport.RoundTrip(r)
}

// wholeTrace complains of services that a trace has no span of, and of its two ends, the request and the frame to a window.
func wholeTrace(ctx context.Context, id string) error {
	found, err := spansOf(ctx, id)
	if err != nil {
		return err
	}
	for _, service := range contract.Services() {
		if len(found[service]) == 0 {
			return fmt.Errorf("no span of %s, but %v", service, found)
		}
	}
	for service, name := range map[string]string{contract.TodoAPI: "POST /api/v1/tasks", contract.RealtimeSync: "frame/change"} {
		if !slices.Contains(found[service], name) {
			return fmt.Errorf("no span %s of %s, but %q", name, service, found[service])
		}
	}
	return nil
}

// spansOf lists the names of the spans of a trace, by service.
func spansOf(ctx context.Context, id string) (map[string][]string, error) {
	var answer struct {
		Data []struct {
			Spans     []struct{ OperationName, ProcessID string }
			Processes map[string]struct{ ServiceName string }
		}
	}
	if err := view(ctx, tracesHost, "/api/traces/"+id, nil, &answer); err != nil {
		return nil, err
	}
	if len(answer.Data) == 0 {
		return nil, fmt.Errorf("no trace %s", id)
	}
	found := map[string][]string{}
	for _, span := range answer.Data[0].Spans {
		service := answer.Data[0].Processes[span.ProcessID].ServiceName
		found[service] = append(found[service], span.OperationName)
	}
	return found, nil
}
