package intent

import (
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/dates"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// longestDate is how many tokens words for a date or an amount have.
const longestDate = 10

// moment is a day, a time, or both, as a due has them.
type moment struct {
	date, clock string // "" where it was not said
	zone        string // where one was said
	instant     string // RFC 3339; of a day "" and of a time the coming one
	day         string // the day of instant
	minutes     int    // how long it lasts
}

// period is days, or times, from one to another one, both included.
type period struct{ from, until string }

// condition selects what lies in a period, in the language of filters.
func (p period) condition(field string) string {
	switch {
	case field == "first":
		return p.from
	case field == "last", p.from == p.until && field == "":
		return p.until
	case p.from == p.until:
		return field + ": " + p.from
	case field == "":
		field = "due"
	}
	return field + " >= " + p.from + " & " + field + " <= " + p.until
}

// phrases reads words for a date that end at each place, the longest first.
func (r *reader) phrases(at int, lean dates.Lean, take func(dates.Result) (any, bool)) []ending {
	if at >= r.end || r.tokens[at].breaks || r.tokens[at].Class == words.Mark {
		return nil
	}
	var found []ending
	for end := min(at+longestDate, r.end); end > at; end-- {
		if !r.endsWell(end) || r.breaksWithin(at, end) || !r.spend(dateWork) {
			continue
		}
		result, ok := r.phrase(r.span(at, end), lean)
		if !ok {
			continue
		}
		if value, ok := take(result); ok {
			found = append(found, ending{end, value})
		}
	}
	return found
}

func (r *reader) breaksWithin(from, to int) bool {
	for _, t := range r.tokens[from+1 : to] {
		if t.breaks {
			return true
		}
	}
	return false
}

// phrase reads a text that is a date or a time as a whole. What bounds a day, such as "by friday",
// is none: the patterns say what it bounds.
func (r *reader) phrase(text string, lean dates.Lean) (dates.Result, bool) {
	text = strings.TrimSuffix(strings.TrimSuffix(text, "'s"), "’s")
	if known, ok := r.grammar.Dates[strings.ToLower(text)]; ok {
		text = known
	}
	if r.is(text, words.By) && !r.isAgo(text, lean) {
		return dates.Result{}, false
	}
	result, ok := dates.At(text, 0, r.dates(lean))
	return result, ok && result.End == len(text) && result.From != nil
}

// isAgo tells the German "vor 3 Tagen" from "vor Freitag".
func (r *reader) isAgo(text string, lean dates.Lean) bool {
	_, rest, ok := strings.Cut(text, " ")
	if !ok || !r.is(text, words.AgoBefore) {
		return false
	}
	result, isDate := dates.At(rest, 0, r.dates(lean))
	return !isDate || result.From == nil
}

// moments reads what a due can become.
func (r *reader) moments(at int) []ending {
	return r.phrases(at, dates.LeanFuture, func(result dates.Result) (any, bool) { return r.momentOf(result) })
}

// saidMoments reads the same and keeps the words.
func (r *reader) saidMoments(at int) []ending {
	found := r.moments(at)
	said := make([]ending, len(found))
	for i, one := range found {
		said[i] = ending{one.end, r.span(at, one.end)}
	}
	return said
}

func (r *reader) momentOf(result dates.Result) (moment, bool) {
	from := result.From
	m := moment{day: from.Date, instant: from.Instant, minutes: int(result.DurationSeconds / 60)}
	if from.HasTime() {
		m.clock = from.Time[:len("15:04")]
		if from.Zone != r.options.Now.Location().String() {
			m.zone = from.Zone
		}
	}
	if result.Has(dates.PartDate) || !from.HasTime() {
		m.date = from.Date
		if result.To != nil && !from.HasTime() {
			m.date = max(m.date, r.today()) // as quick-add takes a range of days
			m.day = m.date
		}
	}
	isRange := result.To != nil && from.HasTime() && result.DurationSeconds == 0
	return m, !isRange && (m.minutes == 0 || from.HasTime())
}

// days reads days that lie ahead where the words leave it open.
func (r *reader) days(at int) []ending { return r.phrases(at, dates.LeanFuture, periodOf) }

// passedDays reads days that lie behind.
func (r *reader) passedDays(at int) []ending { return r.phrases(at, dates.LeanPast, periodOf) }

// ownedDays reads tomorrow's.
func (r *reader) ownedDays(at int) []ending {
	var found []ending
	for _, one := range r.days(at) {
		if key := r.tokens[one.end-1].Text; strings.HasSuffix(key, "'s") || strings.HasSuffix(key, "’s") {
			found = append(found, one)
		}
	}
	return found
}

func periodOf(result dates.Result) (any, bool) {
	if result.From.HasTime() || result.DurationSeconds > 0 {
		return nil, false
	}
	p := period{result.From.Date, result.From.Date}
	if result.To != nil {
		p.until = result.To.Date
	}
	return p, true
}

// points reads a day or a time that bounds what is due.
func (r *reader) points(at int) []ending {
	return r.phrases(at, dates.LeanFuture, func(result dates.Result) (any, bool) {
		if !result.From.HasTime() {
			return periodOf(result)
		}
		inZone := result.From.Zone == r.options.Now.Location().String()
		point := result.From.Date + " " + result.From.Time[:len("15:04")]
		return period{point, point}, inZone && result.To == nil && result.DurationSeconds == 0
	})
}

// presentDay gives today and reads nothing.
func (r *reader) presentDay(at int) []ending {
	return []ending{{at, period{r.today(), r.today()}}}
}

// nextDay gives tomorrow and reads nothing.
func (r *reader) nextDay(at int) []ending {
	day := r.options.Now.AddDate(0, 0, 1).Format(time.DateOnly)
	return []ending{{at, period{day, day}}}
}

func (r *reader) today() string { return r.options.Now.Format(time.DateOnly) }

// amount is how long, or by how much.
type amount struct{ months, days, minutes int }

// total is the amount in minutes; months have no fixed length.
func (a amount) total() (int, bool) { return a.days*24*60 + a.minutes, a.months == 0 }

// mostAmount keeps amounts within what a calendar has.
const mostAmount = 3650

// amounts reads "2 days", "an hour".
func (r *reader) amounts(at int) []ending {
	if at >= r.end || r.tokens[at].breaks || r.tokens[at].Class == words.Mark {
		return nil
	}
	var found []ending
	for end := min(at+longestDate/2, r.end); end > at; end-- {
		if !r.endsWell(end) || r.breaksWithin(at, end) || !r.spend(dateWork/3) {
			continue
		}
		if a, ok := r.amountIn(r.span(at, end)); ok {
			found = append(found, ending{end, a})
		}
	}
	return found
}

// minutes reads an amount of less than days.
func (r *reader) minutes(at int) []ending {
	var found []ending
	for _, one := range r.amounts(at) {
		if a, ok := one.value.(amount); ok && a.days == 0 && a.months == 0 {
			found = append(found, one)
		}
	}
	return found
}

func (r *reader) amountIn(text string) (amount, bool) {
	tokens := r.options.Locale.Split(text)
	count, length := r.countOf(tokens)
	if length > 0 && length < len(tokens) && count <= mostAmount {
		unit, more := r.options.Locale.Match(tokens[length:], words.Unit)
		if more == len(tokens)-length {
			if a, ok := unitAmount(count, unit); ok {
				return a, true
			}
		}
	}
	duration, end, ok := dates.DurationAt(text, 0, r.dates(dates.LeanFuture))
	minutes := int(duration / time.Minute)
	return amount{minutes: minutes}, ok && end == len(text) && minutes > 0 && minutes <= mostAmount*24*60
}

// countOf reads the number with which tokens begin.
func (r *reader) countOf(tokens []words.Token) (n, length int) {
	if len(tokens) > 0 && tokens[0].Class == words.Digits && len(tokens[0].Text) <= mostDigits+1 {
		for _, digit := range []byte(tokens[0].Text) {
			n = n*10 + int(digit-'0')
		}
		return n, 1
	}
	if n, length = r.options.Locale.Match(tokens, words.Some); length > 0 {
		return n, length
	}
	return r.options.Locale.Match(tokens, words.Number)
}

// unitAmount is a number of whole days or months.
func unitAmount(n, unit int) (amount, bool) {
	switch unit {
	case words.Day:
		return amount{days: n}, n > 0
	case words.Week:
		return amount{days: 7 * n}, n > 0
	case words.Fortnight:
		return amount{days: 14 * n}, n > 0
	case words.MonthUnit:
		return amount{months: n}, n > 0
	case words.Quarter:
		return amount{months: 3 * n}, n > 0
	case words.Year:
		return amount{months: 12 * n}, n > 0
	}
	return amount{}, false
}

// repeat is a recurrence as a task has it.
type repeat struct {
	rule   string
	anchor recurrence.Anchor
	clock  string
}

// longestRepeat is how many tokens words for a recurrence have.
const longestRepeat = 16

// repeats reads "every monday".
func (r *reader) repeats(at int) []ending {
	if at >= r.end || r.tokens[at].breaks || r.tokens[at].Class == words.Mark {
		return nil
	}
	var found []ending
	for end := min(at+longestRepeat, r.end); end > at; end-- {
		if !r.endsWell(end) || r.breaksWithin(at, end) || !r.spend(dateWork) {
			continue
		}
		if said, ok := r.repeatIn(r.span(at, end)); ok {
			found = append(found, ending{end, said})
		}
	}
	return found
}

// saidRepeats reads a recurrence and keeps the words.
func (r *reader) saidRepeats(at int) []ending {
	var said []ending
	for _, one := range r.repeats(at) {
		said = append(said, ending{one.end, r.span(at, one.end)})
	}
	return said
}

func (r *reader) repeatIn(text string) (repeat, bool) {
	phrase, err := recurrence.ParseText(text, r.options.Now, r.options.Locale)
	if err != nil || !phrase.Set.Start.IsZero() || len(phrase.Set.Rules) != 1 || len(phrase.Set.RDates)+len(phrase.Set.EXDates) > 0 || phrase.Set.Rules[0].Freq == recurrence.Secondly {
		return repeat{}, false
	}
	_, set, err := phrase.Begin(r.options.Now, r.options.Now.Location().String())
	if err != nil {
		return repeat{}, false
	}
	return repeat{set.String(), phrase.Anchor, phrase.Time}, true
}
