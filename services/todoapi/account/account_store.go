package account

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// accounts holds the statements on accounts and sessions.
type accounts struct{ db *store.DB }

// sessionArgs are what every statement that opens a session needs.
type sessionArgs struct {
	UserID          string       `json:"userId"`
	By              events.Actor `json:"by"`
	SessionID       string       `json:"sessionId"`
	Device          string       `json:"device"`
	TokenHash       string       `json:"tokenHash"`
	SessionLifetime string       `json:"sessionLifetime"`
}

// record is an account as the database has it.
type record struct {
	Account
	Locale            string `json:"locale"`
	VerificationAsked bool   `json:"verificationAsked"` // the mail was, at least once
	MailGrace         bool   `json:"mailGrace"`         // mail goes out although the address is not verified

	FormerEmail string `json:"formerEmail"` // before the last change, if that was some days ago at most
}

// signingUp is what a sign-up needs besides an account and a session.
type signingUp struct {
	PasswordHash   string `json:"passwordHash"`
	Locale         string `json:"locale"`
	InvitationHash string `json:"invitationHash,omitempty"`      // "": none is needed
	FirstIsOwner   bool   `json:"firstIsOwner,omitempty"`        // of the platform
	PerDay         int    `json:"verificationsPerDay,omitempty"` // mails; 0: the address is not verified
}

// signUp creates an account and its first session, and says whether the account is an owner of the
// platform; a taken address is failure.Conflict.
func (a accounts) signUp(ctx context.Context, account Account, session sessionArgs, with signingUp) (owner bool, err error) {
	var made Account
	err = a.db.Call(ctx, "sign_up", struct {
		sessionArgs
		signingUp
		Email string `json:"email"`
		Zone  string `json:"zone"`
	}{session, with, account.Email, account.Zone}, &made)
	return made.Owner, err
}

func (a accounts) get(ctx context.Context, userID string) (record, error) {
	var found record
	err := a.db.Call(ctx, "get_account", map[string]string{"userId": userID}, &found)
	return found, err
}

// attempt is what counting an attempt comes to.
type attempt struct {
	Limited    bool `json:"limited"`
	Quota      int  `json:"quota"`      // that is used up, when limited
	RetryAfter int  `json:"retryAfter"` // seconds, when limited
}

// beginSignUp counts an attempt to sign up.
func (a accounts) beginSignUp(ctx context.Context, address string) (attempt, error) {
	var counted attempt
	err := a.db.Call(ctx, "begin_sign_up", map[string]any{
		"address": address, "window": interval(signUpWindow), "perClient": maxSignUpsPerClient,
	}, &counted)
	return counted, err
}

// credentials are what a password is checked against. An unknown address has no account and no hash.
type credentials struct {
	attempt
	PasswordHash string  `json:"passwordHash"`
	Account      *record `json:"account"`
}

func (a accounts) beginLogin(ctx context.Context, email, address string) (credentials, error) {
	var found credentials
	err := a.db.Call(ctx, "begin_login", map[string]any{
		"email": email, "address": address,
		"window": interval(attemptWindow), "perClient": maxAttemptsPerClient,
		"perAddress": maxAttemptsPerAddress, "perAccount": maxAttemptsPerAccount,
	}, &found)
	return found, err
}

// finishLogin opens a session. A password whose hash is another by now is failure.Unauthenticated.
func (a accounts) finishLogin(ctx context.Context, email, address, passwordHash string, session sessionArgs) error {
	return a.db.Call(ctx, "finish_login", struct {
		sessionArgs
		Email        string `json:"email"`
		Address      string `json:"address"`
		PasswordHash string `json:"passwordHash"`
	}{session, email, address, passwordHash}, nil)
}

// Outcomes of rotating a refresh token.
const (
	outcomeRotated = "rotated"
	outcomeReused  = "reused" // a copy was presented; the session has ended
)

type rotation struct {
	Outcome   string `json:"outcome"`
	SessionID string `json:"sessionId"`
	UserID    string `json:"userId"`
	Account   record `json:"account"`
}

func (a accounts) rotate(ctx context.Context, token, next string, sessionLifetime time.Duration) (rotation, error) {
	var r rotation
	err := a.db.Call(ctx, "rotate_refresh_token", map[string]string{
		"tokenHash": hashToken(token), "nextTokenHash": hashToken(next),
		"grace": interval(refreshGrace), "sessionLifetime": interval(sessionLifetime),
	}, &r)
	return r, err
}

func (a accounts) revokeRefreshToken(ctx context.Context, token string) error {
	return a.db.Call(ctx, "revoke_refresh_token", map[string]string{"tokenHash": hashToken(token)}, nil)
}

// revokeSessions ends one session of the caller's, or all for an empty session id.
func (a accounts) revokeSessions(ctx context.Context, caller auth.Caller, sessionID string) error {
	args := map[string]any{"userId": caller.UserID, "by": caller.Actor()}
	if sessionID != "" {
		args["sessionId"] = sessionID
	}
	return a.db.Call(ctx, "revoke_sessions", args, nil)
}

func (a accounts) sessions(ctx context.Context, userID string) ([]Session, error) {
	var sessions []Session
	err := a.db.Call(ctx, "list_sessions", map[string]string{"userId": userID}, &sessions)
	return sessions, err
}

func (a accounts) sessionStands(ctx context.Context, userID, sessionID string) (bool, error) {
	var stands bool
	err := a.db.Call(ctx, "session_stands", map[string]string{"userId": userID, "sessionId": sessionID}, &stands)
	return stands, err
}

// interval writes a duration as a PostgreSQL interval.
func interval(d time.Duration) string { return fmt.Sprintf("%d seconds", int64(d.Seconds())) }
