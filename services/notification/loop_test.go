package notification

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// passes runs a loop for a time on a false clock and returns when its passes began.
func passes(t *testing.T, interval, lasting time.Duration, pass func(n int) (bool, error)) (began []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), lasting)
		defer cancel()
		work := newLoop("test", interval, func(context.Context) (bool, error) {
			began = append(began, time.Since(start))
			return pass(len(began))
		})
		if err := work.run(ctx); err != nil {
			t.Error(err)
		}
	})
	return began
}

func TestLoop(t *testing.T) {
	const s = time.Second
	cases := []struct {
		name    string
		lasting time.Duration
		pass    func(n int) (bool, error)
		want    []time.Duration
	}{
		{"begins at once and repeats", 5 * s, func(int) (bool, error) { return false, nil }, []time.Duration{0, 2 * s, 4 * s}},
		{"goes on while there is more", 3 * s, func(n int) (bool, error) { return n < 3, nil }, []time.Duration{0, 0, 0, 2 * s}},
		{"failing, waits longer and longer", 70 * s, func(int) (bool, error) { return true, errors.New("down") },
			[]time.Duration{0, 2 * s, 6 * s, 14 * s, 30 * s, 60 * s}},
		{"having failed, is as quick as before", 11 * s, func(n int) (bool, error) {
			if n <= 2 {
				return false, errors.New("down")
			}
			return false, nil
		}, []time.Duration{0, 2 * s, 6 * s, 8 * s, 10 * s}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := passes(t, 2*s, c.lasting, c.pass)
			if len(got) != len(c.want) {
				t.Fatalf("passes at %v, want %v", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Fatalf("passes at %v, want %v", got, c.want)
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
		work := newLoop("test", time.Hour, func(context.Context) (bool, error) {
			began = append(began, time.Since(start))
			return false, nil
		})
		time.AfterFunc(time.Minute, work.kick)
		if err := work.run(ctx); err != nil {
			t.Error(err)
		}
		if len(began) != 3 || began[1] != time.Minute {
			t.Errorf("passes at %v, want one at once, one at the kick, one an hour later", began)
		}
	})
}
