package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

type greetInput struct {
	Body struct {
		Name     string `json:"name" maxLength:"20"`
		Password string `json:"password,omitempty" minLength:"8"`
		Wishes   []wish `json:"wishes,omitempty"`
		Times    int    `json:"times,omitempty"`
		Limit    *int   `json:"limit" required:"false"`
	}
}

type wish struct {
	Text  string `json:"text"`
	Until string `json:"until,omitempty"`
}

type greetOutput struct {
	Body struct {
		Greeting string    `json:"greeting"`
		Deadline time.Time `json:"deadline"`
	}
}

// greet fails with the kind that it is given as name.
func greet(ctx context.Context, in *greetInput) (*greetOutput, error) {
	if in.Body.Name == "plain" {
		return nil, errors.New("password=1234")
	}
	for _, kind := range failure.Kinds() {
		if in.Body.Name == string(kind) {
			return nil, &failure.Error{Kind: kind, Field: "name", Message: "about " + in.Body.Name}
		}
	}
	var out greetOutput
	out.Body.Greeting = "hello " + in.Body.Name
	out.Body.Deadline, _ = ctx.Deadline()
	return &out, nil
}

// patch answers with the merge patch that it is given.
func patch(_ context.Context, in *struct {
	RawBody []byte `contentType:"application/merge-patch+json"`
}) (*greetOutput, error) {
	var out greetOutput
	out.Body.Greeting = string(in.RawBody)
	return &out, nil
}

func verify(_ context.Context, token string) (auth.Caller, error) {
	switch token {
	case "good":
		return auth.Caller{UserID: "u1", Scopes: append(auth.Scopes(), auth.ScopeSession)}, nil
	case "of a program":
		return auth.Caller{UserID: "u1", TokenID: "t1", Client: "backup", Scopes: []auth.Scope{auth.ScopeAccount}}, nil
	}
	return auth.Caller{}, failure.New(failure.Unauthenticated, "not that one")
}

func newHandler(registry prometheus.Registerer) http.Handler {
	mux := http.NewServeMux()
	api := httpapi.New(mux, "Test", "1", "/api/v1")
	httpapi.Register(api, huma.Operation{OperationID: "greet", Method: http.MethodPost, Path: "/greetings"}, greet)
	httpapi.Register(api, huma.Operation{OperationID: "patch", Method: http.MethodPatch, Path: "/greetings"}, patch)
	me := func(ctx context.Context, _ *struct{}) (*struct{ Body auth.Caller }, error) {
		id, err := auth.FromContext(ctx)
		return &struct{ Body auth.Caller }{id}, err
	}
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "me", Method: http.MethodGet, Path: "/me"}, verify, auth.ScopeAccount), me)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "tasks", Method: http.MethodGet, Path: "/tasks"}, verify, auth.ScopeTasksRead), me)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "sessions", Method: http.MethodGet, Path: "/sessions"}, verify, auth.ScopeSession), me)
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("bug with password=1234") })
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		httpapi.WriteProblem(w, r, failure.New(failure.NotFound, "no such operation"))
	})
	return httpapi.Handler(httpapi.CheckMethods(mux), registry, trace.None())
}

type problem struct {
	Title, Detail, Code string
	Status              int
	Errors              []struct{ Message, Location string }
}

func request(t *testing.T, method, path, body string, header ...string) (*httptest.ResponseRecorder, problem) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	newHandler(prometheus.NewRegistry()).ServeHTTP(w, r)
	var p problem
	if w.Code >= http.StatusBadRequest {
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("a problem of type %q", got)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%v: %s", err, w.Body)
		}
		if p.Status != w.Code || p.Title == "" {
			t.Errorf("status %d with problem %+v", w.Code, p)
		}
	}
	if strings.Contains(w.Body.String(), "1234") {
		t.Errorf("the answer tells a secret: %s", w.Body)
	}
	return w, p
}

func TestKindsBecomeProblems(t *testing.T) {
	want := map[failure.Kind]int{failure.Invalid: 422, failure.Unauthenticated: 401, failure.Forbidden: 403, failure.NotFound: 404,
		failure.Expired: 410, failure.Conflict: 409, failure.VersionMismatch: 412, failure.RateLimited: 429, failure.Unavailable: 503, failure.Internal: 500}
	for _, kind := range failure.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			w, p := request(t, "POST", "/api/v1/greetings", `{"name":"`+string(kind)+`"}`)
			if w.Code != want[kind] || p.Detail != "about "+string(kind) || len(p.Errors) != 1 || p.Errors[0].Location != "body.name" {
				t.Errorf("got %d %+v, want %d", w.Code, p, want[kind])
			}
			if challenge := w.Header().Get("WWW-Authenticate"); (challenge != "") != (w.Code == http.StatusUnauthorized) {
				t.Errorf("challenge %q with status %d", challenge, w.Code)
			}
		})
	}
}

func TestOnlyFaultsOfThePlatformAreLoggedAsErrors(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	gone, leave := context.WithCancel(t.Context())
	leave()
	slow, stop := context.WithDeadline(t.Context(), time.Now())
	defer stop()
	logged := func(ctx context.Context, err error) string {
		log.Reset()
		if problem := httpapi.Problem(ctx, err); problem.Detail == "" {
			t.Error("the problem says nothing")
		}
		return log.String()
	}

	for _, kind := range failure.Kinds() {
		got := logged(t.Context(), failure.New(kind, "about it"))
		faulty := kind == failure.Unavailable || kind == failure.Internal
		if faulty != strings.Contains(got, "level=ERROR") || !faulty && strings.Contains(got, "level=WARN") {
			t.Errorf("%s is logged as %q", kind, got)
		}
	}
	if got := logged(gone, fmt.Errorf("read: %w", gone.Err())); !strings.Contains(got, "level=INFO") {
		t.Errorf("a client that left is logged as %q", got)
	}
	if got := logged(slow, fmt.Errorf("read: %w", slow.Err())); !strings.Contains(got, "level=ERROR") {
		t.Errorf("an answer that took too long is logged as %q", got)
	}
}

func TestCallersOutOfScopeAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		token, path, challenge string
		status                 int
	}{
		"a session":                        {"good", "/sessions", "", 200},
		"a token with the scope":           {"of a program", "/me", "", 200},
		"a token without the scope":        {"of a program", "/tasks", `Bearer error="insufficient_scope", scope="tasks:read"`, 403},
		"a token where a session must be":  {"of a program", "/sessions", `Bearer error="insufficient_scope"`, 403},
		"nobody, whatever the scope is of": {"bad", "/sessions", "Bearer", 401},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := request(t, "GET", "/api/v1"+c.path, "", "Authorization", "Bearer "+c.token, "X-Client", "cli/1")
			if w.Code != c.status || w.Header().Get("WWW-Authenticate") != c.challenge {
				t.Fatalf("got %d, challenge %q: %s", w.Code, w.Header().Get("WWW-Authenticate"), w.Body)
			}
			if c.status == http.StatusForbidden && (p.Code != "insufficient_scope" || c.path == "/tasks" && !strings.Contains(p.Detail, "tasks:read")) {
				t.Errorf("got %s", w.Body)
			}
			if c.status == http.StatusOK && strings.Contains(w.Body.String(), "backup") != (c.token != "good") {
				t.Errorf("the program is called %s", w.Body)
			}
		})
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		location           string
	}{
		"unknown field":           {"POST", "/api/v1/greetings", `{"name":"x","title":"y"}`, 422, "body.title"},
		"missing field":           {"POST", "/api/v1/greetings", `{}`, 422, "body"},
		"field too long":          {"POST", "/api/v1/greetings", `{"name":"` + strings.Repeat("x", 21) + `"}`, 422, "body.name"},
		"secret that is refused":  {"POST", "/api/v1/greetings", `{"name":"x","password":"1234"}`, 422, "body.password"},
		"no JSON":                 {"POST", "/api/v1/greetings", `{`, 400, "body"},
		"body too large":          {"POST", "/api/v1/greetings", `{"name":"` + strings.Repeat("x", 300<<10) + `"}`, 413, ""},
		"unknown query parameter": {"POST", "/api/v1/greetings?loud=1", `{"name":"x"}`, 422, "query.loud"},
		"failure without a kind":  {"POST", "/api/v1/greetings", `{"name":"plain"}`, 500, ""},
		"panic":                   {"GET", "/panic", "", 500, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := request(t, c.method, c.path, c.body)
			if w.Code != c.status || (c.location != "" && (len(p.Errors) == 0 || p.Errors[0].Location != c.location)) {
				t.Errorf("got %d %s, want %d at %q", w.Code, w.Body, c.status, c.location)
			}
		})
	}
}

func TestTextThatIsNotUnicodeIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ body, location string }{
		"a byte of Latin-1":              {"{\"name\":\"J\xf6rg\"}", "body.name"},
		"a byte in a secret":             {"{\"name\":\"x\",\"password\":\"\xff\xff\xff\xff1234\"}", "body.password"},
		"a cut character":                {"{\"name\":\"\xe2\x82\"}", "body.name"},
		"an overlong character":          {"{\"name\":\"\xc0\x80\"}", "body.name"},
		"a surrogate in UTF-8":           {"{\"name\":\"\xed\xa0\x80\"}", "body.name"},
		"a high surrogate alone":         {`{"name":"\ud800"}`, "body.name"},
		"what no database takes":         {`{"name":"a\u0000b"}`, "body.name"},
		"a low surrogate alone":          {`{"name":"a\uDC00b"}`, "body.name"},
		"a high surrogate before text":   {`{"name":"\ud83dx"}`, "body.name"},
		"a high surrogate before an n":   {`{"name":"\ud83d\n"}`, "body.name"},
		"two high surrogates":            {`{"name":"\ud83d\ud83d"}`, "body.name"},
		"a pair the wrong way round":     {`{"name":"\ude00\ud83d"}`, "body.name"},
		"behind a pair and a backslash":  {`{"name":"\ud83d\ude00\\","wishes":[{"text":"a"},{"text":"\\\ud800"}]}`, "body.wishes[1].text"},
		"the name of a field":            {"{\"name\":\"x\",\"wishes\":[{\"\xff\":1}]}", "body.wishes[0]"},
		"in what no field is for":        {`{"name":"x","other":{"deep":[1,[],{"a":{}},"\ud800"]}}`, "body.other.deep[3]"},
		"behind numbers, lists and null": {`{"a":1,"b":[true,null],"c":{"d":-1.5e3},"name":"\ud800"}`, "body.name"},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := request(t, "POST", "/api/v1/greetings", c.body)
			if w.Code != 422 || len(p.Errors) != 1 || p.Errors[0].Location != c.location || !strings.Contains(p.Errors[0].Message, "Unicode") {
				t.Errorf("got %d %s, want 422 at %q", w.Code, w.Body, c.location)
			}
			w, p = request(t, "PATCH", "/api/v1/greetings", c.body, "Content-Type", "application/merge-patch+json")
			if w.Code != 422 || len(p.Errors) != 1 || p.Errors[0].Location != c.location {
				t.Errorf("merge patch: got %d %s, want 422 at %q", w.Code, w.Body, c.location)
			}
		})
	}
	for _, text := range []string{"Jörg", `J\u00f6rg`, "😀", `\ud83d\ude00`, `\\ud800`, `\"\\\ud83d\uDE00\\`, "\ufffd", `\ufffd`} {
		if w, _ := request(t, "POST", "/api/v1/greetings", `{"name":"`+text+`"}`); w.Code != 200 {
			t.Errorf("%q: got %d %s", text, w.Code, w.Body)
		}
	}
	body := `{"name": "😀"}`
	w, _ := request(t, "PATCH", "/api/v1/greetings", body, "Content-Type", "application/merge-patch+json")
	var out struct{ Greeting string }
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || out.Greeting != body {
		t.Errorf("the handler got %q, %v; want the body as it was sent", out.Greeting, err)
	}
}

func TestNullIsRefusedWhereThereIsNoNull(t *testing.T) {
	for name, c := range map[string]struct{ body, location string }{
		"a string":               {`{"name":null}`, "body.name"},
		"a string left out":      {`{"name":"x","password":null}`, "body.password"},
		"a number":               {`{"name":"x","times":null}`, "body.times"},
		"a list":                 {`{"name":"x","wishes":null}`, "body.wishes"},
		"an item":                {`{"name":"x","wishes":[null]}`, "body.wishes[0]"},
		"a string in an item":    {`{"name":"x","wishes":[{"text":"a"},{"text":"b","until":null}]}`, "body.wishes[1].until"},
		"the body":               {`null`, "body"},
		"where null may stand":   {`{"name":"x","limit":null}`, ""},
		"the word in a string":   {`{"name":"null"}`, ""},
		"a clearing merge patch": {`{"name":null}`, "patch"},
	} {
		t.Run(name, func(t *testing.T) {
			method, kind := "POST", "application/json"
			if c.location == "patch" {
				method, kind, c.location = "PATCH", "application/merge-patch+json", ""
			}
			w, p := request(t, method, "/api/v1/greetings", c.body, "Content-Type", kind)
			switch {
			case c.location == "" && w.Code != 200:
				t.Errorf("got %d %s, want 200", w.Code, w.Body)
			case c.location != "" && (w.Code != 422 || len(p.Errors) != 1 || p.Errors[0].Location != c.location):
				t.Errorf("got %d %s, want 422 at %q", w.Code, w.Body, c.location)
			}
		})
	}
}

// What decoders say names Go's types; it is of no use to people.
func TestFaultsOfTheDecoderAreSaidInOurWords(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want string
	}{
		"half a document":  {`{"name":"x"`, "is not JSON: the fault is at byte 11"},
		"no JSON":          {`name=x`, "is not JSON: the fault is at byte 2"},
		"a number too big": {`{"name":"x","times":99999999999999999999}`, "does not fit at times"},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := request(t, "POST", "/api/v1/greetings", c.body)
			if len(p.Errors) != 1 || !strings.HasSuffix(p.Errors[0].Message, c.want) || strings.Contains(w.Body.String(), "Go ") || strings.Contains(w.Body.String(), "json:") {
				t.Errorf("got %d %s, want %q", w.Code, w.Body, c.want)
			}
		})
	}
}

func TestAMethodThatAPathIsNotForIsRefused(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/api/v1/greetings", 405, "POST, PATCH"},
		{"DELETE", "/api/v1/greetings", 405, "POST, PATCH"},
		{"OPTIONS", "/api/v1/greetings", 405, "POST, PATCH"},
		{"BREW", "/api/v1/greetings", 405, "POST, PATCH"},
		{"POST", "/api/v1/me", 405, "GET, HEAD"},
		{"POST", "/panic", 405, "GET, HEAD"},
		{"POST", "/api/v1/openapi.json", 405, "GET, HEAD"},
		{"HEAD", "/api/v1/me", 401, ""},
		{"GET", "/api/v1/nothing", 404, ""},
		{"DELETE", "/api/v1/nothing", 404, ""},
	} {
		w, p := request(t, c.method, c.path, "")
		if allow := w.Header().Get("Allow"); w.Code != c.status || allow != c.allow || !strings.Contains(p.Detail, c.allow) {
			t.Errorf("%s %s: got %d with Allow %q and %q, want %d with %q", c.method, c.path, w.Code, allow, p.Detail, c.status, c.allow)
		}
	}
}

func TestProtect(t *testing.T) {
	for authorization, want := range map[string]int{"": 401, "Bearer bad": 401, "Basic good": 401, "Bearer good": 200} {
		w, _ := request(t, "GET", "/api/v1/me", "", "Authorization", authorization)
		if w.Code != want || (want == 200) != strings.Contains(w.Body.String(), `"u1"`) {
			t.Errorf("%q: %d %s, want %d", authorization, w.Code, w.Body, want)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	w, _ := request(t, "POST", "/api/v1/greetings", `{"name":"x"}`)
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'self'", "X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Request-Id": "-"} {
		if !strings.Contains(w.Header().Get(name), want) {
			t.Errorf("%s is %q, want %q in it", name, w.Header().Get(name), want)
		}
	}
	var body struct{ Deadline time.Time }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Deadline.IsZero() {
		t.Errorf("the handler ran without a deadline: %s, %v", w.Body, err)
	}
}

func TestRequestsAreSpansOfTheirTraces(t *testing.T) {
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	mux := http.NewServeMux()
	var got string
	mux.HandleFunc("GET /tasks/{id}", func(w http.ResponseWriter, r *http.Request) {
		got = trace.ID(r.Context())
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	spans := tracetest.NewSpanRecorder()
	for header, tracer := range map[string]*trace.Tracer{
		"00-" + id + "-00f067aa0ba902b7-01": trace.None(),
		"":                                  trace.To("todo-api", spans, 1),
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/tasks/1", nil)
		r.Header.Set(trace.Header, header)
		httpapi.Handler(mux, prometheus.NewRegistry(), tracer).ServeHTTP(httptest.NewRecorder(), r)
		if got == "" || header != "" && got != id {
			t.Errorf("a request with %q is of the trace %q", header, got)
		}
	}
	ended := spans.Ended()
	if len(ended) != 1 || ended[0].Name() != "GET /tasks/{id}" || ended[0].Status().Code != codes.Error {
		t.Errorf("the request that failed has the spans %v", ended)
	}
}

func TestAStreamIsNoSpan(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	handler := httpapi.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", httpapi.EventStream)
	}), prometheus.NewRegistry(), trace.To("realtime-sync", spans, 1))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if ended := spans.Ended(); len(ended) != 0 {
		t.Errorf("it has the spans %v, which would last as long as its client stays", ended)
	}
}

func TestDocumentIsServedAndDocsAreNot(t *testing.T) {
	w, _ := request(t, "GET", "/api/v1/openapi.json", "")
	var document struct {
		OpenAPI string
		Paths   map[string]any
	}
	if err := json.Unmarshal(w.Body.Bytes(), &document); err != nil || !strings.HasPrefix(document.OpenAPI, "3.1") || len(document.Paths) != 4 {
		t.Errorf("got %+v, %v", document, err)
	}
}

func TestMetricsHaveClosedLabels(t *testing.T) {
	registry := prometheus.NewRegistry()
	handler := newHandler(registry)
	for _, path := range []string{"/api/v1/me", "/nowhere/1", "/nowhere/2", "/nowhere/3"} {
		for _, method := range []string{"GET", "BREW", "STEEP"} {
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, path, nil))
		}
	}
	// me answers GET; all else has no route, with GET or another method.
	if got, err := testutil.GatherAndCount(registry, "http_request_duration_seconds"); err != nil || got > 4 {
		t.Errorf("%d series, %v", got, err)
	}
}

// A batch may take longer than its body may take to arrive.
func TestARequestGoesOnAfterTheTimeForItsBody(t *testing.T) {
	t.Parallel()
	const longer = 5500 * time.Millisecond // than bodyReadTimeout
	mux := http.NewServeMux()
	api := httpapi.New(mux, "Test", "1", "/api/v1")
	httpapi.Register(api, huma.Operation{OperationID: "wait", Method: http.MethodPost, Path: "/waits"},
		func(ctx context.Context, in *greetInput) (*greetOutput, error) {
			select {
			case <-ctx.Done():
				return nil, failure.New(failure.Unavailable, "cancelled: %v", context.Cause(ctx))
			case <-time.After(longer):
				return greet(ctx, in)
			}
		})
	server := httptest.NewUnstartedServer(nil)
	server.Config = httpapi.NewServer(httpapi.Handler(mux, prometheus.NewRegistry(), trace.None()))
	server.Start()
	defer server.Close()
	answer, err := http.Post(server.URL+"/api/v1/waits", "application/json", strings.NewReader(`{"name":"ann"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("status %d, want 200", answer.StatusCode)
	}
}

func TestABodyThatDoesNotArriveIsRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	server.Config = httpapi.NewServer(newHandler(prometheus.NewRegistry()))
	server.Start()
	defer server.Close()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if err := connection.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, "POST /api/v1/greetings HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusRequestTimeout {
		t.Errorf("status %d, want 408", answer.StatusCode)
	}
}

func TestALastingAnswerOutlivesDeadlines(t *testing.T) {
	left := make(chan error, 1)
	server := httptest.NewUnstartedServer(nil)
	server.Config = httpapi.NewServer(httpapi.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, err := httpapi.Lasting(w, r)
		if err != nil {
			left <- err
			return
		}
		if _, bounded := ctx.Deadline(); bounded || httpapi.RequestID(ctx) == "" {
			left <- errors.New("the context is not that of the request without its deadline")
			return
		}
		time.Sleep(200 * time.Millisecond) // longer than the server gives an answer
		_, _ = io.WriteString(w, "still there\n")
		_ = http.NewResponseController(w).Flush() // what was lost is missed below
		<-ctx.Done()
		left <- nil
	}), prometheus.NewRegistry(), trace.None()))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 100*time.Millisecond
	server.Start()
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(response.Body).ReadString('\n'); err != nil || line != "still there\n" {
		t.Errorf("got %q, %v", line, err)
	}
	_ = response.Body.Close() // the client leaves
	if err := <-left; err != nil {
		t.Error(err)
	}
}
