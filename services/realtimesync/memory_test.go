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

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// BenchmarkIdleSocket says what an open socket costs a replica in memory: objects and
// stacks, without what the kernel holds. The clients of the same process are bare
// connections, of less than a kilobyte each.
func BenchmarkIdleSocket(b *testing.B) {
	const sockets = 2000
	r := newReplicaOf(b, sockets, nil)
	for b.Loop() {
		connections := make([]net.Conn, 0, sockets)
		before := memoryInUse()
		for n := range sockets {
			connections = append(connections, r.openBare(b, fmt.Sprintf("user-%d", n)))
		}
		b.ReportMetric(float64(memoryInUse()-before)/sockets, "bytes/socket")
		for _, connection := range connections {
			_ = connection.Close() // nothing more is wanted of it
		}
	}
}

func memoryInUse() int64 {
	runtime.GC()
	runtime.GC() // what only finalizers held, and the stacks that the first one shrank
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc + stats.StackInuse) //nolint:gosec // far from overflow
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

// openBareWith sends hello in one go with the upgrade, and returns after the welcome.
func (r *replica) openBareWith(t testing.TB, hello []byte) net.Conn {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(r.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	upgrade := "GET " + protocol.SocketPath + " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := io.WriteString(connection, upgrade+maskedFrame(hello)); err != nil {
		t.Fatal(err)
	}
	read := bufio.NewReader(connection)
	response, err := http.ReadResponse(read, nil) //nolint:bodyclose // it has none
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the upgrade is answered with %v, %v", response, err)
	}
	if welcome, err := read.ReadString('}'); err != nil || !strings.Contains(welcome, `"welcome"`) {
		t.Fatalf("got %q, %v; want a welcome", welcome, err)
	}
	return connection
}

// maskedFrame is a text frame of a client whose mask is zero (RFC 6455 section 5.2).
func maskedFrame(payload []byte) string {
	if len(payload) < 126 {
		return string([]byte{0x81, 0x80 | byte(len(payload)), 0, 0, 0, 0}) + string(payload)
	}
	return string([]byte{0x81, 0x80 | 126, byte(len(payload) >> 8), byte(len(payload)), 0, 0, 0, 0}) + string(payload)
}
