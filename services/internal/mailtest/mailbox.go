// Package mailtest is a mail server for tests, which keeps what it takes.
package mailtest

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

// Letter is one mail that the server took.
type Letter struct {
	// To is the address in the envelope.
	To        string
	MessageID string
	// Title is the subject, of a reminder the title of its task.
	Title string
	// Raw is the mail as it came (RFC 5322).
	Raw []byte
	At  time.Time
}

// Box is a mail server that keeps what it takes.
type Box struct {
	// Address is its host:port.
	Address string
	// TLS encrypts; nil: plain text only.
	TLS *tls.Config
	// Implicit begins with TLS, instead of STARTTLS.
	Implicit bool
	// Login says who may send; nil: anyone.
	Login func(username, password string) error

	server   *smtp.Server
	mu       sync.Mutex
	letters  []Letter
	refusals map[string]func() error
}

// New starts a mail server for a test. adjust may change it before it starts.
func New(t testing.TB, adjust ...func(*Box)) *Box {
	t.Helper()
	box := &Box{Address: "127.0.0.1:0", refusals: map[string]func() error{}}
	for _, change := range adjust {
		change(box)
	}
	box.Open(t)
	t.Cleanup(box.Close)
	return box
}

// Open starts the server, again after Close on the same port.
func (b *Box) Open(t testing.TB) {
	t.Helper()
	listener, err := net.Listen("tcp", b.Address)
	if err != nil {
		t.Fatal(err)
	}
	b.Address = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: b}, nil }))
	server.Domain = "mail.example.com"
	switch {
	case b.Implicit:
		listener = tls.NewListener(listener, b.TLS)
	default:
		server.TLSConfig = b.TLS
	}
	server.AllowInsecureAuth = b.TLS == nil
	b.server = server
	go func() { _ = server.Serve(listener) }() // ends when it is closed
}

// Close stops the server.
func (b *Box) Close() { _ = b.server.Close() }

// Refuse has the server answer mails for an address with what answer returns; nil takes the mail.
func (b *Box) Refuse(address string, answer func() error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refusals[address] = answer
}

// Accept ends what Refuse began.
func (b *Box) Accept(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.refusals, address)
}

// To returns the mails for one address so far.
func (b *Box) To(address string) []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	var mine []Letter
	for _, letter := range b.letters {
		if letter.To == address {
			mine = append(mine, letter)
		}
	}
	return mine
}

// Titles returns the titles of the mails for one address so far.
func (b *Box) Titles(address string) []string {
	var titles []string
	for _, letter := range b.To(address) {
		titles = append(titles, letter.Title)
	}
	return titles
}

// WaitFor waits for the n-th mail for an address and returns all of them.
func (b *Box) WaitFor(t testing.TB, address string, n int) []Letter {
	t.Helper()
	daprtest.Eventually(t, 30*time.Second, "the mail arrives", func() bool { return len(b.To(address)) >= n })
	return b.To(address)
}

type mailSession struct {
	box      *Box
	loggedIn bool
	rcpt     string
}

func (s *mailSession) AuthMechanisms() []string {
	if s.box.Login == nil {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if err := s.box.Login(username, password); err != nil {
			return err
		}
		s.loggedIn = true
		return nil
	}), nil
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error {
	if s.box.Login != nil && !s.loggedIn {
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
	s.box.letters = append(s.box.letters, Letter{
		To: s.rcpt, MessageID: message.Header.Get("Message-ID"),
		Title: strings.TrimPrefix(subject, "Reminder: "), Raw: raw, At: time.Now(),
	})
	return nil
}

func (s *mailSession) Reset()        { s.rcpt = "" }
func (s *mailSession) Logout() error { return nil }
