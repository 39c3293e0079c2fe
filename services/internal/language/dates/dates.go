package dates

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// MaxText is the longest text, in bytes, that Find reads.
const MaxText = recurrence.MaxText

// Lean says where words that name no year or day lie.
type Lean string

// The leans. The empty one means LeanFuture.
const (
	LeanFuture Lean = "future"
	LeanPast   Lean = "past"
)

// Options is what the words of a text depend on.
type Options struct {
	// Now is the present in the zone of the user, whose location has an IANA name.
	Now time.Time
	// Locale has the words and the order of dates; nil means English.
	Locale *words.Locale
	// WeekStart is the first day of "this week".
	WeekStart recurrence.Weekday
	Lean      Lean
}

// Moment is a date, or a local time in a zone and the instant that it is.
type Moment struct {
	recurrence.Due
	// Instant is RFC 3339 with the offset of the zone; "" for a date.
	Instant string `json:"instant,omitempty"`
}

// Result is one phrase of a text.
type Result struct {
	Text string `json:"text"`
	// Start and End are byte offsets in the text.
	Start int `json:"start"`
	End   int `json:"end"`
	// From is nil when the phrase is only a duration. To is set for ranges: the
	// last day of a range of dates, the end of a range of times.
	From *Moment `json:"from,omitempty"`
	To   *Moment `json:"to,omitempty"`
	// DurationSeconds is how long something takes, 0 when the phrase does not say.
	DurationSeconds int64 `json:"durationSeconds,omitempty"`
	// Parts are the pieces of the phrase, in order.
	Parts []Part `json:"-"`
}

// Part is a piece of a phrase that says one thing.
type Part struct {
	Kind       PartKind
	Start, End int // byte offsets in the text
}

// PartKind is what a Part says.
type PartKind string

// The kinds of parts.
const (
	PartDate     PartKind = "date"
	PartTime     PartKind = "time"
	PartDuration PartKind = "duration"
)

// Has reports whether a phrase has a part of a kind.
func (r Result) Has(kind PartKind) bool {
	for _, part := range r.Parts {
		if part.Kind == kind {
			return true
		}
	}
	return false
}

// Find gives all phrases of a text, in order. A text longer than MaxText has none.
func Find(text string, options Options) []Result {
	if len(text) > MaxText {
		return nil
	}
	p := newParser(text, options)
	var results []Result
	for p.at < len(p.tokens) {
		if p.isAt(p.at, words.Every, words.EachWeekday) {
			p.skipEvery()
			continue
		}
		if p.skip(words.Idiom) {
			continue
		}
		before := p.at
		if result, ok := p.resultHere(); ok {
			results = append(results, result)
			continue
		}
		p.at = max(before+1, p.unread)
	}
	return results
}

// At reads the phrase with which text[offset:] begins.
func At(text string, offset int, options Options) (Result, bool) {
	if len(text) > MaxText || offset < 0 || offset > len(text) {
		return Result{}, false
	}
	p := newParser(text[offset:], options)
	if len(p.tokens) == 0 {
		return Result{}, false
	}
	result, ok := p.resultHere()
	result.Start += offset
	result.End += offset
	for i := range result.Parts {
		result.Parts[i].Start += offset
		result.Parts[i].End += offset
	}
	return result, ok
}

// DurationAt reads the length of time with which text[offset:] begins, such as
// 30m or "2 hours", and where it ends. Months and years have no fixed length.
func DurationAt(text string, offset int, options Options) (length time.Duration, end int, ok bool) {
	if len(text) > MaxText || offset < 0 || offset > len(text) {
		return 0, 0, false
	}
	p := newParser(text[offset:], options)
	a, ok := p.amount()
	if !ok || a.months != 0 || p.cutsWord() {
		return 0, 0, false
	}
	seconds := a.seconds + int64(a.days)*secondsPerDay
	return time.Duration(seconds) * time.Second, offset + p.tokens[p.at-1].To, true
}

// ZoneAt reads the place or abbreviation of a time zone with which text[offset:]
// begins, after spaces, and gives its IANA name and where it ends.
func ZoneAt(text string, offset int, options Options) (zone string, end int, ok bool) {
	if len(text) > MaxText || offset < 0 || offset > len(text) {
		return "", 0, false
	}
	p := newParser(text[offset:min(len(text), offset+2*longestZone)], options)
	var m moment
	if !p.zone(&m) || m.zone == "" || p.cutsWord() {
		return "", 0, false
	}
	return m.zone, offset + p.tokens[p.at-1].To, true
}

// resultHere reads a phrase that begins at the token in turn.
func (p *parser) resultHere() (Result, bool) {
	if !p.mayBegin() || p.is(words.Idiom) {
		return Result{}, false
	}
	begin := p.at
	p.first, p.unread = begin, 0
	if !p.phrase() || p.at == begin || p.at < p.unread || p.cutsWord() {
		return Result{}, false
	}
	result, ok := p.resolve(&p.said)
	if !ok {
		return Result{}, false
	}
	result.Start, result.End = p.tokens[begin].From, p.tokens[p.at-1].To
	result.Text = p.text[result.Start:result.End]
	return result, true
}
