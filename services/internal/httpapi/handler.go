package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

const (
	// requestTimeout bounds the work on one request; sockets and streams of events are exempt.
	requestTimeout = 15 * time.Second
	// requestIDHeader carries the id of a request to the client and into logs.
	requestIDHeader = "X-Request-Id"
	// contentSecurityPolicy lets pages load from our own origin alone, with no inline script.
	contentSecurityPolicy = "default-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

// NewServer makes the server for public requests: slow and oversized headers are
// cut off. Handlers should be wrapped by Handler.
func NewServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      2 * requestTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}

// Handler wraps all of a service's public routes: request id, security headers,
// deadline, trace, metrics, and a 500 instead of a broken connection after a panic.
func Handler(routes http.Handler, registry prometheus.Registerer, tracer *trace.Tracer) http.Handler {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "http_request_duration_seconds",
		Help:    "Time to answer a request, by route pattern, method and status.",
		Buckets: []float64{.002, .005, .01, .025, .05, .1, .2, .5, 1, 2.5, 5, 10},
	}, []string{"route", "method", "status"})
	registry.MustRegister(seconds)

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		ctx, span := tracer.Request(r)
		ctx, cancel := requestContext(ctx, isUpgrade(r))
		defer cancel()
		r = r.WithContext(ctx)
		setSecurityHeaders(w.Header())
		w.Header().Set(requestIDHeader, RequestID(ctx))

		recorder := &statusRecorder{ResponseWriter: w}
		defer func() {
			answerPanic(recorder, r, recover())
			if recorder.status == http.StatusSwitchingProtocols || recorder.Header().Get("Content-Type") == EventStream {
				return // how long a client stays says nothing about speed, and a span would come when it has left
			}
			endSpan(span, r, recorder.status)
			// r.Pattern is one of the registered routes: a closed set.
			seconds.WithLabelValues(r.Pattern, methodLabel(r.Method), strconv.Itoa(recorder.status)).Observe(time.Since(started).Seconds())
		}()
		routes.ServeHTTP(recorder, r)
	})
}

// endSpan names the span of a request by its route: the conventions of OpenTelemetry for HTTP servers.
func endSpan(span oteltrace.Span, r *http.Request, status int) {
	defer span.End()
	if !span.IsRecording() {
		return
	}
	if r.Pattern != "" {
		span.SetName(r.Pattern)
	}
	span.SetAttributes(
		attribute.String("http.request.method", methodLabel(r.Method)), attribute.String("http.route", r.Pattern),
		attribute.Int("http.response.status_code", status), attribute.String("request.id", RequestID(r.Context())),
	)
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}

type (
	requestIDKey struct{}
	untimedKey   struct{} // of the context of a request without its deadline
)

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func requestContext(ctx context.Context, lasting bool) (context.Context, context.CancelFunc) {
	ctx = context.WithValue(ctx, requestIDKey{}, uuid.NewString())
	if lasting {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(context.WithValue(ctx, untimedKey{}, ctx), requestTimeout)
}

func isUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

func setSecurityHeaders(header http.Header) {
	header.Set("Content-Security-Policy", contentSecurityPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cache-Control", "no-store") // handlers of immutable files override it
}

func answerPanic(w *statusRecorder, r *http.Request, cause any) {
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(cause) // how net/http is told to drop the connection
	}
	slog.ErrorContext(r.Context(), "handler panicked", "request", RequestID(r.Context()), "panic", cause, "stack", string(debug.Stack()))
	if w.status == 0 {
		WriteProblem(w, r, failure.New(failure.Internal, "something went wrong on our side"))
	}
}

// methodLabel keeps the label set closed: a client may send any word as method.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// statusRecorder notes the status for metrics, and adds the challenge that a 401
// must carry (RFC 9110, section 15.5.2).
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		if status == http.StatusUnauthorized && w.Header().Get("WWW-Authenticate") == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusRecorder) Write(body []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController and the WebSocket library reach the connection.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
