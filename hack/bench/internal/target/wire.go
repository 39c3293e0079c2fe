package target

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// Wire has a client that counts the bytes of answers as they came, compressed.
type Wire struct {
	Client *http.Client

	next  http.RoundTripper
	bytes atomic.Int64
}

// NewWire makes a Wire whose client connects as that of Client.
func NewWire() *Wire {
	w := &Wire{Client: Client(0)}
	w.next, w.Client.Transport = w.Client.Transport, w
	return w
}

// Bytes is how much came so far of the bodies of answers.
func (w *Wire) Bytes() int64 { return w.bytes.Load() }

// RoundTrip asks for a compressed answer and decompresses it itself, past the transport, which
// would not tell its size.
func (w *Wire) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := w.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	came := &countedBody{response.Body, &w.bytes}
	response.Body = came
	if response.Header.Get("Content-Encoding") != "gzip" {
		return response, nil
	}
	plain, err := gzip.NewReader(came)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("decompress the answer: %w", err), came.Close())
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{plain, came}
	return response, nil
}

type countedBody struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes.Add(int64(n))
	return n, err
}
