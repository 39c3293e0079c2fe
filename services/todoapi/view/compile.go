package view

import (
	"context"
	"slices"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// compiler makes conditions of filters, in the zone, week and language of one user.
type compiler struct {
	options filter.Options
	places  func() (projects, sections []filter.Place, err error) // asked for once, when a filter names one
}

func (s *Service) compiler(ctx context.Context, caller auth.Caller) (*compiler, error) {
	options, err := s.Options(ctx, caller)
	return &compiler{options, func() ([]filter.Place, []filter.Place, error) { return s.places(ctx, caller) }}, err
}

// compile makes the condition of a filter; what is wrong with it is failure.Invalid.
func (c *compiler) compile(text string) (condition, error) {
	parsed, err := filter.Parse(text, c.options)
	if err != nil {
		return condition{}, failure.InvalidField("query.filter", "%s", err)
	}
	placed := parsed.Uses(filter.Project, filter.ProjectTree, filter.Section)
	if placed && c.places != nil {
		if c.options.Projects, c.options.Sections, err = c.places(); err != nil {
			return condition{}, err
		}
		c.places = nil
	}
	bound, err := parsed.Bind(c.options)
	if err != nil {
		return condition{}, failure.InvalidField("query.filter", "%s", err)
	}
	sql, params := bound.SQLWithList(filter.TaskTable, paramList)
	brief := !parsed.Uses(filter.Search, filter.Deadline, filter.NoDeadline, filter.Start, filter.Subtask, filter.Reminders)
	return condition{SQL: sql, Params: params, Archived: placed, Bounds: bound.Bounds(), Brief: brief}, nil
}

// compile makes the condition of one filter of the caller; "" selects everything.
func (s *Service) compile(ctx context.Context, caller auth.Caller, text string) (condition, error) {
	if text == "" {
		return everything, nil
	}
	c, err := s.compiler(ctx, caller)
	if err != nil {
		return condition{}, err
	}
	return c.compile(text)
}

// Options are what the words of the caller depend on: the moment in their zone, their language and week.
func (s *Service) Options(ctx context.Context, caller auth.Caller) (filter.Options, error) {
	chosen, err := s.Settings.Get(ctx, caller)
	if err != nil {
		return filter.Options{}, err
	}
	of, err := chosen.Value()
	if err != nil {
		return filter.Options{}, failure.Wrap(failure.Internal, err, "read the settings")
	}
	zone, err := zones.Load(of.Zone)
	if err != nil {
		return filter.Options{}, failure.Wrap(failure.Internal, err, "read the zone of the settings")
	}
	locale, err := words.Find(of.Locale)
	if err != nil {
		locale = words.English() // people may choose languages that have no words here
	}
	return filter.Options{Now: s.Now().In(zone), Locale: locale, WeekStart: recurrence.Weekday(of.WeekStart - 1)}, nil
}

// places are the projects and sections of the caller, with the names by which filters know them.
func (s *Service) places(ctx context.Context, caller auth.Caller) (projects, sections []filter.Place, err error) {
	all, err := s.Projects.List(ctx, caller)
	if err != nil {
		return nil, nil, err
	}
	found, err := all.Projects.Value()
	if err != nil {
		return nil, nil, failure.Wrap(failure.Internal, err, "read the projects")
	}
	parts, err := all.Sections.Value()
	if err != nil {
		return nil, nil, failure.Wrap(failure.Internal, err, "read the sections")
	}
	byID := map[string]todo.Project{}
	for _, p := range found {
		byID[p.ID] = p
	}
	for _, p := range found {
		projects = append(projects, filter.Place{ID: p.ID, Path: pathOf(p, byID)})
	}
	for _, part := range parts {
		sections = append(sections, filter.Place{ID: part.ID, Path: []string{part.Name}})
	}
	return projects, sections, nil
}

// pathOf gives the names of the projects from the outermost one to p.
func pathOf(p todo.Project, byID map[string]todo.Project) []string {
	path := []string{p.Name}
	for p.ParentID != nil && len(path) <= len(byID) {
		p = byID[*p.ParentID]
		path = append(path, p.Name)
	}
	slices.Reverse(path)
	return path
}
