package tool

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

// Days of which free time is told begin and end with these hours, and a task with a time takes
// usualMinutes where it does not say how long.
const (
	firstHour, lastHour = 8, 20
	usualMinutes        = 30
	maxFreeDays         = 31
)

// DaysInput are days from one to another.
type DaysInput struct {
	From  string `json:"from" format:"date" doc:"First day, YYYY-MM-DD"`
	Until string `json:"until" format:"date" doc:"Last day"`
}

// Summary is what days hold.
type Summary struct {
	Due       []todo.Task     `json:"due" doc:"Open tasks that are due in the days, by due"`
	Upcoming  []view.Upcoming `json:"upcoming" doc:"Occurrences that will come in the days"`
	Overdue   []todo.Task     `json:"overdue" doc:"Open tasks that are overdue now, where the days hold today"`
	Completed []todo.Task     `json:"completed" doc:"Tasks that were completed in the days"`
}

// Summarize reads what is due and was done in days.
func (s *Set) Summarize(ctx context.Context, call Call, input DaysInput) (Summary, error) {
	agenda, err := s.Views.Agenda(ctx, call.Caller, input.From, input.Until)
	if err != nil {
		return Summary{}, err
	}
	summary := Summary{Due: agenda.Tasks, Upcoming: agenda.Upcoming, Overdue: []todo.Task{}}
	options, err := s.Views.Options(ctx, call.Caller)
	if err != nil {
		return Summary{}, err
	}
	if today := options.Now.Format(time.DateOnly); input.From <= today && today <= input.Until {
		if summary.Overdue, err = s.filtered(ctx, call, FindInput{Filter: "overdue"}); err != nil {
			return Summary{}, err
		}
	}
	summary.Completed, err = s.filtered(ctx, call, FindInput{
		Filter: "completed >= " + input.From + " & completed <= " + input.Until, Status: "completed", Sort: "completed",
	})
	return summary, err
}

// Span is a time of a day.
type Span struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// FreeTime are the times that no task takes.
type FreeTime struct {
	Free  []Span `json:"free" doc:"Between 8 and 20 o'clock, not before now; at least 15 minutes each"`
	Whole int    `json:"whole" doc:"Open tasks of these days without a time, which may take any of it"`
}

// FreeTime finds the times of days that no task takes. A task with a time takes its duration, or half
// an hour.
func (s *Set) FreeTime(ctx context.Context, call Call, input DaysInput) (FreeTime, error) {
	agenda, err := s.Views.Agenda(ctx, call.Caller, input.From, input.Until)
	if err != nil {
		return FreeTime{}, err
	}
	options, err := s.Views.Options(ctx, call.Caller)
	if err != nil {
		return FreeTime{}, err
	}
	free := FreeTime{Free: []Span{}}
	var taken []Span
	take := func(due todo.Due, minutes *int) {
		if span, ok := takes(due, minutes, options.Now.Location()); ok {
			taken = append(taken, span)
		} else {
			free.Whole++
		}
	}
	for _, t := range agenda.Tasks {
		take(*t.Due, t.DurationMinutes)
	}
	for _, u := range agenda.Upcoming {
		take(u.Due, nil)
	}
	first, err := time.ParseInLocation(time.DateOnly, input.From, options.Now.Location())
	if err != nil {
		return FreeTime{}, failure.InvalidField("from", "%q is not a date such as 2026-12-01", input.From)
	}
	slices.SortFunc(taken, func(a, b Span) int { return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until)) })
	for day := first; day.Format(time.DateOnly) <= input.Until && day.Before(first.AddDate(0, 0, maxFreeDays)); day = day.AddDate(0, 0, 1) {
		free.Free = append(free.Free, between(day, options.Now, taken)...)
	}
	return free, nil
}

// takes is the time that something due takes; ok is false for a whole day.
func takes(due todo.Due, minutes *int, zone *time.Location) (span Span, ok bool) {
	if due.Time == "" {
		return Span{}, false
	}
	wall, err := due.Wall("00:00")
	there, zoneErr := due.Location(zone.String())
	if err != nil || zoneErr != nil { // nothing like this is ever stored
		return Span{}, false
	}
	from := todo.Instant(wall, there).In(zone)
	length := usualMinutes
	if minutes != nil {
		length = *minutes
	}
	return Span{from, from.Add(time.Duration(length) * time.Minute)}, true
}

// between are the free times of a day; taken is in order.
func between(day, now time.Time, taken []Span) []Span {
	const least = 15 * time.Minute
	at := func(hour int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, day.Location())
	}
	from, end := at(firstHour), at(lastHour)
	if now.After(from) {
		from = now.Truncate(least).Add(least)
	}
	var free []Span
	add := func(until time.Time) {
		if until.Sub(from) >= least {
			free = append(free, Span{from, until})
		}
	}
	for _, t := range taken {
		if t.From.Before(end) && t.Until.After(from) {
			add(t.From)
			from = t.Until
		}
	}
	add(end)
	return free
}
