package outbox

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhoseThousandsWerePublishedRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace()
		if rest := p.note("ann", 200, time.Second); rest > 0 {
			t.Errorf("after what may be published at once, a rest of %s", rest)
		}
		if rest := p.note("ann", 16, 50*time.Millisecond); rest != 100*time.Millisecond {
			t.Errorf("after 16 more, which took 50 ms, a rest of %s", rest)
		}
		p.note("bob", 16, 50*time.Millisecond)
		if got := p.resting(); !slices.Equal(got, []string{"ann"}) {
			t.Errorf("%v rest", got)
		}
		time.Sleep(100 * time.Millisecond)
		if got := p.resting(); len(got) > 0 || len(p.until) > 0 {
			t.Errorf("after the rest %v rest, and %d are remembered", got, len(p.until))
		}
		time.Sleep(11 * time.Second)
		if rest := p.note("ann", 16, 50*time.Millisecond); rest > 0 {
			t.Errorf("some seconds later, a rest of %s", rest)
		}
	})
}
