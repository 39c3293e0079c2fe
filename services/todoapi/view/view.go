// Package view shows people their tasks: by status, by a filter in the language of package
// filter, in an order, page by page.
package view

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

const (
	maxLimit  = 200
	maxFilter = 1000 // characters
)

// statusDeleted is that of tasks in the trash.
const statusDeleted = "deleted"

var statuses = []string{"open", "completed", "all", statusDeleted}

// Query says which tasks to show and how.
type Query struct {
	Filter string // in the language of package filter; "" for all
	Status string // open, completed, all of these, or deleted
	Sort   string // due, priority, created, updated, completed, title or manual, descending after a minus sign; "" is due
	Limit  int    // most tasks on the page, 1 to 200
	Cursor string // Next of the page before of the same query; "" for the first page
}

// Service finds tasks.
type Service struct {
	Config
	found found
}

// Config is what the views are made of.
type Config struct {
	DB       *store.DB
	Commands *command.Service
	Tasks    *task.Service
	Projects *project.Service  // by whose names filters select
	Settings *settings.Service // by which words such as today mean something
	Now      func() time.Time
}

// NewService makes the service.
func NewService(cfg Config) *Service { return &Service{Config: cfg, found: found{cfg.DB}} }

// Find reads a page of the caller's tasks. The filters of a list are shown as one. What is
// wrong with the query is failure.Invalid that names the parameter.
func (s *Service) Find(ctx context.Context, caller auth.Caller, query Query) (task.Page, error) {
	query.Sort = cmp.Or(query.Sort, orderDue.Sort)
	order, err := query.check()
	if err != nil {
		return task.Page{}, err
	}
	if query.Filter == "" && order == orderDue && query.Status != statusDeleted {
		return s.Tasks.List(ctx, caller, query.Status, query.Limit, query.Cursor)
	}
	after, err := query.place()
	if err != nil {
		return task.Page{}, err
	}
	chosen, err := s.compile(ctx, caller, query.Filter)
	if err != nil {
		return task.Page{}, err
	}
	chosen.Brief = chosen.Brief && query.Status == "open" && order.Sort == orderDue.Sort
	items, next, err := s.found.page(ctx, search{
		UserID: caller.UserID, Status: query.Status, order: order, condition: chosen,
		After: after, Limit: query.Limit, Bytes: maxPageBytes,
	})
	if err != nil {
		return task.Page{}, err
	}
	cursor, err := query.cursor(next)
	return task.Page{Items: items, Next: cursor}, err
}

// check refuses what a query must not say and returns its order.
func (q Query) check() (order, error) {
	if utf8.RuneCountInString(q.Filter) > maxFilter {
		return order{}, failure.InvalidField("query.filter", "must be at most %d characters long", maxFilter)
	}
	if q.Limit < 1 || q.Limit > maxLimit {
		return order{}, failure.InvalidField("query.limit", "must be 1 to %d", maxLimit)
	}
	if !slices.Contains(statuses, q.Status) {
		return order{}, failure.InvalidField("query.status", "must be one of %s", strings.Join(statuses, ", "))
	}
	return parseOrder(q.Sort)
}
