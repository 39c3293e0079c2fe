package notification

import (
	"bytes"
	"crypto/tls"
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
)

// letter is one mail that the mail server took.
type letter struct {
	to, messageID, title string
	raw                  []byte
	at                   time.Time
}

// mailbox is a mail server that keeps what it takes.
type mailbox struct {
	address  string
	server   *smtp.Server
	tls      *tls.Config                           // nil: plain text only
	implicit bool                                  // TLS from the first byte, instead of STARTTLS
	login    func(username, password string) error // nil: takes mail from anyone

	mu       sync.Mutex
	letters  []letter
	refusals map[string]func() error
}

// newMailbox starts a mail server for a test. adjust may change it before it starts.
func newMailbox(t testing.TB, adjust ...func(*mailbox)) *mailbox {
	t.Helper()
	box := &mailbox{address: "127.0.0.1:0", refusals: map[string]func() error{}}
	for _, change := range adjust {
		change(box)
	}
	box.open(t)
	t.Cleanup(box.close)
	return box
}

// open starts the server, again after close on the same port.
func (b *mailbox) open(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	b.address = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: b}, nil }))
	server.Domain = "mail.example.com"
	switch {
	case b.implicit:
		listener = tls.NewListener(listener, b.tls)
	default:
		server.TLSConfig = b.tls
	}
	server.AllowInsecureAuth = b.tls == nil
	b.server = server
	go func() { _ = server.Serve(listener) }() // ends when it is closed
}

func (b *mailbox) close() { _ = b.server.Close() }

// refuse has the server answer mails for an address with what answer returns; nil takes the mail.
func (b *mailbox) refuse(address string, answer func() error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refusals[address] = answer
}

// accept ends what refuse began.
func (b *mailbox) accept(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.refusals, address)
}

// to returns the mails for one address so far.
func (b *mailbox) to(address string) []letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	var mine []letter
	for _, letter := range b.letters {
		if letter.to == address {
			mine = append(mine, letter)
		}
	}
	return mine
}

// titles returns the titles of the mails for one address so far.
func (b *mailbox) titles(address string) []string {
	var titles []string
	for _, letter := range b.to(address) {
		titles = append(titles, letter.title)
	}
	return titles
}

// waitFor waits for the n-th mail for an address and returns all of them.
func (b *mailbox) waitFor(t testing.TB, address string, n int) []letter {
	t.Helper()
	daprtest.Eventually(t, 30*time.Second, "the mail arrives", func() bool { return len(b.to(address)) >= n })
	return b.to(address)
}

type mailSession struct {
	box      *mailbox
	loggedIn bool
	rcpt     string
}

func (s *mailSession) AuthMechanisms() []string {
	if s.box.login == nil {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if err := s.box.login(username, password); err != nil {
			return err
		}
		s.loggedIn = true
		return nil
	}), nil
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error {
	if s.box.login != nil && !s.loggedIn {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.rcpt = to
	s.box.mu.Lock()
	refuse := s.box.refusals[to]
	s.box.mu.Unlock()
	if refuse != nil { // it may take its time
		return refuse()
	}
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		return err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.letters = append(s.box.letters, letter{
		to: s.rcpt, messageID: message.Header.Get("Message-ID"),
		title: strings.TrimPrefix(subject, "Reminder: "), raw: raw, at: time.Now(),
	})
	return nil
}

func (s *mailSession) Reset()        { s.rcpt = "" }
func (s *mailSession) Logout() error { return nil }
