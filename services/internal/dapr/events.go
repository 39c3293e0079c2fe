package dapr

import (
	"context"
	"log/slog"
	"strings"

	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	sdk "github.com/dapr/go-sdk/client"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/metadata"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// kafkaKey is where daprd puts the Kafka key of a record, in both directions.
const kafkaKey = "__key"

// result is what became of one delivery of an event, the values of the label result.
type result string

const (
	resultOK      result = "ok"      // handled
	resultRetry   result = "retry"   // to be delivered again
	resultDropped result = "dropped" // given up: kept as a dead letter, where the subscription has them
)

// statuses tell daprd what to do. Its subscriptions name no dead-letter topic: a
// dropped event is confirmed, like one that was handled.
var statuses = map[result]runtimev1.TopicEventResponse_TopicEventResponseStatus{
	resultOK:      runtimev1.TopicEventResponse_SUCCESS,
	resultRetry:   runtimev1.TopicEventResponse_RETRY,
	resultDropped: runtimev1.TopicEventResponse_DROP,
}

func newHandledCounter(registry prometheus.Registerer) *prometheus.CounterVec {
	handled := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "events_handled_total", Help: "Deliveries of events, by what became of them.",
	}, []string{"topic", "result"})
	registry.MustRegister(handled)
	return handled
}

// subscription is one topic that the app listens to.
type subscription struct {
	handle      func(context.Context, events.Event) error
	deadLetters string // topic; empty: what cannot be handled is not kept
}

// HandleTopic has h handle the events of topic. nil confirms an event. Failures
// are judged here and nowhere else: failure.Unavailable has the event delivered
// again for as long as it takes, so an outage gives up nothing; failure.Invalid
// gives it up at once, any other failure after contract.DeliverAttempts. What is
// given up goes to the dead-letter topic that package contract names, if it names one.
func (s *Server) HandleTopic(topic string, h func(context.Context, events.Event) error) {
	s.topics[topic] = subscription{handle: h, deadLetters: deadLetterTopic(s.app, topic)}
	for each := range statuses {
		s.handled.WithLabelValues(topic, string(each)) // a series that is there from the start shows its first increase
	}
}

func deadLetterTopic(app, topic string) string {
	for _, s := range contract.Subscriptions() {
		if s.App == app && s.Topic == topic && s.DeadLetter {
			return contract.DeadLetterTopic(topic, app)
		}
	}
	return ""
}

// OnTopicEvent hands one event to its handler and tells daprd what to do with it.
func (s *Server) OnTopicEvent(ctx context.Context, request *runtimev1.TopicEventRequest) (*runtimev1.TopicEventResponse, error) {
	answer := s.deliver(ctx, strings.TrimPrefix(request.GetTopic(), s.topicPrefix), request.GetData())
	return &runtimev1.TopicEventResponse{Status: statuses[answer]}, nil
}

// deliver handles record, one event as it was published.
func (s *Server) deliver(ctx context.Context, topic string, record []byte) result {
	subscribed, ok := s.topics[topic]
	if !ok {
		// daprd is quicker than a server that is being replaced by one that knows the topic.
		slog.ErrorContext(ctx, "event of a topic without handler", "topic", topic)
		return resultRetry
	}
	event, err := events.Decode(record)
	if err == nil {
		err = handleEvent(ctx, subscribed, event)
	}
	answer := s.judge(ctx, topic, event, err)
	if answer == resultDropped {
		answer = s.giveUp(ctx, topic, event, record, err)
	}
	s.handled.WithLabelValues(topic, string(answer)).Inc()
	return answer
}

func handleEvent(ctx context.Context, to subscription, event events.Event) (err error) {
	defer recoverTo(&err)
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout)
	defer cancel()
	return to.handle(ctx, event)
}

// judge decides what becomes of an event whose handler returned err.
func (s *Server) judge(ctx context.Context, topic string, event events.Event, err error) result {
	switch failure.KindOf(err) {
	case "":
		s.attempts.forget(event.ID)
		return resultOK
	case failure.Invalid:
		return resultDropped
	case failure.Unavailable:
		if s.attempts.waited(event.ID) == 1 {
			slog.WarnContext(ctx, "event waits: something it needs is away", "topic", topic, "event", event.ID, "type", event.Type, "error", err)
		}
		return resultRetry
	}
	failed := s.attempts.failed(event.ID)
	slog.ErrorContext(ctx, "event not handled", "topic", topic, "event", event.ID, "type", event.Type, "attempt", failed, "error", err)
	if failed < contract.DeliverAttempts {
		return resultRetry
	}
	return resultDropped
}

// giveUp keeps an event as a dead letter. Until that has worked, it is delivered again.
func (s *Server) giveUp(ctx context.Context, topic string, event events.Event, record []byte, cause error) result {
	kept := s.topics[topic].deadLetters
	log := slog.With("topic", topic, "event", event.ID, "type", event.Type, "user", event.UserID, "reason", reasonOf(cause))
	if kept != "" {
		if err := s.keep(ctx, kept, keyOf(ctx, event), record); err != nil {
			log.WarnContext(ctx, "event cannot be handled, and waits to be kept as a dead letter", "because", err)
			return resultRetry
		}
	}
	s.attempts.forget(event.ID)
	log.ErrorContext(ctx, "event dropped: it cannot be handled", "kept", kept)
	return resultDropped
}

// reasonOf says why an event was given up, without its content: what is Invalid
// quotes it, so that only the field at fault is named.
func reasonOf(err error) string {
	if public := failure.Public(err); public.Kind == failure.Invalid {
		return strings.TrimSpace(string(public.Kind) + " " + public.Field)
	}
	return err.Error()
}

// keyOf returns the Kafka key under which event came.
func keyOf(ctx context.Context, event events.Event) string {
	if keys := metadata.ValueFromIncomingContext(ctx, kafkaKey); len(keys) > 0 {
		return keys[0]
	}
	return event.UserID
}

// keepDeadLetter publishes a record as it is.
func (c *Client) keepDeadLetter(ctx context.Context, topic, key string, record []byte) error {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	attributes := map[string]string{"rawPayload": "true"}
	if key != "" {
		attributes[kafkaKey] = key
	}
	err := c.sdk.PublishEvent(ctx, contract.PubSub, c.topicPrefix+topic, record,
		sdk.PublishEventWithContentType(events.ContentType), sdk.PublishEventWithMetadata(attributes))
	return failure.Wrap(failure.Unavailable, err, "publish to "+topic)
}
