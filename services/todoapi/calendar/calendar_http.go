package calendar

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// Routes adds the operations on calendars to api, which lies under prefix.
func (s *Service) Routes(api huma.API, verify httpapi.Verify, prefix string) {
	h := handlers{s, prefix}
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"Calendar"}
		return httpapi.Protect(api, op, verify, auth.ScopeSession)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "make-calendar-feed", Method: http.MethodPost, Path: "/calendar-feed",
		Summary: "Make the secret address of one's calendar, which is shown this once",
		Description: "Whoever knows it can read what is due, without signing in, until it is ended or another one is made: there is one at most. " +
			"What it shows is described in docs/transfer.md.",
		DefaultStatus: http.StatusCreated}), h.make)
	httpapi.Register(api, protect(huma.Operation{OperationID: "get-calendar-feed", Method: http.MethodGet, Path: "/calendar-feed",
		Summary: "Tell whether one's calendar has an address, and when it was last read"}), h.get)
	httpapi.Register(api, protect(huma.Operation{OperationID: "end-calendar-feed", Method: http.MethodDelete, Path: "/calendar-feed",
		Summary: "End the address of one's calendar"}), h.end)
	httpapi.Register(api, huma.Operation{OperationID: "read-calendar", Method: http.MethodGet, Path: "/calendar/{file}",
		Summary: "Read a calendar under its secret address", Tags: []string{"Calendar"},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
			calendarType: {Schema: &huma.Schema{Type: huma.TypeString}}}},
			"304": {Description: "The calendar is still that of If-None-Match"}},
		Errors: []int{http.StatusTooManyRequests},
	}, h.read)
}

const calendarType = "text/calendar; charset=utf-8"

type handlers struct {
	*Service
	prefix string
}

// MadeFeed is a new address.
type MadeFeed struct {
	Feed
	Path string `json:"path" example:"/api/v1/calendar/tdc_k3v7….ics" doc:"Address below that of the platform. It is shown this once"`
}

type madeOutput struct{ Body MadeFeed }

func (h handlers) make(ctx context.Context, _ *struct{}) (*madeOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	feed, secret, err := h.Make(ctx, caller)
	return &madeOutput{MadeFeed{feed, h.prefix + "/calendar/" + secret + extension}}, err
}

type feedOutput struct{ Body Feed }

func (h handlers) get(ctx context.Context, _ *struct{}) (*feedOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	feed, err := h.Get(ctx, caller)
	return &feedOutput{feed}, err
}

func (h handlers) end(ctx context.Context, _ *struct{}) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, h.End(ctx, caller)
}

const extension = ".ics"

type readInput struct {
	File        string `path:"file" maxLength:"64" doc:"The secret, and .ics"`
	IfNoneMatch string `header:"If-None-Match" maxLength:"1024" doc:"ETag of the calendar that is known"`
}

type readOutput struct {
	Status       int
	ContentType  string `header:"Content-Type"`
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (h handlers) read(ctx context.Context, in *readInput) (*readOutput, error) {
	secret, _ := strings.CutSuffix(in.File, extension)
	body, err := h.Read(ctx, secret)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	out := &readOutput{Status: http.StatusOK, ContentType: calendarType, ETag: `"` + hex.EncodeToString(sum[:16]) + `"`,
		CacheControl: "private, max-age=900", Body: body}
	if known(in.IfNoneMatch, out.ETag) {
		out.Status, out.Body, out.ContentType = http.StatusNotModified, nil, ""
	}
	return out, nil
}

// known tells whether a list of entity tags has one (RFC 9110 section 13.1.2).
func known(list, tag string) bool {
	for each := range strings.SplitSeq(list, ",") {
		if each = strings.TrimSpace(each); each == "*" || strings.TrimPrefix(each, "W/") == tag {
			return true
		}
	}
	return false
}
