package auth

import (
	"slices"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Scope is a part of what there is to do. A caller may do what its scopes cover.
type Scope string

// The scopes. A signed-in session has all; an API token has some of Scopes.
const (
	ScopeTasksRead  Scope = "tasks:read"  // tasks, and the feed of all changes
	ScopeTasksWrite Scope = "tasks:write" // an answer shows what was written
	ScopeAccount    Scope = "account"     // who the user is, and settings
	ScopeAuditRead  Scope = "audit:read"
	ScopeWebhooks   Scope = "webhooks" // by what they send it shows all that changes
	// ScopeAdmin covers what owners of the platform do. Whether somebody is one is asked each time.
	ScopeAdmin Scope = "admin"

	// ScopeSession covers what a token must never reach: other tokens, sessions, and by what one
	// signs in.
	ScopeSession Scope = "session"
)

// Scopes lists those that an API token may have.
func Scopes() []Scope {
	return []Scope{ScopeTasksRead, ScopeTasksWrite, ScopeAccount, ScopeAuditRead, ScopeWebhooks, ScopeAdmin}
}

func sessionScopes() []Scope { return append(Scopes(), ScopeSession) }

// Require refuses a caller without a scope.
func (c Caller) Require(scope Scope) error {
	switch {
	case slices.Contains(c.Scopes, scope):
		return nil
	case scope == ScopeSession:
		return failure.InsufficientScope("", "only somebody who is signed in may do this, an API token never")
	}
	return failure.InsufficientScope(string(scope), "this needs the scope %s, which the API token does not have", scope)
}
