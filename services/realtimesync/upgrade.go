package realtimesync

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/coder/websocket"
)

// Buffers of a socket. A client says one short frame and then nothing; a longer frame
// than the buffer holds is written in two parts.
const (
	readBuffer  = 512
	writeBuffer = 1 << 10
)

// maxPings is how many pings a connection may bring: one a second for as long as it may last.
const maxPings = 1000

// upgrade makes a WebSocket of a request, or answers it with the reason why not.
func upgrade(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	var conn *websocket.Conn
	pings := 0
	conn, err := websocket.Accept(slim{w}, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // origins has checked it, by a stricter rule
		CompressionMode:    websocket.CompressionDisabled,
		OnPingReceived: func(context.Context, []byte) (answer bool) { // called by whoever reads
			pings++
			if pings == maxPings {
				go conn.CloseNow() //nolint:errcheck // it waits for the read that called
			}
			return pings < maxPings
		},
	})
	return conn, err
}

// slim gives a taken over connection small buffers, where those of net/http have 8 KiB.
type slim struct{ http.ResponseWriter }

// Hijack implements http.Hijacker.
func (w slim) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take over the connection: %w", err)
	}
	early := make([]byte, buffered.Reader.Buffered()) // what the client sent without waiting for the answer
	if _, err := io.ReadFull(buffered, early); err != nil {
		_ = conn.Close() // the first error counts
		return nil, nil, fmt.Errorf("take over the connection: %w", err)
	}
	read := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(early), conn), max(readBuffer, len(early)))
	_, err = read.Peek(len(early)) // the library goes on from what is buffered
	return conn, bufio.NewReadWriter(read, bufio.NewWriterSize(conn, writeBuffer)), err
}
