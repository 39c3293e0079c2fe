package view

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/series"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Bounds of an agenda.
const (
	maxAgendaDays     = 92
	maxAgendaTasks    = 2000
	maxOccurrences    = 100 // of one task
	maxAllOccurrences = 5000
)

// Agenda is what is due in a range of days.
type Agenda struct {
	Tasks    []todo.Task `json:"tasks" doc:"Open tasks that are due in the range, by due"`
	Upcoming []Upcoming  `json:"upcoming" doc:"Occurrences of recurring tasks that will come in the range; they are no tasks yet"`
}

// Upcoming is an occurrence that will come once those before it are completed or skipped.
type Upcoming struct {
	TaskID string   `json:"taskId" doc:"Open task of the series"`
	Title  string   `json:"title"`
	Due    todo.Due `json:"due"`
}

// Agenda reads what is due from one day to another, both YYYY-MM-DD in the caller's zone.
func (s *Service) Agenda(ctx context.Context, caller auth.Caller, from, to string) (Agenda, error) {
	if err := checkRange(from, to); err != nil {
		return Agenda{}, err
	}
	options, err := s.options(ctx, caller)
	if err != nil {
		return Agenda{}, err
	}
	agenda := Agenda{Tasks: []todo.Task{}, Upcoming: []Upcoming{}}
	if agenda.Tasks, err = s.all(ctx, caller, fmt.Sprintf("due >= %s & due <= %s", from, to)); err != nil {
		return Agenda{}, err
	}
	recurring, err := s.all(ctx, caller, "recurring & due <= "+to)
	if err != nil {
		return Agenda{}, err
	}
	zone := options.Now.Location().String()
	for _, t := range recurring {
		for _, due := range series.Upcoming(t, zone, to, maxOccurrences) {
			if due.Date >= from && len(agenda.Upcoming) < maxAllOccurrences {
				agenda.Upcoming = append(agenda.Upcoming, Upcoming{t.ID, usualTitle(t), due})
			}
		}
	}
	return agenda, nil
}

func usualTitle(t todo.Task) string {
	if t.Usual != nil && t.Usual.Title != nil {
		return *t.Usual.Title
	}
	return t.Title
}

func checkRange(from, to string) error {
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return failure.InvalidField("query.from", "must be a date such as 2026-12-01")
	}
	last, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return failure.InvalidField("query.to", "must be a date such as 2026-12-01")
	}
	if days := last.Sub(first).Hours() / 24; days < 0 || days >= maxAgendaDays {
		return failure.InvalidField("query.to", "must be from the first day on, at most %d days in all", maxAgendaDays)
	}
	return nil
}

// all reads all open tasks of a filter by due.
func (s *Service) all(ctx context.Context, caller auth.Caller, filter string) ([]todo.Task, error) {
	found := []todo.Task{}
	query := Query{Filter: filter, Status: "open", Sort: orderDue.Sort, Limit: maxLimit}
	for {
		page, err := s.Find(ctx, caller, query)
		if err != nil {
			return nil, err
		}
		tasks, err := page.Items.Value()
		if err != nil {
			return nil, failure.Wrap(failure.Internal, err, "read the tasks of an agenda")
		}
		found = append(found, tasks...)
		if query.Cursor = page.Next; query.Cursor == "" {
			return found, nil
		}
		if len(found) >= maxAgendaTasks {
			return nil, failure.InvalidField("query.to", "there are more than %d tasks in these days; ask for fewer days", maxAgendaTasks)
		}
	}
}

// agendaRoute adds the agenda to api.
func (s *Service) agendaRoute(api huma.API, verify httpapi.Verify) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "read-agenda", Method: http.MethodGet, Path: "/agenda",
		Summary: "Read what is due in a range of days, with the occurrences that will come", Tags: []string{"Tasks"}}, verify, auth.ScopeTasksRead), s.agenda)
}

type agendaInput struct {
	From string `query:"from" required:"true" format:"date" example:"2026-12-01" doc:"First day, YYYY-MM-DD"`
	To   string `query:"to" required:"true" format:"date" example:"2026-12-31" doc:"Last day, YYYY-MM-DD; at most 92 days in all"`
}

type agendaOutput struct{ Body Agenda }

func (s *Service) agenda(ctx context.Context, in *agendaInput) (*agendaOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	agenda, err := s.Agenda(ctx, caller, in.From, in.To)
	return &agendaOutput{agenda}, err
}
