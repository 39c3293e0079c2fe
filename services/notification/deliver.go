package notification

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

const (
	// mailInterval is how often the postman looks for mails whose time to retry has come.
	mailInterval = time.Second
	// mailWidth bounds the mails that one replica sends at a time.
	mailWidth = 16
	// mailLease is longer than one attempt can take: contact, connection, handing over, recording.
	mailLease = time.Minute
	// giveUpAfter is how long after its reminder fired a mail is still worth sending.
	giveUpAfter = 24 * time.Hour
)

// mailRetry spaces out the attempts to send one mail.
var mailRetry = loop.Backoff{First: time.Second, Most: time.Minute}

// postman sends the mails that fired reminders have set up.
type postman struct {
	deliveries deliveryStore
	services   calls.Invoker
	mailer     mailer
	link       string // to the platform; empty when its address is not known
	now        func() time.Time
	metrics    *metrics
	onRecorded func()        // called after the outcome of a mail was recorded
	slots      chan struct{} // holds one token for each mail under way
}

// mailer hands a mail to the mail server; *Mailer does.
type mailer interface {
	Send(ctx context.Context, letter Mail) error
}

func newPostman(cfg Config, db *store.DB, client *dapr.Client, metrics *metrics, onRecorded func()) *postman {
	link := ""
	if cfg.PublicURL != nil {
		link = cfg.PublicURL.String()
	}
	return &postman{
		deliveries: deliveryStore{db},
		services:   client,
		mailer:     &Mailer{smtp: cfg.SMTP, secrets: client},
		link:       link,
		now:        time.Now,
		metrics:    metrics,
		onRecorded: onRecorded,
		slots:      make(chan struct{}, mailWidth),
	}
}

// runOnce claims as many mails as there are free slots, at least one, and starts sending them.
func (p *postman) runOnce(ctx context.Context) (more bool, err error) {
	free, err := p.takeSlots(ctx)
	if err != nil {
		return false, err
	}
	now := p.now()
	claimed, err := p.deliveries.claim(ctx, now, now.Add(mailLease), free)
	p.releaseSlots(free - len(claimed))
	for _, delivery := range claimed {
		go func() {
			defer p.releaseSlots(1)
			// A mail under way is finished even when the service is told to stop.
			p.attempt(context.WithoutCancel(ctx), delivery)
		}()
	}
	return len(claimed) == free, err
}

// takeSlots waits for one free slot and takes the others that are free as well.
func (p *postman) takeSlots(ctx context.Context) (int, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for taken := 1; ; taken++ {
		select {
		case p.slots <- struct{}{}:
		default:
			return taken, nil
		}
	}
}

func (p *postman) releaseSlots(n int) {
	for range n {
		<-p.slots
	}
}

// drain waits until no mail is under way.
func (p *postman) drain(ctx context.Context) error {
	for range cap(p.slots) {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("waiting for mails under way: %w", ctx.Err())
		}
	}
	return nil
}

// attempt sends one mail and records what came of it. An outcome that cannot be recorded
// is found by the next claim, once the lease has run out.
func (p *postman) attempt(ctx context.Context, d Delivery) {
	ctx, cancel := context.WithTimeout(ctx, mailLease)
	defer cancel()
	log := slog.With("reminder", d.Reminder, "version", d.Version, "channel", d.Channel, "attempt", d.Attempt)
	sendErr := p.send(ctx, d)
	if sendErr == nil {
		p.metrics.deliveries.WithLabelValues(outcomeSent).Inc()
		p.metrics.mailLateness.Observe(p.now().Sub(d.FireAt).Seconds())
		if err := p.deliveries.recordSent(ctx, d); err != nil {
			log.ErrorContext(ctx, "record a sent mail", "error", err)
		}
		p.onRecorded()
		return
	}
	retryAt := retryTime(d, sendErr, p.now())
	outcome := outcomeRetry
	if retryAt == nil {
		outcome = outcomeFailed
	}
	p.metrics.deliveries.WithLabelValues(outcome).Inc()
	log.WarnContext(ctx, "mail not sent", "outcome", outcome, "error", sendErr)
	if err := p.deliveries.recordFailed(ctx, d, reasonOf(sendErr), retryAt); err != nil {
		log.ErrorContext(ctx, "record a failed mail", "error", err)
	}
	p.onRecorded()
}

// retryTime returns when to try d again after err, or nil when that is of no use.
func retryTime(d Delivery, err error, now time.Time) *time.Time {
	gone := failure.KindOf(err) == failure.NotFound
	at := now.Add(mailRetry.After(d.Attempt))
	if gone || errors.Is(err, errRefused) || at.After(d.FiredAt.Add(giveUpAfter)) {
		return nil
	}
	return &at
}

// reasonOf says to the user why a mail did not go out, without the inner workings.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, errRefused):
		return "the mail server refuses the message"
	case failure.KindOf(err) == failure.NotFound:
		return "the account has no address"
	}
	return "the mail could not be handed over yet"
}

func (p *postman) send(ctx context.Context, d Delivery) error {
	contact, err := calls.GetContact.Call(ctx, p.services, calls.GetContactRequest{UserID: d.UserID})
	if err != nil {
		return fmt.Errorf("ask for the user's address: %w", err)
	}
	return p.mailer.Send(ctx, Mail{
		ID:    fmt.Sprintf("%s.%d", d.Reminder, d.Version),
		To:    contact.Email,
		Title: d.Title,
		Due:   dueText(d.Due, contact.Zone),
		Link:  p.link,
	})
}
