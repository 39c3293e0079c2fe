package lang

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

const (
	defaultCount = 50
	// maxCount keeps one answer small enough to print.
	maxCount = 10_000
)

type recurInput struct {
	moment
	Rule   string `json:"rule"`
	Text   string `json:"text"`
	Start  string `json:"start"`
	RDate  list   `json:"rdate"`
	EXDate list   `json:"exdate"`
	After  string `json:"after"`
	Before string `json:"before"`
	Count  int    `json:"count"`
}

type recurAnswer struct {
	Rule        string            `json:"rule"`
	Anchor      recurrence.Anchor `json:"anchor"`
	Text        string            `json:"text"`
	Occurrences []string          `json:"occurrences"`
	More        bool              `json:"more"`
}

func recurCommand() *cobra.Command {
	return definition[recurInput]{
		use:   "recur [rule or words]",
		short: "Read a recurrence and list its occurrences",
		long: "Reads a recurrence, as RFC 5545 writes it (the value of RRULE, or lines of DTSTART, RRULE, RDATE and EXDATE)\n" +
			"or in words, and lists its occurrences from the start on.\n\n" +
			"Fields of --batch: rule or text, start, zone, rdate, exdate, after, before, count, now, locale.",
		example: "  todoplatform lang recur 'every 2nd tuesday until june' --now 2026-11-22T09:00:00Z\n" +
			"  todoplatform lang recur 'FREQ=DAILY;COUNT=3' --start 2026-11-22T09:00:00 --zone Europe/Berlin\n" +
			`  echo '{"rule":"FREQ=WEEKLY;BYDAY=MO","start":"2026-11-22","count":2}' | todoplatform lang recur --batch`,
		flags: func(flags *pflag.FlagSet, in *recurInput) {
			in.flags(flags)
			flags.StringVar(&in.Start, "start", "", "first date or local time (default: DTSTART, or what the words and --now give)")
			flags.StringSliceVar((*[]string)(&in.RDate), "rdate", nil, "extra occurrences, separated by commas")
			flags.StringSliceVar((*[]string)(&in.EXDate), "exdate", nil, "exceptions, separated by commas")
			flags.StringVar(&in.After, "after", "", "list only what comes after this date or local time")
			flags.StringVar(&in.Before, "before", "", "list only what comes before this date or local time")
			flags.IntVar(&in.Count, "count", defaultCount, "list at most so many")
		},
		argument: func(in *recurInput, text string) {
			if isRule(text) {
				in.Rule = text
			} else {
				in.Text = text
			}
		},
		run: recur,
	}.command()
}

// isRule tells RFC 5545 from words.
func isRule(text string) bool {
	upper := strings.ToUpper(strings.TrimSpace(text))
	for _, name := range []string{"RRULE", "DTSTART", "RDATE", "EXDATE"} {
		if strings.HasPrefix(upper, name) {
			return true
		}
	}
	return strings.Contains(upper, "=")
}

func recur(in recurInput) (any, error) {
	if in.Count < 0 || in.Count > maxCount {
		return nil, &fault{Message: fmt.Sprintf("count %d is not possible", in.Count), Expected: fmt.Sprintf("0 to %d", maxCount)}
	}
	locale, err := in.words()
	if err != nil {
		return nil, err
	}
	said, err := in.read()
	if err != nil {
		return nil, err
	}
	series, err := said.set.Series(said.start)
	if err != nil {
		whole := faultOf(err)
		whole.Position = nil // of the rule and its start together
		return nil, whole
	}
	dues, err := in.between(series)
	if err != nil {
		return nil, err
	}
	answer := recurAnswer{
		Rule: said.rule.String(), Anchor: said.anchor, Text: recurrence.Text(said.sentence, said.anchor, locale),
		Occurrences: []string{},
	}
	for due := range dues {
		if len(answer.Occurrences) == in.Count {
			answer.More = true
			break
		}
		occurrence, err := formatDue(due)
		if err != nil {
			return nil, err
		}
		answer.Occurrences = append(answer.Occurrences, occurrence)
	}
	return answer, nil
}

// said is a recurrence that was read: the rule as its sentence says it, as it fits the
// start (an end is then in UTC), and with the dates given beside it.
type said struct {
	sentence, rule, set recurrence.Set
	start               recurrence.Due
	anchor              recurrence.Anchor
}

func (in *recurInput) read() (said, error) {
	zone, err := in.location()
	if err != nil {
		return said{}, err
	}
	s, err := in.readRule(zone)
	if err != nil {
		return said{}, err
	}
	s.set = s.rule.Clone()
	for _, extra := range []struct {
		field string
		texts list
		to    *[]recurrence.Due
	}{{"rdate", in.RDate, &s.set.RDates}, {"exdate", in.EXDate, &s.set.EXDates}} {
		for _, text := range extra.texts {
			due, err := parseDue(extra.field, strings.TrimSpace(text), zone)
			if err != nil {
				return said{}, err
			}
			*extra.to = append(*extra.to, due)
		}
	}
	return s, nil
}

func (in *recurInput) readRule(zone *time.Location) (said, error) {
	var start recurrence.Due
	if in.Start != "" {
		var err error
		if start, err = parseDue("start", in.Start, zone); err != nil {
			return said{}, err
		}
	}
	switch {
	case (in.Rule == "") == (in.Text == ""):
		return said{}, &fault{Message: "there is no single recurrence to read", Expected: "either rule or text"}
	case in.Text != "":
		return in.readText(start, zone)
	}
	set, err := recurrence.Parse(in.Rule)
	if err != nil {
		return said{}, err
	}
	if start.IsZero() {
		start = set.Start
	}
	if start.IsZero() {
		return said{}, &fault{Message: "the rule has no start", Expected: "start, or a line DTSTART in the rule"}
	}
	return said{sentence: set, rule: set, start: start, anchor: recurrence.AnchorSchedule}, nil
}

// readText reads words. They may name a start or a time of day, which then counts
// rather than what was given beside them.
func (in *recurInput) readText(start recurrence.Due, zone *time.Location) (said, error) {
	now, err := in.textClock(start, zone)
	if err != nil {
		return said{}, err
	}
	locale, err := in.words()
	if err != nil {
		return said{}, err
	}
	phrase, err := recurrence.ParseText(in.Text, now, locale)
	if err != nil {
		return said{}, err
	}
	return place(phrase, start, now, zone)
}

// place gives a phrase its start.
func place(phrase recurrence.Phrase, start recurrence.Due, now time.Time, zone *time.Location) (s said, err error) {
	s = said{sentence: phrase.Set.Clamped(), anchor: anchorOf(phrase)}
	s.sentence.Start = recurrence.Due{}
	if start.IsZero() || !phrase.Set.Start.IsZero() {
		s.start, s.rule, err = phrase.Begin(now, zone.String())
		if errors.Is(err, recurrence.ErrNoOccurrence) {
			err = &fault{Message: err.Error(), Expected: "a recurrence that ends after it begins"}
		}
		return s, err
	}
	s.start = start
	switch {
	case phrase.Time != "":
		s.start.Time, s.start.Zone = phrase.Time, zone.String()
	case !start.HasTime() && namesTimes(phrase.Set):
		s.start.Time, s.start.Zone = "00:00", zone.String()
	}
	s.rule, err = s.sentence.Fit(s.start, zone)
	return s, err
}

// namesTimes reports whether a rule needs a start with a time.
func namesTimes(set recurrence.Set) bool {
	return slices.ContainsFunc(set.Rules, func(rule recurrence.Rule) bool {
		return rule.Freq < recurrence.Daily || len(rule.ByHour)+len(rule.ByMinute)+len(rule.BySecond) > 0
	})
}

// textClock is the moment from which dates in words lie ahead: now, or the start
// when now is not given.
func (in *recurInput) textClock(start recurrence.Due, zone *time.Location) (time.Time, error) {
	if in.Now == "" && !start.IsZero() {
		return start.Instant(zone)
	}
	return in.clock()
}

func anchorOf(phrase recurrence.Phrase) recurrence.Anchor {
	if phrase.Anchor == "" {
		return recurrence.AnchorSchedule
	}
	return phrase.Anchor
}

// between lists what lies strictly between after and before, as far as they are given.
func (in *recurInput) between(series *recurrence.Series) (iter.Seq[recurrence.Due], error) {
	zone, err := in.location()
	if err != nil {
		return nil, err
	}
	dues := series.All()
	if in.After != "" {
		after, err := parseDue("after", in.After, zone)
		if err != nil {
			return nil, err
		}
		if series.Start().HasTime() && !after.HasTime() { // after a day is after its end
			after.Time, after.Zone = "23:59:59", zone.String()
		}
		if dues, err = series.After(after); err != nil {
			return nil, err
		}
	}
	if in.Before == "" {
		return dues, nil
	}
	before, err := parseDue("before", in.Before, zone)
	if err != nil {
		return nil, err
	}
	return until(dues, before, zone)
}

// until ends a sequence before a due.
func until(dues iter.Seq[recurrence.Due], before recurrence.Due, zone *time.Location) (iter.Seq[recurrence.Due], error) {
	end, err := before.Instant(zone)
	if err != nil {
		return nil, err
	}
	return func(yield func(recurrence.Due) bool) {
		for due := range dues {
			at, err := due.Instant(zone)
			if err != nil || !at.Before(end) || !yield(due) {
				return
			}
		}
	}, nil
}

// formatDue is a date, or RFC 3339 with the offset of the zone.
func formatDue(due recurrence.Due) (string, error) {
	if !due.HasTime() {
		return due.Date, nil
	}
	at, err := due.Instant(nil)
	if err != nil {
		return "", err
	}
	return at.Format(time.RFC3339), nil
}
