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
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	jsonContentType = "application/json"
	// drainTimeout bounds how long Serve waits for calls under way once its context has ended.
	drainTimeout = 10 * time.Second
	// handlerTimeout bounds one call of a handler: daprd sets no bound, and an event that
	// hangs would hold up its partition.
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

	topics  map[string]func(context.Context, events.Event) error
	methods map[string]func(context.Context, []byte) ([]byte, error)
	jobs    func(ctx context.Context, name string, data []byte) error
	jobSlot chan struct{}
}

// NewServer makes a server without handlers.
func NewServer() *Server {
	return &Server{
		topics:  map[string]func(context.Context, events.Event) error{},
		methods: map[string]func(context.Context, []byte) ([]byte, error){},
		jobSlot: make(chan struct{}, maxConcurrentJobs),
	}
}

// HandleTopic has h handle the events of topic. nil confirms the event;
// failure.Invalid drops it to the dead-letter topic; any other error has it
// delivered again.
func (s *Server) HandleTopic(topic string, h func(context.Context, events.Event) error) {
	s.topics[topic] = h
}

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
	server := grpc.NewServer(grpc.MaxRecvMsgSize(MaxMessageBytes), grpc.MaxSendMsgSize(MaxMessageBytes))
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

// HealthCheck answers as long as the server takes calls.
func (s *Server) HealthCheck(context.Context, *emptypb.Empty) (*runtimev1.HealthCheckResponse, error) {
	return &runtimev1.HealthCheckResponse{}, nil
}

// OnTopicEvent hands one event to its handler.
func (s *Server) OnTopicEvent(ctx context.Context, request *runtimev1.TopicEventRequest) (*runtimev1.TopicEventResponse, error) {
	err := s.handleEvent(ctx, request)
	if err == nil {
		return &runtimev1.TopicEventResponse{Status: runtimev1.TopicEventResponse_SUCCESS}, nil
	}
	answer := runtimev1.TopicEventResponse_RETRY
	if failure.KindOf(err) == failure.Invalid {
		answer = runtimev1.TopicEventResponse_DROP
	}
	slog.ErrorContext(ctx, "event not handled", "topic", request.GetTopic(), "event", request.GetId(),
		"type", request.GetType(), "answer", answer.String(), "error", err)
	return &runtimev1.TopicEventResponse{Status: answer}, nil
}

func (s *Server) handleEvent(ctx context.Context, request *runtimev1.TopicEventRequest) (err error) {
	defer recoverTo(&err)
	handle, ok := s.topics[request.GetTopic()]
	if !ok {
		return errors.New("no handler for this topic")
	}
	event, err := eventOf(request)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout)
	defer cancel()
	return handle(ctx, event)
}

// eventOf rebuilds the event that was published. What daprd has no field for, it
// passes on among the extensions.
func eventOf(request *runtimev1.TopicEventRequest) (events.Event, error) {
	extensions := request.GetExtensions().GetFields()
	event := events.Event{
		ID: request.GetId(), Source: request.GetSource(), Type: request.GetType(),
		Subject: extensions["subject"].GetStringValue(),
		UserID:  extensions["userid"].GetStringValue(),
		Data:    request.GetData(),
	}
	when, err := time.Parse(time.RFC3339Nano, extensions["time"].GetStringValue())
	if err != nil {
		return events.Event{}, failure.Wrap(failure.Invalid, err, "read the event's time")
	}
	event.Time = when
	return event, event.Validate()
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
