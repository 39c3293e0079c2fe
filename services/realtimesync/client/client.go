// Package client is a small Go client of realtime-sync, for tests, benchmarks and
// command lines.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// maxServerFrame bounds a frame from the server, in bytes. The largest carries a
// task before and after a change, each with its notes.
const maxServerFrame = 1 << 20

// Client connects for one user. The zero value of each field but BaseURL is fine.
type Client struct {
	BaseURL     string       // of the public entry, such as http://localhost:8080
	AccessToken string       // from sign-up, login or refresh
	Origin      string       // sent as the Origin header when not empty, as browsers do
	HTTP        *http.Client // default: http.DefaultClient; its Timeout would end a stream
	// Stream asks for a stream of Server-Sent Events instead of a WebSocket, where those do not get through.
	Stream bool
}

// Socket is an open connection. Next must not be called concurrently.
type Socket struct{ wire wire }

// wire brings the frames of a connection, whatever carries them.
type wire interface {
	// read waits for the next frame. If ctx ends first, the connection is closed.
	read(ctx context.Context) ([]byte, error)
	close() error
}

// CloseError is how the server closed a connection, or refused one.
type CloseError struct {
	Code   protocol.CloseCode
	Reason string
}

// Error returns code and reason.
func (e *CloseError) Error() string {
	return fmt.Sprintf("the server closed the connection: %d %s", e.Code, e.Reason)
}

// ErrRefused means that the access token gets no ticket, now or later: it is not good any more, or
// never was good for this.
var ErrRefused = errors.New("the access token is refused")

// Connect gets a ticket and opens a connection with it. resume is the seq of the last
// change that the caller has; nil means none: only new changes come.
func (c *Client) Connect(ctx context.Context, resume *int64) (*Socket, error) {
	ticket, err := c.Ticket(ctx)
	if err != nil {
		return nil, err
	}
	return c.Open(ctx, ticket.Ticket, resume)
}

// Ticket asks for a ticket.
func (c *Client) Ticket(ctx context.Context) (protocol.Ticket, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.BaseURL, "/")+protocol.TicketPath, http.NoBody)
	if err != nil {
		return protocol.Ticket{}, fmt.Errorf("ask for a ticket: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+c.AccessToken)
	if c.Origin != "" {
		request.Header.Set("Origin", c.Origin)
	}
	response, err := c.http().Do(request)
	if err != nil {
		return protocol.Ticket{}, fmt.Errorf("ask for a ticket: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(response.Body, maxServerFrame))
	if err != nil {
		return protocol.Ticket{}, fmt.Errorf("ask for a ticket: %w", err)
	}
	switch response.StatusCode {
	case http.StatusCreated:
	case http.StatusUnauthorized, http.StatusForbidden:
		return protocol.Ticket{}, fmt.Errorf("ask for a ticket: %w: %s: %s", ErrRefused, response.Status, body)
	default:
		return protocol.Ticket{}, fmt.Errorf("ask for a ticket: %s: %s", response.Status, body)
	}
	var ticket protocol.Ticket
	if err := json.Unmarshal(body, &ticket); err != nil {
		return protocol.Ticket{}, fmt.Errorf("read the ticket: %w", err)
	}
	return ticket, nil
}

// Open opens a connection with a ticket. What the server says to it comes with Next.
func (c *Client) Open(ctx context.Context, ticket string, resume *int64) (*Socket, error) {
	open := c.openSocket
	if c.Stream {
		open = c.openStream
	}
	wire, err := open(ctx, ticket, resume)
	if err != nil {
		return nil, err
	}
	return &Socket{wire}, nil
}

// Next waits for the next frame: a protocol.Welcome, SnapshotRequired, Change,
// Reminder, Head or Presence. A connection that the server closed is a *CloseError. If ctx ends
// first, the connection is closed.
func (s *Socket) Next(ctx context.Context) (any, error) {
	for {
		encoded, err := s.wire.read(ctx)
		if err != nil {
			return nil, err
		}
		frame, err := protocol.DecodeServerFrame(encoded)
		if last, ok := frame.(protocol.Close); ok {
			return nil, &CloseError{Code: last.Code, Reason: last.Reason}
		}
		if err != nil || frame != nil {
			return frame, err
		}
	}
}

// Close leaves, and ends the connection.
func (s *Socket) Close() error { return s.wire.close() }

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return http.DefaultClient
}
