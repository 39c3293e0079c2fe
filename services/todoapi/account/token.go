package account

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

const (
	maxTokenNameLength = 100 // characters
	// maxTokenDays bounds how far ahead an API token may expire: a year, also a leap year.
	maxTokenDays = 366
	// tokenBytes is how much of an API token is random: 200 bits.
	tokenBytes = 25
	// shownTokenLength is how much of an API token is shown, so that people know it again. It
	// leaves 180 bits that nobody sees.
	shownTokenLength = len(auth.TokenPrefix) + 4
)

// tokenEncoding writes secrets in letters and digits, which a double click marks as one word.
var tokenEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// tokenForm matches all secrets that there can be.
var tokenForm = regexp.MustCompile(`^` + auth.TokenPrefix + `[a-z2-7]{40}$`)

// Token is an API token as its user sees it.
type Token struct {
	todo.Token
	Prefix     string     `json:"prefix" example:"tdp_k3v7" doc:"How the secret begins"`
	LastUsedAt *time.Time `json:"lastUsedAt" doc:"Noted once a minute; null: never"`
}

// MadeToken is a new API token.
type MadeToken struct {
	Token
	Secret string `json:"secret" example:"tdp_k3v7…" doc:"For the header Authorization: Bearer. It is shown this once"`
}

// TokenDraft is what a user says of a new API token.
type TokenDraft struct {
	Name      string     `json:"name" minLength:"1" maxLength:"100" example:"backup script" doc:"What it is for, on one line"`
	Scopes    []string   `json:"scopes" minItems:"1" maxItems:"20" enum:"tasks:read,tasks:write,account,audit:read,webhooks,admin" doc:"What it may be used for"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty" doc:"When it ends by itself, at most 366 days ahead; never when absent"`
}

// Clean returns d as it is stored at now: trimmed, the scopes in their order and each once.
// What is wrong is failure.Invalid naming the field.
func (d TokenDraft) Clean(now time.Time) (TokenDraft, error) {
	d.Name = strings.TrimSpace(d.Name)
	if length := utf8.RuneCountInString(d.Name); length < 1 || length > maxTokenNameLength {
		return TokenDraft{}, failure.InvalidField("name", "must be 1 to %d characters long", maxTokenNameLength)
	}
	if !utf8.ValidString(d.Name) || strings.ContainsFunc(d.Name, breaksLine) {
		return TokenDraft{}, failure.InvalidField("name", "must be one line without control characters")
	}
	var err error
	if d.Scopes, err = cleanScopes(d.Scopes); err != nil {
		return TokenDraft{}, err
	}
	if d.ExpiresAt != nil && (!d.ExpiresAt.After(now) || d.ExpiresAt.After(now.Add(maxTokenDays*24*time.Hour))) {
		return TokenDraft{}, failure.InvalidField("expiresAt", "must be in the future, at most %d days ahead", maxTokenDays)
	}
	return d, nil
}

// breaksLine tells what has no place in one line: control characters, and the line and
// paragraph separators of Unicode.
func breaksLine(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) }

func cleanScopes(asked []string) ([]string, error) {
	var scopes []string
	for _, known := range auth.Scopes() {
		if slices.Contains(asked, string(known)) {
			scopes = append(scopes, string(known))
		}
	}
	for _, scope := range asked {
		if !slices.Contains(scopes, scope) {
			return nil, failure.InvalidField("scopes", "there is no scope %q", scope)
		}
	}
	if len(scopes) == 0 {
		return nil, failure.InvalidField("scopes", "must name at least one scope")
	}
	return scopes, nil
}

func newTokenSecret() string {
	var random [tokenBytes]byte
	_, _ = rand.Read(random[:]) // never fails
	return auth.TokenPrefix + tokenEncoding.EncodeToString(random[:])
}

// CreateToken makes an API token of the caller's, who must be signed in. A repetition makes
// another one: the secret of the first is not kept.
func (s *Service) CreateToken(ctx context.Context, caller auth.Caller, draft TokenDraft) (MadeToken, error) {
	draft, err := draft.Clean(s.now())
	if err != nil {
		return MadeToken{}, err
	}
	secret := newTokenSecret()
	made, err := s.accounts.createToken(ctx, caller, draft, secret)
	if err != nil {
		return MadeToken{}, err
	}
	s.changed()
	return MadeToken{made, secret}, nil
}

// Tokens lists the API tokens of a user.
func (s *Service) Tokens(ctx context.Context, userID string) ([]Token, error) {
	return s.accounts.tokens(ctx, userID)
}

// RevokeToken ends an API token of the caller's at once.
func (s *Service) RevokeToken(ctx context.Context, caller auth.Caller, id string) error {
	return s.ended(s.accounts.revokeToken(ctx, caller, id))
}

// FindToken implements auth.Tokens.
func (s *Service) FindToken(ctx context.Context, token string, now time.Time) (auth.Caller, error) {
	var found *foundToken
	if tokenForm.MatchString(token) {
		var err error
		if found, err = s.accounts.findToken(ctx, token); err != nil {
			return auth.Caller{}, err
		}
	}
	if found == nil {
		return auth.Caller{}, failure.New(failure.Unauthenticated, "the API token is unknown, revoked or expired")
	}
	return found.caller(now.Add(s.tokenLifetime)), nil
}

// caller is whom the token stands for. It is true until then at most, as an access token would be: a socket asks anew
// after that.
func (t foundToken) caller(until time.Time) auth.Caller {
	until = until.Truncate(time.Second)
	if t.ExpiresAt != nil && t.ExpiresAt.Before(until) {
		until = *t.ExpiresAt
	}
	return auth.Caller{UserID: t.UserID, TokenID: t.TokenID, Kind: events.ActorToken, Client: t.Name, Scopes: t.Scopes, ExpiresAt: until}
}
