package todo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/internal/events"
	realtime "github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// The pauses between attempts to connect.
const (
	firstPause = time.Second
	maxPause   = 30 * time.Second
)

func (c *command) watch() *cobra.Command {
	return &cobra.Command{
		Use: "watch", Short: "Print each change as it happens, until interrupted", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			return c.watcher(cfg, cmd.OutOrStdout(), cmd.ErrOrStderr()).run(cmd.Context())
		},
	}
}

// watcher prints changes, over connections that follow each other without a gap.
type watcher struct {
	*command
	to      io.Writer
	notes   io.Writer // tells how the watching itself goes
	client  realtime.Client
	silence time.Duration // after which a connection is taken for dead
	last    *int64        // seq of the last change that was printed
}

func (c *command) watcher(cfg config, to, notes io.Writer) *watcher {
	return &watcher{command: c, to: to, notes: notes, silence: protocol.Silence, client: realtime.Client{
		BaseURL: cfg.URL, AccessToken: cfg.Token, HTTP: &http.Client{Timeout: requestTime}, // which bounds no socket that is open
	}}
}

// run connects again whenever a connection ends, with pauses that grow while none begins, until the
// token is refused.
func (w *watcher) run(ctx context.Context) error {
	pause := firstPause
	for {
		began, err := w.follow(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // interrupted, which is how it ends
		}
		if errors.Is(err, realtime.ErrRefused) {
			return fmt.Errorf("the token is not good any more, or not for this; %w", errSignIn)
		}
		if began {
			pause = firstPause
		}
		if closed, ok := errors.AsType[*realtime.CloseError](err); !ok || closed.Code != protocol.CloseUnauthenticated { // each connection ends so in time
			w.note("%v; connecting again", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, maxPause)
	}
}

// follow prints what one connection brings; began says whether it was let in.
func (w *watcher) follow(ctx context.Context) (began bool, err error) {
	socket, err := w.client.Connect(ctx, w.last)
	if err != nil {
		return false, err
	}
	defer func() { _ = socket.Close() }()
	for {
		frame, err := w.next(ctx, socket)
		if err != nil {
			return began, err
		}
		began = true
		if err := w.show(frame); err != nil {
			return began, err
		}
	}
}

// next waits for a frame. A connection that brings none for long has died without a word.
func (w *watcher) next(ctx context.Context, socket *realtime.Socket) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, w.silence)
	defer cancel()
	return socket.Next(ctx)
}

// show prints a frame that is a change.
func (w *watcher) show(frame any) error {
	switch frame := frame.(type) {
	case protocol.Welcome:
		if w.last == nil {
			w.note("watching, until interrupted")
			head := frame.Head
			w.last = &head
		}
	case protocol.SnapshotRequired:
		w.last = nil // so far behind that only new changes come
	case protocol.Change:
		seq := frame.Seq
		w.last = &seq
		return w.print(w.to, frame, func(to io.Writer) error {
			_, err := fmt.Fprintf(to, "%s  %s\n", time.Now().Format(time.TimeOnly), plain(describe(frame)))
			return err
		})
	}
	return nil
}

func (w *watcher) note(format string, args ...any) {
	_, _ = fmt.Fprintf(w.notes, "todo: "+format+"\n", args...) // no reason to end
}

// describe tells of a change in a line.
func describe(frame protocol.Change) string {
	change, err := events.DecodeChange(frame.Change)
	if err != nil {
		return "a change that this version of todo cannot read"
	}
	what := change.Type
	for _, state := range []json.RawMessage{change.After, change.Before} {
		var object struct{ Title, Name string }
		if json.Unmarshal(state, &object) == nil && cmp.Or(object.Title, object.Name) != "" {
			what += "  " + cmp.Or(object.Title, object.Name)
			break
		}
	}
	if change.By.Kind != events.ActorPerson {
		what += "  (" + string(change.By.Kind) + ")"
	}
	return what
}
