package command

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// Asked is a command as a caller writes it.
type Asked struct {
	Name      string          `json:"name" example:"task.update" doc:"<entity>.<verb>"`
	ID        string          `json:"id,omitempty" format:"uuid" doc:"The object; absent for one that is created"`
	IfVersion int64           `json:"ifVersion,omitempty" minimum:"1" doc:"Version that the object must be at"`
	Fields    json.RawMessage `json:"fields,omitempty" doc:"As in the body of the operation on one object"`
}

// Reader makes a command of what a caller asked. What is wrong is failure.Invalid naming
// the member at fault.
type Reader func(Asked) (Command, error)

// WithID refuses a command that names no object of its kind, which what says.
func WithID(what string, read Reader) Reader {
	return func(asked Asked) (Command, error) {
		if asked.ID == "" {
			return Command{}, failure.InvalidField("id", "is needed: name the %s", what)
		}
		return read(asked)
	}
}

// Plain returns the reader of a command without fields.
func Plain(name string) Reader {
	return func(asked Asked) (Command, error) {
		return On(name, Target{ID: asked.ID, IfVersion: asked.IfVersion}), nil
	}
}

// On makes a command without fields on one object.
func On(name string, target Target) Command {
	return Command{Name: name, ID: target.ID, IfVersion: target.IfVersion, Asked: target.ID}
}

// Keyed is embedded in inputs of operations that may be repeated safely.
type Keyed struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"128" pattern:"^[!-~]*$" patternDescription:"visible ASCII characters" example:"queue-1" doc:"Of visible ASCII characters. Repeating a request under its key within a day answers with the first result"`
}

// Conditional is embedded in inputs of operations that may be bound to a version.
type Conditional struct {
	IfMatch string `header:"If-Match" maxLength:"64" example:"\"3\"" doc:"Version that the object must be at, in quotes"`
}

// Version reads an entity tag (RFC 9110 section 8.8.3); 0 means any version.
func (c Conditional) Version() (int64, error) {
	tag := strings.TrimSpace(c.IfMatch)
	if tag == "" || tag == "*" {
		return 0, nil
	}
	version, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(tag, `"`), `"`), 10, 64)
	if err != nil || version < 1 || tag != EntityTag(version) {
		return 0, failure.InvalidField("header.If-Match", `must be one version in quotes, such as "3"`)
	}
	return version, nil
}

// EntityTag returns the tag of an object at version.
func EntityTag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// Addressed is embedded in inputs of operations on one object.
type Addressed struct {
	ID string `path:"id" format:"uuid" doc:"Id of the object"`
}

// Target says which object to change, and how.
type Target struct {
	ID        string
	IfVersion int64  // that the object must be at, or else failure.VersionMismatch; 0: any
	Key       string // idempotency key; "" for none
}

// Changing is the input of operations that change one object.
type Changing struct {
	Addressed
	Keyed
	Conditional
}

// Target returns who changes which object.
func (in Changing) Target(ctx context.Context) (auth.Caller, Target, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return auth.Caller{}, Target{}, err
	}
	version, err := in.Version()
	return caller, Target{ID: in.ID, IfVersion: version, Key: in.IdempotencyKey}, err
}

// Output is the answer of operations that read one object.
type Output[T any] struct {
	ETag string `header:"ETag" doc:"Version of the object, for If-Match"`
	Body document.Document[T]
}

// Changed are the headers of an answer to a change.
type Changed struct {
	Group string `header:"Change-Group" doc:"What was done, to undo it"`
	Seq   int64  `header:"Change-Seq" doc:"The user's last change: whoever has followed the feed up to it knows this one"`
}

// ChangedOutput is the answer of operations that change one object.
type ChangedOutput[T any] struct {
	Changed
	ETag string `header:"ETag" doc:"Version of the object, for If-Match"`
	Body document.Document[T]
}

// AnswerChanged makes the output of an object that was changed.
func AnswerChanged[T any](made Made[T], err error) (*ChangedOutput[T], error) {
	out, err := Answer(made.Object, err)
	if err != nil {
		return nil, err
	}
	return &ChangedOutput[T]{Changed(made.Act), out.ETag, out.Body}, nil
}

// List is all objects of a kind that there are.
type List[T any] struct {
	Items document.Document[[]T] `json:"items"`
}

// ListOutput is the answer of operations that read all objects of a kind.
type ListOutput[T any] struct{ Body List[T] }

// AnswerList makes the output of a list.
func AnswerList[T any](items document.Document[[]T], err error) (*ListOutput[T], error) {
	return &ListOutput[T]{List[T]{items}}, err
}

// Answer makes the output of an object.
func Answer[T any](object document.Document[T], err error) (*Output[T], error) {
	if err != nil {
		return nil, err
	}
	raw, err := object.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var versioned struct {
		Version int64 `json:"version"`
	}
	if err := json.Unmarshal(raw, &versioned); err != nil {
		return nil, failure.Wrap(failure.Internal, err, "read the version of an object")
	}
	return &Output[T]{EntityTag(versioned.Version), object}, nil
}

// maxBatchBytes bounds the body of a batch.
const maxBatchBytes = 4 << 20

// Routes adds the batch of commands to api; readers hold those that there are, by name.
func (s *Service) Routes(api huma.API, verify httpapi.Verify, readers map[string]Reader) {
	s.undoRoute(api, verify)
	readers[commandUndo] = WithID("group", Plain(commandUndo))
	h := batchHandler{s, readers}
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "apply-commands", Method: http.MethodPost, Path: "/commands",
		Summary:      "Apply several commands in one transaction",
		Description:  "Names: " + strings.Join(slices.Sorted(maps.Keys(readers)), ", ") + ". Those on settings need the scope account besides, those on webhooks the scope webhooks.",
		Tags:         []string{"Commands"},
		Errors:       []int{http.StatusNotFound, http.StatusPreconditionFailed},
		MaxBodyBytes: maxBatchBytes}, verify, auth.ScopeTasksWrite), h.apply)
}

type batchHandler struct {
	*Service
	readers map[string]Reader
}

type batchInput struct {
	Keyed
	Body struct {
		Commands []Asked `json:"commands" minItems:"1" maxItems:"500"`
		Each     bool    `json:"each,omitempty" doc:"Whether each command may fail on its own; otherwise the first failure undoes all"`
	}
}

// Outcome is what became of one command.
type Outcome struct {
	OK    json.RawMessage     `json:"ok,omitempty" doc:"The object as it is now; null after a deletion"`
	Error *httpapi.ErrorModel `json:"error,omitempty" doc:"Why the command failed"`
}

// Outcomes are those of a batch, in the order of its commands.
type Outcomes struct {
	Results []Outcome `json:"results"`
}

type batchOutput struct {
	Changed
	Body Outcomes
}

func (h batchHandler) apply(ctx context.Context, in *batchInput) (*batchOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	request, outcomes, err := h.read(ctx, caller, in)
	if err != nil || len(request.Commands) == 0 {
		return &batchOutput{Body: Outcomes{outcomes}}, err
	}
	done, err := h.Apply(ctx, caller, request)
	if err != nil {
		return nil, err
	}
	next := 0
	for i := range outcomes {
		if outcomes[i].Error != nil {
			continue
		}
		outcomes[i] = outcomeOf(ctx, done.Results[next])
		next++
	}
	return &batchOutput{Changed(done.Act), Outcomes{outcomes}}, nil
}

// read makes the request of a batch. A command that cannot be read fails the batch or,
// with each, only its own outcome.
func (h batchHandler) read(ctx context.Context, caller auth.Caller, in *batchInput) (Request, []Outcome, error) {
	request := Request{Key: in.IdempotencyKey, Each: in.Body.Each}
	outcomes := make([]Outcome, len(in.Body.Commands))
	for i, asked := range in.Body.Commands {
		command, err := h.readOne(caller, asked)
		switch {
		case err == nil:
			request.Commands = append(request.Commands, command)
		case in.Body.Each:
			outcomes[i].Error = httpapi.Problem(ctx, err)
		default:
			return Request{}, nil, within(fmt.Sprintf("commands[%d]", i), err)
		}
	}
	return request, outcomes, nil
}

func (h batchHandler) readOne(caller auth.Caller, asked Asked) (Command, error) {
	read, ok := h.readers[asked.Name]
	if !ok {
		return Command{}, failure.InvalidField("name", "there is no command %q; there are %s", asked.Name,
			strings.Join(slices.Sorted(maps.Keys(h.readers)), ", "))
	}
	if err := caller.Require(scopeOf(asked.Name)); err != nil {
		return Command{}, err
	}
	return read(asked)
}

// scopeOf returns the scope that a command needs, which is that of the operations on one
// object of its kind.
func scopeOf(command string) auth.Scope {
	switch entity, _, _ := strings.Cut(command, "."); entity {
	case events.EntitySettings:
		return auth.ScopeAccount
	case events.EntityWebhook:
		return auth.ScopeWebhooks
	}
	return auth.ScopeTasksWrite
}

// within says where in the request a failure of a part is.
func within(part string, err error) error {
	public := failure.Public(err)
	public.Field = strings.TrimSuffix(part+"."+public.Field, ".")
	return public
}

func outcomeOf(ctx context.Context, r Result) Outcome {
	if r.Err != nil {
		return Outcome{Error: httpapi.Problem(ctx, r.Err)}
	}
	if r.Object == nil {
		return Outcome{OK: json.RawMessage("null")}
	}
	return Outcome{OK: r.Object}
}

// Reading returns the reader of a command whose fields are a T by the schemas of api, and of
// which build makes the command.
func Reading[T any](api huma.API, build func(Asked, T) (Command, error)) Reader {
	registry := api.OpenAPI().Components.Schemas
	schema := registry.Schema(reflect.TypeFor[T](), true, "")
	return func(asked Asked) (Command, error) {
		var fields T
		if err := httpapi.Decode(registry, schema, "fields", asked.Fields, &fields); err != nil {
			return Command{}, err
		}
		return build(asked, fields)
	}
}
