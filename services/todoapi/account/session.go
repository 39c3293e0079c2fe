package account

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
)

const (
	// defaultSessionLifetime is how long a session lasts without being used, unless KeepSessions says otherwise.
	defaultSessionLifetime = 30 * 24 * time.Hour
	// refreshGrace is how long a used refresh token is taken again while its successor
	// is unused: the answer with the successor was lost, or two tabs asked at once.
	refreshGrace = 10 * time.Second
)

// Session is one signed-in device of a user.
type Session struct {
	ID        string    `json:"id" format:"uuid"`
	Device    string    `json:"device" doc:"User-Agent that signed in"`
	Current   bool      `json:"current" doc:"Whether it is the session of this request"`
	CreatedAt time.Time `json:"createdAt"`
	UsedAt    time.Time `json:"usedAt" doc:"When it last refreshed its tokens"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// Origin is where a sign-in comes from.
type Origin struct {
	Device  string // User-Agent
	Address string // by which attempts are counted, see subject
}

// KeepSessions says how long a session lasts without being used, after which one that is used begins anew, and how
// long an access token of it is good. 0: as by default.
func (s *Service) KeepSessions(session, token time.Duration) {
	s.sessionLifetime = cmp.Or(session, defaultSessionLifetime)
	s.tokenLifetime = cmp.Or(token, auth.TokenLifetime)
}

// KeepTrash says for how many days what was deleted can be restored, as people are told.
func (s *Service) KeepTrash(days int) { s.trashDays = days }

// newRefreshToken returns a secret of at least 128 bits; only its hash is stored.
func newRefreshToken() string { return rand.Text() }

// hashToken returns the hex SHA-256 under which a refresh token is stored. The token
// is random, so a plain hash resists guessing.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
