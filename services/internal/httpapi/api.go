// Package httpapi sets up the public HTTP of a service: typed operations with
// OpenAPI 3.1, problem documents, limits and security headers.
package httpapi

import (
	"context"
	"io"
	"net/http"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	json "github.com/go-json-experiment/json/v1"

	"github.com/todoplatform/todoplatform/services/internal/auth"
)

// maxBodyBytes bounds a request body where an operation says nothing else.
const maxBodyBytes = 256 << 10

// The bearer tokens (RFC 6750) by their names in the OpenAPI document.
const (
	sessionScheme = "accessToken"
	tokenScheme   = "apiToken"
)

// New makes an API on mux whose operations, OpenAPI document (/openapi.json and
// .yaml) and schemas live under prefix, such as /api/v1. Fields and query
// parameters that an operation does not know are refused.
func New(mux *http.ServeMux, title, version, prefix string) huma.API {
	cfg := huma.DefaultConfig(title, version)
	cfg.DocsPath = ""     // huma's page loads scripts from elsewhere
	cfg.CreateHooks = nil // no $schema in every answer
	cfg.RejectUnknownQueryParameters = true
	cfg.Formats = map[string]huma.Format{jsonType: jsonFormat(), "json": jsonFormat()}
	cfg.Servers = []*huma.Server{{URL: prefix, Description: "The host that this document is from"}}
	cfg.OnAddOperation = append(cfg.OnAddOperation, documentRefusals, leavePatternsAlone)
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		sessionScheme: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "What signing in gives. It has all scopes"},
		tokenScheme:   {Type: "http", Scheme: "bearer", BearerFormat: auth.TokenPrefix + "…", Description: "An API token, which must have the scope that an operation names"},
	}
	api := humago.NewWithPrefix(mux, prefix, cfg)
	api.UseMiddleware(refuseNUL(api))
	return api
}

// refuseNUL refuses parameters with the one character that the database cannot take.
func refuseNUL(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		address := ctx.URL()
		for name, values := range address.Query() {
			if strings.ContainsRune(strings.Join(values, ""), 0) {
				fault := &huma.ErrorDetail{Location: "query." + name, Message: "must not contain the character U+0000"}
				_ = huma.WriteErr(api, ctx, http.StatusUnprocessableEntity, "validation failed", fault) // a client that hung up needs no answer
				return
			}
		}
		next(ctx)
	}
}

// schemaName names a type in the OpenAPI document. Names that several packages use are
// preceded by the package.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	switch name {
	case "Draft", "Made", "Patch", "Move", "Page", "Reminder":
		room := path.Base(t.PkgPath())
		return strings.ToUpper(room[:1]) + room[1:] + name
	}
	return name
}

// jsonFormat is JSON with faults of requests in words of our own.
func jsonFormat() huma.Format {
	return huma.Format{Marshal: encodeJSON, Unmarshal: decodeJSON}
}

// encodeJSON writes an answer. Documents, which pass through, are most of what is written:
// checking them costs this encoder a quarter of what it costs that of the standard library.
func encodeJSON(w io.Writer, answer any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answer)
}

// Register adds an operation whose handler reports failures by kind; see Problem.
func Register[I, O any](api huma.API, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBodyBytes
	}
	// checkBody has read the body by then. The deadline stays on the connection, and once it is
	// over, the server takes the client for gone: a shorter one would end the request.
	op.BodyReadTimeout = requestTimeout
	op.Middlewares = append(slices.Clone(op.Middlewares), checkBody(api, op.MaxBodyBytes))
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, huma.ErrorWithHeaders(Problem(ctx, err), headerOf(err))
		}
		return out, nil
	})
}

// Verify says who an access token is from; one that is not good is failure.Unauthenticated.
type Verify func(ctx context.Context, token string) (auth.Caller, error)

// clientHeader is where programs name themselves; changes keep the name. A program with an API
// token is called as the token is.
const clientHeader = "X-Client"

// clientName matches the names that are kept.
var clientName = regexp.MustCompile(`^[A-Za-z0-9._/ -]{1,64}$`)

// Protect returns op as one that only callers with a scope may call: verify checks the
// bearer token, and the handler finds the caller with auth.FromContext. After
// LimitUsers, users who ask too often are refused.
func Protect(api huma.API, op huma.Operation, verify Verify, scope auth.Scope) huma.Operation {
	op = TakeBearer(op, scope)
	op.Middlewares = append(huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		caller, err := identify(ctx, verify)
		if err == nil {
			err = admit(ctx, caller)
		}
		if err == nil {
			err = caller.Require(scope)
		}
		if err != nil {
			problem := Problem(ctx.Context(), err)
			for name, values := range headerOf(err) {
				ctx.SetHeader(name, values[0])
			}
			_ = huma.WriteErr(api, ctx, problem.Status, problem.Detail, err) // a client that hung up needs no answer
			return
		}
		next(huma.WithContext(ctx, auth.WithCaller(ctx.Context(), caller)))
	}}, op.Middlewares...)
	return op
}

// TakeBearer returns op as one that takes a bearer token with a scope, which its handler checks.
func TakeBearer(op huma.Operation, scope auth.Scope) huma.Operation {
	op.Security = []map[string][]string{{sessionScheme: {}}}
	if scope != auth.ScopeSession {
		needed := []string{string(scope)}
		op.Security = []map[string][]string{{sessionScheme: needed}, {tokenScheme: needed}}
	}
	return op
}

func identify(ctx huma.Context, verify Verify) (auth.Caller, error) {
	token, err := auth.ParseBearer(ctx.Header("Authorization"))
	if err != nil {
		return auth.Caller{}, err
	}
	caller, err := verify(ctx.Context(), token)
	if name := ctx.Header(clientHeader); caller.TokenID == "" && clientName.MatchString(name) {
		caller.Client = name
	}
	return caller, err
}
