package view

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// Routes adds the operations that show tasks to api.
func (s *Service) Routes(api huma.API, verify httpapi.Verify) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "list-tasks", Method: http.MethodGet, Path: "/tasks",
		Summary: "List tasks, all or those of a filter, by due date, priority and age or in another order", Tags: []string{"Tasks"}}, verify, auth.ScopeTasksRead), s.list)
	s.savedRoutes(api, verify)
	s.searchRoute(api, verify)
	s.countRoute(api, verify)
	s.agendaRoute(api, verify)
	s.statisticsRoute(api, verify)
	s.bulkRoute(api, verify)
}

type listInput struct {
	Filter string `query:"filter" maxLength:"1000" example:"(today | overdue) & !@waiting" doc:"Filter in the filter language; its words mean what they do in the user's time zone and language. Status selects besides"`
	Status string `query:"status" enum:"open,completed,all,deleted" default:"open" doc:"deleted: those in the trash, which were deleted when they were last updated"`
	Sort   string `query:"sort" enum:"due,-due,priority,-priority,created,-created,updated,-updated,completed,-completed,title,-title,manual,-manual" default:"due" doc:"Order, descending after a minus sign; a task without a due date counts as due last of all, an open one as completed before all"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most tasks on a page; a page of long tasks holds fewer"`
	Cursor string `query:"cursor" maxLength:"6144" pattern:"^[A-Za-z0-9_-]*$" patternDescription:"next of the page before" doc:"next of the page before, of the same filter, status and sort"`
}

type listOutput struct{ Body task.Page }

func (s *Service) list(ctx context.Context, in *listInput) (*listOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	page, err := s.Find(ctx, caller, Query(*in))
	return &listOutput{page}, err
}
