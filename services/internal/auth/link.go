package auth

import (
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

const (
	// ReminderLinkLifetime is how long the links in a reminder are good for. Nothing that the keys
	// sign is good for longer.
	ReminderLinkLifetime = contract.SignedLifetime
	// reminderAudience and stopAudience are the audiences of links in reminders.
	reminderAudience, stopAudience = "answer-reminder", "stop-mail"
)

// ReminderLink is what whoever has a reminder may answer without signing in: it may complete its
// task, and put the reminder off.
type ReminderLink struct {
	UserID string `json:"-"`
	TaskID string `json:"task"`
	// Ring names one ringing of one reminder. Messages that tell of the same one have it in common.
	Ring string `json:"ring"`
	// Due is when the task is due by what the message says. One that repeats and is due otherwise is
	// another time of it.
	Due *todo.Due `json:"due,omitempty"`
	// Via is the channel by which the message goes, such as email.
	Via string `json:"via"`
}

type reminderClaims struct {
	ReminderLink
	jwt.RegisteredClaims
}

// IssueReminderLink signs a token for a reminder that goes out at now. It is good for
// ReminderLinkLifetime, and for nothing else.
func (k *Keys) IssueReminderLink(link ReminderLink, now time.Time) (string, error) {
	return k.sign(reminderClaims{link, registered(reminderAudience, link.UserID, now, now.Add(ReminderLinkLifetime))})
}

// VerifyReminderLink says what a token lets its holder do. One that came too late is
// failure.Expired, any other that is not ours failure.Invalid.
func (k *Keys) VerifyReminderLink(token string, now time.Time) (ReminderLink, error) {
	var c reminderClaims
	switch err := k.verifyMailed(token, reminderAudience, now, &c); {
	case errors.Is(err, errTooLate):
		return ReminderLink{}, failure.New(failure.Expired, "the link has expired: it is good for a week")
	case err != nil || c.Subject == "" || c.TaskID == "" || c.Ring == "":
		return ReminderLink{}, failure.InvalidField("token", "is not one of a reminder")
	}
	c.UserID = c.Subject
	return c.ReminderLink, nil
}

// IssueMailStop signs a token by which a user gets no more reminders by mail. It is good for
// ReminderLinkLifetime, and for nothing else.
func (k *Keys) IssueMailStop(userID string, now time.Time) (string, error) {
	return k.sign(registered(stopAudience, userID, now, now.Add(ReminderLinkLifetime)))
}

// VerifyMailStop says whose token it is. One that came too late is failure.Expired, any other that
// is not ours failure.Invalid.
func (k *Keys) VerifyMailStop(token string, now time.Time) (userID string, err error) {
	var c jwt.RegisteredClaims
	switch err := k.verifyMailed(token, stopAudience, now, &c); {
	case errors.Is(err, errTooLate):
		return "", failure.New(failure.Expired, "the link has expired: it is good for a week; the settings have the same switch")
	case err != nil || c.Subject == "":
		return "", failure.InvalidField("token", "is not one of a mail")
	}
	return c.Subject, nil
}

var errTooLate = errors.New("token expired")

// verifyMailed reads the claims of a token that was sent to its user. One of the audience that
// came too late is errTooLate.
func (k *Keys) verifyMailed(token, audience string, now time.Time, into jwt.Claims) error {
	if strings.ContainsAny(token, "\r\n") { // decoders of base64 pass over them
		return errNotOurs
	}
	_, err := jwt.ParseWithClaims(token, into, k.verificationKey, parserOptions(audience, now)...)
	if errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenInvalidAudience) {
		return errTooLate
	}
	return err
}
