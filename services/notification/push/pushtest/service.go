package pushtest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/todoplatform/todoplatform/services/notification/push"
)

// Service is the push service of all browsers of a test, one path each. The test fails if it is sent what
// it cannot verify, or what the browser cannot read.
type Service struct {
	Keys push.Keys // of the platform
	URL  string    // to which paths are added

	mu       sync.Mutex
	browsers map[string]Browser   // by path
	answers  map[string][]int     // by path: of the next requests; others are 201
	taken    map[string][]Message // by path
	faults   []error
}

// Message is what a browser was sent, and read.
type Message struct {
	Header http.Header
	Body   []byte
}

// NewService starts a push service for a test.
func NewService(t testing.TB) *Service {
	t.Helper()
	s := &Service{Keys: NewKeys(t), browsers: map[string]Browser{}, answers: map[string][]int{}, taken: map[string][]Message{}}
	server := httptest.NewServer(s)
	s.URL = server.URL
	t.Cleanup(func() {
		server.Close()
		for _, fault := range s.faults {
			t.Error(fault)
		}
	})
	return s
}

// Subscribe makes a browser of which the service knows by a path, and returns what it tells of itself.
func (s *Service) Subscribe(t testing.TB, path string) push.Subscription {
	t.Helper()
	browser := NewBrowser(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.browsers[path] = browser
	return browser.Subscription(s.URL + "/" + path)
}

// Answer has the next requests to a path answered so.
func (s *Service) Answer(path string, statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[path] = statuses
}

// Taken are the messages that came to a path, in order.
func (s *Service) Taken(path string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.taken[path])
}

// ServeHTTP takes a message.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // its sender has died: that was no message
	}
	path := strings.TrimPrefix(r.URL.Path, "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	if next := s.answers[path]; len(next) > 0 {
		s.answers[path] = next[1:]
		w.WriteHeader(next[0])
		return
	}
	if _, err := Claims(r.Header, s.Keys.Public); err != nil {
		s.faults = append(s.faults, err)
	}
	plain, err := s.browsers[path].Decrypt(body)
	if err != nil {
		s.faults = append(s.faults, fmt.Errorf("a message to %s: %w", path, err))
	}
	s.taken[path] = append(s.taken[path], Message{r.Header, plain})
	w.WriteHeader(http.StatusCreated)
}
