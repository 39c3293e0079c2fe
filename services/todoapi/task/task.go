// Package task owns tasks: what one may contain, how it changes, and the occurrences
// of recurring ones.
package task

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

const (
	lowestPriority = 4 // none
	maxNotesBytes  = 64 * 1024
	maxTagLength   = 50  // characters
	maxRuleLength  = 500 // also in the schema of todo.Recurrence
	// startOfDay is where a whole-day due date counts as due for reminders.
	startOfDay = "09:00"
	// Years outside of these are typing errors, and some clients cannot show them.
	firstYear, lastYear = 1970, 2200
)

// Draft is what a user sets of a new task. The bounds in its tags are the schema, checked
// before Clean checks what a schema cannot say.
type Draft struct {
	Title      string           `json:"title" minLength:"1" maxLength:"500" doc:"What is to be done, on one line" example:"Water plants"`
	Notes      string           `json:"notes,omitempty" maxLength:"65536" doc:"Markdown, at most 64 KiB of UTF-8"`
	Priority   int              `json:"priority,omitempty" minimum:"1" maximum:"4" default:"4" doc:"1 is the most urgent, 4 means none"`
	Tags       []string         `json:"tags,omitempty" maxItems:"50" doc:"Each 1 to 50 characters, unique without regard to case"`
	Due        *todo.Due        `json:"due,omitempty" doc:"Day or local time at which the task is due"`
	Recurrence *todo.Recurrence `json:"recurrence,omitempty" doc:"How the task repeats; needs due"`
	Reminders  []todo.Reminder  `json:"reminders,omitempty" maxItems:"20" doc:"When to remind of the task"`

	ProjectID       string `json:"projectId,omitempty" format:"uuid" doc:"Project to put the task into; absent: the inbox, or the place of the parent"`
	SectionID       string `json:"sectionId,omitempty" format:"uuid" doc:"Section to put the task into, and into its project"`
	ParentID        string `json:"parentId,omitempty" format:"uuid" doc:"Task that this one is to be part of, at most 5 levels deep"`
	Start           string `json:"start,omitempty" format:"date" example:"2026-12-01" doc:"Day from which the task can be done, YYYY-MM-DD"`
	Deadline        string `json:"deadline,omitempty" format:"date" example:"2026-12-01" doc:"Day by which the task must be done, YYYY-MM-DD"`
	DurationMinutes int    `json:"durationMinutes,omitempty" minimum:"1" maximum:"527040" doc:"How long the task takes"`

	Notify []string `json:"notify,omitzero" maxItems:"2" enum:"email,push" doc:"How reminders of the task come besides in the page; absent: as the settings say"`
}

// Clean returns d as it is stored: trimmed, with a priority, and ids for new reminders. A rule that d
// breaks is failure.Invalid naming the field.
func (d Draft) Clean() (Draft, error) {
	var err error
	if d.Title, err = todo.CleanLine("title", d.Title); err != nil {
		return Draft{}, err
	}
	if err = checkNotes(d.Notes); err != nil {
		return Draft{}, err
	}
	d.Priority = cmp.Or(d.Priority, lowestPriority)
	if d.Tags, err = cleanTags(d.Tags); err != nil {
		return Draft{}, err
	}
	if d.Due != nil {
		if err = checkDue(*d.Due); err != nil {
			return Draft{}, err
		}
	}
	if d.Recurrence != nil {
		if d.Recurrence, err = cleanRecurrence(*d.Recurrence, d.Due); err != nil {
			return Draft{}, err
		}
	}
	if d.Reminders, err = cleanReminders(d.Reminders); err != nil {
		return Draft{}, err
	}
	if d.Notify != nil {
		d.Notify = todo.CleanChannels(d.Notify)
	}
	if err = checkDay("start", d.Start); err != nil {
		return Draft{}, err
	}
	if err = checkDay("deadline", d.Deadline); err != nil {
		return Draft{}, err
	}
	return d, checkRelative(d)
}

func checkNotes(notes string) error {
	if len(notes) > maxNotesBytes {
		return failure.InvalidField("notes", "must be at most %d bytes of UTF-8, not %d", maxNotesBytes, len(notes))
	}
	if strings.ContainsRune(notes, 0) {
		return failure.InvalidField("notes", "must not contain the character U+0000")
	}
	return nil
}

func cleanTags(given []string) ([]string, error) {
	tags := make([]string, 0, len(given))
	for i, tag := range given {
		field := fmt.Sprintf("tags[%d]", i)
		tag = strings.TrimSpace(tag)
		if length := utf8.RuneCountInString(tag); length < 1 || length > maxTagLength {
			return nil, failure.InvalidField(field, "must be 1 to %d characters long", maxTagLength)
		}
		if strings.ContainsFunc(tag, unicode.IsControl) {
			return nil, failure.InvalidField(field, "must not contain control characters")
		}
		if slices.ContainsFunc(tags, func(other string) bool { return strings.EqualFold(other, tag) }) {
			return nil, failure.InvalidField(field, "repeats the tag %q", tag)
		}
		tags = append(tags, tag)
	}
	return tags, nil
}

// checkDue checks a due, or the members of one that a patch names: others are empty.
func checkDue(due todo.Due) error {
	filled := due
	filled.Date = cmp.Or(due.Date, "2000-01-01")
	wall, err := filled.Wall(startOfDay)
	if err != nil {
		return err
	}
	if wall.Year() < firstYear || wall.Year() > lastYear {
		return failure.InvalidField("due.date", "must lie between the years %d and %d", firstYear, lastYear)
	}
	if due.Zone == "" {
		return nil
	}
	_, err = due.Location("UTC")
	return err
}

// checkDay checks a day that a field names; "" is none.
func checkDay(field, day string) error {
	if day == "" {
		return nil
	}
	parsed, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return failure.InvalidField(field, "%q is not a date such as 2026-12-01", day)
	}
	if parsed.Year() < firstYear || parsed.Year() > lastYear {
		return failure.InvalidField(field, "must lie between the years %d and %d", firstYear, lastYear)
	}
	return nil
}

func cleanRecurrence(r todo.Recurrence, due *todo.Due) (*todo.Recurrence, error) {
	if due == nil {
		return nil, failure.InvalidField("recurrence", "needs a due date to start from; set due as well")
	}
	rule, err := CanonicalRule("recurrence.rule", r.Rule)
	if err != nil {
		return nil, err
	}
	return &todo.Recurrence{Rule: rule, Anchor: cmp.Or(r.Anchor, todo.AnchorSchedule), Paused: r.Paused}, nil
}

// CanonicalRule returns the recurrence of a task as it is stored. What a task cannot
// follow is failure.Invalid naming field.
func CanonicalRule(field, rule string) (string, error) {
	set, err := recurrence.Parse(rule)
	if err != nil {
		return "", failure.InvalidField(field, "%s", err.Error())
	}
	if !set.Start.IsZero() {
		return "", failure.InvalidField(field, "must not have a DTSTART: a task recurs from its due date")
	}
	if slices.ContainsFunc(set.Rules, namesSeconds) {
		return "", failure.InvalidField(field, "must not count in seconds: tasks are due to the minute")
	}
	canonical := set.String()
	if len(canonical) > maxRuleLength {
		return "", failure.InvalidField(field, "must be at most %d characters long when written canonically, not %d", maxRuleLength, len(canonical))
	}
	return canonical, nil
}

func namesSeconds(rule recurrence.Rule) bool {
	return rule.Freq == recurrence.Secondly || slices.ContainsFunc(rule.BySecond, func(second int) bool { return second != 0 })
}

func cleanReminders(given []todo.Reminder) ([]todo.Reminder, error) {
	reminders := make([]todo.Reminder, 0, len(given))
	for i, reminder := range given {
		field := fmt.Sprintf("reminders[%d]", i)
		if (reminder.At == nil) == (reminder.MinutesBefore == nil) {
			return nil, failure.InvalidField(field, "needs either at or minutesBefore")
		}
		if reminder.At != nil && (reminder.At.Year() < firstYear || reminder.At.Year() > lastYear) {
			return nil, failure.InvalidField(field+".at", "must lie between the years %d and %d", firstYear, lastYear)
		}
		if reminder.At != nil {
			at := reminder.At.UTC()
			reminder.At = &at
		}
		if reminder.ID == "" {
			reminder.ID = command.NewID()
		}
		if slices.ContainsFunc(reminders, func(other todo.Reminder) bool { return other.ID == reminder.ID }) {
			return nil, failure.InvalidField(field+".id", "repeats the id of another reminder")
		}
		reminders = append(reminders, reminder)
	}
	return reminders, nil
}

// checkRelative refuses reminders that count back from a due date that is not there.
func checkRelative(d Draft) error {
	i := slices.IndexFunc(d.Reminders, func(r todo.Reminder) bool { return r.MinutesBefore != nil })
	if d.Due == nil && i >= 0 {
		return failure.InvalidField(fmt.Sprintf("reminders[%d].minutesBefore", i), "needs a due date to count from; set due as well")
	}
	return nil
}
