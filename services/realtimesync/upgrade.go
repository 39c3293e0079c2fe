package realtimesync

import (
	"bufio"
	"bytes"
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

// upgrade makes a WebSocket of a request, or answers it with the reason why not.
func upgrade(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	return websocket.Accept(slim{w}, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // origins has checked it, by a stricter rule
		CompressionMode:    websocket.CompressionDisabled,
	})
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
