// Package previews tells what the words of tasks mean before a task is made of them:
// the answers of package preview, for a signed-in user. It keeps nothing.
package previews

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
	"github.com/todoplatform/todoplatform/services/internal/language/quickadd"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// maxTasks bounds the lines of one quick-add.
const maxTasks = 100

// Service answers previews.
type Service struct {
	settings *settings.Service
	now      func() time.Time
}

// NewService makes the service. Texts are read as the settings of their user say.
func NewService(settings *settings.Service, now func() time.Time) *Service {
	return &Service{settings: settings, now: now}
}

// Routes adds the previews to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	name(api.OpenAPI().Components.Schemas)
	protect := func(op huma.Operation) huma.Operation {
		op.Tags = []string{"Previews"}
		return httpapi.Protect(api, op, verify, auth.ScopeTasksRead)
	}
	httpapi.Register(api, protect(huma.Operation{OperationID: "preview-recurrence", Method: http.MethodPost, Path: "/previews/recurrence",
		Summary: "Read a recurrence, as a rule or in words, and list the dues that it gives a task"}), s.recurrence)
	httpapi.Register(api, protect(huma.Operation{OperationID: "preview-quick-add", Method: http.MethodPost, Path: "/previews/quick-add",
		Summary: "Read tasks as people type them, one a line"}), s.quickAdd)
}

// QuickAddTask names the task of a preview in the OpenAPI document, beside the stored ones.
type QuickAddTask quickadd.Task

// PreviewDue names the due of a preview in the OpenAPI document. That of a stored task may be
// null.
type PreviewDue todo.Due

// name keeps the shapes of the languages apart from those of stored tasks in the
// OpenAPI document.
func name(registry huma.Registry) {
	registry.RegisterTypeAlias(reflect.TypeFor[quickadd.Task](), reflect.TypeFor[QuickAddTask]())
	registry.RegisterTypeAlias(reflect.TypeFor[recurrence.Due](), reflect.TypeFor[PreviewDue]())
}

// RecurrenceRequest asks for the preview of a recurrence.
type RecurrenceRequest struct {
	preview.RecurrenceRequest
	Count int `json:"count,omitempty" minimum:"1" maximum:"100" default:"10" doc:"Most occurrences to list"`
}

type recurrenceInput struct{ Body RecurrenceRequest }

// RecurrencePreview is the answer to a preview of a recurrence.
type RecurrencePreview struct {
	preview.RecurrenceAnswer
	Start recurrence.Due `json:"start" doc:"Due of the first task, to be stored with the rule"`
}

type recurrenceOutput struct{ Body RecurrencePreview }

func (s *Service) recurrence(ctx context.Context, in *recurrenceInput) (*recurrenceOutput, error) {
	request := in.Body.RecurrenceRequest
	request.OfTask = true
	caller, err := auth.FromContext(ctx)
	if err == nil {
		err = s.place(ctx, caller, &request.Moment)
	}
	if err != nil {
		return nil, err
	}
	answer, start, err := request.Answer(in.Body.Count, s.now())
	if err != nil {
		return nil, refusal(err)
	}
	field := "rule"
	if request.Text != "" {
		field = "text"
	}
	if answer.Rule, err = task.CanonicalRule(field, answer.Rule); err != nil {
		return nil, err
	}
	return &recurrenceOutput{RecurrencePreview{answer, toTheMinute(start)}}, nil
}

type quickAddInput struct{ Body preview.QuickAddRequest }

type quickAddOutput struct{ Body preview.QuickAddAnswer }

func (s *Service) quickAdd(ctx context.Context, in *quickAddInput) (*quickAddOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	read, err := s.QuickAdd(ctx, caller, in.Body)
	return &quickAddOutput{preview.QuickAddAnswer{Tasks: read}}, err
}

// QuickAdd reads the tasks that a text of the caller says, one a line that is not blank.
func (s *Service) QuickAdd(ctx context.Context, caller auth.Caller, request preview.QuickAddRequest) ([]quickadd.Task, error) {
	if err := s.place(ctx, caller, &request.Moment); err != nil {
		return nil, err
	}
	answer, err := request.Answer(s.now())
	if err != nil {
		return nil, refusal(err)
	}
	if len(answer.Tasks) > maxTasks {
		return nil, failure.InvalidField("text", "has %d lines; at most %d at once become tasks", len(answer.Tasks), maxTasks)
	}
	for _, t := range answer.Tasks {
		if t.Due != nil {
			*t.Due = toTheMinute(*t.Due)
		}
	}
	return answer.Tasks, nil
}

// place puts what a request does not name, of zone, language and week, as in the caller's settings.
func (s *Service) place(ctx context.Context, caller auth.Caller, moment *preview.Moment) error {
	if moment.Zone != "" && moment.Locale != "" && moment.WeekStart != "" {
		return nil
	}
	found, err := s.settings.Get(ctx, caller)
	if err != nil {
		return err
	}
	chosen, err := found.Value()
	if err != nil {
		return failure.Wrap(failure.Internal, err, "read the settings")
	}
	moment.Zone = cmp.Or(moment.Zone, chosen.Zone)
	moment.WeekStart = cmp.Or(moment.WeekStart, recurrence.Weekday(chosen.WeekStart-1).String())
	if _, err := words.Find(chosen.Locale); err == nil { // people may choose languages that have no words here
		moment.Locale = cmp.Or(moment.Locale, chosen.Locale)
	}
	return nil
}

// toTheMinute cuts the seconds off a due: tasks have none.
func toTheMinute(due recurrence.Due) recurrence.Due {
	if len(due.Time) > len("15:04") {
		due.Time = due.Time[:len("15:04")]
	}
	return due
}

// refusal says what is wrong with a request, where, and what was expected.
func refusal(err error) error {
	fault, ok := errors.AsType[*preview.Fault](err)
	if !ok {
		return failure.Wrap(failure.Invalid, err, "read the request")
	}
	message := fault.Message
	if fault.Position != nil {
		message += fmt.Sprintf(" (at position %d)", *fault.Position)
	}
	if fault.Expected != "" {
		message += "; expected " + fault.Expected
	}
	return &failure.Error{Kind: failure.Invalid, Field: fault.Field, Message: message}
}
