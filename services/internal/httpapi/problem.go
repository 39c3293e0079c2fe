package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// statusOf is the one place where kinds become HTTP statuses.
var statusOf = map[failure.Kind]int{
	failure.Invalid:         http.StatusUnprocessableEntity,
	failure.Unauthenticated: http.StatusUnauthorized,
	failure.Forbidden:       http.StatusForbidden,
	failure.NotFound:        http.StatusNotFound,
	failure.Expired:         http.StatusGone,
	failure.Conflict:        http.StatusConflict,
	failure.VersionMismatch: http.StatusPreconditionFailed,
	failure.RateLimited:     http.StatusTooManyRequests,
	failure.Unavailable:     http.StatusServiceUnavailable,
	failure.Internal:        http.StatusInternalServerError,
}

// ErrorModel is an RFC 9457 problem.
type ErrorModel struct {
	huma.ErrorModel
	Code string `json:"code,omitempty" example:"insufficient_scope" doc:"The reason, for programs, where the status does not tell it"`
}

func init() {
	// Lists in answers are never null, and the document should say so.
	huma.DefaultArrayNullable = false
	// The library reports validation failures through this variable. It would echo
	// the refused value, which may be a password.
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		problem := newProblem(status, message)
		for _, err := range errs {
			if e, ok := errors.AsType[*failure.Error](err); ok {
				problem.Code = e.Code
			}
			if detailer, ok := err.(huma.ErrorDetailer); ok && status < http.StatusInternalServerError {
				detail := detailer.ErrorDetail()
				problem.Errors = append(problem.Errors, &huma.ErrorDetail{Message: detail.Message, Location: detail.Location})
			}
		}
		return problem
	}
}

func newProblem(status int, detail string) *ErrorModel {
	return &ErrorModel{ErrorModel: huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail}}
}

// Problem turns a failure into an RFC 9457 problem: the status of its kind, its
// message as detail, and its field as the location of an error. What the caller
// cannot mend is logged, as an error unless the caller has left; its cause is never shown.
func Problem(ctx context.Context, err error) *ErrorModel {
	public := failure.Public(err)
	status := statusOf[public.Kind]
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if status >= http.StatusInternalServerError {
		level := slog.LevelError
		if errors.Is(ctx.Err(), context.Canceled) {
			level = slog.LevelInfo // who left is no failure of ours
		}
		slog.Log(ctx, level, "request failed", "request", RequestID(ctx), "kind", public.Kind, "error", err)
	}
	problem := newProblem(status, public.Message)
	problem.Code = public.Code
	if public.Field != "" {
		problem.Errors = []*huma.ErrorDetail{{Message: public.Message, Location: location(public.Field)}}
	}
	return problem
}

// location says where in the request a field is: in the body, unless its path starts
// with another part, as query.cursor does.
func location(field string) string {
	for _, part := range []string{"path.", "query.", "header."} {
		if strings.HasPrefix(field, part) {
			return field
		}
	}
	return "body." + field
}

// WriteProblem answers a plain net/http request with the problem of err.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	maps.Copy(w.Header(), headerOf(err))
	writeProblem(w, Problem(r.Context(), err))
}

// headerOf returns the header fields that say how to mend a failure; most have none.
func headerOf(err error) http.Header {
	e, ok := errors.AsType[*failure.Error](err)
	switch {
	case ok && e.Limit != nil:
		return limitHeader(*e.Limit)
	case ok && e.Code == failure.CodeInsufficientScope:
		return http.Header{"Www-Authenticate": {challenge(e.Code, "", e.Scope)}}
	}
	return http.Header{}
}

// challenge asks for a token (RFC 6750 section 3): why the one that came will not do, where the metadata
// of the resource are (RFC 9728 section 5.1), and the scope that is needed; each may be empty.
func challenge(reason, metadata, scope string) string {
	var parameters []string
	for _, parameter := range []struct{ name, value string }{{"error", reason}, {"resource_metadata", metadata}, {"scope", scope}} {
		if parameter.value != "" {
			parameters = append(parameters, fmt.Sprintf("%s=%q", parameter.name, parameter.value))
		}
	}
	return "Bearer " + strings.Join(parameters, ", ")
}
