package tool

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// Alterations are what tasks are to become; what is absent stays. Its fields are those of
// intent.Changes.
type Alterations struct {
	Date    string `json:"date,omitempty" format:"date" doc:"Day of the due; the time stays"`
	Time    string `json:"time,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" patternDescription:"HH:MM" doc:"Time of the due; the day stays, and is the next one with this time where there is none"`
	Zone    string `json:"zone,omitempty" maxLength:"64" doc:"IANA zone of time; the person's when absent"`
	Whole   bool   `json:"whole,omitempty" doc:"The due is a whole day from now on"`
	NoDue   bool   `json:"noDue,omitempty" doc:"No due any more, and no recurrence"`
	Days    int    `json:"days,omitempty" minimum:"-3660" maximum:"3660" doc:"Days that the due moves"`
	Months  int    `json:"months,omitempty" minimum:"-1200" maximum:"1200" doc:"Months that the due moves"`
	Minutes int    `json:"minutes,omitempty" minimum:"-527040" maximum:"527040" doc:"Minutes that a due with a time moves"`

	Priority        int      `json:"priority,omitempty" minimum:"1" maximum:"4"`
	AddTags         []string `json:"addTags,omitempty" maxItems:"50"`
	RemoveTags      []string `json:"removeTags,omitempty" maxItems:"50"`
	Project         string   `json:"project,omitempty" maxLength:"120" doc:"Name of the project to move to"`
	Section         string   `json:"section,omitempty" maxLength:"120" doc:"Name of the section to move to, of project or of the task's own"`
	Inbox           bool     `json:"inbox,omitempty" doc:"Out of every project"`
	Title           string   `json:"title,omitempty" maxLength:"500"`
	Notes           string   `json:"notes,omitempty" maxLength:"65536"`
	Deadline        string   `json:"deadline,omitempty" format:"date"`
	NoDeadline      bool     `json:"noDeadline,omitempty"`
	Start           string   `json:"start,omitempty" format:"date"`
	DurationMinutes int      `json:"durationMinutes,omitempty" minimum:"1" maximum:"527040"`

	Rule   string            `json:"rule,omitempty" maxLength:"500" example:"FREQ=WEEKLY;BYDAY=MO" doc:"RFC 5545 recurrence rule"`
	Anchor recurrence.Anchor `json:"anchor,omitempty" enum:"schedule,completion" doc:"From what rule counts"`
	NoRule bool              `json:"noRule,omitempty" doc:"The task repeats no more"`
}

// ChangeInput says what to change of which tasks.
type ChangeInput struct {
	Which
	Changes Alterations `json:"changes"`
}

// Change changes fields of tasks. What moves the date of a recurring task moves this occurrence alone.
func (s *Set) Change(ctx context.Context, call Call, input ChangeInput) (Touched, error) {
	move, err := s.mover(ctx, call, input.Changes)
	if err != nil {
		return Touched{}, err
	}
	options, err := s.Views.Options(ctx, call.Caller)
	if err != nil {
		return Touched{}, err
	}
	return s.act(ctx, call, input.Which, move != nil, input, func(t todo.Task) ([]command.Command, error) {
		commands, err := input.Changes.commands(t, options.Now)
		if err != nil || move == nil {
			return commands, err
		}
		moved, err := move(t)
		return append(commands, moved), err
	})
}

// commands are those that change the fields of a task.
func (a Alterations) commands(t todo.Task, now time.Time) ([]command.Command, error) {
	due, err := a.due(t, now)
	if err != nil {
		return nil, err
	}
	var commands []command.Command
	add := func(c command.Command, err error) error {
		commands = append(commands, c)
		return err
	}
	rest := a.rest(t)
	alone := t.Recurrence != nil && a.Rule == "" && !a.NoRule && !due.IsClear()
	if !due.IsZero() && alone {
		if err := add(task.UpdateOccurrence(t.ID, 0, task.Patch{Due: due})); err != nil {
			return nil, err
		}
	} else {
		rest.Due = due
	}
	if rest.Due.IsClear() && t.Recurrence != nil {
		rest.Recurrence = document.Clear[task.RecurrencePatch]()
	}
	if !rest.IsZero() {
		err = add(task.Update(t.ID, 0, rest))
	}
	return commands, err
}

// rest is the patch of all but the due and the place.
func (a Alterations) rest(t todo.Task) task.Patch {
	var patch task.Patch
	set := func(field *document.Field[string], value string) {
		if value != "" {
			*field = document.Set(value)
		}
	}
	set(&patch.Title, a.Title)
	set(&patch.Notes, a.Notes)
	set(&patch.Deadline, a.Deadline)
	set(&patch.Start, a.Start)
	if a.NoDeadline {
		patch.Deadline = document.Clear[string]()
	}
	if a.Priority != 0 {
		patch.Priority = document.Set(a.Priority)
	}
	if a.DurationMinutes != 0 {
		patch.DurationMinutes = document.Set(a.DurationMinutes)
	}
	if len(a.AddTags)+len(a.RemoveTags) > 0 {
		patch.Tags = document.Set(a.tags(t.Tags))
	}
	if a.Rule != "" {
		patch.Recurrence = document.Set(task.RecurrencePatch{Rule: document.Set(a.Rule), Anchor: document.Set(string(a.anchor()))})
	}
	if a.NoRule {
		patch.Recurrence = document.Clear[task.RecurrencePatch]()
	}
	return patch
}

func (a Alterations) anchor() recurrence.Anchor {
	if a.Anchor == "" {
		return recurrence.AnchorSchedule
	}
	return a.Anchor
}

// tags are those that a task has after tags were added and removed.
func (a Alterations) tags(has []string) []string {
	among := func(tag string, tags []string) bool {
		return slices.ContainsFunc(tags, func(other string) bool { return strings.EqualFold(tag, other) })
	}
	tags := []string{}
	for _, tag := range slices.Concat(has, a.AddTags) {
		if !among(tag, a.RemoveTags) && !among(tag, tags) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// due is the due of a task after the changes: absent where they leave it.
func (a Alterations) due(t todo.Task, now time.Time) (document.Field[task.DuePatch], error) {
	if a.NoDue {
		return document.Clear[task.DuePatch](), nil
	}
	moves := a.Days != 0 || a.Months != 0 || a.Minutes != 0
	if a.Date == "" && a.Time == "" && !a.Whole && !moves && (a.Rule == "" || t.Due != nil) {
		return document.Field[task.DuePatch]{}, nil
	}
	if t.Due == nil && (moves || a.Whole && a.Date == "") {
		return document.Field[task.DuePatch]{}, failure.InvalidField("changes", "has no due that could be moved")
	}
	wanted, err := a.shifted(a.placed(t.Due, now))
	if err != nil {
		return document.Field[task.DuePatch]{}, err
	}
	patch := task.DuePatch{Date: document.Set(wanted.Date), Time: document.Clear[string](), Zone: document.Clear[string]()}
	if wanted.Time != "" {
		patch.Time = document.Set(wanted.Time)
	}
	if wanted.Zone != "" {
		patch.Zone = document.Set(wanted.Zone)
	}
	return document.Set(patch), nil
}

// placed is a due on the day and at the time that the changes name.
func (a Alterations) placed(had *todo.Due, now time.Time) todo.Due {
	due := todo.Due{Date: now.Format(time.DateOnly)}
	if had != nil {
		due = *had
	}
	if a.Time != "" {
		due.Time, due.Zone = a.Time, a.Zone
		if had == nil && a.Time <= now.Format("15:04") {
			due.Date = now.AddDate(0, 0, 1).Format(time.DateOnly)
		}
	}
	if a.Date != "" {
		due.Date = a.Date
	}
	if a.Whole {
		due.Time, due.Zone = "", ""
	}
	return due
}

// shifted moves a due. Months that lack the day end with their last one.
func (a Alterations) shifted(due todo.Due) (todo.Due, error) {
	wall, err := due.Wall("00:00")
	if err != nil {
		return todo.Due{}, err
	}
	if a.Months != 0 {
		first := time.Date(wall.Year(), wall.Month()+time.Month(a.Months), 1, wall.Hour(), wall.Minute(), 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		wall = first.AddDate(0, 0, min(wall.Day(), last)-1)
	}
	wall = wall.AddDate(0, 0, a.Days)
	if due.Time != "" {
		wall = wall.Add(time.Duration(a.Minutes) * time.Minute)
		due.Time = wall.Format("15:04")
	}
	due.Date = wall.Format(time.DateOnly)
	return due, nil
}
