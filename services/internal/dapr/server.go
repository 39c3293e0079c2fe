package dapr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	commonv1 "github.com/dapr/dapr/pkg/proto/common/v1"
	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	jsonContentType = "application/json"
	// drainTimeout bounds how long Serve waits for calls under way once its context has ended.
	drainTimeout = 10 * time.Second
	// handlerTimeout bounds one call of a handler, where daprd sets no shorter bound.
	handlerTimeout = 30 * time.Second
	// maxConcurrentJobs bounds how many jobs run at once: daprd delivers all that are
	// due in the same moment together.
	maxConcurrentJobs = 32
)

// Server takes the sidecar's calls: events, invocations and jobs. Register every
// handler before Serve. What it has no handler for is asked for again, never
// confirmed: daprd takes "unknown" for "done" and would lose the event or the job.
type Server struct {
	runtimev1.UnimplementedAppCallbackServer
	runtimev1.UnimplementedAppCallbackAlphaServer
	runtimev1.UnimplementedAppCallbackHealthCheckServer

	app      string
	sidecar  *Client                 // nil: anybody may call
	topics   map[string]subscription // by their names without topicPrefix
	attempts *attempts
	keep     func(ctx context.Context, topic, key string, record []byte) error // a dead letter
	handled  *prometheus.CounterVec
	methods  map[string]func(context.Context, []byte) ([]byte, error)
	jobs     func(ctx context.Context, name string, data []byte) error
	jobSlot  chan struct{}
	healthy  HealthFunc

	topicPrefix string
}

// HealthFunc answers whether the app could handle events and jobs at present. It is
// asked every contract.AppHealthInterval and must answer within contract.AppHealthTimeout.
type HealthFunc func(context.Context) error

// NewServer makes a server of app without handlers, whose topics have the prefix of sidecar and whose callers
// show its token. Its dead letters go out through sidecar.
func NewServer(app string, sidecar *Client, registry prometheus.Registerer) *Server {
	server := &Server{
		app:      app,
		sidecar:  sidecar,
		topics:   map[string]subscription{},
		attempts: newAttempts(time.Now),
		keep:     sidecar.keepDeadLetter,
		handled:  newHandledCounter(registry),
		methods:  map[string]func(context.Context, []byte) ([]byte, error){},
		jobSlot:  make(chan struct{}, maxConcurrentJobs),
		healthy:  func(context.Context) error { return nil },
	}
	if sidecar != nil {
		server.topicPrefix = sidecar.topicPrefix
	}
	return server
}

// HandleHealth has check say whether the sidecar should deliver events and jobs.
// Without one, it should as long as the server takes calls.
func (s *Server) HandleHealth(check HealthFunc) { s.healthy = check }

// HandleInvoke has h answer invocations of method. In and Out travel as JSON;
// failures reach the caller with kind, field and message.
func HandleInvoke[In, Out any](s *Server, method string, h func(context.Context, In) (Out, error)) {
	s.methods[method] = func(ctx context.Context, request []byte) ([]byte, error) {
		var in In
		if err := json.Unmarshal(request, &in); err != nil {
			return encodeReply(nil, failure.Wrap(failure.Invalid, err, "the request does not fit "+method))
		}
		out, err := h(ctx, in)
		if kind := failure.KindOf(err); kind == failure.Internal || kind == failure.Unavailable {
			slog.ErrorContext(ctx, "invocation failed", "method", method, "error", err)
		}
		return encodeReply(out, err)
	}
}

// HandleJobs has h handle every job that comes due. nil and failure.Invalid end the
// job; any other error has it delivered again.
func (s *Server) HandleJobs(h func(ctx context.Context, name string, data []byte) error) {
	s.jobs = h
}

// Serve takes calls on listener until ctx ends, then lets calls under way finish
// for a bounded time. It returns nil after such an end.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	options := []grpc.ServerOption{grpc.MaxRecvMsgSize(MaxMessageBytes), grpc.MaxSendMsgSize(MaxMessageBytes)}
	if s.sidecar != nil && s.sidecar.appToken != "" {
		options = append(options, grpc.ChainUnaryInterceptor(s.guard))
	}
	options = append(options, grpc.ChainUnaryInterceptor(takeTrace))
	server := grpc.NewServer(options...)
	runtimev1.RegisterAppCallbackServer(server, s)
	runtimev1.RegisterAppCallbackAlphaServer(server, s)
	runtimev1.RegisterAppCallbackHealthCheckServer(server, s)

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the sidecar's calls: %w", err)
	case <-ctx.Done():
	}
	force := time.AfterFunc(drainTimeout, server.Stop)
	defer force.Stop()
	server.GracefulStop()
	return nil
}

// ListTopicSubscriptions names none: subscriptions are declared in the cluster.
func (s *Server) ListTopicSubscriptions(context.Context, *emptypb.Empty) (*runtimev1.ListTopicSubscriptionsResponse, error) {
	return &runtimev1.ListTopicSubscriptionsResponse{}, nil
}

// ListInputBindings names none.
func (s *Server) ListInputBindings(context.Context, *emptypb.Empty) (*runtimev1.ListInputBindingsResponse, error) {
	return &runtimev1.ListInputBindingsResponse{}, nil
}

// HealthCheck answers whether the app should be given events and jobs. While it
// should not, they stay where they are: with Kafka and the scheduler.
func (s *Server) HealthCheck(ctx context.Context, _ *emptypb.Empty) (*runtimev1.HealthCheckResponse, error) {
	if err := s.healthy(ctx); err != nil {
		return nil, status.Error(codes.Unavailable, "something the app needs is away")
	}
	return &runtimev1.HealthCheckResponse{}, nil
}

// OnInvoke answers one invocation.
func (s *Server) OnInvoke(ctx context.Context, request *commonv1.InvokeRequest) (_ *commonv1.InvokeResponse, err error) {
	defer recoverTo(&err)
	handle, ok := s.methods[request.GetMethod()]
	if !ok {
		return nil, status.Errorf(codes.Unimplemented, "no method %q", request.GetMethod())
	}
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout)
	defer cancel()
	answer, err := handle(ctx, request.GetData().GetValue())
	if err != nil {
		return nil, err
	}
	return &commonv1.InvokeResponse{ContentType: jsonContentType, Data: &anypb.Any{Value: answer}}, nil
}

// OnJobEventAlpha1 hands one job that came due to the handler. An error has daprd
// deliver the job again; it must not be "not found", which daprd takes for done.
func (s *Server) OnJobEventAlpha1(ctx context.Context, request *runtimev1.JobEventRequest) (*runtimev1.JobEventResponse, error) {
	select {
	case s.jobSlot <- struct{}{}:
		defer func() { <-s.jobSlot }()
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	err := s.handleJob(ctx, request)
	if err == nil {
		return &runtimev1.JobEventResponse{}, nil
	}
	slog.ErrorContext(ctx, "job not handled", "job", request.GetName(), "error", err)
	if failure.KindOf(err) == failure.Invalid {
		return &runtimev1.JobEventResponse{}, nil
	}
	return nil, status.Error(codes.Unavailable, "the job was not handled")
}

func (s *Server) handleJob(ctx context.Context, request *runtimev1.JobEventRequest) (err error) {
	defer recoverTo(&err)
	if s.jobs == nil {
		return errors.New("no handler for jobs")
	}
	data, err := jobData(request.GetData())
	if err != nil {
		return failure.Wrap(failure.Invalid, err, "read the job's data")
	}
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout)
	defer cancel()
	return s.jobs(ctx, request.GetName(), data)
}

// recoverTo turns a panic of a handler into an error, so that one bad event cannot
// end the process.
func recoverTo(err *error) {
	if cause := recover(); cause != nil {
		slog.Error("handler panicked", "panic", cause, "stack", string(debug.Stack()))
		*err = fmt.Errorf("handler panicked: %v", cause)
	}
}
