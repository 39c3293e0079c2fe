package loop_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/loop"
)

// passes runs a loop for a time on a false clock and returns when its passes began.
func passes(t *testing.T, cfg loop.Config, lasting time.Duration, pass func(n int) (bool, error)) (began []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), lasting)
		defer cancel()
		cfg.Pass = func(context.Context) (bool, error) {
			began = append(began, time.Since(start))
			return pass(len(began))
		}
		if err := loop.New(cfg).Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return began
}

func TestLoop(t *testing.T) {
	const s = time.Second
	down := errors.New("down")
	cases := []struct {
		name    string
		lasting time.Duration
		pass    func(n int) (bool, error)
		want    []time.Duration // between passes; after a failure a fifth less at most
	}{
		{"begins at once and repeats", 5 * s, func(int) (bool, error) { return false, nil }, []time.Duration{2 * s, 2 * s}},
		{"goes on while there is more", 3 * s, func(n int) (bool, error) { return n < 3, nil }, []time.Duration{0, 0, 2 * s}},
		{"failing, waits longer and longer", 91 * s, func(int) (bool, error) { return true, down },
			[]time.Duration{2 * s, 4 * s, 8 * s, 16 * s, 30 * s}},
		{"having failed, is as quick as before", 11 * s, func(n int) (bool, error) {
			if n <= 2 {
				return false, down
			}
			return false, nil
		}, []time.Duration{2 * s, 4 * s, 2 * s, 2 * s}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := passes(t, loop.Config{Name: "test", Interval: 2 * s}, c.lasting, c.pass)
			if len(got) <= len(c.want) {
				t.Fatalf("passes at %v, want pauses of %v", got, c.want)
			}
			for i, want := range c.want {
				if pause := got[i+1] - got[i]; pause > want || pause < want*4/5 {
					t.Fatalf("passes at %v, want pauses of %v", got, c.want)
				}
			}
		})
	}
}

func TestKickBringsThePassForward(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Minute)
		defer cancel()
		var began []time.Duration
		work := loop.New(loop.Config{Name: "test", Interval: time.Hour, Pass: func(context.Context) (bool, error) {
			began = append(began, time.Since(start))
			return false, nil
		}})
		time.AfterFunc(time.Minute, work.Kick)
		if err := work.Run(ctx); err != nil {
			t.Error(err)
		}
		if len(began) != 3 || began[1] != time.Minute {
			t.Errorf("passes at %v, want one at once, one at the kick, one an hour later", began)
		}
	})
}

func TestKickDoesNotShortenThePauseAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		count := 0
		work := loop.New(loop.Config{Name: "test", Interval: time.Hour, Pass: func(context.Context) (bool, error) {
			count++
			return false, errors.New("down")
		}})
		time.AfterFunc(time.Second, work.Kick)
		if err := work.Run(ctx); err != nil || count != 1 {
			t.Errorf("error %v after %d passes, want one", err, count)
		}
	})
}

func TestOneKickWakesOneOfSeveralLoops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		kicks, count := make(chan struct{}, 2), make(chan struct{}, 10)
		var workers []*loop.Loop
		for range 2 {
			workers = append(workers, loop.New(loop.Config{Name: "worker", Interval: time.Hour, Kicks: kicks,
				Pass: func(context.Context) (bool, error) { count <- struct{}{}; return false, nil }}))
		}
		for _, worker := range workers {
			go func() { _ = worker.Run(ctx) }() // it returns nil
		}
		synctest.Wait()
		workers[0].Kick()
		synctest.Wait()
		if got := len(count); got != 3 {
			t.Errorf("%d passes, want one of each at the start and one for the kick", got)
		}
	})
}

func TestBackoffDoublesUpToItsBound(t *testing.T) {
	b := loop.Backoff{First: 100 * time.Millisecond, Most: time.Second}
	for i, want := range []time.Duration{100, 200, 400, 800, 1000, 1000} {
		want *= time.Millisecond
		if got := b.Next(); got > want || got < want*4/5 {
			t.Errorf("pause %s, want at most a fifth less than %s", got, want)
		}
		if got := b.After(i + 1); got != want {
			t.Errorf("after %d failures %s, want %s", i+1, got, want)
		}
	}
	if got := b.After(1_000_000); got != time.Second {
		t.Errorf("after many failures %s", got)
	}
	b.Reset()
	if got := b.Next(); got > 100*time.Millisecond {
		t.Errorf("after reset the pause is %s", got)
	}
}
