package view

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// Statistics are what was done in a range of days. Deleted tasks are left out.
type Statistics struct {
	Days     []DoneOnDay     `json:"days" doc:"By day, without those on which nothing was completed"`
	Projects []DoneInProject `json:"projects" doc:"By the number of tasks"`
	OnTime   int             `json:"onTime" doc:"Completed before they were overdue, of those that were due"`
	Late     int             `json:"late" doc:"Completed when they were overdue"`
}

// DoneOnDay is how many tasks were completed on a day.
type DoneOnDay struct {
	Day       string `json:"day" format:"date"`
	Completed int    `json:"completed"`
}

// DoneInProject is how many tasks of a project were completed.
type DoneInProject struct {
	ProjectID *string `json:"projectId" format:"uuid" doc:"null: the inbox"`
	Completed int     `json:"completed"`
}

// Statistics reads what was completed from one day to another, both YYYY-MM-DD in the caller's zone.
func (s *Service) Statistics(ctx context.Context, caller auth.Caller, from, to string) (Statistics, error) {
	first, last, err := checkRange(from, to)
	if err != nil {
		return Statistics{}, err
	}
	options, err := s.Options(ctx, caller)
	if err != nil {
		return Statistics{}, err
	}
	var done Statistics
	err = s.DB.Call(ctx, "read_statistics", map[string]any{
		"userId": caller.UserID, "zone": options.Now.Location().String(),
		"from": first.Format(time.DateOnly), "until": last.AddDate(0, 0, 1).Format(time.DateOnly),
	}, &done)
	return done, err
}

// statisticsRoute adds the statistics to api.
func (s *Service) statisticsRoute(api huma.API, verify httpapi.Verify) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "read-statistics", Method: http.MethodGet, Path: "/statistics",
		Summary: "Count what was completed in a range of days", Tags: []string{"Tasks"}}, verify, auth.ScopeTasksRead), s.statistics)
}

type statisticsOutput struct{ Body Statistics }

func (s *Service) statistics(ctx context.Context, in *daysInput) (*statisticsOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	done, err := s.Statistics(ctx, caller, in.From, in.To)
	return &statisticsOutput{done}, err
}
