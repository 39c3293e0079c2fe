// Package admin is for owners of the platform: who has an account, how much the platform holds, and
// who may come. It shows nobody's tasks.
package admin

import (
	"context"
	"embed"
	"encoding/base64"
	"io/fs"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/gate"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// ManagedAccount is a user as owners see one.
type ManagedAccount struct {
	ID            string     `json:"id" format:"uuid"`
	Email         string     `json:"email" format:"email"`
	EmailVerified bool       `json:"emailVerified"`
	CreatedAt     time.Time  `json:"createdAt"`
	SeenAt        *time.Time `json:"seenAt" doc:"When a session or an API token was last used; null: not for as long as sessions are kept"`
	Owner         bool       `json:"owner" doc:"Whether the user is an owner of the platform"`
	DisabledAt    *time.Time `json:"disabledAt" doc:"Since when the account may do nothing; null: it is enabled"`
	Tasks         int        `json:"tasks" doc:"That are not deleted"`
	TaskQuota     int        `json:"taskQuota" doc:"Most tasks that the account may have"`
}

// AccountPatch is a merge patch (RFC 7396) of what an owner decides of an account.
type AccountPatch struct {
	Disabled  document.Field[bool] `json:"disabled,omitzero" doc:"A disabled account is signed out and may do nothing; all that it has stays"`
	Owner     document.Field[bool] `json:"owner,omitzero"`
	TaskQuota document.Field[int]  `json:"taskQuota,omitzero" nullable:"true" minimum:"0" maximum:"1000000" doc:"Most tasks; null: as everybody"`
}

func (p AccountPatch) check() error {
	for field, clear := range map[string]bool{"disabled": p.Disabled.IsClear(), "owner": p.Owner.IsClear()} {
		if clear {
			return failure.InvalidField(field, "must not be null: leave it out to keep it")
		}
	}
	return nil
}

// Figures are how much the platform holds.
type Figures struct {
	Accounts         int64 `json:"accounts"`
	VerifiedAccounts int64 `json:"verifiedAccounts" doc:"With a verified e-mail address"`
	DisabledAccounts int64 `json:"disabledAccounts"`
	SeenToday        int64 `json:"seenToday" doc:"Users with a session that was used within 24 hours"`
	SeenThisWeek     int64 `json:"seenThisWeek" doc:"Users with a session that was used within seven days"`
	Sessions         int64 `json:"sessions" doc:"Devices that are signed in"`
	APITokens        int64 `json:"apiTokens" doc:"That stand"`
	Tasks            int64 `json:"tasks" doc:"About how many, by the statistics of the database"`
	Changes          int64 `json:"changes" doc:"About how many are kept in the feeds"`
	WaitingEvents    int64 `json:"waitingEvents" doc:"Not published yet; at most 100,000 are counted"`
	DatabaseBytes    int64 `json:"databaseBytes"`
}

// AccountPage is a part of a list of accounts.
type AccountPage struct {
	Items document.Document[[]ManagedAccount] `json:"items"`
	Next  string                              `json:"next,omitempty" doc:"Cursor of the following page; absent on the last one"`
}

// Query says which accounts to list.
type Query struct {
	Prefix string // of the address
	Status string // all, enabled or disabled
	Limit  int
	Cursor string // Next of the page before; "" for the first page
}

// Service is what owners do. Whoever is none gets failure.Forbidden from each of its methods.
type Service struct {
	db      *store.DB
	others  calls.Invoker // reaches the other services
	owners  []string      // addresses that the manifest names
	changed func()        // told after a change was committed
	now     func() time.Time

	headExports *gate.Gate
}

// NewService makes the service on db; others reaches the other services. owners are the addresses whose accounts
// are owners when they are verified, besides those that the database knows.
func NewService(db *store.DB, others calls.Invoker, owners []string, changed func(), now func() time.Time) *Service {
	return &Service{db: db, owners: append([]string{}, owners...), changed: changed, now: now,
		others: others, headExports: gate.New("exports of platform heads", headExportsAtOnce)}
}

// args are those of all operations: by whom.
type args struct {
	UserID    string   `json:"userId"`
	SessionID string   `json:"sessionId,omitempty"`
	TokenID   string   `json:"tokenId,omitempty"`
	Owners    []string `json:"owners"`
}

func (s *Service) by(caller auth.Caller) args {
	return args{caller.UserID, caller.SessionID, caller.TokenID, s.owners}
}

// Accounts lists accounts by address.
func (s *Service) Accounts(ctx context.Context, caller auth.Caller, query Query) (AccountPage, error) {
	after, err := base64.RawURLEncoding.DecodeString(query.Cursor)
	if err != nil {
		return AccountPage{}, failure.InvalidField("query.cursor", "is not a cursor of this list; use next of the page before, or none")
	}
	var page struct {
		Items document.Document[[]ManagedAccount] `json:"items"`
		Next  string                              `json:"next"`
	}
	err = s.db.Call(ctx, "list_accounts", struct {
		args
		Prefix string `json:"prefix"`
		Status string `json:"status"`
		After  string `json:"after,omitempty"`
		Limit  int    `json:"limit"`
	}{s.by(caller), strings.ToLower(query.Prefix), query.Status, string(after), query.Limit}, &page)
	return AccountPage{page.Items, base64.RawURLEncoding.EncodeToString([]byte(page.Next))}, err
}

// Account reads one account.
func (s *Service) Account(ctx context.Context, caller auth.Caller, id string) (ManagedAccount, error) {
	var found ManagedAccount
	err := s.db.Call(ctx, "read_account", struct {
		args
		AccountID string `json:"accountId"`
	}{s.by(caller), id}, &found)
	return found, err
}

// Manage changes what patch names of an account.
func (s *Service) Manage(ctx context.Context, caller auth.Caller, id string, patch AccountPatch) (ManagedAccount, error) {
	if err := patch.check(); err != nil {
		return ManagedAccount{}, err
	}
	var managed ManagedAccount
	err := s.db.Call(ctx, "manage_account", struct {
		args
		By        events.Actor `json:"by"`
		Group     string       `json:"group"`
		AccountID string       `json:"accountId"`
		Patch     AccountPatch `json:"patch"`
	}{s.by(caller), caller.Actor(), command.NewID(), id, patch}, &managed)
	if err == nil {
		s.changed()
	}
	return managed, err
}

// Figures reads how much the platform holds.
func (s *Service) Figures(ctx context.Context, caller auth.Caller) (Figures, error) {
	var figures Figures
	err := s.db.Call(ctx, "read_figures", s.by(caller), &figures)
	return figures, err
}

// FailedReminders counts the reminders of all users that did not get out.
func (s *Service) FailedReminders(ctx context.Context, caller auth.Caller) (calls.GivenUpCounts, error) {
	if err := s.db.Call(ctx, "require_owner", s.by(caller), nil); err != nil {
		return calls.GivenUpCounts{}, err
	}
	return calls.CountGivenUp.Call(ctx, s.others, struct{}{})
}
