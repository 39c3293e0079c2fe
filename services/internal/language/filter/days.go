package filter

import (
	"fmt"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// Dates outside of these years are typing errors, and not every form of a date that
// leaves the program has room for them.
const firstYear, lastYear = 1000, 9998

// Options is what the meaning of a filter depends on.
type Options struct {
	// Now is the present in the zone of the user, whose location has an IANA name.
	Now time.Time
	// Locale has the words for dates, besides those of English; nil means English.
	Locale *words.Locale
	// WeekStart is the first day of "this week".
	WeekStart recurrence.Weekday
	// Projects and Sections are those of the user, by whose names a filter selects.
	Projects []Place
	Sections []Place
}

// Place is a project or a section.
type Place struct {
	ID   string
	Path []string // names from the outermost project to this one; of a section its name
}

// boundary is where days or times begin: an instant, and for what is due on a whole
// day the first day that lies behind it.
type boundary struct {
	day     string // YYYY-MM-DD
	instant time.Time
}

// interval is what words for a date mean: from and all before to.
type interval struct {
	from, to boundary
	length   int // bytes of the text that were understood, 0 for none
}

// maxDate is the longest text of a date in bytes.
const maxDate = 256

// interval reads words for a date. When something was created or completed lies in
// the past, when it is due, begins or must be done in the future.
func (o Options) interval(kind Kind, text string) (interval, error) {
	if len(text) > maxDate {
		return interval{}, nil
	}
	options := dates.Options{Now: o.Now, Locale: o.Locale, WeekStart: o.WeekStart, Lean: dates.LeanFuture}
	if kind == Created || kind == Completed {
		options.Lean = dates.LeanPast
	}
	found, ok := dates.At(text, 0, options)
	if o.Locale != nil && found.End < len(text) {
		options.Locale = inEnglish(o.Locale)
		if more, also := dates.At(text, 0, options); also && more.End > found.End {
			found, ok = more, true
		}
	}
	if !ok || found.From == nil || found.Has(dates.PartDuration) {
		return interval{}, nil
	}
	last := found.From.Due
	if found.To != nil {
		last = found.To.Due
	}
	meaning, err := o.between(found.From.Due, last)
	meaning.length = found.End
	return meaning, err
}

// inEnglish is English with the order of dates of a locale.
func inEnglish(locale *words.Locale) *words.Locale {
	english := *words.English()
	english.MonthFirst = locale.MonthFirst
	return &english
}

// between is from a day to the end of the last, or from a time to another one; a single
// time is its minute.
func (o Options) between(first, last recurrence.Due) (interval, error) {
	for _, due := range []recurrence.Due{first, last} {
		if date, err := time.Parse(time.DateOnly, due.Date); err != nil || date.Year() < firstYear || date.Year() > lastYear {
			return interval{}, fmt.Errorf("the date %s lies outside the years %d to %d", due.Date, firstYear, lastYear)
		}
	}
	if !first.HasTime() {
		from, err := o.day(first.Date, 0)
		if err != nil {
			return interval{}, err
		}
		to, err := o.day(last.Date, 1)
		return interval{from: from, to: to}, err
	}
	from, err := first.Instant(nil)
	if err != nil {
		return interval{}, err
	}
	to := from.Add(time.Minute)
	if last != first {
		if to, err = last.Instant(o.Now.Location()); err != nil {
			return interval{}, err
		}
	}
	begin, err := o.at(from)
	if err != nil {
		return interval{}, err
	}
	end, err := o.at(to)
	return interval{from: begin, to: end}, err
}

// day is the beginning of the day that comes some days after a date.
func (o Options) day(date string, later int) (boundary, error) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return boundary{}, err
	}
	date = day.AddDate(0, 0, later).Format(time.DateOnly)
	instant, err := recurrence.Due{Date: date}.Instant(o.Now.Location())
	return boundary{date, instant}, err
}

// at is the boundary at an instant.
func (o Options) at(instant time.Time) (boundary, error) {
	day, err := o.day(recurrence.DueOn(instant, o.Now.Location()).Date, 0)
	if err == nil && day.instant.Before(instant) {
		day, err = o.day(day.day, 1)
	}
	return boundary{day.day, instant}, err
}

// canonicalDate is a date in lower case, unless that would mean something else, as in
// the name of a zone.
func (o Options) canonicalDate(kind Kind, date string, meaning interval) string {
	lower := strings.ToLower(date)
	same, err := o.interval(kind, lower)
	if err != nil || same.length != len(lower) || !same.from.instant.Equal(meaning.from.instant) || !same.to.instant.Equal(meaning.to.instant) {
		return date
	}
	return lower
}
