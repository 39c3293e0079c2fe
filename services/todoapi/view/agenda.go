package view

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/language/filter"
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
	first, last, err := checkRange(from, to)
	if err != nil {
		return Agenda{}, err
	}
	options, err := s.Options(ctx, caller)
	if err != nil {
		return Agenda{}, err
	}
	var found struct {
		Due       []todo.Task `json:"due"`
		Recurring []todo.Task `json:"recurring"`
	}
	err = s.DB.Call(ctx, "read_agenda", map[string]any{
		"userId": caller.UserID, "limit": maxAgendaTasks,
		"from": first.AddDate(0, 0, -filter.FarZones).Format(time.DateOnly), "until": last.AddDate(0, 0, filter.FarZones).Format(time.DateOnly),
	}, &found)
	if err != nil {
		return Agenda{}, err
	}
	if len(found.Due) > maxAgendaTasks || len(found.Recurring) > maxAgendaTasks {
		return Agenda{}, failure.InvalidField("query.to", "there are more than %d tasks in these days; ask for fewer days", maxAgendaTasks)
	}
	zone := options.Now.Location()
	return Agenda{Tasks: dueWithin(found.Due, zone, from, to), Upcoming: upcoming(found.Recurring, zone, from, to)}, nil
}

// dueWithin keeps the tasks whose day in a zone is in a range.
func dueWithin(tasks []todo.Task, zone *time.Location, from, to string) []todo.Task {
	within := []todo.Task{}
	for _, t := range tasks {
		if day := dayOf(*t.Due, zone); day >= from && day <= to {
			within = append(within, t)
		}
	}
	return within
}

// dayOf is the day in a zone on which something is due.
func dayOf(due todo.Due, zone *time.Location) string {
	if due.Time == "" {
		return due.Date
	}
	wall, err := due.Wall("00:00")
	there, zoneErr := due.Location(zone.String())
	if err != nil || zoneErr != nil { // nothing like this is ever stored
		return due.Date
	}
	return todo.Instant(wall, there).In(zone).Format(time.DateOnly)
}

// upcoming lists what will follow the open occurrences of series.
func upcoming(recurring []todo.Task, zone *time.Location, from, to string) []Upcoming {
	all := []Upcoming{}
	for _, t := range recurring {
		for _, due := range series.Upcoming(t, zone.String(), to, maxOccurrences) {
			if due.Date >= from && len(all) < maxAllOccurrences {
				all = append(all, Upcoming{t.ID, usualTitle(t), due})
			}
		}
	}
	return all
}

func usualTitle(t todo.Task) string {
	if t.Usual != nil && t.Usual.Title != nil {
		return *t.Usual.Title
	}
	return t.Title
}

func checkRange(from, to string) (first, last time.Time, err error) {
	if first, err = time.Parse(time.DateOnly, from); err != nil {
		return first, last, failure.InvalidField("query.from", "must be a date such as 2026-12-01")
	}
	if last, err = time.Parse(time.DateOnly, to); err != nil {
		return first, last, failure.InvalidField("query.to", "must be a date such as 2026-12-01")
	}
	if days := last.Sub(first).Hours() / 24; days < 0 || days >= maxAgendaDays {
		return first, last, failure.InvalidField("query.to", "must be from the first day on, at most %d days in all", maxAgendaDays)
	}
	return first, last, nil
}

// agendaRoute adds the agenda to api.
func (s *Service) agendaRoute(api huma.API, verify httpapi.Verify) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "read-agenda", Method: http.MethodGet, Path: "/agenda",
		Summary: "Read what is due in a range of days, with the occurrences that will come", Tags: []string{"Tasks"}}, verify, auth.ScopeTasksRead), s.agenda)
}

type daysInput struct {
	From string `query:"from" required:"true" format:"date" example:"2026-12-01" doc:"First day, YYYY-MM-DD"`
	To   string `query:"to" required:"true" format:"date" example:"2026-12-31" doc:"Last day, YYYY-MM-DD; at most 92 days in all"`
}

type agendaOutput struct{ Body Agenda }

func (s *Service) agenda(ctx context.Context, in *daysInput) (*agendaOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	agenda, err := s.Agenda(ctx, caller, in.From, in.To)
	return &agendaOutput{agenda}, err
}
