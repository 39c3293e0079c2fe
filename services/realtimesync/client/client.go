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
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// maxServerFrame bounds a frame from the server, in bytes. The largest carries a
// task before and after a change, each with its notes.
const maxServerFrame = 1 << 20

// Client opens sockets for one user. The zero value of each field but BaseURL is fine.
type Client struct {
	BaseURL     string       // of the public entry, such as http://localhost:8080
	AccessToken string       // from sign-up, login or refresh
	Origin      string       // sent as the Origin header when not empty, as browsers do
	HTTP        *http.Client // default: http.DefaultClient
}

// Socket is an open WebSocket. Next must not be called concurrently.
type Socket struct {
	conn *websocket.Conn
}

// CloseError is how the server closed a socket, or refused one.
type CloseError struct {
	Code   protocol.CloseCode
	Reason string
}

// Error returns code and reason.
func (e *CloseError) Error() string {
	return fmt.Sprintf("the server closed the socket: %d %s", e.Code, e.Reason)
}

// Connect gets a ticket and opens a socket with it. resume is the seq of the last
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
	if response.StatusCode != http.StatusCreated {
		return protocol.Ticket{}, fmt.Errorf("ask for a ticket: %s: %s", response.Status, body)
	}
	var ticket protocol.Ticket
	if err := json.Unmarshal(body, &ticket); err != nil {
		return protocol.Ticket{}, fmt.Errorf("read the ticket: %w", err)
	}
	return ticket, nil
}

// Open opens a socket with a ticket and sends hello. What the server says to it
// comes with Next.
func (c *Client) Open(ctx context.Context, ticket string, resume *int64) (*Socket, error) {
	address, err := url.Parse(strings.TrimSuffix(c.BaseURL, "/") + protocol.SocketPath)
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	options := &websocket.DialOptions{HTTPClient: c.http(), HTTPHeader: http.Header{}}
	if c.Origin != "" {
		options.HTTPHeader.Set("Origin", c.Origin)
	}
	conn, response, err := websocket.Dial(ctx, address.String(), options)
	if response != nil && response.Body != nil {
		defer response.Body.Close() //nolint:errcheck // at most an error's text, which err has
	}
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	conn.SetReadLimit(maxServerFrame)
	hello, err := json.Marshal(protocol.NewHello(ticket, resume))
	if err == nil {
		err = conn.Write(ctx, websocket.MessageText, hello)
	}
	if err != nil {
		_ = conn.CloseNow() // the first error counts
		return nil, fmt.Errorf("say hello: %w", err)
	}
	return &Socket{conn: conn}, nil
}

// Next waits for the next frame: a protocol.Welcome, SnapshotRequired, Change,
// Reminder or Head. A socket that the server closed is a *CloseError. If ctx ends
// first, the socket is closed.
func (s *Socket) Next(ctx context.Context) (any, error) {
	for {
		_, encoded, err := s.conn.Read(ctx)
		if closed, ok := errors.AsType[websocket.CloseError](err); ok {
			return nil, &CloseError{Code: protocol.CloseCode(closed.Code), Reason: closed.Reason}
		}
		if err != nil {
			return nil, fmt.Errorf("read a frame: %w", err)
		}
		frame, err := protocol.DecodeServerFrame(encoded)
		if err != nil || frame != nil {
			return frame, err
		}
	}
}

// Close leaves: the server is told, and the connection ends.
func (s *Socket) Close() error {
	return s.conn.Close(websocket.StatusNormalClosure, "")
}

func (c *Client) http() *http.Client {
	if c.HTTP != nil {
		return c.HTTP
	}
	return http.DefaultClient
}
