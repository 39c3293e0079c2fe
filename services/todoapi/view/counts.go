package view

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// maxCounted is how many filters are counted at once; further ones are left out.
const maxCounted = 50

// Counts are how many open tasks there are, in all that people can look at. Those of archived
// projects are left out, but for filters that name a place.
type Counts struct {
	Open     int            `json:"open"`
	Inbox    int            `json:"inbox" doc:"Without a project"`
	Today    int            `json:"today" doc:"Due today, at any time"`
	Overdue  int            `json:"overdue"`
	Upcoming int            `json:"upcoming" doc:"Due on one of the seven days after today"`
	Projects map[string]int `json:"projects" doc:"By id; those without tasks are left out"`
	Sections map[string]int `json:"sections" doc:"By id"`
	Tags     map[string]int `json:"tags" doc:"By name"`
	Filters  map[string]int `json:"filters" doc:"By id, of the first 50 filters that are kept; one that cannot be read is left out"`
}

// dayViews are the views that filters say, by the keys under which they are counted. Keys of
// filters that are kept are UUIDs.
var dayViews = map[string]string{
	"today":    "today",
	"overdue":  "overdue",
	"upcoming": "due after: today & due <= in 7 days",
}

// Count counts the caller's open tasks.
func (s *Service) Count(ctx context.Context, caller auth.Caller) (Counts, error) {
	conditions, err := s.conditions(ctx, caller)
	if err != nil {
		return Counts{}, err
	}
	var answer struct {
		Counts
		Conditions map[string]int `json:"conditions"`
	}
	err = s.DB.Read(ctx, "count_tasks", map[string]any{"userId": caller.UserID, "conditions": conditions}, &answer)
	if err != nil {
		return Counts{}, err
	}
	counts := answer.Counts
	counts.Today, counts.Overdue, counts.Upcoming = answer.Conditions["today"], answer.Conditions["overdue"], answer.Conditions["upcoming"]
	counts.Filters = answer.Conditions
	for key := range dayViews {
		delete(counts.Filters, key)
	}
	return counts, nil
}

// keyed is a condition of which the matches are counted.
type keyed struct {
	Key string `json:"key"`
	condition
}

// conditions compiles all that is counted by filter.
func (s *Service) conditions(ctx context.Context, caller auth.Caller) ([]keyed, error) {
	saved, err := s.Saved(ctx, caller)
	if err != nil {
		return nil, err
	}
	filters, err := saved.Value()
	if err != nil {
		return nil, failure.Wrap(failure.Internal, err, "read the filters")
	}
	compiler, err := s.compiler(ctx, caller)
	if err != nil {
		return nil, err
	}
	var all []keyed
	for key, text := range dayViews {
		compiled, err := compiler.compile(text)
		if err != nil {
			return nil, err
		}
		all = append(all, keyed{key, compiled})
	}
	for _, f := range filters[:min(len(filters), maxCounted)] {
		compiled, err := compiler.compile(f.Query)
		switch {
		case failure.KindOf(err) == failure.Invalid: // its words are of a language that was changed since
		case err != nil:
			return nil, err
		default:
			all = append(all, keyed{f.ID, compiled})
		}
	}
	return all, nil
}

// countRoute adds the counts to api.
func (s *Service) countRoute(api huma.API, verify httpapi.Verify) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "count-tasks", Method: http.MethodGet, Path: "/counts",
		Summary: "Count the open tasks of all views, projects, tags and filters", Tags: []string{"Tasks"}}, verify, auth.ScopeTasksRead), s.count)
}

type countOutput struct{ Body Counts }

func (s *Service) count(ctx context.Context, _ *struct{}) (*countOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.Count(ctx, caller)
	return &countOutput{counts}, err
}
