package store

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// fakeBinding answers calls and questions as a database does that is away or not.
type fakeBinding struct {
	away      bool
	hangs     bool
	questions []time.Time
}

func (f *fakeBinding) Binding(ctx context.Context, _, _ string, metadata map[string]string) ([]byte, error) {
	if metadata["params"] == "" {
		f.questions = append(f.questions, time.Now())
	}
	switch {
	case f.hangs:
		<-ctx.Done()
		return nil, ctx.Err()
	case f.away:
		return nil, errors.New("connection refused")
	}
	return []byte(`[["{\"ok\":null}"]]`), nil
}

func TestHealthAsksNothingWhileCallsSucceed(t *testing.T) {
	f := &fakeBinding{}
	db := Open(f, "database", "todo")
	for range 3 {
		if err := errors.Join(db.Call(t.Context(), "read", nil, nil), db.Healthy(t.Context())); err != nil {
			t.Error(err)
		}
	}
	if len(f.questions) != 0 {
		t.Errorf("asked %d times", len(f.questions))
	}
}

func TestHealthAsksOnceASecondUntilTheDatabaseAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeBinding{away: true}
		db := Open(f, "database", "todo")
		if err := db.Call(t.Context(), "read", nil, nil); failure.KindOf(err) != failure.Unavailable {
			t.Fatal(err)
		}
		for range 50 { // five seconds
			if err := db.Healthy(t.Context()); failure.KindOf(err) != failure.Unavailable {
				t.Errorf("healthy while the database is away: %v", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if len(f.questions) != 5 {
			t.Errorf("asked %d times in five seconds", len(f.questions))
		}
		f.away = false
		for range 20 {
			_ = db.Healthy(t.Context()) // the answer of before is still fresh
			time.Sleep(100 * time.Millisecond)
		}
		if err := db.Healthy(t.Context()); err != nil || len(f.questions) != 6 {
			t.Errorf("error %v after %d questions, want health after 6", err, len(f.questions))
		}
	})
}

func TestHealthWaitsShortlyForADatabaseThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeBinding{away: true}
		db := Open(f, "database", "todo")
		_ = db.Call(t.Context(), "read", nil, nil) // it fails
		f.hangs = true
		start := time.Now()
		if err := db.Healthy(t.Context()); err == nil || time.Since(start) != askTimeout {
			t.Errorf("error %v after %s", err, time.Since(start))
		}
	})
}

func TestACallThatSucceedsEndsTheDoubt(t *testing.T) {
	f := &fakeBinding{away: true}
	db := Open(f, "database", "todo")
	_ = db.Call(t.Context(), "read", nil, nil) // it fails
	f.away = false
	if err := db.Call(t.Context(), "read", nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.Healthy(t.Context()); err != nil || len(f.questions) != 0 {
		t.Errorf("error %v after %d questions", err, len(f.questions))
	}
}

func TestAReadThatTakesTooLongIsNoDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeBinding{hangs: true}
		db := Open(f, "database", "todo")
		start := time.Now()
		err := db.Read(t.Context(), "find", nil, nil)
		if failure.KindOf(err) != failure.Unavailable || time.Since(start) != readTimeout {
			t.Errorf("got %v after %s", err, time.Since(start))
		}
		if err := db.Healthy(t.Context()); err != nil {
			t.Error(err)
		}
		f.away, f.hangs = true, false
		if err := db.Read(t.Context(), "find", nil, nil); failure.KindOf(err) != failure.Unavailable || db.Healthy(t.Context()) == nil {
			t.Errorf("a database that is away is healthy after %v", err)
		}
	})
}
