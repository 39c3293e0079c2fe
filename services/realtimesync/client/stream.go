package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// openStream asks for a stream of events. ctx bounds the wait for its beginning alone.
func (c *Client) openStream(ctx context.Context, ticket string, resume *int64) (wire, error) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	begun := context.AfterFunc(ctx, cancel)
	defer begun()
	request, err := http.NewRequestWithContext(lasting, http.MethodGet, strings.TrimSuffix(c.BaseURL, "/")+protocol.StreamPath, http.NoBody)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	request.Header.Set("Authorization", protocol.TicketScheme+" "+ticket)
	if resume != nil {
		request.Header.Set(protocol.ResumeHeader, strconv.FormatInt(*resume, 10))
	}
	if c.Origin != "" {
		request.Header.Set("Origin", c.Origin)
	}
	response, err := c.http().Do(request)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		defer cancel()
		return nil, refusal(response)
	}
	return &stream{body: response.Body, events: bufio.NewReader(response.Body), cancel: cancel}, nil
}

// closeCodes are what a WebSocket would be closed with, by the status of a refused stream.
var closeCodes = map[int]protocol.CloseCode{
	http.StatusUnprocessableEntity: protocol.CloseBadFrame,
	http.StatusUnauthorized:        protocol.CloseUnauthenticated,
	http.StatusTooManyRequests:     protocol.CloseTooMany,
	http.StatusServiceUnavailable:  protocol.CloseTryAgain,
}

// refusal is why a stream did not begin.
func refusal(response *http.Response) error {
	defer response.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxServerFrame))
	if err != nil {
		return fmt.Errorf("open a stream: %w", err)
	}
	var problem struct {
		Detail string `json:"detail"`
	}
	code, known := closeCodes[response.StatusCode]
	if !known || json.Unmarshal(body, &problem) != nil {
		return fmt.Errorf("open a stream: %s: %s", response.Status, body)
	}
	return &CloseError{Code: code, Reason: problem.Detail}
}

// stream is an answer of events as a wire.
type stream struct {
	body   io.Closer
	events *bufio.Reader
	cancel context.CancelFunc
}

func (s *stream) read(ctx context.Context) ([]byte, error) {
	stop := context.AfterFunc(ctx, s.cancel)
	defer stop()
	return protocol.ReadEvent(s.events, maxServerFrame)
}

func (s *stream) close() error {
	s.cancel()
	return s.body.Close()
}
