package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestUsualMixHasSeventyPercentReads(t *testing.T) {
	const count = 20000
	random := rand.New(rand.NewPCG(1, 2))
	seen, writes := map[Operation]int{}, 0
	for range count {
		operation := Usual().pick(random)
		seen[operation]++
		if operation.Writes() {
			writes++
		}
	}
	if percent := writes * 100 / count; percent < 28 || percent > 32 {
		t.Errorf("%d %% are writes", percent)
	}
	for _, share := range Usual() {
		if seen[share.Operation] == 0 {
			t.Errorf("there is no %s", share.Operation)
		}
	}
}

func TestFaultsAreCountedByKind(t *testing.T) {
	for want, err := range map[string]error{
		"status 503":       fmt.Errorf("wrapped: %w", &client.Problem{Status: 503}),
		"not sent":         errTooMany,
		"no answer in 10s": fmt.Errorf("get: %w", context.DeadlineExceeded),
		"no connection":    errors.New("connection refused"),
	} {
		if got := faultOf(err); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
}

func TestOneRequestAtATimeChangesATask(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	user := NewUser("u", false, client.New("http://localhost", http.DefaultClient), []string{"a"})
	id, ok := user.take(random)
	if _, again := user.take(random); !ok || again {
		t.Error("the task is taken twice")
	}
	if r := prepare(Patch, user, random); r.operation != Create {
		t.Errorf("without a task to change it is a %s", r.operation)
	}
	user.put(id)
	if r := prepare(Complete, user, random); r.operation != Complete {
		t.Errorf("with a task it is a %s", r.operation)
	}
}

// A server that answers one request late must not keep others from being sent in time,
// and what it was late by counts.
func TestLoopIsOpen(t *testing.T) {
	const late = 300 * time.Millisecond
	first := make(chan struct{}, 1)
	first <- struct{}{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-first:
			time.Sleep(late)
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = w.Write([]byte("{}"))
		}
	}))
	defer server.Close()
	user := NewUser("u", false, client.New(server.URL, server.Client()), nil)
	record := New([]*User{user}, nil).Run(t.Context(), 100, 200*time.Millisecond, OnlyLists())
	sorted := record.Latencies[List].Sorted()
	if len(sorted) != 20 || sorted[19] < late || sorted[9] > late/2 {
		t.Errorf("latencies %v", sorted)
	}
	if record.Errors()["status 503"] != 1 || record.Failed() != 1 {
		t.Errorf("errors %v", record.Errors())
	}
}
