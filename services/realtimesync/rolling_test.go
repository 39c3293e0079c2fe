package realtimesync

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// currentWithin is by when after the stop of a replica all its clients have everything elsewhere: so long its
// sidecar serves it. How long it takes is logged; on a machine that does nothing else, 8 seconds.
const currentWithin = contract.BlockShutdown

// roller is a client that goes elsewhere when its replica restarts, until the test ends.
type roller struct {
	*person
	fleet *fleet
	by    transport
	on    *service
	last  int64
	moved chan<- move
}

// move is how a client went from one replica to another.
type move struct {
	from            *service
	closed, current time.Time
}

func (r *roller) open(ctx context.Context, resume *int64) (socket *client.Socket, head int64, err error) {
	r.on = r.fleet.any()
	socket, err = r.socketOn(r.on.over(r.by)).Connect(ctx, resume)
	if err != nil {
		return nil, 0, err
	}
	frame, err := socket.Next(ctx)
	if err != nil {
		return nil, 0, err
	}
	welcome, ok := frame.(protocol.Welcome)
	if !ok {
		return nil, 0, fmt.Errorf("the first frame is %+v", frame)
	}
	return socket, welcome.Head, nil
}

// run follows changes from socket on, and resumes elsewhere whenever it is told to.
func (r *roller) run(ctx context.Context, socket *client.Socket) error {
	var going move // its from is nil while it goes nowhere
	var head int64 // of the welcome
	for {
		if going.from != nil && r.last >= head {
			going.current = time.Now()
			r.moved <- going
			going = move{}
		}
		frame, err := socket.Next(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the test has ended
		}
		if closeCode(err) == protocol.CloseRestart {
			going = move{from: r.on, closed: time.Now()}
			socket, head, err = r.open(ctx, &r.last)
			if err == nil && r.on == going.from {
				err = errors.New("it was led to the replica that stops")
			}
		}
		if err != nil {
			return fmt.Errorf("after change %d: %w", r.last, err)
		}
		if change, ok := frame.(protocol.Change); ok {
			if change.Seq != r.last+1 {
				return fmt.Errorf("after change %d came %d", r.last, change.Seq)
			}
			r.last = change.Seq
		}
	}
}

// A thousand clients, half of them by streams, while one replica after the other is replaced and
// changes are made: each client is told once, resumes elsewhere and misses nothing.
func TestRollingRestartUnderAThousandConnections(t *testing.T) {
	const people, each = 10, 100
	p := newPlatform(t) // not parallel: it is measured
	limits := defaultLimits()
	limits.maxSocketsPerUser = people * each
	old := []*service{p.replica(t, 0, limits), p.replica(t, 1, limits)}
	fleet := &fleet{}
	fleet.lead(old...)
	ctx, end := context.WithCancel(t.Context())
	defer end()

	moved := make(chan move, people*each)
	var opening, following errgroup.Group
	opening.SetLimit(16)
	var writers []*person
	for n := range people {
		user := p.signUp(t, fmt.Sprintf("user-%d", n))
		writers = append(writers, user)
		for i := range each {
			r := &roller{person: user, fleet: fleet, by: []transport{transportSocket, transportStream}[i%2], moved: moved}
			opening.Go(func() error {
				socket, head, err := r.open(ctx, nil)
				if err == nil {
					r.last = head
					following.Go(func() error { return r.run(ctx, socket) })
				}
				return err
			})
		}
	}
	if err := opening.Wait(); err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	defer writing.Wait()
	writing.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			writers[n%people].add(1)
			pause(200 * time.Millisecond)
		}
	})
	for n, stopping := range old {
		staying := append([]*service{p.replica(t, len(old)+n, limits)}, fleet.others(stopping)...)
		clients := stopping.connections(t)
		fleet.lead(staying...)
		began := time.Now()
		stopped := make(chan struct{})
		go func() { stopping.stop(); close(stopped) }()
		reportMoves(t, moved, stopping, clients, began)
		<-stopped
	}
	end()
	if err := following.Wait(); err != nil {
		t.Error(err)
	}
}

// reportMoves waits until so many clients have moved away from a replica that stops.
func reportMoves(t *testing.T, moved <-chan move, from *service, clients int, began time.Time) {
	t.Helper()
	perSecond := map[int]int{}
	var last time.Duration
	for n := range clients {
		select {
		case m := <-moved:
			if m.from != from {
				t.Fatal("a client was told to leave a replica that stays")
			}
			perSecond[int(m.closed.Sub(began).Seconds())]++
			last = max(last, m.current.Sub(began))
		case <-time.After(patience):
			t.Fatalf("%d of %d clients are current again", n, clients)
		}
	}
	t.Logf("%d clients are current again %s after their replica was told to stop; told by second: %v", clients, last.Round(time.Millisecond), perSecond)
	if last > currentWithin {
		t.Errorf("the last client was current again after %s", last)
	}
	for second, told := range perSecond {
		if told > clients/4 { // twice what an even spread would be
			t.Errorf("in second %d %d of %d clients are told at once", second, told, clients)
		}
	}
}
