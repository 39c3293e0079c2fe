package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// openSocket opens a WebSocket and says hello.
func (c *Client) openSocket(ctx context.Context, ticket string, resume *int64) (wire, error) {
	options := &websocket.DialOptions{HTTPClient: c.http(), HTTPHeader: http.Header{}}
	if c.Origin != "" {
		options.HTTPHeader.Set("Origin", c.Origin)
	}
	conn, response, err := websocket.Dial(ctx, strings.TrimSuffix(c.BaseURL, "/")+protocol.SocketPath, options)
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
	return socket{conn}, nil
}

// socket is a WebSocket as a wire.
type socket struct{ conn *websocket.Conn }

func (s socket) read(ctx context.Context) ([]byte, error) {
	_, encoded, err := s.conn.Read(ctx)
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return nil, &CloseError{Code: protocol.CloseCode(closed.Code), Reason: closed.Reason}
	}
	if err != nil {
		return nil, fmt.Errorf("read a frame: %w", err)
	}
	return encoded, nil
}

func (s socket) close() error { return s.conn.Close(websocket.StatusNormalClosure, "") }
