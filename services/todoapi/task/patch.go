package task

import (
	"reflect"

	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Patch is a merge patch (RFC 7396) of what a user sets of a task: what it does not name
// stays. The bounds in its tags are the schema; the database checks what depends on the
// rest of the task.
type Patch struct {
	Title      document.Field[string]          `json:"title,omitzero" minLength:"1" maxLength:"500" doc:"What is to be done, on one line" example:"Water plants"`
	Notes      document.Field[string]          `json:"notes,omitzero" nullable:"true" maxLength:"65536" doc:"Markdown, at most 64 KiB of UTF-8"`
	Priority   document.Field[int]             `json:"priority,omitzero" nullable:"true" minimum:"1" maximum:"4" doc:"1 is the most urgent, 4 means none"`
	Tags       document.Field[[]string]        `json:"tags,omitzero" nullable:"true" maxItems:"50" doc:"Each 1 to 50 characters, unique without regard to case"`
	Due        document.Field[DuePatch]        `json:"due,omitzero" nullable:"true" doc:"Day or local time at which the task is due"`
	Recurrence document.Field[RecurrencePatch] `json:"recurrence,omitzero" nullable:"true" doc:"How the task repeats; needs due"`
	Reminders  document.Field[[]todo.Reminder] `json:"reminders,omitzero" nullable:"true" maxItems:"20" doc:"When to remind of the task"`

	ProjectID       document.Field[string] `json:"projectId,omitzero" nullable:"true" format:"uuid" doc:"Project to put the task into; null: the inbox"`
	SectionID       document.Field[string] `json:"sectionId,omitzero" nullable:"true" format:"uuid" doc:"Section to put the task into, and into its project"`
	ParentID        document.Field[string] `json:"parentId,omitzero" nullable:"true" format:"uuid" doc:"Task that this one is to be part of, at most 5 levels deep; it goes to the parent's place"`
	Start           document.Field[string] `json:"start,omitzero" nullable:"true" format:"date" example:"2026-12-01" doc:"Day from which the task can be done, YYYY-MM-DD"`
	Deadline        document.Field[string] `json:"deadline,omitzero" nullable:"true" format:"date" example:"2026-12-01" doc:"Day by which the task must be done, YYYY-MM-DD"`
	DurationMinutes document.Field[int]    `json:"durationMinutes,omitzero" nullable:"true" minimum:"1" maximum:"527040" doc:"How long the task takes"`

	Notify document.Field[[]string] `json:"notify,omitzero" nullable:"true" maxItems:"2" enum:"email,push" doc:"How reminders of the task come besides in the page; null: as the settings say"`
}

// IsZero reports whether p changes nothing.
func (p Patch) IsZero() bool { return reflect.ValueOf(p).IsZero() }

// Move is where to put a task: last in a place, or beside another task.
type Move struct {
	ProjectID document.Field[string] `json:"projectId,omitzero" nullable:"true" format:"uuid" doc:"Project to put the task into; null: the inbox"`
	SectionID document.Field[string] `json:"sectionId,omitzero" nullable:"true" format:"uuid" doc:"Section to put the task into, and into its project"`
	ParentID  document.Field[string] `json:"parentId,omitzero" nullable:"true" format:"uuid" doc:"Task that this one is to be part of, at most 5 levels deep; it goes to the parent's place"`
	Before    string                 `json:"before,omitempty" format:"uuid" doc:"Task before which to put this one, in the same place; instead of a place"`
	After     string                 `json:"after,omitempty" format:"uuid" doc:"Task after which to put this one, in the same place; instead of a place"`
}

// CheckAlone refuses what occurrences of a series have in common whatever becomes of one.
func (p Patch) CheckAlone() error {
	for field, named := range map[string]bool{
		"recurrence": !p.Recurrence.IsZero(), "projectId": !p.ProjectID.IsZero(), "sectionId": !p.SectionID.IsZero(), "parentId": !p.ParentID.IsZero(),
	} {
		if named {
			return failure.InvalidField(field, "cannot be changed for one occurrence alone; change the task")
		}
	}
	return nil
}

// check refuses a move that names a place in two ways.
func (m Move) check() error {
	if m.Before != "" && m.After != "" {
		return failure.InvalidField("after", "must not be there beside before; name one neighbour")
	}
	placed := !m.ProjectID.IsZero() || !m.SectionID.IsZero() || !m.ParentID.IsZero()
	if placed && m.Before+m.After != "" {
		return failure.InvalidField("projectId", "name either a place or a neighbour, whose place it will be")
	}
	return nil
}

// DuePatch is a merge patch of a due.
type DuePatch struct {
	Date document.Field[string] `json:"date,omitzero" format:"date" example:"2026-12-01" doc:"Day, YYYY-MM-DD"`
	Time document.Field[string] `json:"time,omitzero" nullable:"true" example:"09:00" doc:"Local time, HH:MM; null: the whole day"`
	Zone document.Field[string] `json:"zone,omitzero" nullable:"true" maxLength:"64" example:"Europe/Berlin" doc:"IANA zone of date and time; null: the user's"`
}

// RecurrencePatch is a merge patch of a recurrence.
type RecurrencePatch struct {
	Rule   document.Field[string] `json:"rule,omitzero" maxLength:"500" example:"FREQ=WEEKLY;BYDAY=MO" doc:"RFC 5545 recurrence rule"`
	Anchor document.Field[string] `json:"anchor,omitzero" nullable:"true" enum:"schedule,completion" doc:"From what the next occurrence is reckoned"`
}

// Clean returns p as it is stored: trimmed, with ids for new reminders, and with what null
// stands for where a task always has a value. A rule that p breaks is failure.Invalid
// naming the field.
func (p Patch) Clean() (Patch, error) {
	for _, clean := range []func(*Patch) error{
		patchTitle, patchNotes, patchPriority, patchTags, patchDue, patchRecurrence, patchReminders, patchNotify, patchDays,
	} {
		if err := clean(&p); err != nil {
			return Patch{}, err
		}
	}
	return p, nil
}

func patchTitle(p *Patch) error {
	if p.Title.IsClear() {
		return failure.InvalidField("title", "must not be null: a task needs a title")
	}
	return replace(&p.Title, func(title string) (string, error) { return todo.CleanLine("title", title) })
}

func patchNotes(p *Patch) error {
	if p.Notes.IsClear() {
		p.Notes = document.Set("")
	}
	return replace(&p.Notes, func(notes string) (string, error) { return notes, checkNotes(notes) })
}

func patchPriority(p *Patch) error {
	if p.Priority.IsClear() {
		p.Priority = document.Set(lowestPriority)
	}
	return nil
}

func patchTags(p *Patch) error {
	if p.Tags.IsClear() {
		p.Tags = document.Set([]string{})
	}
	return replace(&p.Tags, cleanTags)
}

func patchDue(p *Patch) error {
	due, ok := p.Due.Get()
	if !ok {
		return nil
	}
	if due.Date.IsClear() {
		return failure.InvalidField("due.date", "must not be null; to remove the due date, set due to null")
	}
	var named todo.Due
	named.Date, _ = due.Date.Get()
	named.Time, _ = due.Time.Get()
	named.Zone, _ = due.Zone.Get()
	return checkDue(named)
}

func patchRecurrence(p *Patch) error {
	r, ok := p.Recurrence.Get()
	if !ok {
		return nil
	}
	if r.Rule.IsClear() {
		return failure.InvalidField("recurrence.rule", "must not be null; to stop repeating, set recurrence to null")
	}
	if r.Anchor.IsClear() {
		r.Anchor = document.Set(todo.AnchorSchedule)
	}
	err := replace(&r.Rule, func(rule string) (string, error) { return CanonicalRule("recurrence.rule", rule) })
	p.Recurrence = document.Set(r)
	return err
}

func patchReminders(p *Patch) error {
	if p.Reminders.IsClear() {
		p.Reminders = document.Set([]todo.Reminder{})
	}
	return replace(&p.Reminders, cleanReminders)
}

func patchNotify(p *Patch) error {
	return replace(&p.Notify, func(channels []string) ([]string, error) { return todo.CleanChannels(channels), nil })
}

func patchDays(p *Patch) error {
	start, _ := p.Start.Get()
	if err := checkDay("start", start); err != nil {
		return err
	}
	deadline, _ := p.Deadline.Get()
	return checkDay("deadline", deadline)
}

// replace puts the clean form of a field's value in its place, if it has one.
func replace[T any](field *document.Field[T], clean func(T) (T, error)) error {
	value, ok := field.Get()
	if !ok {
		return nil
	}
	value, err := clean(value)
	if err != nil {
		return err
	}
	*field = document.Set(value)
	return nil
}
