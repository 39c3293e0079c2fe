package account

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Limits on guessing passwords. The one for an account from anywhere is that of NIST
// SP 800-63B section 5.2.2. The one for a client, over all accounts, is for lists of stolen
// passwords: it lets a whole office behind one address mistype now and then.
const (
	attemptWindow         = 15 * time.Minute
	maxAttemptsPerAddress = 10  // failed sign-ins to one account from one address
	maxAttemptsPerAccount = 100 // failed sign-ins to one account from anywhere
	maxAttemptsPerClient  = 100 // failed sign-ins from one address to any account
)

// Limits on signing up: a class or an office behind one address may sign up within the hour,
// a script makes no heap of accounts, and learns little about which addresses have one.
const (
	signUpWindow        = time.Hour
	maxSignUpsPerClient = 100 // from one address
)

// Service signs users up, in and out.
type Service struct {
	accounts accounts
	hasher   *Hasher
	keys     *auth.Keys
	bearers  auth.Verifier
	verifies bool // mail goes to verified addresses only
	signUp   SignUp
	owners   []string // addresses of owners of the platform, once they are verified
	changed  func()   // told after a change was committed
	// sessionLifetime is how long a session lasts without being used, and tokenLifetime how long an access token is good.
	sessionLifetime, tokenLifetime time.Duration
	// trashDays is for how many days what was deleted can be restored, as people are told.
	trashDays int
	now       func() time.Time
	resets    *loop.Loop // looks at requests for new passwords
	erasures  *loop.Loop // erases what deleted accounts held
	failures  *loop.Loop // tells of sign-ins that failed
	// eraseElsewhere erases what is kept of an account outside of the database; see Erase.
	eraseElsewhere func(ctx context.Context, userID string) error
}

// NewService makes the service on db, signing with keys. verifies says that mail goes to
// verified addresses only. changed is called after each change that other services hear of.
func NewService(db *store.DB, keys *auth.Keys, verifies bool, changed func(), now func() time.Time) (*Service, error) {
	hasher, err := NewHasher()
	if err != nil {
		return nil, err
	}
	s := &Service{
		accounts: accounts{db}, hasher: hasher, keys: keys,
		verifies: verifies, changed: changed, now: now,
	}
	s.bearers = auth.Verifier{Keys: keys, Tokens: s}
	s.KeepSessions(0, 0)
	s.Erase(func(context.Context, string) error { return nil })
	s.resets, s.erasures, s.failures = s.newResetLoop(), s.newErasureLoop(), s.newFailureLoop()
	return s, nil
}

// Loops returns the work of the service that no request waits for.
func (s *Service) Loops() []*loop.Loop { return []*loop.Loop{s.resets, s.erasures, s.failures} }

// Grant is what signing in gives: who one is and the tokens to prove it.
type Grant struct {
	User         Account `json:"user"`
	AccessToken  string  `json:"accessToken" doc:"JWT for the header Authorization: Bearer"`
	ExpiresIn    int     `json:"expiresIn" doc:"Seconds for which the access token is good"`
	RefreshToken string  `json:"refreshToken,omitempty" doc:"Good for one refresh, which returns the next; a page in a browser has it in the cookie alone"`
}

// SignUp says who may make an account.
type SignUp string

// The ways to treat sign-ups.
const (
	SignUpOpen         SignUp = ""
	SignUpByInvitation SignUp = "invitation"
	SignUpClosed       SignUp = "closed"
)

// Admit says who may sign up, and whose accounts are owners of the platform once their addresses are
// verified; without such, the first account is one. Call it before the service is used.
func (s *Service) Admit(signUp SignUp, owners []string) { s.signUp, s.owners = signUp, owners }

// NewAccount is what people say of themselves when they sign up.
type NewAccount struct {
	Email, Password string
	Zone, Locale    string // "": UTC and English
	Invitation      string // token; "": none
}

// SignUp creates an account and signs it in. Where sign-up is closed, or needs another invitation, it is
// failure.Forbidden.
func (s *Service) SignUp(ctx context.Context, wanted NewAccount, origin Origin) (Grant, error) {
	if s.signUp == SignUpClosed { // whatever the address: nobody learns which ones have an account
		return Grant{}, failure.New(failure.Forbidden, "this platform takes no new accounts; ask whoever runs it")
	}
	email, err := ParseEmail(wanted.Email)
	if err != nil {
		return Grant{}, err
	}
	if err := CheckPassword(wanted.Password); err != nil {
		return Grant{}, err
	}
	zone, err := ParseZone(wanted.Zone)
	if err != nil {
		return Grant{}, err
	}
	locale, err := todo.CleanLocale(cmp.Or(wanted.Locale, todo.DefaultLocale))
	if err != nil {
		return Grant{}, err
	}
	counted, err := s.accounts.beginSignUp(ctx, origin.Address)
	if err != nil {
		return Grant{}, err
	}
	if counted.Limited {
		return Grant{}, counted.exceeds("sign-up", signUpWindow, "too many accounts were made from your address")
	}
	hash, err := s.hasher.Hash(ctx, wanted.Password)
	if err != nil {
		return Grant{}, err
	}
	account := Account{ID: newID(), Email: email, Zone: zone}
	session, token := s.newSession(account.ID, origin)
	account.Owner, err = s.accounts.signUp(ctx, account, session, signingUp{
		PasswordHash: hash, Locale: locale, InvitationHash: s.invitationHash(email, wanted.Invitation), FirstIsOwner: len(s.owners) == 0, PerDay: s.verificationsPerDay(),
	})
	if err != nil {
		return Grant{}, err
	}
	s.changed()
	return s.grant(account, session.SessionID, token)
}

// invitationHash is that of the invitation that the sign-up of an address uses up, "" where it needs
// none.
func (s *Service) invitationHash(email, invitation string) string {
	if s.signUp != SignUpByInvitation || slices.Contains(s.owners, email) {
		return ""
	}
	return hashToken(invitation)
}

func (s *Service) verificationsPerDay() int {
	if !s.verifies {
		return 0
	}
	return maxVerificationsPerDay
}

// Login signs in. A wrong password and an unknown address are the same
// failure.Unauthenticated; too many of them are failure.RateLimited.
func (s *Service) Login(ctx context.Context, email, password string, origin Origin) (Grant, error) {
	email, err := ParseEmail(email)
	if err != nil {
		return Grant{}, err
	}
	found, err := s.accounts.beginLogin(ctx, email, origin.Address)
	if err != nil {
		return Grant{}, err
	}
	if found.Limited {
		return Grant{}, found.exceeds("sign-in", attemptWindow, "too many sign-ins with a wrong password")
	}
	matches, err := s.hasher.Matches(ctx, password, found.PasswordHash)
	if err != nil {
		return Grant{}, err
	}
	if !matches {
		if err := s.noteFailedSignIn(ctx, email); err != nil {
			return Grant{}, err
		}
		return Grant{}, failure.New(failure.Unauthenticated, "e-mail address or password is wrong")
	}
	session, token := s.newSession(found.Account.ID, origin)
	if err := s.accounts.finishLogin(ctx, email, origin.Address, found.PasswordHash, session); err != nil {
		return Grant{}, err
	}
	s.changed()
	s.askOnce(ctx, *found.Account)
	return s.grant(found.Account.Account, session.SessionID, token)
}

// Refresh exchanges a refresh token for a new grant. A token that was copied ends its session.
func (s *Service) Refresh(ctx context.Context, token string) (Grant, error) {
	if token == "" {
		return Grant{}, failure.New(failure.Unauthenticated, "sign in first")
	}
	next := newRefreshToken()
	r, err := s.accounts.rotate(ctx, token, next, s.sessionLifetime)
	if err != nil {
		return Grant{}, err
	}
	switch r.Outcome {
	case outcomeRotated:
		s.askOnce(ctx, r.Account)
		return s.grant(r.Account.Account, r.SessionID, next)
	case outcomeReused:
		s.changed()
		slog.WarnContext(ctx, "refresh token reused; session ended", "user", r.UserID, "session", r.SessionID)
	}
	return Grant{}, failure.New(failure.Unauthenticated, "the session has ended; sign in again")
}

// Logout ends the session of a refresh token. Without one, or with an unknown one, there is nothing to end.
func (s *Service) Logout(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return s.ended(s.accounts.revokeRefreshToken(ctx, token))
}

// EndSessions ends one session of the caller's, or all for an empty session id: what it
// has opened closes, and it changes nothing any more.
func (s *Service) EndSessions(ctx context.Context, caller auth.Caller, sessionID string) error {
	return s.ended(s.accounts.revokeSessions(ctx, caller, sessionID))
}

// ended passes on what became of ending sessions and, if it succeeded, tells of it.
func (s *Service) ended(err error) error {
	if err == nil {
		s.changed()
	}
	return err
}

// VerifyToken says who a bearer token is from. For an access token it asks no database: for
// reads it is good until it expires, even when its session ends before. Writes ask anew. An
// API token is looked up each time, so that a revoked one does nothing more.
func (s *Service) VerifyToken(ctx context.Context, token string) (auth.Caller, error) {
	return s.bearers.Verify(ctx, token, s.now())
}

// VerifySession says who an access token is from, and refuses those of ended sessions.
func (s *Service) VerifySession(ctx context.Context, token string) (auth.Caller, error) {
	id, err := s.keys.Verify(token, s.now())
	if err != nil {
		return auth.Caller{}, err
	}
	stands, err := s.accounts.sessionStands(ctx, id.UserID, id.SessionID)
	if err != nil {
		return auth.Caller{}, err
	}
	if !stands {
		return auth.Caller{}, failure.New(failure.Unauthenticated, "the session has ended; sign in again")
	}
	return id, nil
}

func (s *Service) grant(account Account, sessionID, refreshToken string) (Grant, error) {
	accessToken, _, err := s.keys.Issue(account.ID, sessionID, s.now(), s.tokenLifetime)
	if err != nil {
		return Grant{}, failure.Wrap(failure.Internal, err, "issue an access token")
	}
	return Grant{
		User: s.shown(account), AccessToken: accessToken, RefreshToken: refreshToken,
		ExpiresIn: int(s.tokenLifetime.Seconds()),
	}, nil
}

// exceeds is the failure of an attempt that is limited.
func (a attempt) exceeds(limit string, window time.Duration, what string) error {
	wait := time.Duration(a.RetryAfter) * time.Second
	return failure.Exceeds(failure.Limit{Name: limit, Quota: a.Quota, Window: window, RetryAfter: wait},
		"%s; try again in %s", what, roughly(wait))
}

// roughly says a duration to people, rounded up.
func roughly(d time.Duration) string {
	if d <= time.Minute {
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", int(math.Ceil(d.Minutes())))
}

func (s *Service) newSession(userID string, origin Origin) (args sessionArgs, refreshToken string) {
	refreshToken = newRefreshToken()
	device := httpapi.CleanDevice(origin.Device)
	by := person(userID)
	by.Client = device
	return sessionArgs{
		UserID: userID, By: by, SessionID: newID(), Device: device,
		TokenHash: hashToken(refreshToken), SessionLifetime: interval(s.sessionLifetime),
	}, refreshToken
}

// person is a user as the one who acts.
func person(userID string) events.Actor { return events.Actor{Kind: events.ActorPerson, ID: userID} }

func newID() string { return uuid.Must(uuid.NewV7()).String() }
