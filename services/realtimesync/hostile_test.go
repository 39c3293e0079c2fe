package realtimesync

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// attack is what a number of hostile connections do, and how they end.
type attack struct {
	connections int
	open        func(t *testing.T, r *replica) net.Conn // makes one of them
	// stays tells that the server has no reason to end it: it was refused as HTTP is, or breaks no rule.
	stays bool
}

// Whatever clients do, the memory that they take is bounded, they lose their place, and everybody
// else gets every change once and in order.
func TestHostileClientsDisturbNobody(t *testing.T) {
	const places = 1000
	for name, attack := range map[string]attack{
		"half a request":              {200, sends("GET " + protocol.SocketPath + " HTTP/1.1\r\nHost: te"), false},
		"a request without end":       {50, sends("GET / HTTP/1.1\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 40)), false},
		"a socket without hello":      {places - 10, sends(upgradeRequest), false},
		"half a hello":                {500, sends(upgradeRequest + maskedFrame([]byte(`{"type":"hello","ticket":"x"}`))[:9]), false},
		"more sockets than places":    {3 * places, sends(upgradeRequest), true},
		"a frame of 8 exbibytes":      {100, sends(upgradeRequest + hugeFrame()), false},
		"a hello of 128 KiB":          {50, sends(upgradeRequest + longFrame(128<<10)), false},
		"a hello that is not UTF-8":   {50, sends(upgradeRequest + maskedFrame([]byte("{\"type\":\"hello\",\"ticket\":\"\xff\xfe\"}"))), false},
		"an opcode that is none":      {50, sends(upgradeRequest + "\x83\x80\x00\x00\x00\x00"), false},
		"a frame without mask":        {50, sends(upgradeRequest + "\x81\x02{}"), false},
		"pings without reading pongs": {10, floods, false},
		"silence after the welcome":   {200, welcomed, false},
		"streams that nobody reads":   {200, unread, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReplicaOf(t, places, func(timing *timing) {
				timing.hello, timing.ping, timing.pong = time.Second, time.Second, 5*time.Second
			})
			good := startGood(t, r)
			defer good.stop()
			before := allocated()
			var held []net.Conn
			for range attack.connections {
				held = append(held, attack.open(t, r))
			}
			if grown := allocated() - before; grown > 16<<20+int64(attack.connections)*128<<10 {
				t.Errorf("%d hostile connections take %d KiB", attack.connections, grown>>10)
			}
			good.getEverything()

			t.Parallel() // they take their time to end
			if !attack.stays {
				for _, conn := range held {
					waitClosed(t, conn)
				}
			}
			for _, conn := range held {
				_ = conn.Close() // the server may have closed it
			}
			daprtest.Eventually(t, patience, "the places are free again", func() bool { return len(r.room.slots) == good.connections() })
			good.getEverything()
		})
	}
}

// upgradeRequest asks for a WebSocket.
const upgradeRequest = "GET " + protocol.SocketPath + " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// sends opens connections that send some bytes and then nothing.
func sends(text string) func(*testing.T, *replica) net.Conn {
	return func(t *testing.T, r *replica) net.Conn {
		conn := r.dialTCP(t)
		_, _ = io.WriteString(conn, text) // the server may end it before
		return conn
	}
}

// floods sends pings for as long as the connection takes them, up to a bound.
func floods(t *testing.T, r *replica) net.Conn {
	conn := r.openBare(t, uuid.NewString())
	ping := strings.Repeat("\x89\xfd\x00\x00\x00\x00"+strings.Repeat("p", 125), 1000)
	go func() {
		_ = conn.SetWriteDeadline(time.Now().Add(3 * time.Second))
		for range 200 {
			if _, err := io.WriteString(conn, ping); err != nil {
				return
			}
		}
	}()
	return conn
}

// welcomed opens a socket that answers nothing after its welcome.
func welcomed(t *testing.T, r *replica) net.Conn { return r.openBare(t, uuid.NewString()) }

// unread opens a stream that is not read.
func unread(t *testing.T, r *replica) net.Conn {
	return sends(streamRequest(r.ticket(t, uuid.NewString())))(t, r)
}

func (r *replica) dialTCP(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// hugeFrame is the beginning of a text frame as long as one may say that it is.
func hugeFrame() string {
	return string(binary.BigEndian.AppendUint64([]byte{0x81, 0xff}, 1<<63-1)) + "\x00\x00\x00\x00{\"type\":"
}

// longFrame is a text frame of so many letters.
func longFrame(size int) string {
	return string(binary.BigEndian.AppendUint64([]byte{0x81, 0xff}, uint64(size))) + "\x00\x00\x00\x00" + strings.Repeat("x", size)
}

// waitClosed reads until the server has ended the connection.
func waitClosed(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(patience)) // what fails is seen below
	if _, err := io.Copy(io.Discard, conn); isTimeout(err) {
		t.Fatal("the server keeps a hostile connection")
	}
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// good is a user who is connected over each transport while changes are made.
type good struct {
	t         *testing.T
	committed atomic.Int64
	last      []*atomic.Int64
	going     context.Context
	end       context.CancelFunc
	tasks     sync.WaitGroup
}

func startGood(t *testing.T, r *replica) *good {
	t.Helper()
	g := &good{t: t}
	g.going, g.end = context.WithCancel(context.Background())
	for _, by := range []transport{transportSocket, transportStream} {
		l := r.over(by).open(t, ann)
		last := &atomic.Int64{}
		g.last = append(g.last, last)
		g.tasks.Go(func() { g.follow(l, last) })
	}
	r.over(transportSocket)
	g.tasks.Go(func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-g.going.Done():
				return
			case <-ticker.C:
				r.hub.deliver(ann, r.commit(t, ann))
				g.committed.Add(1)
			}
		}
	})
	return g
}

// stop ends the changes and closes the connections.
func (g *good) stop() {
	g.end()
	g.tasks.Wait()
}

func (g *good) connections() int { return len(g.last) }

// follow reads changes until the test stops.
func (g *good) follow(l *listener, last *atomic.Int64) {
	defer l.socket.Close() //nolint:errcheck // everything was read
	for {
		frame, err := l.socket.Next(g.going)
		if g.going.Err() != nil {
			return
		}
		if err != nil {
			g.t.Errorf("after change %d: %v", last.Load(), err)
			return
		}
		if change, ok := frame.(protocol.Change); ok {
			if change.Seq != last.Load()+1 {
				g.t.Errorf("after change %d came %d", last.Load(), change.Seq)
			}
			last.Store(change.Seq)
		}
	}
}

// getEverything waits until both connections have what was committed so far.
func (g *good) getEverything() {
	g.t.Helper()
	committed := g.committed.Load()
	for _, last := range g.last {
		daprtest.Eventually(g.t, patience, fmt.Sprintf("change %d is there", committed), func() bool { return last.Load() >= committed })
	}
}
