package audit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

const (
	headKeysSecret = "audit-head-keys"
	headKeySet     = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"first","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}`
)

// headKeys returns what verifies heads.
func headKeys(t *testing.T) heads.Keys {
	t.Helper()
	keys, err := heads.ParseKeys([]byte(headKeySet))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// keeper is a database with logs in it, and what makes heads of them.
type keeper struct {
	*harness
	maker headMaker
}

// newKeeper makes a keeper without a service that would make heads besides.
func newKeeper(t *testing.T) *keeper {
	t.Helper()
	h := &harness{env: daprtest.New(t)}
	h.db = h.env.Database(t, Schema())
	h.sidecar = h.env.Sidecar(t, daprtest.App{ID: contract.Audit})
	signer, err := heads.ParseSigner([]byte(headKeySet))
	if err != nil {
		t.Fatal(err)
	}
	component := contract.DatabaseComponent(contract.Audit)
	if err := h.sidecar.Client.WaitReady(t.Context(), component); err != nil {
		t.Fatal(err)
	}
	db := store.Open(h.sidecar.Client, component, contract.Schema(contract.Audit))
	return &keeper{h, headMaker{heads: headStore{db}, signer: signer, metrics: newMetrics(prometheus.NewRegistry())}}
}

// appendTo appends n entries to the log of a user.
func (h *harness) appendTo(t *testing.T, user string, n int) {
	t.Helper()
	h.exec(t, `SELECT op_append_entries(jsonb_build_object('userId', '`+user+`', 'entries', (
		SELECT jsonb_agg(jsonb_build_object('eventId', 'e' || n || clock_timestamp(), 'body', format('{"userId":"%s"}', '`+user+`'))) FROM generate_series(1, `+fmt.Sprint(n)+`) n)))`)
}

// exec runs statements in the schema of the service, as its owner.
func (h *harness) exec(t *testing.T, statements string) {
	t.Helper()
	if _, err := h.db.Exec(t.Context(), "SET LOCAL search_path = audit; "+statements); err != nil {
		t.Fatal(err)
	}
}

// endPause has the next head be due.
func (h *harness) endPause(t *testing.T) {
	t.Helper()
	h.exec(t, `SET LOCAL session_replication_role = replica; UPDATE heads SET at = at - interval '1 hour'`)
}

// make makes the head that is due, if there is one.
func (k *keeper) make(t *testing.T) {
	t.Helper()
	if _, err := k.maker.pass(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// export reads all heads as a file, in pages of so many lines.
func (k *keeper) export(t *testing.T, page int) string {
	t.Helper()
	header, err := chain.HeadsHeader{Format: chain.HeadsFormat, Version: chain.Version}.Line()
	if err != nil {
		t.Fatal(err)
	}
	text := string(header)
	request := calls.ListPlatformHeadsRequest{Limit: page}
	for {
		found, err := k.maker.heads.listPlatformHeads(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range found.Lines {
			text += line + "\n"
		}
		if found.Next == nil {
			return text
		}
		request.After = found.Next
	}
}

// verified checks all heads, and returns what they tell of a user.
func (k *keeper) verified(t *testing.T, user string) chain.HeadsReport {
	t.Helper()
	text := k.export(t, maxHeadPage)
	report, err := chain.VerifyHeads(strings.NewReader(text), headKeys(t), nil, user)
	if err != nil || !report.Sound() {
		t.Fatalf("%+v, %v:\n%s", report, err, text)
	}
	return report
}

func (h *harness) headOf(t *testing.T, user string) chain.Head {
	t.Helper()
	var position int64
	var hash []byte
	if err := h.db.QueryRow(t.Context(), "SELECT position, hash FROM audit.chains WHERE user_id = $1", user).Scan(&position, &hash); err != nil {
		t.Fatal(err)
	}
	return chain.Head{Position: position, Hash: chain.Hash(hash)}
}

func TestHeadsListWhatChanged(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	ann, bob := newUser(), newUser()
	k.make(t)
	if report := k.verified(t, ann); report.Heads != 0 {
		t.Errorf("without a log there are %d heads", report.Heads)
	}
	k.appendTo(t, ann, 3)
	k.appendTo(t, bob, 2)
	k.make(t)
	first := k.headOf(t, ann)
	k.appendTo(t, ann, 1)
	k.make(t) // the pause is not over
	if report := k.verified(t, ann); report.Heads != 1 || report.Last.Lines != 2 || !slices.Equal(report.Anchors, []chain.Head{first}) {
		t.Errorf("got %+v", report)
	}
	k.endPause(t)
	k.make(t)
	k.endPause(t)
	k.make(t) // nothing has changed
	report := k.verified(t, ann)
	if report.Heads != 2 || report.Last.Lines != 1 || !slices.Equal(report.Anchors, []chain.Head{first, k.headOf(t, ann)}) {
		t.Errorf("got %+v", report)
	}
	if report := k.verified(t, bob); len(report.Anchors) != 1 {
		t.Errorf("of a log that did not change: %+v", report)
	}
	if made, lines := testutil.ToFloat64(k.maker.metrics.heads), testutil.ToFloat64(k.maker.metrics.headLines); made != 2 || lines != 3 {
		t.Errorf("metrics count %v heads with %v lines", made, lines)
	}
	whole := k.export(t, maxHeadPage)
	for _, page := range []int{1, 2, 3} {
		if got := k.export(t, page); got != whole {
			t.Errorf("pages of %d lines:\n%s\nwant\n%s", page, got, whole)
		}
	}
}

// Whoever dies between two steps leaves neither a hole nor two heads of one number.
func TestADraftIsSignedByWhoeverFindsIt(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	ann := newUser()
	k.appendTo(t, ann, 1)
	draft, err := k.maker.heads.draft(t.Context()) // and dies
	if err != nil || draft == nil {
		t.Fatal(draft, err)
	}
	k.appendTo(t, ann, 1)
	again, err := k.maker.heads.draft(t.Context()) // and dies, before or after it has signed
	if err != nil || again.Body != draft.Body {
		t.Fatalf("the draft is %+v, %v; want %+v", again, err, draft)
	}
	if report := k.verified(t, ann); report.Heads != 0 {
		t.Errorf("a head that is not signed is shown: %+v", report)
	}
	k.make(t)
	if report := k.verified(t, ann); report.Heads != 1 || report.Last.Hash() != sha256.Sum256([]byte(draft.Body)) {
		t.Errorf("got %+v", report)
	}
	// A replica that was held up seals what another has sealed, with another key.
	head, err := heads.ParseBody([]byte(draft.Body))
	if err != nil {
		t.Fatal(err)
	}
	late := k.maker.signer.Sign(head)
	late.Key = "second"
	if sealed, err := k.maker.heads.seal(t.Context(), late); err != nil || sealed {
		t.Errorf("sealed: %v, %v", sealed, err)
	}
	k.endPause(t)
	k.make(t)
	if report := k.verified(t, ann); report.Heads != 2 || len(report.Anchors) != 2 {
		t.Errorf("got %+v", report)
	}
}

// Several replicas make heads while logs grow: each number once, nothing left out.
func TestReplicasMakeEachHeadOnce(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	users := []string{newUser(), newUser(), newUser()}
	ctx, cancel := context.WithCancel(t.Context())
	var makers sync.WaitGroup
	for range 4 {
		makers.Go(func() {
			for ctx.Err() == nil {
				if _, err := k.maker.pass(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	var appenders sync.WaitGroup
	for _, user := range users {
		appenders.Go(func() {
			for range 20 {
				k.appendTo(t, user, 2)
			}
		})
	}
	done := make(chan struct{})
	go func() { appenders.Wait(); close(done) }()
	for waiting := true; waiting; {
		select {
		case <-done:
			waiting = false
		default:
		}
		k.endPause(t)
	}
	daprtest.Eventually(t, patience, "all is listed", func() bool {
		k.endPause(t)
		var left int
		return k.db.QueryRow(t.Context(), "SELECT count(*) FROM audit.chains WHERE changed").Scan(&left) == nil && left == 0
	})
	cancel()
	makers.Wait()
	k.make(t) // a draft may be left
	for _, user := range users {
		report := k.verified(t, user)
		if report.Heads < 2 || report.Anchors[len(report.Anchors)-1] != k.headOf(t, user) || k.headOf(t, user).Position != 40 {
			t.Errorf("got %+v, want the last to be %+v", report, k.headOf(t, user))
		}
	}
}

func TestHeadsAreAppendOnly(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	k.appendTo(t, newUser(), 1)
	k.make(t)
	for _, table := range []string{"heads", "head_lines", "signed_heads"} {
		for _, statement := range []string{"UPDATE audit." + table + " SET number = 7", "DELETE FROM audit." + table, "TRUNCATE audit." + table + " CASCADE"} {
			if _, err := k.db.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: error %v, want it refused", statement, err)
			}
		}
	}
}

// The end of a log is told by a head, too: with all that is left of it.
func TestAHeadTellsThatALogWasErased(t *testing.T) {
	t.Parallel()
	k := newKeeper(t)
	ann, bob := newUser(), newUser()
	k.appendTo(t, ann, 3)
	k.appendTo(t, bob, 1)
	k.make(t)
	k.appendTo(t, ann, 1)
	last := k.headOf(t, ann)
	k.exec(t, `SELECT op_bury(jsonb_build_object('userId', '`+ann+`', 'at', now()))`)
	k.exec(t, `SELECT op_erase_entries('{"limit": 10}')`)
	k.endPause(t)
	k.make(t)
	report := k.verified(t, ann)
	if report.Heads != 2 || report.Erased != 1 || report.Erasure == nil || *report.Erasure != (chain.Erasure{Number: 2, Head: last}) || report.Anchors[1] != last {
		t.Errorf("got %+v, want %+v to be the end", report, last)
	}
	if report := k.verified(t, bob); report.Erasure != nil || len(report.Anchors) != 1 {
		t.Errorf("of another user: %+v", report)
	}
}

// What the operator asks for.
func TestHeadsAreReadOnThePortOfProbes(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.appendTo(t, newUser(), 1)
	get := func(query string) (int, string) {
		t.Helper()
		response, err := http.Get(h.health + contract.HeadsPath + query)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close() //nolint:errcheck // it was read to its end
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	var newest string
	daprtest.Eventually(t, patience, "the service makes a head", func() bool {
		var status int
		status, newest = get("")
		return status == http.StatusOK && newest != ""
	})
	signed, err := heads.ParseLines([]byte(newest))
	if err != nil || len(signed) != 1 || signed[0].Number != 1 || headKeys(t).Verify(signed[0]) != nil {
		t.Errorf("got %q, %v", newest, err)
	}
	for query, want := range map[string]string{"?from=1": newest, "?from=2": ""} {
		if status, got := get(query); status != http.StatusOK || got != want {
			t.Errorf("%s: %d, %q", query, status, got)
		}
	}
	if status, _ := get("?from=x"); status != http.StatusBadRequest {
		t.Errorf("a number that is none is answered %d", status)
	}
	var page calls.ListPlatformHeadsReply
	daprtest.Eventually(t, patience, "the service answers", func() bool {
		page, err = calls.ListPlatformHeads.Call(t.Context(), h.todoAPI.Client, calls.ListPlatformHeadsRequest{Limit: 10})
		return failure.KindOf(err) != failure.Unavailable
	})
	if err != nil || len(page.Lines) != 2 || page.Lines[0]+"\n" != newest || page.Next != nil {
		t.Errorf("got %+v, %v", page, err)
	}
}

// How long it takes to draft heads that list so many logs, and how much they add to the database.
func BenchmarkHeads(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			env := daprtest.New(b)
			db := env.Database(b, Schema())
			exec := func(statements string) {
				b.Helper()
				if _, err := db.Exec(b.Context(), "SET LOCAL search_path = audit; "+statements); err != nil {
					b.Fatal(err)
				}
			}
			exec(fmt.Sprintf(`INSERT INTO chains (user_id, position, hash) SELECT gen_random_uuid(), n, sha256(int8send(n)) FROM generate_series(1, %d) n`, n))
			var before, after, made int64
			size := func(into *int64) {
				b.Helper()
				if err := db.QueryRow(b.Context(), `SELECT pg_total_relation_size('audit.head_lines') + pg_total_relation_size('audit.heads')`).Scan(into); err != nil {
					b.Fatal(err)
				}
			}
			size(&before)
			for b.Loop() {
				b.StopTimer()
				exec(`UPDATE chains SET changed = true, position = position + 1; SET LOCAL session_replication_role = replica; UPDATE heads SET at = at - interval '1 hour'`)
				b.StartTimer()
				for more := true; more; {
					if err := db.QueryRow(b.Context(), fmt.Sprintf(`SELECT coalesce((audit.answer('draft_head', '{"pause": "0 seconds", "limit": %d}')::jsonb #>> '{ok,more}')::boolean, false)`, headLines)).Scan(&more); err != nil {
						b.Fatal(err)
					}
					exec(`INSERT INTO signed_heads (number, line) SELECT number, body FROM heads WHERE number NOT IN (SELECT number FROM signed_heads)`)
				}
				made++
			}
			size(&after)
			b.ReportMetric(float64(after-before)/float64(made)/float64(n), "B/log")
		})
	}
}
