package todoapi

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/allowance"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events/conform"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/lifecycle"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

const (
	password = "correct horse battery"
	// soon is more than enough for what happens at once on an idle machine.
	soon = 30 * time.Second
)

// harness is a running todo-api with all that it needs.
type harness struct {
	t       *testing.T
	env     *daprtest.Env
	pool    *pgxpool.Pool // of a superuser, to look behind the API
	sidecar *daprtest.Sidecar
	url     string
	health  string // base URL of probes and metrics
	stop    func() // ends todo-api in order
	users   atomic.Int64
	changes *allowance.Users
	today   func() time.Time
	adjust  []func(*Config)
	keys    *auth.Keys // that sign
}

// newHarness starts todo-api; adjust may change its configuration before.
func newHarness(t *testing.T, adjust ...func(*Config)) *harness {
	t.Helper()
	return startHarness(t, allowance.New(command.Changes, time.Now), time.Now, adjust...)
}

// newQuickHarness starts a todo-api in which users write as many changes as the machine can.
func newQuickHarness(t *testing.T) *harness {
	t.Helper()
	return startHarness(t, allowance.New(changesOf(1_000_000, 1_000_000), time.Now), time.Now)
}

// newHarnessAt starts a todo-api for which it is always the same moment where people speak of days.
func newHarnessAt(t *testing.T, moment time.Time) *harness {
	t.Helper()
	return startHarness(t, allowance.New(command.Changes, time.Now), func() time.Time { return moment })
}

// changesOf is an allowance of changes.
func changesOf(perSecond, burst int) allowance.Allowance {
	changes := command.Changes
	changes.PerSecond, changes.Burst = perSecond, burst
	return changes
}

func startHarness(t *testing.T, changes *allowance.Users, today func() time.Time, adjust ...func(*Config)) *harness {
	t.Helper()
	return startHarnessIn(t, daprtest.New(t), changes, today, adjust...)
}

func startHarnessIn(t *testing.T, env *daprtest.Env, changes *allowance.Users, today func() time.Time, adjust ...func(*Config)) *harness {
	t.Helper()
	h := &harness{t: t, env: env, pool: env.Database(t, Schema()), changes: changes, today: today, adjust: adjust}
	keys, err := auth.GenerateKeys("test")
	if err != nil {
		t.Fatal(err)
	}
	env.Secret(t, "keys", map[string]string{contract.SecretKeySigning: string(keys)})
	if h.keys, err = auth.ParseKeys(keys); err != nil {
		t.Fatal(err)
	}
	h.sidecar = env.Sidecar(t, daprtest.App{ID: contract.TodoAPI})
	h.url, h.health = h.serve(t)
	t.Cleanup(h.checkChanges)
	return h
}

// checkChanges holds a change of each type that the test made against the type's schema.
func (h *harness) checkChanges() {
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	rows, err := h.pool.Query(ctx, `SELECT DISTINCT ON (type, data ? 'before', data ? 'after') type, data::text FROM todo.event ORDER BY type, data ? 'before', data ? 'after', position DESC`)
	if err != nil {
		h.t.Errorf("read the changes that were made: %v", err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var kind, data string
		if err := rows.Scan(&kind, &data); err != nil {
			h.t.Error(err)
			return
		}
		if err := conform.Data(kind, []byte(data)); err != nil {
			h.t.Error(err)
		}
	}
	if err := rows.Err(); err != nil {
		h.t.Errorf("read the changes that were made: %v", err)
	}
}

// serve runs one todo-api until the test ends or stop is called.
func (h *harness) serve(t *testing.T) (public, health string) {
	t.Helper()
	publicListener, healthListener := listen(t), listen(t)
	cfg := Config{Config: lifecycle.Config{Dapr: daprtest.Config(h.sidecar.Address)}, KeysSecret: "keys",
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	for _, change := range h.adjust {
		change(&cfg)
	}
	appListener := h.sidecar.Listen(t)
	h.stop = daprtest.Background(t, "todo-api", func(ctx context.Context) error {
		return run(ctx, cfg, h.changes, h.today, publicListener, healthListener, appListener)
	})
	public, health = "http://"+publicListener.Addr().String(), "http://"+healthListener.Addr().String()
	daprtest.Eventually(t, soon, "todo-api is ready", func() bool {
		response, err := http.Get(health + "/readyz")
		return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusOK
	})
	return public, health
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// guest returns a client that has not signed in.
func (h *harness) guest() *client.Client {
	return client.New(h.url, &http.Client{Timeout: soon, Transport: documented{h.t}})
}

// browser returns a client that has not signed in and keeps cookies.
func (h *harness) browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Timeout: soon, Jar: jar}
}

func (h *harness) newEmail() string { return fmt.Sprintf("user%d@example.org", h.users.Add(1)) }

// user returns a client signed in as a new user.
func (h *harness) user(t *testing.T) *client.Client {
	t.Helper()
	c := h.guest()
	if err := c.SignUp(t.Context(), h.newEmail(), password, "Europe/Berlin"); err != nil {
		t.Fatal(err)
	}
	return c
}

// invoker returns the sidecar client of another app, once todo-api takes its calls.
func (h *harness) invoker(t *testing.T, app string) *dapr.Client {
	t.Helper()
	client := h.env.Sidecar(t, daprtest.App{ID: app, Server: daprtest.StandIn(app)}).Client
	daprtest.Eventually(t, soon, "todo-api takes calls of "+app, func() bool {
		err := client.Invoke(t.Context(), contract.TodoAPI, contract.MethodVerifySession, struct{}{}, nil)
		return failure.KindOf(err) == failure.Unauthenticated
	})
	return client
}

// prune removes what is over at a moment, in batches as small as can be.
func (h *harness) prune(t *testing.T, now time.Time) {
	t.Helper()
	for _, r := range (Retention{}).withDefaults().prunings() {
		for more := true; more; {
			row := h.pool.QueryRow(t.Context(), `SELECT todo.call($1, jsonb_build_object('before', $2::timestamptz, 'limit', 1))->'ok'->'more' = 'true'`, r.op, now.Add(-r.keep))
			var answer *bool
			if err := row.Scan(&answer); err != nil || answer == nil {
				t.Fatalf("%s: %v", r.op, err)
			}
			more = *answer
		}
	}
}

func newTask(t *testing.T, c *client.Client, draft client.Draft) client.Task {
	t.Helper()
	created, err := c.CreateTask(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	return created
}

func wantStatus(t *testing.T, err error, status int) {
	t.Helper()
	if client.StatusOf(err) != status {
		t.Fatalf("got %v, want status %d", err, status)
	}
}

// setAttempts has a subject have tried something so often in the window that runs.
func (h *harness) setAttempts(t *testing.T, kind, subject string, attempts int) {
	t.Helper()
	tag, err := h.pool.Exec(t.Context(), `UPDATE todo.attempt SET attempts = $3 WHERE kind = $1 AND subject = $2`, kind, subject, attempts)
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("%s of %s is counted %d times: %v", kind, subject, tag.RowsAffected(), err)
	}
}

func (h *harness) attempts(t *testing.T, kind, subject string) (n int) {
	t.Helper()
	row := h.pool.QueryRow(t.Context(), `SELECT coalesce(sum(attempts), 0) FROM todo.attempt WHERE kind = $1 AND subject = $2`, kind, subject)
	if err := row.Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// wantLimited checks that an answer refuses by a limit and says when to come back.
func wantLimited(t *testing.T, got answer, policy string) {
	t.Helper()
	seconds, err := strconv.Atoi(got.header.Get("Retry-After"))
	if got.status != http.StatusTooManyRequests || err != nil || seconds < 1 {
		t.Fatalf("got %d, Retry-After %q: %s", got.status, got.header.Get("Retry-After"), got.body)
	}
	if got := got.header.Get("RateLimit-Policy"); got != policy {
		t.Errorf("the policy is %s, want %s", got, policy)
	}
	if got, want := got.header.Get("RateLimit"), fmt.Sprintf(";r=0;t=%d", seconds); !strings.HasSuffix(got, want) {
		t.Errorf("RateLimit is %s, want …%s", got, want)
	}
	if got := got.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("the problem is of type %s", got)
	}
}

// answer is a response that has been read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func get(t *testing.T, url string) answer {
	t.Helper()
	return send(t, http.DefaultClient, http.MethodGet, url, "", nil)
}

func send(t *testing.T, via *http.Client, method, url, body string, header map[string]string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	request.Host = header["Host"] // empty: that of the URL
	response, err := via.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	checkDocumented(t, response)
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, read}
}
