package httpapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// metadataPath is where the platform tells what tokens it takes. The path of a resource behind it is
// where that resource tells it (RFC 9728 section 3.1).
const metadataPath = "/.well-known/oauth-protected-resource"

// Resource takes bearer tokens and is no operation of the API; those are protected by Protect.
type Resource struct {
	Path          string
	Name          string       // for people
	Documentation string       // path of a page for people
	Scope         auth.Scope   // without which nobody gets in
	Scopes        []auth.Scope // that are of use there
	Public        *url.URL     // where people reach the platform; nil: at the host of each request
}

// Register adds the resource, which next serves, and its metadata to mux. Only callers with the scope
// get in, within their limits; next finds the caller with auth.FromContext.
func (s Resource) Register(mux *http.ServeMux, verify Verify, limits *UserLimits, next http.Handler) {
	mux.HandleFunc(s.Path, func(w http.ResponseWriter, r *http.Request) {
		caller, err := s.admit(r, verify, limits)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(auth.WithCaller(r.Context(), caller)))
	})
	mux.HandleFunc("GET "+metadataPath, s.metadata)
	mux.HandleFunc("GET "+metadataPath+s.Path, s.metadata)
}

func (s Resource) admit(r *http.Request, verify Verify, limits *UserLimits) (auth.Caller, error) {
	if err := s.checkHost(r.Host); err != nil {
		return auth.Caller{}, err
	}
	token, err := auth.Bearer(r.Header)
	if err != nil {
		return auth.Caller{}, err
	}
	caller, err := verify(r.Context(), token)
	if err != nil {
		return auth.Caller{}, err
	}
	if err := limits.of(r.Method).Take(caller.UserID); err != nil {
		return auth.Caller{}, err
	}
	return caller, caller.Require(s.Scope)
}

// checkHost refuses a request to another host than the platform's: a page whose name was bound to our
// address (DNS rebinding) asks for its own.
func (s Resource) checkHost(host string) error {
	if s.Public == nil || SameOrigin(s.Public, &url.URL{Scheme: s.Public.Scheme, Host: host}) {
		return nil
	}
	return failure.New(failure.Forbidden, "connect to %s: this was sent to another host", s.origin(host)+s.Path)
}

// refuse answers with a problem and, where a token would help, with where to learn of it.
func (s Resource) refuse(w http.ResponseWriter, r *http.Request, err error) {
	header := headerOf(err)
	if e := failure.Public(err); e.Kind == failure.Unauthenticated || e.Code == failure.CodeInsufficientScope {
		header.Set("WWW-Authenticate", challenge(e.Code, s.origin(r.Host)+metadataPath+s.Path, string(s.Scope)))
	}
	maps.Copy(w.Header(), header)
	writeProblem(w, Problem(r.Context(), err))
}

// resourceMetadata are metadata of a protected resource (RFC 9728 section 2). They name no authorization
// server: people make tokens themselves.
type resourceMetadata struct {
	Resource      string       `json:"resource"`
	Name          string       `json:"resource_name"`
	Documentation string       `json:"resource_documentation"`
	Methods       []string     `json:"bearer_methods_supported"`
	Scopes        []auth.Scope `json:"scopes_supported"`
}

func (s Resource) metadata(w http.ResponseWriter, r *http.Request) {
	origin := s.origin(r.Host)
	w.Header().Set("Content-Type", jsonType)
	_ = json.NewEncoder(w).Encode(resourceMetadata{ // a client that hung up needs no answer
		Resource:      origin + strings.TrimPrefix(r.URL.Path, metadataPath),
		Name:          s.Name,
		Documentation: origin + s.Documentation,
		Methods:       []string{"header"},
		Scopes:        s.Scopes,
	})
}

// origin is where people reach the platform, as who asked host finds it.
func (s Resource) origin(host string) string {
	if s.Public == nil {
		return "http://" + host
	}
	return s.Public.Scheme + "://" + s.Public.Host
}
