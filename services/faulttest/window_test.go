package faulttest

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// window is one of the page, which follows a person's changes from the first on. When its connection is
// lost, or was there for some seconds, another resumes after the last change that came.
type window struct {
	client client.Client
	last   atomic.Int64 // seq of the last change
	close  func()
}

// openWindow opens one until the test ends or it is closed.
func openWindow(t *testing.T, sync *child, accessToken string) *window {
	t.Helper()
	w := &window{client: client.Client{BaseURL: "http://" + sync.instance.PublicAddress, AccessToken: accessToken}}
	ctx, leave := context.WithCancel(context.Background())
	left := make(chan struct{})
	go func() {
		defer close(left)
		for ctx.Err() == nil {
			some, end := context.WithTimeout(ctx, time.Second+rand.N(5*time.Second))
			w.follow(some, t)
			end()
			select {
			case <-ctx.Done():
			case <-time.After(rest):
			}
		}
	}()
	w.close = func() {
		leave()
		<-left
	}
	t.Cleanup(w.close)
	return w
}

// follow takes changes until the connection is lost.
func (w *window) follow(ctx context.Context, t *testing.T) {
	last := w.last.Load()
	socket, err := w.client.Connect(ctx, &last)
	if err != nil {
		return // the service is down, or todo-api, which it asks
	}
	defer func() { _ = socket.Close() }() // the service may have died
	for {
		frame, err := socket.Next(ctx)
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case protocol.Change:
			if frame.Seq != w.last.Load()+1 {
				t.Errorf("after change %d came %d", w.last.Load(), frame.Seq)
			}
			w.last.Store(frame.Seq)
		case protocol.SnapshotRequired:
			t.Errorf("a snapshot is required after change %d", w.last.Load())
		}
	}
}
