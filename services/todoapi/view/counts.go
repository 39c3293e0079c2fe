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

// Count counts the caller's open tasks.
func (s *Service) Count(ctx context.Context, caller auth.Caller) (Counts, error) {
	compiler, err := s.compiler(ctx, caller)
	if err != nil {
		return Counts{}, err
	}
	wanted := counting{UserID: caller.UserID, Zone: compiler.options.Now.Location().String(), Now: compiler.options.Now, Conditions: []keyed{}}
	if err := s.countFilters(ctx, caller, compiler, &wanted); err != nil {
		return Counts{}, err
	}
	var counts Counts
	err = s.DB.Read(ctx, "count_tasks", wanted, &counts)
	return counts, err
}

// counting are the arguments of the operation count_tasks.
type counting struct {
	UserID     string        `json:"userId"`
	Zone       string        `json:"zone"`
	Now        time.Time     `json:"now"`
	Conditions []keyed       `json:"conditions"`
	Bounds     filter.Bounds `json:"bounds"` // of the tasks that the conditions are tried on
	Brief      bool          `json:"brief"`  // whether they all are
}

// keyed is a condition of which the matches are counted.
type keyed struct {
	Key string `json:"key"`
	condition
}

// countFilters has the filters of the caller counted too.
func (s *Service) countFilters(ctx context.Context, caller auth.Caller, compiler *compiler, wanted *counting) error {
	saved, err := s.Saved(ctx, caller)
	if err != nil {
		return err
	}
	filters, err := saved.Value()
	if err != nil {
		return failure.Wrap(failure.Internal, err, "read the filters")
	}
	for _, f := range filters[:min(len(filters), maxCounted)] {
		compiled, err := compiler.compile(f.Query)
		switch {
		case failure.KindOf(err) == failure.Invalid: // its words are of a language that was changed since
		case err != nil:
			return err
		default:
			wanted.add(keyed{f.ID, compiled})
		}
	}
	return nil
}

func (c *counting) add(k keyed) {
	if len(c.Conditions) == 0 {
		c.Bounds, c.Brief = k.Bounds, k.Brief
	}
	c.Brief = c.Brief && k.Brief
	c.Bounds = filter.Either(c.Bounds, k.Bounds)
	c.Conditions = append(c.Conditions, k)
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
