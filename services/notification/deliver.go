package notification

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

const (
	// deliverInterval is how often deliveries are looked for whose time to retry has come.
	deliverInterval = time.Second
	// mailWidth bounds the mails of a kind that one replica sends at a time.
	mailWidth = 16
	// mailLease is how long a mail waits whose replica was killed while it sent it. It is
	// shorter than an attempt may take, so an attempt renews it every mailRenewal.
	mailLease   = 6 * time.Second
	mailRenewal = 2 * time.Second
	// mailTimeout is longer than one attempt can take: contact, connection, handing over, recording.
	mailTimeout = time.Minute
	// giveUpAfter is how long after its reminder fired a message is still worth sending.
	giveUpAfter = 24 * time.Hour
)

// mailRetry spaces out the attempts to send one mail.
var mailRetry = loop.Backoff{First: time.Second, Most: time.Minute}

// postman sends the mails of one kind that have been set up.
type postman struct {
	deliveries deliveryStore
	write      func(ctx context.Context, d Delivery) (Mail, error)
	mailer     mailer
	now        func() time.Time
	metrics    *metrics
	lateness   prometheus.Observer
	onRecorded func() // called after the outcome of a mail was recorded
}

// crew makes the one that has the postman send what is due.
func (p *postman) crew() *crew[Delivery] {
	return &crew[Delivery]{
		now: p.now, slots: make(chan struct{}, mailWidth), work: p.attempt,
		claim: func(ctx context.Context, limit int) ([]Delivery, error) {
			return p.deliveries.claim(ctx, mailLease, limit)
		},
	}
}

// mailer hands a mail to the mail server; *Mailer does.
type mailer interface {
	Send(ctx context.Context, letter Mail) error
}

// newPostmen makes those for reminders and for notices; onRecorded is called after the outcome
// of a reminder's mail was recorded.
func newPostmen(cfg Config, db *store.DB, client *dapr.Client, metrics *metrics, onRecorded func()) (reminders, notices *postman) {
	writer := newWriter(cfg, client)
	reminders = &postman{
		deliveries: reminderMails(db, cfg.SMTP.PerMinute), write: writer.reminder, mailer: &Mailer{smtp: cfg.SMTP, secrets: client},
		now: time.Now, metrics: metrics, lateness: metrics.mailLateness, onRecorded: onRecorded,
	}
	notices = &postman{
		deliveries: noticeMails(db, cfg.SMTP.PerMinute), write: writer.notice, mailer: reminders.mailer,
		now: time.Now, metrics: metrics, lateness: metrics.noticeLateness, onRecorded: func() {},
	}
	return reminders, notices
}

// attempt sends one mail, of which the lease began at a moment, and records what came of it.
// An outcome that cannot be recorded is found by the next claim, once the lease has run out.
func (p *postman) attempt(ctx context.Context, d Delivery, began time.Time) {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	log := slog.With("delivery", d.ID, "version", d.Version, "channel", d.Channel, "attempt", d.Attempt)
	sendErr := p.send(ctx, d, began.Add(mailLease))
	if sendErr == nil {
		p.metrics.deliveries.WithLabelValues(outcomeSent).Inc()
		p.lateness.Observe(p.now().Sub(d.FireAt).Seconds())
		if err := p.deliveries.recordSent(ctx, d); err != nil {
			log.ErrorContext(ctx, "record a sent mail", "error", err)
		}
		p.onRecorded()
		return
	}
	retryAt := retryTime(d, sendErr, p.now())
	outcome, level := outcomeRetry, slog.LevelWarn
	switch {
	case errors.Is(sendErr, errNotNeeded):
		outcome, level = outcomeUnneeded, slog.LevelDebug
	case retryAt == nil:
		outcome = outcomeFailed
	}
	p.metrics.deliveries.WithLabelValues(outcome).Inc()
	log.Log(ctx, level, "mail not sent", "outcome", outcome, "error", sendErr)
	if err := p.deliveries.recordFailed(ctx, d, reasonOf(sendErr), isAddressRefused(sendErr), retryAt); err != nil {
		log.ErrorContext(ctx, "record a failed mail", "error", err)
	}
	p.onRecorded()
}

// retryTime returns when to try d again after err, or nil when that is of no use.
func retryTime(d Delivery, err error, now time.Time) *time.Time {
	gone := failure.KindOf(err) == failure.NotFound
	at := now.Add(mailRetry.After(d.Attempt))
	if gone || errors.Is(err, errRefused) || errors.Is(err, errUnverified) || errors.Is(err, errNotNeeded) || errors.Is(err, errStopped) || at.After(d.FiredAt.Add(giveUpAfter)) {
		return nil
	}
	return &at
}

// reasonOf says to the user why a mail did not go out, without the inner workings.
func reasonOf(err error) string {
	if refused, ok := errors.AsType[*addressRefused](err); ok {
		return "your mail server refused the address: " + refused.answer
	}
	switch {
	case errors.Is(err, errStopped):
		return "your mail server refused the address before; the settings say how to try again"
	case errors.Is(err, errRefused):
		return "the mail server refuses the message"
	case errors.Is(err, errNotNeeded):
		return "nobody waits for the mail any more"
	case errors.Is(err, errUnverified):
		return "the e-mail address is not verified"
	case failure.KindOf(err) == failure.NotFound:
		return "the account has no address"
	}
	return "the mail could not be handed over yet"
}

// send sends one mail for as long as its lease can be kept: without it another replica may
// be sending it.
func (p *postman) send(ctx context.Context, d Delivery, leased time.Time) error {
	ctx, lose := context.WithCancel(ctx)
	defer lose()
	go p.keepLease(ctx, d, leased, lose)
	if d.Stopped {
		return errStopped
	}
	letter, err := p.write(ctx, d)
	if err != nil {
		return err
	}
	return p.mailer.Send(ctx, letter)
}

// keepLease renews the lease of d until ctx ends, and calls lose when it is lost.
func (p *postman) keepLease(ctx context.Context, d Delivery, leased time.Time, lose func()) {
	ticker := time.NewTicker(mailRenewal)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		began := p.now()
		inTime, cancel := context.WithDeadline(ctx, leased)
		held, err := p.deliveries.renew(inTime, d, mailLease)
		cancel()
		switch {
		case err == nil && held:
			leased = began.Add(mailLease)
		case err == nil || !p.now().Before(leased):
			lose()
			return
		}
	}
}
