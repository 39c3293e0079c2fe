// Package task owns tasks: what one may contain, how it changes, and the occurrences
// of recurring ones.
package task

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

const (
	maxNotesBytes   = 16 * 1024
	maxTagLength    = 50  // characters
	maxRuleLength   = 500 // also in the schema of events.Recurrence
	defaultPriority = 4
	// startOfDay is where a whole-day due date counts as due for reminders.
	startOfDay = "09:00"
	// Years outside of these are typing errors, and some clients cannot show them.
	firstYear, lastYear = 1970, 2200
)

// Draft is the part of a task that a user may set. It is at once the body of a new
// task and the document to which a merge patch (RFC 7396) applies. The bounds in its
// tags are the schema, checked before Clean checks what a schema cannot say.
type Draft struct {
	Title      string                `json:"title" minLength:"1" maxLength:"500" doc:"What is to be done, on one line" example:"Water plants"`
	Notes      string                `json:"notes,omitempty" maxLength:"16384" doc:"Markdown, at most 16 KiB of UTF-8"`
	Priority   int                   `json:"priority,omitempty" minimum:"1" maximum:"4" default:"4" doc:"1 is the most urgent, 4 means none"`
	Tags       []string              `json:"tags,omitempty" maxItems:"20" doc:"Each 1 to 50 characters, unique without regard to case"`
	Due        *events.Due           `json:"due,omitempty" doc:"Day or local time at which the task is due"`
	Recurrence *events.Recurrence    `json:"recurrence,omitempty" doc:"How the task repeats; needs due"`
	Reminders  []events.TaskReminder `json:"reminders,omitempty" maxItems:"10" doc:"When to remind of the task"`
}

// DraftOf returns what a user has set of a task.
func DraftOf(t events.Task) Draft {
	return Draft{
		Title: t.Title, Notes: t.Notes, Priority: t.Priority, Tags: t.Tags,
		Due: t.Due, Recurrence: t.Recurrence, Reminders: t.Reminders,
	}
}

// Clean returns d as it is stored: trimmed, with defaults and ids for new reminders.
// A rule that d breaks is failure.Invalid naming the field.
func (d Draft) Clean() (Draft, error) {
	for _, clean := range []func(*Draft) error{
		cleanTitle, cleanNotes, cleanPriority, cleanTags, cleanDue, cleanRecurrence, cleanReminders,
	} {
		if err := clean(&d); err != nil {
			return Draft{}, err
		}
	}
	return d, nil
}

func cleanTitle(d *Draft) error {
	d.Title = strings.TrimSpace(d.Title)
	if d.Title == "" {
		return failure.InvalidField("title", "must not be blank")
	}
	if strings.ContainsFunc(d.Title, unicode.IsControl) {
		return failure.InvalidField("title", "must be one line without control characters")
	}
	return nil
}

func cleanNotes(d *Draft) error {
	if len(d.Notes) > maxNotesBytes {
		return failure.InvalidField("notes", "must be at most %d bytes of UTF-8, not %d", maxNotesBytes, len(d.Notes))
	}
	if strings.ContainsRune(d.Notes, 0) {
		return failure.InvalidField("notes", "must not contain the character U+0000")
	}
	return nil
}

func cleanPriority(d *Draft) error {
	if d.Priority == 0 {
		d.Priority = defaultPriority
	}
	return nil
}

func cleanTags(d *Draft) error {
	tags := make([]string, 0, len(d.Tags))
	for i, tag := range d.Tags {
		field := fmt.Sprintf("tags[%d]", i)
		tag = strings.TrimSpace(tag)
		if length := utf8.RuneCountInString(tag); length < 1 || length > maxTagLength {
			return failure.InvalidField(field, "must be 1 to %d characters long", maxTagLength)
		}
		if strings.ContainsFunc(tag, unicode.IsControl) {
			return failure.InvalidField(field, "must not contain control characters")
		}
		if slices.ContainsFunc(tags, func(other string) bool { return strings.EqualFold(other, tag) }) {
			return failure.InvalidField(field, "repeats the tag %q", tag)
		}
		tags = append(tags, tag)
	}
	d.Tags = tags
	return nil
}

func cleanDue(d *Draft) error {
	if d.Due == nil {
		return nil
	}
	wall, err := d.Due.Wall(startOfDay)
	if err != nil {
		return err
	}
	if wall.Year() < firstYear || wall.Year() > lastYear {
		return failure.InvalidField("due.date", "must lie between the years %d and %d", firstYear, lastYear)
	}
	if d.Due.Zone == "" {
		return nil
	}
	_, err = d.Due.Location("UTC")
	return err
}

func cleanRecurrence(d *Draft) error {
	if d.Recurrence == nil {
		return nil
	}
	if d.Due == nil {
		return failure.InvalidField("recurrence", "needs a due date to start from; set due as well")
	}
	rule, err := CanonicalRule("recurrence.rule", d.Recurrence.Rule)
	if err != nil {
		return err
	}
	d.Recurrence = &events.Recurrence{Rule: rule, Anchor: cmp.Or(d.Recurrence.Anchor, events.AnchorSchedule)}
	return nil
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

func cleanReminders(d *Draft) error {
	reminders := make([]events.TaskReminder, 0, len(d.Reminders))
	for i, reminder := range d.Reminders {
		field := fmt.Sprintf("reminders[%d]", i)
		if (reminder.At == nil) == (reminder.MinutesBefore == nil) {
			return failure.InvalidField(field, "needs either at or minutesBefore")
		}
		if reminder.MinutesBefore != nil && d.Due == nil {
			return failure.InvalidField(field+".minutesBefore", "needs a due date to count from; set due as well")
		}
		if reminder.At != nil && (reminder.At.Year() < firstYear || reminder.At.Year() > lastYear) {
			return failure.InvalidField(field+".at", "must lie between the years %d and %d", firstYear, lastYear)
		}
		if reminder.At != nil {
			at := reminder.At.UTC()
			reminder.At = &at
		}
		if reminder.ID == "" {
			reminder.ID = newID()
		}
		if slices.ContainsFunc(reminders, func(other events.TaskReminder) bool { return other.ID == reminder.ID }) {
			return failure.InvalidField(field+".id", "repeats the id of another reminder")
		}
		reminders = append(reminders, reminder)
	}
	d.Reminders = reminders
	return nil
}

// sameAs reports whether saving d over t would change nothing.
func (d Draft) sameAs(t events.Task) bool { return reflect.DeepEqual(d, DraftOf(t)) }

// seriesFor returns the series of a task that was in current and is now to recur as
// d says. Changing the rule or the anchor starts a new series ("this and following");
// moving one occurrence does not.
func seriesFor(d Draft, before *events.Task) *events.Series {
	switch {
	case d.Recurrence == nil:
		return nil
	case before != nil && before.Series != nil && before.Recurrence != nil && recursAlike(*before.Recurrence, *d.Recurrence):
		return before.Series
	default:
		return &events.Series{ID: newID(), Occurrence: 0, Start: *d.Due}
	}
}

// recursAlike compares a stored recurrence with a clean one. Tasks have been stored
// with rules as their users wrote them.
func recursAlike(stored, clean events.Recurrence) bool {
	rule, err := CanonicalRule("recurrence.rule", stored.Rule)
	return err == nil && rule == clean.Rule && stored.Anchor == clean.Anchor
}

// newID returns a UUIDv7: unique, and in the order of creation, which keeps indexes dense.
func newID() string { return uuid.Must(uuid.NewV7()).String() }
