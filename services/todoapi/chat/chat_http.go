package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// answerTime bounds how long an answer may take, also when nobody waits for it any more.
const answerTime = time.Minute

// Routes adds the operations of the chatbot to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	protect := func(scope auth.Scope, op huma.Operation) huma.Operation {
		op.Tags = []string{"Chat"}
		return httpapi.Protect(api, op, verify, scope)
	}
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "get-chat", Method: http.MethodGet, Path: "/chat",
		Summary: "Read what the chatbot can do here"}), s.getAbilities)
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "list-conversations", Method: http.MethodGet, Path: "/chat/conversations",
		Summary: "Read one's conversations, the last one first"}), s.list)
	httpapi.Register(api, protect(auth.ScopeTasksRead, huma.Operation{OperationID: "get-conversation", Method: http.MethodGet, Path: "/chat/conversations/{id}",
		Summary: "Read what was said in a conversation", Errors: []int{http.StatusNotFound}}), s.get)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "delete-conversation", Method: http.MethodDelete, Path: "/chat/conversations/{id}",
		Summary: "Forget a conversation; what was done in it stays done", Errors: []int{http.StatusNotFound}}), s.forget)
	httpapi.Register(api, protect(auth.ScopeTasksWrite, huma.Operation{OperationID: "say", Method: http.MethodPost, Path: "/chat/conversations/{id}/messages",
		Summary: "Say something to the chatbot",
		Description: "The first message begins the conversation. The answer is the chatbot's message. With `Accept: text/event-stream` it comes as it is made: " +
			"events `text`, whose `text` is to be appended, and at the end one `message`, which holds all, or one `problem`. " +
			"It needs the scope tasks:read besides.",
		Errors:    []int{http.StatusConflict},
		Responses: answered(api.OpenAPI().Components.Schemas)}), s.say)
}

// answered describes the answer to a message, in both of its forms.
func answered(registry huma.Registry) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
		"application/json":  {Schema: registry.Schema(reflect.TypeFor[Message](), true, "")},
		httpapi.EventStream: {Schema: &huma.Schema{Type: huma.TypeString}},
	}}}
}

type abilitiesOutput struct{ Body Abilities }

func (s *Service) getAbilities(ctx context.Context, _ *struct{}) (*abilitiesOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	can, err := s.Abilities(ctx, caller)
	return &abilitiesOutput{can}, err
}

type listOutput struct {
	Body struct {
		Items    []Entry `json:"items"`
		KeptDays int     `json:"keptDays" doc:"For how many days a conversation is kept after the last word"`
	}
}

func (s *Service) list(ctx context.Context, _ *struct{}) (*listOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.KeptDays = s.memory.keepDays
	out.Body.Items, err = s.List(ctx, caller)
	return out, err
}

type getOutput struct{ Body Conversation }

func (s *Service) get(ctx context.Context, in *command.Addressed) (*getOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.Get(ctx, caller, in.ID)
	return &getOutput{found}, err
}

func (s *Service) forget(ctx context.Context, in *command.Addressed) (*struct{}, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Forget(ctx, caller, in.ID)
}

type sayInput struct {
	httpapi.Streamed
	command.Addressed
	Accept string `header:"Accept" hidden:"true"`
	Body   Saying
}

func (s *Service) say(ctx context.Context, in *sayInput) (*huma.StreamResponse, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	if err := caller.Require(auth.ScopeTasksRead); err != nil { // answers show what there is
		return nil, err
	}
	if strings.TrimSpace(in.Body.Text) == "" {
		return nil, failure.InvalidField("text", "must not be blank")
	}
	if strings.Contains(in.Accept, httpapi.EventStream) {
		return s.stream(caller, in), nil
	}
	ctx, cancel := in.Long(ctx, answerTime)
	defer cancel()
	answer, err := s.Say(ctx, caller, in.ID, in.Body, func(string) {})
	if err != nil {
		return nil, err
	}
	return httpapi.Stream(map[string]string{"Content-Type": "application/json"}, func(to io.Writer) error { return json.NewEncoder(to).Encode(answer) }), nil
}

// stream answers with events. What fails is one too: the status is sent by then.
func (s *Service) stream(caller auth.Caller, in *sayInput) *huma.StreamResponse {
	header := map[string]string{"Content-Type": httpapi.EventStream, "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}
	return &huma.StreamResponse{Body: func(response huma.Context) {
		for name, value := range header {
			response.SetHeader(name, value)
		}
		ctx, cancel := in.Long(response.Context(), answerTime)
		defer cancel()
		events := eventWriter{response.BodyWriter()}
		answer, err := s.Say(ctx, caller, in.ID, in.Body, func(text string) { events.write("text", map[string]string{"text": text}) })
		if err != nil {
			events.write("problem", httpapi.Problem(ctx, err))
			return
		}
		events.write("message", answer)
	}}
}

// eventWriter writes Server-Sent Events. Whoever does not take them asks again.
type eventWriter struct{ to io.Writer }

func (w eventWriter) write(name string, data any) {
	encoded, err := json.Marshal(data)
	if err != nil {
		encoded = []byte("{}") // nothing here fails to encode
	}
	_, _ = fmt.Fprintf(w.to, "event: %s\ndata: %s\n\n", name, encoded)
	if flusher, ok := w.to.(http.Flusher); ok {
		flusher.Flush()
	}
}
