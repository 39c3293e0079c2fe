package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Streamed is embedded in inputs of operations that read a body as it comes, or take longer
// than other requests.
type Streamed struct{ request huma.Context }

// Resolve implements huma.Resolver.
func (s *Streamed) Resolve(ctx huma.Context) []error {
	s.request = ctx
	return nil
}

// Long returns a context in which the work on the request may take so long, also after its
// client is gone, and keeps the connection open for as long.
func (s *Streamed) Long(ctx context.Context, atMost time.Duration) (context.Context, context.CancelFunc) {
	_, w := humago.Unwrap(s.request)
	control := http.NewResponseController(w)
	until := time.Now().Add(atMost + writeGrace)
	// Without deadlines that can be moved those of the server count, and the work is cut off.
	_ = errors.Join(control.SetReadDeadline(until), control.SetWriteDeadline(until))
	return context.WithTimeout(context.WithoutCancel(ctx), atMost)
}

// writeGrace is how long after the work an answer may still be under way.
const writeGrace = 30 * time.Second

// ReadWithin bounds the time until the whole body is there. Long, which moves the same deadline,
// comes after the body was read.
func (s *Streamed) ReadWithin(atMost time.Duration) {
	_ = s.request.SetReadDeadline(time.Now().Add(atMost))
}

// RegisterUpload adds a POST that reads its body from in.Body(limit) as it comes, of
// one of the content types. Handlers report failures as those of Register do.
func RegisterUpload[I, O any](api huma.API, op huma.Operation, types []string, handler func(context.Context, *I) (*O, error)) {
	body := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	for _, name := range types {
		body.Content[name] = FileOf(name)
	}
	op.Errors = append(op.Errors, http.StatusRequestEntityTooLarge)
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, huma.ErrorWithHeaders(uploadProblem(ctx, err), headerOf(err))
		}
		return out, nil
	})
	// The library reads and checks the body of an operation that it knows to have one.
	api.OpenAPI().Paths[op.Path].Post.RequestBody = body
}

// Files describes the answer of an operation that is a file, of one of the content types.
func Files(contentTypes ...string) map[string]*huma.Response {
	response := &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{}, Headers: map[string]*huma.Header{
		"Content-Disposition": {Schema: &huma.Schema{Type: huma.TypeString}},
	}}
	for _, contentType := range contentTypes {
		response.Content[contentType] = FileOf(contentType)
	}
	return map[string]*huma.Response{"200": response}
}

// FileOf describes a file of a content type: an object where it is JSON, and bytes otherwise.
func FileOf(contentType string) *huma.MediaType {
	if contentType == jsonType {
		return &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeObject}}
	}
	return &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
}

// Body reads the body, at most limit bytes of it: a longer one is an *http.MaxBytesError, which
// RegisterUpload answers with 413.
func (s *Streamed) Body(limit int64) io.Reader {
	r, w := humago.Unwrap(s.request)
	return http.MaxBytesReader(w, r.Body, limit)
}

func uploadProblem(ctx context.Context, err error) *ErrorModel {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return newProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("the file is longer than %d MiB; import it in parts", tooLong.Limit>>20))
	}
	return Problem(ctx, err)
}

// Stream returns an answer that write writes as it goes. An error is too late for a problem
// document: it ends the connection, so that nobody takes a part for the whole.
func Stream(header map[string]string, write func(io.Writer) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		for name, value := range header {
			ctx.SetHeader(name, value)
		}
		if err := write(ctx.BodyWriter()); err != nil {
			if ctx.Context().Err() == nil { // or nobody waits for the rest
				slog.ErrorContext(ctx.Context(), "answer broken off", "request", RequestID(ctx.Context()), "error", err)
			}
			panic(http.ErrAbortHandler)
		}
	}}
}

// EventStream is the content type of answers that go on (Server-Sent Events, WHATWG HTML
// section 9.2).
const EventStream = "text/event-stream"

// Lasting makes of a request one whose answer goes on for as long as its client stays, and returns
// a context that ends when the client leaves. Whoever writes has to bound each write.
func Lasting(w http.ResponseWriter, r *http.Request) (context.Context, error) {
	control := http.NewResponseController(w)
	if err := errors.Join(control.SetReadDeadline(time.Time{}), control.SetWriteDeadline(time.Time{})); err != nil {
		return nil, fmt.Errorf("keep the connection open: %w", err)
	}
	if untimed, ok := r.Context().Value(untimedKey{}).(context.Context); ok {
		return untimed, nil
	}
	return r.Context(), nil
}
