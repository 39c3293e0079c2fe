package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/mail"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

const (
	maxMails     = 1000 // the oldest go first
	maxMailBytes = 1 << 20
)

// message is one mail as it came in.
type message struct {
	From       string    `json:"from"`
	To         []string  `json:"to"`
	Subject    string    `json:"subject"`
	MessageID  string    `json:"messageId"`
	ReceivedAt time.Time `json:"receivedAt"`
	Raw        string    `json:"raw"`
}

// box keeps the latest maxMails mails in memory, oldest first.
type box struct {
	mu       sync.Mutex
	messages []message
}

func (b *box) add(m message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = append(b.messages, m)
	if len(b.messages) > maxMails {
		b.messages = slices.Delete(b.messages, 0, len(b.messages)-maxMails)
	}
}

// to returns the mails for one recipient, or all for the empty address.
func (b *box) to(recipient string) []message {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := []message{}
	for _, m := range b.messages {
		if recipient == "" || slices.Contains(m.To, recipient) {
			found = append(found, m)
		}
	}
	return found
}

//go:embed page.html
var pages embed.FS

var page = template.Must(template.ParseFS(pages, "page.html"))

func (b *box) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /messages", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(b.to(r.URL.Query().Get("to"))); err != nil {
			slog.Warn("write messages", "error", err)
		}
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		newestFirst := b.to("")
		slices.Reverse(newestFirst)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := page.Execute(w, newestFirst); err != nil {
			slog.Warn("write page", "error", err)
		}
	})
	return mux
}

// session takes the mails of one SMTP connection.
type session struct {
	box  *box
	from string
	to   []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	m := message{From: s.from, To: slices.Clone(s.to), ReceivedAt: time.Now().UTC(), Raw: string(raw)}
	if parsed, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil {
		m.Subject = decodeHeader(parsed.Header.Get("Subject"))
		m.MessageID = parsed.Header.Get("Message-Id")
	}
	s.box.add(m)
	return nil
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (*session) Logout() error { return nil }

// decodeHeader undoes RFC 2047 encoding; a header that is not valid stays as it is.
func decodeHeader(value string) string {
	decoded, err := new(mime.WordDecoder).DecodeHeader(value)
	if err != nil {
		return value
	}
	return decoded
}
