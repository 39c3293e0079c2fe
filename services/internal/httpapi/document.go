package httpapi

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// refusals says, in the OpenAPI document, what the statuses of problems mean and what to do.
var refusals = map[int]string{
	http.StatusBadRequest:            "The body is missing or is not JSON.",
	http.StatusUnauthorized:          "There is no token, or none that is good: sign in, or make another one.",
	http.StatusForbidden:             "The caller may not do this. Where `code` is `insufficient_scope`, a token with the scope that `WWW-Authenticate` names may; where it names none, only a session may.",
	http.StatusNotFound:              "What the request names is not there.",
	http.StatusRequestTimeout:        "The body did not arrive in time.",
	http.StatusConflict:              "What is there already rules this out; `detail` says what it is.",
	http.StatusGone:                  "This is no longer kept; `detail` says how to go on.",
	http.StatusPreconditionFailed:    "The object is not at the version of `If-Match`: read it again and repeat the change.",
	http.StatusRequestEntityTooLarge: "The body is too long.",
	http.StatusUnsupportedMediaType:  "The body is of a type that the operation does not take.",
	http.StatusUnprocessableEntity:   "Something in the request cannot be; `errors` say where and why.",
	http.StatusTooManyRequests:       "Too many requests: wait as long as `Retry-After` says.",
	http.StatusInternalServerError:   "Something went wrong on our side. `X-Request-Id` names the request to those who look into it.",
	http.StatusServiceUnavailable:    "Something that this needs does not answer. It may have happened or not: repeat it if it may come twice.",
}

// refusalHeaders describes the headers that say how to mend a refusal.
var refusalHeaders = map[int]map[string]string{
	http.StatusUnauthorized:    {"WWW-Authenticate": "That a bearer token is needed (RFC 6750)"},
	http.StatusForbidden:       {"WWW-Authenticate": "The scope that is missing (RFC 6750), if a scope is"},
	http.StatusTooManyRequests: {"Retry-After": "Seconds to wait", "RateLimit": "The limit that was reached", "RateLimit-Policy": "How much it allows in which time"},
}

// documentRefusals gives an operation the responses of all refusals that it can answer with:
// those that it names as Errors, and those that its form brings with it.
func documentRefusals(document *huma.OpenAPI, op *huma.Operation) {
	delete(op.Responses, "default")
	for _, status := range append(op.Errors, refusalsOf(op)...) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Ref: refusal(document, status)}
	}
	if op.Security == nil {
		op.Security = []map[string][]string{} // open to all, which the document should say
	}
}

// leavePatternsAlone takes the words that messages have for patterns, which are made by then, out
// of the document: OpenAPI does not know them.
func leavePatternsAlone(_ *huma.OpenAPI, op *huma.Operation) {
	for _, parameter := range op.Parameters {
		if parameter.Schema != nil {
			parameter.Schema.PatternDescription = ""
		}
	}
}

// refusalsOf returns the statuses with which operations of the form of op can refuse.
func refusalsOf(op *huma.Operation) []int {
	statuses := []int{http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if op.Method != http.MethodGet {
		statuses = append(statuses, http.StatusForbidden) // to pages of other origins
	}
	if len(op.Security) > 0 {
		statuses = append(statuses, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
	}
	if op.RequestBody != nil {
		statuses = append(statuses, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	for _, parameter := range op.Parameters {
		switch {
		case parameter.In == "path":
			statuses = append(statuses, http.StatusNotFound)
		case parameter.Name == "If-Match":
			statuses = append(statuses, http.StatusPreconditionFailed)
		case parameter.Name == "Idempotency-Key": // of operations that change what a user has
			statuses = append(statuses, http.StatusConflict)
		}
	}
	return statuses
}

// refusal returns the reference to the response of a status, which all operations share.
func refusal(document *huma.OpenAPI, status int) string {
	name := strings.ReplaceAll(http.StatusText(status), " ", "")
	components := document.Components
	if components.Responses == nil {
		components.Responses = map[string]*huma.Response{}
	}
	if components.Responses[name] == nil {
		problem := components.Schemas.Schema(reflect.TypeFor[ErrorModel](), true, "")
		response := &huma.Response{Description: refusals[status], Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
		for header, meaning := range refusalHeaders[status] {
			if response.Headers == nil {
				response.Headers = map[string]*huma.Header{}
			}
			response.Headers[header] = &huma.Header{Description: meaning, Schema: &huma.Schema{Type: huma.TypeString}}
		}
		components.Responses[name] = response
	}
	return "#/components/responses/" + name
}

// Nullable lets null stand for an object of type T wherever it is optional.
func Nullable[T any](api huma.API) {
	registry := api.OpenAPI().Components.Schemas
	registry.SchemaFromRef(registry.Schema(reflect.TypeFor[T](), true, "").Ref).Nullable = true
}
