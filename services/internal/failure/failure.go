// Package failure gives every error that a service reports a kind: what went wrong
// from the caller's point of view. It knows no transport; the edges translate kinds
// (package httpapi to HTTP statuses, package dapr to the envelope between services).
package failure

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong in terms that a caller can act on. Its values travel
// between services and out of SQL functions, so they never change.
type Kind string

const (
	// Invalid means that the request itself is wrong: repeating it cannot help.
	Invalid Kind = "invalid"
	// Unauthenticated means that the caller did not prove who they are.
	Unauthenticated Kind = "unauthenticated"
	// Forbidden means that the caller is known and may not do this.
	Forbidden Kind = "forbidden"
	// NotFound means that the thing does not exist for this caller.
	NotFound Kind = "not_found"
	// Expired means that what was asked for is no longer kept; there is another way to go on.
	Expired Kind = "expired"
	// Conflict means that the present state rules the request out, such as a name already taken.
	Conflict Kind = "conflict"
	// VersionMismatch means that the thing changed since the caller read it.
	VersionMismatch Kind = "version_mismatch"
	// RateLimited means that the caller asked too often and may try again later.
	RateLimited Kind = "rate_limited"
	// Unavailable means that something needed did not answer. The outcome is unknown:
	// an effect may have happened, so only idempotent requests may be repeated.
	Unavailable Kind = "unavailable"
	// Internal means a defect: nothing the caller can do.
	Internal Kind = "internal"
)

// Kinds lists every kind, for tables that must be complete.
func Kinds() []Kind {
	return []Kind{Invalid, Unauthenticated, Forbidden, NotFound, Expired, Conflict, VersionMismatch, RateLimited, Unavailable, Internal}
}

// Error is an error with a kind. Message is written for the caller; the cause is
// for logs only and never crosses an edge.
type Error struct {
	Kind    Kind
	Field   string // the input at fault as a path such as "due.zone"; empty when there is none
	Message string
	Limit   *Limit // the limit that a RateLimited request exceeds; nil when it is not known
	Code    string // the reason, for programs, where the kind does not tell it: one of the codes
	Scope   string // which the caller lacks, with CodeInsufficientScope; empty when none would do
	cause   error
}

// CodeInsufficientScope is the code of Forbidden where the caller's token covers too little.
const CodeInsufficientScope = "insufficient_scope"

// Limit says how often something may be asked for, and when it may be again.
type Limit struct {
	Name       string        // of the limit, for programs
	Quota      int           // requests in a window
	Window     time.Duration // in which Quota is
	RetryAfter time.Duration // until the next request has a chance
}

// New makes an error of a kind with a message for the caller.
func New(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// InvalidField makes an Invalid error that names the input at fault.
func InvalidField(field, format string, args ...any) error {
	return &Error{Kind: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Exceeds makes a RateLimited error that says which limit a request exceeds.
func Exceeds(limit Limit, format string, args ...any) error {
	return &Error{Kind: RateLimited, Limit: &limit, Message: fmt.Sprintf(format, args...)}
}

// InsufficientScope makes a Forbidden error that says which scope the caller lacks; empty when
// none would do.
func InsufficientScope(scope, format string, args ...any) error {
	return &Error{Kind: Forbidden, Code: CodeInsufficientScope, Scope: scope, Message: fmt.Sprintf(format, args...)}
}

// Wrap gives err a kind and says what was being done, such as "publish the event";
// err stays the cause. Only for kinds that the caller can mend is doing shown to
// them, see Public. A nil err stays nil.
func Wrap(kind Kind, err error, doing string) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Message: doing, cause: err}
}

// Error returns field, message and cause in one line, for logs.
func (e *Error) Error() string {
	text := e.Message
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// KindOf returns the kind of err: that of the outermost Error in its chain,
// Unavailable for a passed deadline or a cancelled call, "" for nil, and Internal
// for everything else.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return Unavailable
	}
	return Internal
}

// Public returns what a caller may see of err: all of it without the cause. Where a cause made it Unavailable or Internal, the message is a general
// one, because what was being done is no business of the caller's.
func Public(err error) *Error {
	kind := KindOf(err)
	if e, ok := errors.AsType[*Error](err); ok && (e.cause == nil || kind != Unavailable && kind != Internal) {
		return &Error{Kind: kind, Field: e.Field, Message: e.Message, Limit: e.Limit, Code: e.Code, Scope: e.Scope}
	}
	if kind == Unavailable {
		return &Error{Kind: kind, Message: "a part of the platform does not answer; try again"}
	}
	return &Error{Kind: kind, Message: "something went wrong on our side"}
}
