package realtimesync

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

func TestMemoryIsShortNearItsLimit(t *testing.T) {
	now := time.Now()
	collected := 0
	m := &memory{limit: 1000, collect: func() { collected++ }}
	look := func(after time.Duration, used uint64) bool {
		now = now.Add(after)
		m.inUse = func() uint64 { return used }
		m.look(t.Context(), now)
		return m.short()
	}
	if look(0, 800) || collected > 0 {
		t.Error("short at 80 %")
	}
	if !look(memoryInterval, 801) || collected != 1 {
		t.Errorf("not short above 80 %%, or %d collections", collected)
	}
	if !look(memoryInterval, 801) || collected != 1 {
		t.Errorf("%d collections within moments", collected)
	}
	if !look(collectInterval, 801) || collected != 2 {
		t.Errorf("%d collections, want another one after a while", collected)
	}
	if look(memoryInterval, 700) {
		t.Error("still short although sockets have left")
	}
	m.limit = 0
	if look(memoryInterval, 1<<40) {
		t.Error("short without a limit")
	}
}

func TestMemoryInUseCountsWhatIsAlive(t *testing.T) {
	const size = 64 << 20
	runtime.GC()
	before := memoryInUse()
	block := make([]byte, size)
	runtime.GC()
	if got := memoryInUse(); got < before+size/2 {
		t.Errorf("%d bytes in use after %d more than %d", got, size, before)
	}
	runtime.KeepAlive(block)
}

// BenchmarkIdleConnection says what an open connection costs a replica in memory: objects and
// stacks, without what the kernel holds. The clients of the same process are bare
// connections, of less than a kilobyte each.
func BenchmarkIdleConnection(b *testing.B) {
	for by, open := range map[transport]func(*replica, testing.TB, string) net.Conn{
		transportSocket: (*replica).openBare, transportStream: (*replica).openBareStream,
	} {
		b.Run(string(by), func(b *testing.B) {
			const connections = 2000
			r := newReplicaOf(b, connections, nil)
			for b.Loop() {
				held := make([]net.Conn, 0, connections)
				before := allocated()
				for n := range connections {
					held = append(held, open(r, b, fmt.Sprintf("user-%d", n)))
				}
				b.ReportMetric(float64(allocated()-before)/connections, "bytes/connection")
				for _, connection := range held {
					_ = connection.Close() // nothing more is wanted of it
				}
			}
		})
	}
}

func allocated() int64 {
	runtime.GC()
	runtime.GC() // what only finalizers held, and the stacks that the first one shrank
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc + stats.StackInuse)
}

// openBare opens a socket of user without a WebSocket library on the client's side, whose
// memory would be counted too.
func (r *replica) openBare(t testing.TB, user string) net.Conn {
	t.Helper()
	hello, err := json.Marshal(protocol.NewHello(r.ticket(t, user), nil))
	if err != nil {
		t.Fatal(err)
	}
	return r.openBareWith(t, hello)
}

// openBareStream is openBare for a stream.
func (r *replica) openBareStream(t testing.TB, user string) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(r.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, streamRequest(r.ticket(t, user))); err != nil {
		t.Fatal(err)
	}
	awaitWelcome(t, bufio.NewReader(connection))
	return connection
}

// streamRequest asks for a stream.
func streamRequest(ticket string) string {
	return "GET " + protocol.StreamPath + " HTTP/1.1\r\nHost: test\r\nAuthorization: Ticket " + ticket + "\r\n\r\n"
}

// awaitWelcome reads up to the end of the first frame.
func awaitWelcome(t testing.TB, from *bufio.Reader) {
	t.Helper()
	if welcome, err := from.ReadString('}'); err != nil || !strings.Contains(welcome, `"welcome"`) {
		t.Fatalf("got %q, %v; want a welcome", welcome, err)
	}
}

// openBareWith sends hello in one go with the upgrade, and returns after the welcome.
func (r *replica) openBareWith(t testing.TB, hello []byte) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(r.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, upgradeRequest+maskedFrame(hello)); err != nil {
		t.Fatal(err)
	}
	read := bufio.NewReader(connection)
	response, err := http.ReadResponse(read, nil) //nolint:bodyclose // it has none
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the upgrade is answered with %v, %v", response, err)
	}
	awaitWelcome(t, read)
	return connection
}

// maskedFrame is a text frame of a client whose mask is zero (RFC 6455 section 5.2).
func maskedFrame(payload []byte) string {
	if len(payload) < 126 {
		return string([]byte{0x81, 0x80 | byte(len(payload)), 0, 0, 0, 0}) + string(payload)
	}
	return string([]byte{0x81, 0x80 | 126, byte(len(payload) >> 8), byte(len(payload)), 0, 0, 0, 0}) + string(payload)
}
