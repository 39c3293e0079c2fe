// Package sockets holds a WebSocket for each of many users and measures how late
// their changes arrive.
package sockets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/hack/bench/internal/load"
	"github.com/todoplatform/todoplatform/hack/bench/internal/report"
	"github.com/todoplatform/todoplatform/services/realtimesync/client"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

const (
	// openers is how many sockets are being opened at a time.
	openers = 16
	// openTimeout bounds opening one: ticket, socket and hello until welcome.
	openTimeout = 15 * time.Second
)

// Opening says how opening went.
type Opening struct {
	Opened  int
	Elapsed time.Duration
	Times   report.Samples // for each socket, from asking for a ticket to the welcome
	// FirstError is why the first of those that failed did.
	FirstError error
}

// Set is a number of open sockets.
type Set struct {
	base string
	http *http.Client
	lag  *Lag

	mu     sync.Mutex
	lost   map[string]int
	opened Opening
}

// Open opens a socket for each user and reads its frames until ctx ends.
func Open(ctx context.Context, base string, httpClient *http.Client, users []*load.User, lag *Lag) (*Set, *Opening) {
	s := &Set{base: base, http: httpClient, lag: lag, lost: map[string]int{}}
	queue := make(chan *load.User)
	var workers sync.WaitGroup
	start := time.Now()
	for range openers {
		workers.Go(func() {
			for user := range queue {
				s.open(ctx, user)
			}
		})
	}
	for _, user := range users {
		queue <- user
	}
	close(queue)
	workers.Wait()
	s.opened.Elapsed = time.Since(start)
	return s, &s.opened
}

// Lost returns how many sockets were closed, by reason.
func (s *Set) Lost() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.lost)
}

func (s *Set) open(ctx context.Context, user *load.User) {
	start := time.Now()
	socket, err := s.connect(ctx, user)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if s.opened.FirstError == nil {
			s.opened.FirstError = err
		}
		return
	}
	s.opened.Opened++
	s.opened.Times.Add(time.Since(start))
	user.Connected.Store(true)
	go s.follow(ctx, user, socket)
}

// connect opens a socket and waits for its welcome.
func (s *Set) connect(ctx context.Context, user *load.User) (*client.Socket, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	c := client.Client{BaseURL: s.base, AccessToken: user.Token, HTTP: s.http}
	socket, err := c.Connect(ctx, nil)
	if err != nil {
		return nil, err
	}
	frame, err := socket.Next(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := frame.(protocol.Welcome); !ok {
		return nil, fmt.Errorf("the server began with a %T", frame)
	}
	return socket, nil
}

// follow reads frames until the socket or ctx ends.
func (s *Set) follow(ctx context.Context, user *load.User, socket *client.Socket) {
	for {
		frame, err := socket.Next(ctx)
		now := time.Now()
		if err != nil {
			user.Connected.Store(false)
			if ctx.Err() == nil {
				s.lose(err)
			}
			return
		}
		switch frame := frame.(type) {
		case protocol.Change:
			s.noteChange(frame, now)
		case protocol.Reminder:
			s.noteReminder(frame, now)
		}
	}
}

func (s *Set) lose(err error) {
	reason := "connection broken"
	if closed, ok := errors.AsType[*client.CloseError](err); ok {
		reason = "closed with " + strconv.Itoa(int(closed.Code))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost[reason]++
}

// noteChange passes a frame about a task on to lag. What it cannot read is not one of
// those that a write waits for, which then counts as missing.
func (s *Set) noteChange(change protocol.Change, now time.Time) {
	var content struct {
		TaskID string    `json:"taskId"`
		At     time.Time `json:"at"`
		After  struct {
			Version int64 `json:"version"`
		} `json:"after"`
	}
	if err := json.Unmarshal(change.Change, &content); err == nil && content.TaskID != "" {
		s.lag.Arrived(content.TaskID, content.After.Version, content.At, now)
	}
}

// noteReminder passes a reminder that is due on to lag. One that it cannot read counts as missing.
func (s *Set) noteReminder(frame protocol.Reminder, now time.Time) {
	var reminder struct {
		At time.Time `json:"at"`
	}
	if err := json.Unmarshal(frame.Reminder, &reminder); err == nil && frame.Event == "reminder.fired" {
		s.lag.Reminded(reminder.At, now)
	}
}
