package account

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

const (
	cookieName = "refresh"
	cookiePath = "/api/v1/auth"
)

// Routes adds the operations on accounts and sessions to api. secureCookies says that
// people reach the platform over https alone, proxies who may tell a client's address.
func (s *Service) Routes(api huma.API, secureCookies bool, proxies Proxies) {
	h := handlers{s, secureCookies, proxies}
	tags := []string{"Account"}
	httpapi.Register(api, huma.Operation{OperationID: "sign-up", Method: http.MethodPost, Path: "/auth/sign-up",
		Summary: "Create an account and sign in", Description: "Status 403 where the platform takes no new accounts, or by invitation alone.", Tags: tags, DefaultStatus: http.StatusCreated,
		Errors: []int{http.StatusConflict, http.StatusTooManyRequests}}, h.signUp)
	httpapi.Register(api, huma.Operation{OperationID: "login", Method: http.MethodPost, Path: "/auth/login",
		Summary: "Sign in", Tags: tags, Errors: []int{http.StatusUnauthorized, http.StatusTooManyRequests}}, h.login)
	httpapi.Register(api, huma.Operation{OperationID: "refresh", Method: http.MethodPost, Path: "/auth/refresh",
		Summary: "Exchange a refresh token, from the body or the cookie, for new tokens", Tags: tags, Errors: []int{http.StatusUnauthorized}}, h.refresh)
	httpapi.Register(api, huma.Operation{OperationID: "logout", Method: http.MethodPost, Path: "/auth/logout",
		Summary: "End the session of a refresh token, from the body or the cookie", Tags: tags}, h.logout)
	httpapi.Register(api, huma.Operation{OperationID: "verify-email", Method: http.MethodPost, Path: "/auth/verify-email",
		Summary: "Verify an e-mail address by the token of a mail", Description: "An address that an account waits for becomes the account's; 409 if another account has it by then.", Tags: tags,
		Errors: []int{http.StatusConflict, http.StatusGone}}, h.verifyEmail)
	httpapi.Register(api, huma.Operation{OperationID: "request-password-reset", Method: http.MethodPost, Path: "/auth/password-reset",
		Summary:     "Have a mail sent that leads to a new password",
		Description: "The answer is the same whether the address has an account or not. The mail goes to verified addresses alone.",
		Tags:        tags, DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusConflict, http.StatusTooManyRequests}}, h.requestReset)
	httpapi.Register(api, huma.Operation{OperationID: "confirm-password-reset", Method: http.MethodPost, Path: "/auth/password-reset/confirm",
		Summary:     "Choose a new password by the token of a mail, which signs out everywhere",
		Description: "A token is good once, for an hour. API tokens stay: they are revoked one by one.", Tags: tags}, h.confirmReset)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "request-verification", Method: http.MethodPost, Path: "/me/verification",
		Summary: "Have the mail sent that verifies one's address", Tags: tags, DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusConflict}}, s.VerifyToken, auth.ScopeSession), h.requestVerification)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "get-me", Method: http.MethodGet, Path: "/me",
		Summary: "Read one's account", Tags: tags}, s.VerifyToken, auth.ScopeAccount), h.me)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "list-sessions", Method: http.MethodGet, Path: "/sessions",
		Summary: "List the devices that are signed in", Tags: tags}, s.VerifyToken, auth.ScopeSession), h.listSessions)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "end-session", Method: http.MethodDelete, Path: "/sessions/{id}",
		Summary: "Sign a device out", Tags: tags}, s.VerifyToken, auth.ScopeSession), h.endSession)
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "end-sessions", Method: http.MethodDelete, Path: "/sessions",
		Summary: "Sign out everywhere, here too", Description: "API tokens stay: they are revoked one by one.", Tags: tags}, s.VerifyToken, auth.ScopeSession), h.endSessions)
	h.provenRoutes(api)
	h.tokenRoutes(api)
}

type handlers struct {
	*Service
	secureCookies bool
	proxies       Proxies
}

// Client is embedded in inputs that need to know where a request comes from.
type Client struct {
	device, remote string
	forwardedFor   []string
	page           browserPage
}

// browserPage tells whether a page in a browser sends a request: browsers say so in headers
// that scripts cannot change, and programs send neither. Over http to another host than
// localhost there is Origin alone.
type browserPage bool

func (p *browserPage) read(ctx huma.Context) {
	*p = browserPage(ctx.Header("Sec-Fetch-Mode") != "" || ctx.Header("Origin") != "")
}

// Resolve implements huma.Resolver.
func (c *Client) Resolve(ctx huma.Context) []error {
	c.page.read(ctx)
	c.device, c.remote = ctx.Header("User-Agent"), ctx.RemoteAddr()
	ctx.EachHeader(func(name, value string) { // Header gives the first line alone
		if name == "X-Forwarded-For" {
			c.forwardedFor = append(c.forwardedFor, value)
		}
	})
	return nil
}

// Origin tells where a request comes from.
func (p Proxies) Origin(c Client) Origin {
	return Origin{Device: c.device, Address: subject(p.clientAddress(c.remote, c.forwardedFor))}
}

type signUpInput struct {
	Client
	Body struct {
		Email    string `json:"email" maxLength:"254" example:"ada@example.org"`
		Password string `json:"password" maxLength:"512" doc:"8 to 128 characters" example:"correct horse battery"`
		Zone     string `json:"zone,omitempty" maxLength:"64" doc:"IANA time zone; UTC when absent" example:"Europe/Berlin"`
		Locale   string `json:"locale,omitempty" maxLength:"35" doc:"Language and region (BCP 47), in which mails speak to the person; en when absent" example:"en-GB"`

		Invitation string `json:"invitation,omitempty" maxLength:"64" doc:"Token of an invitation, where the platform takes new accounts by invitation"`
	}
}

type loginInput struct {
	Client
	Body struct {
		Email    string `json:"email" maxLength:"254" example:"ada@example.org"`
		Password string `json:"password" maxLength:"512" example:"correct horse battery"`
	}
}

// tokenInput takes a refresh token from the body of programs or the cookie of browsers.
type tokenInput struct {
	page   browserPage
	Cookie string `cookie:"refresh" doc:"The refresh token of a browser"`
	Body   *struct {
		RefreshToken string `json:"refreshToken,omitempty" maxLength:"128" doc:"The cookie's token when absent"`
	}
}

// Resolve implements huma.Resolver.
func (in *tokenInput) Resolve(ctx huma.Context) []error {
	in.page.read(ctx)
	return nil
}

func (in *tokenInput) token() string {
	if in.Body != nil && in.Body.RefreshToken != "" {
		return in.Body.RefreshToken
	}
	return in.Cookie
}

type grantOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Grant
}

func (h handlers) signUp(ctx context.Context, in *signUpInput) (*grantOutput, error) {
	grant, err := h.SignUp(ctx, NewAccount{in.Body.Email, in.Body.Password, in.Body.Zone, in.Body.Locale, in.Body.Invitation}, h.proxies.Origin(in.Client))
	return h.granted(grant, in.page, err)
}

func (h handlers) login(ctx context.Context, in *loginInput) (*grantOutput, error) {
	grant, err := h.Login(ctx, in.Body.Email, in.Body.Password, h.proxies.Origin(in.Client))
	return h.granted(grant, in.page, err)
}

func (h handlers) refresh(ctx context.Context, in *tokenInput) (*grantOutput, error) {
	grant, err := h.Refresh(ctx, in.token())
	return h.granted(grant, in.page, err)
}

// granted answers with a grant. A page gets the refresh token in the cookie alone: what no
// script can read, no script can steal.
func (h handlers) granted(grant Grant, page browserPage, err error) (*grantOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &grantOutput{h.cookie(grant.RefreshToken, int(h.sessionLifetime.Seconds())), grant}
	if page {
		out.Body.RefreshToken = ""
	}
	return out, nil
}

// cookie carries the refresh token of a browser, where no script can read it. A
// negative maxAge (seconds) deletes it.
func (h handlers) cookie(token string, maxAge int) http.Cookie {
	return http.Cookie{ //nolint:gosec // without https a Secure cookie would be lost
		Name: cookieName, Value: token, Path: cookiePath, MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: h.secureCookies,
	}
}

type signedOutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (h handlers) logout(ctx context.Context, in *tokenInput) (*signedOutOutput, error) {
	if err := h.Logout(ctx, in.token()); err != nil {
		return nil, err
	}
	return &signedOutOutput{h.cookie("", -1)}, nil
}

type accountOutput struct{ Body Account }

func (h handlers) me(ctx context.Context, _ *struct{}) (*accountOutput, error) {
	id, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	found, err := h.accounts.get(ctx, id.UserID)
	if failure.KindOf(err) == failure.NotFound {
		err = failure.New(failure.Unauthenticated, "the account was deleted")
	}
	if err != nil {
		return nil, err
	}
	return &accountOutput{h.shown(found.Account)}, nil
}

func (h handlers) requestVerification(ctx context.Context, _ *struct{}) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.RequestVerification(ctx, caller)
}

type verifyInput struct {
	Body struct {
		Token string `json:"token" maxLength:"2048" doc:"What the link in the mail carries"`
	}
}

func (h handlers) verifyEmail(ctx context.Context, in *verifyInput) (*struct{}, error) {
	return nil, h.VerifyEmail(ctx, in.Body.Token)
}

type requestResetInput struct {
	Client
	Body struct {
		Email string `json:"email" maxLength:"254" example:"ada@example.org"`
	}
}

func (h handlers) requestReset(ctx context.Context, in *requestResetInput) (*struct{}, error) {
	return nil, h.RequestReset(ctx, in.Body.Email, h.proxies.Origin(in.Client))
}

type confirmResetInput struct {
	Body struct {
		Token    string `json:"token" maxLength:"128" doc:"What the link in the mail carries"`
		Password string `json:"password" maxLength:"512" doc:"8 to 128 characters" example:"staple of many horses"`
	}
}

func (h handlers) confirmReset(ctx context.Context, in *confirmResetInput) (*struct{}, error) {
	return nil, h.ConfirmReset(ctx, in.Body.Token, in.Body.Password)
}

// Sessions are the signed-in devices of a user.
type Sessions struct {
	Items []Session `json:"items"`
}

type sessionsOutput struct{ Body Sessions }

func (h handlers) listSessions(ctx context.Context, _ *struct{}) (*sessionsOutput, error) {
	id, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := h.accounts.sessions(ctx, id.UserID)
	if err != nil {
		return nil, err
	}
	for i := range sessions {
		sessions[i].Current = sessions[i].ID == id.SessionID
	}
	return &sessionsOutput{Sessions{sessions}}, nil
}

type sessionInput struct {
	ID string `path:"id" format:"uuid" doc:"Id of the session"`
}

func (h handlers) endSession(ctx context.Context, in *sessionInput) (*struct{}, error) {
	id, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.EndSessions(ctx, id, in.ID)
}

func (h handlers) endSessions(ctx context.Context, _ *struct{}) (*signedOutOutput, error) {
	id, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	if err := h.EndSessions(ctx, id, ""); err != nil {
		return nil, err
	}
	return &signedOutOutput{h.cookie("", -1)}, nil
}
