// Package icalendar reads and writes the content lines of iCalendar (RFC 5545 section 3.1), one
// at a time: what they mean is for others to say.
package icalendar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// maxLine bounds a line that was folded, in bytes.
	maxLine = 1 << 20
	// foldAt is how long a line is before it is folded, in bytes.
	foldAt = 75
)

// Forms of dates and times in values.
const (
	DateForm  = "20060102"
	LocalForm = "20060102T150405"
	UTCForm   = "20060102T150405Z"
)

// Line is one content line.
type Line struct {
	Number int // in the file, from 1
	Name   string
	Params map[string]string // names in upper case; of several values the first
	Value  string            // as it stands
	Raw    string            // the whole line
}

// Text is the value as text (RFC 5545 section 3.3.11).
func (l Line) Text() string { return unescape(l.Value) }

// Texts is the value as a list of texts.
func (l Line) Texts() []string {
	var texts []string
	begin := 0
	for i := 0; i <= len(l.Value); i++ {
		switch {
		case i == len(l.Value) || l.Value[i] == ',':
			texts = append(texts, unescape(l.Value[begin:i]))
			begin = i + 1
		case l.Value[i] == '\\':
			i++
		}
	}
	return texts
}

func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";").Replace(text)
}

func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`, ",", `\,`, ";", `\;`).Replace(text)
}

// Reader reads content lines.
type Reader struct {
	in     *bufio.Reader
	number int
	next   string // line that was read already
	ahead  bool
}

// NewReader makes a reader of a calendar.
func NewReader(from io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(from, 64<<10)} }

// Next reads a line; io.EOF after the last one. A fault of the text is a *Fault.
func (r *Reader) Next() (Line, error) {
	for {
		text, number, err := r.unfolded()
		if err != nil {
			return Line{}, err
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		return parse(text, number)
	}
}

// Fault says where a calendar is not one.
type Fault struct {
	Number int // of the line, from 1
	What   string
}

// Error implements error.
func (f *Fault) Error() string { return fmt.Sprintf("line %d: %s", f.Number, f.What) }

// unfolded reads a line with those that continue it, and gives the number of the first.
func (r *Reader) unfolded() (text string, number int, err error) {
	first, err := r.line()
	if err != nil {
		return "", 0, err
	}
	number = r.number
	var whole strings.Builder
	whole.WriteString(first)
	for {
		next, err := r.line()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", 0, err
		}
		if next == "" || next[0] != ' ' && next[0] != '\t' {
			r.next, r.ahead = next, true
			r.number--
			break
		}
		if whole.Len()+len(next) > maxLine {
			return "", 0, &Fault{number, "the line is too long"}
		}
		whole.WriteString(next[1:])
	}
	if !utf8.ValidString(whole.String()) {
		return "", 0, &Fault{number, "the text is not UTF-8"}
	}
	return whole.String(), number, nil
}

// line reads a line as it stands, without its end.
func (r *Reader) line() (string, error) {
	r.number++
	if r.ahead {
		r.ahead = false
		return r.next, nil
	}
	var line []byte
	for {
		piece, more, err := r.in.ReadLine()
		if err != nil {
			return "", err
		}
		if line = append(line, piece...); len(line) > maxLine {
			return "", &Fault{r.number, "the line is too long"}
		}
		if !more {
			text := string(line)
			if r.number == 1 {
				text = strings.TrimPrefix(text, "\ufeff")
			}
			return text, nil
		}
	}
}

// parse reads name, parameters and value of a line.
func parse(text string, number int) (Line, error) {
	l := Line{Number: number, Params: map[string]string{}, Raw: text}
	end := strings.IndexAny(text, ";:")
	if end <= 0 {
		return Line{}, &Fault{number, "has no name and value with a colon between"}
	}
	l.Name = strings.ToUpper(text[:end])
	for text[end] == ';' {
		rest := text[end+1:]
		equals := strings.IndexAny(rest, "=:;")
		if equals <= 0 || rest[equals] != '=' {
			return Line{}, &Fault{number, "has a parameter without a value"}
		}
		name := strings.ToUpper(rest[:equals])
		value, length := paramValue(rest[equals+1:])
		if _, twice := l.Params[name]; !twice {
			l.Params[name] = value
		}
		if end += 1 + equals + 1 + length; end >= len(text) {
			return Line{}, &Fault{number, "has no colon before its value"}
		}
	}
	l.Value = text[end+1:]
	return l, nil
}

// paramValue reads the first value of a parameter, and how long all of its values are.
func paramValue(text string) (value string, length int) {
	quoted := false
	for length < len(text) {
		switch c := text[length]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ';' || c == ':'):
			first, _, _ := strings.Cut(text[:length], ",")
			if strings.HasPrefix(text, `"`) {
				first, _, _ = strings.Cut(text[1:length], `"`)
			}
			return first, length
		}
		length++
	}
	return "", length
}

// Writer writes content lines. The first error stays.
type Writer struct {
	out io.Writer
	err error
}

// NewWriter makes a writer of a calendar.
func NewWriter(to io.Writer) *Writer { return &Writer{out: to} }

// Err returns the first error.
func (w *Writer) Err() error { return w.err }

// Line writes a line whose value has no line ends, with parameters such as VALUE=DATE, and folds it.
func (w *Writer) Line(name, value string, params ...string) {
	for _, param := range params {
		name += ";" + param
	}
	rest := name + ":" + strings.NewReplacer("\r", "", "\n", "").Replace(value)
	var folded strings.Builder
	for room := foldAt; len(rest) > room; room = foldAt - 1 {
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		folded.WriteString(rest[:cut])
		folded.WriteString("\r\n ")
		rest = rest[cut:]
	}
	folded.WriteString(rest)
	folded.WriteString("\r\n")
	if w.err == nil {
		_, w.err = io.WriteString(w.out, folded.String())
	}
}

// Text writes a line whose value is text; nothing for "".
func (w *Writer) Text(name, text string) {
	if text != "" {
		w.Line(name, escape(text))
	}
}

// Texts writes a line whose value is a list of texts; nothing for an empty one.
func (w *Writer) Texts(name string, texts []string) {
	escaped := make([]string, len(texts))
	for i, text := range texts {
		escaped[i] = escape(text)
	}
	if len(texts) > 0 {
		w.Line(name, strings.Join(escaped, ","))
	}
}

// Begin opens a component, End closes it.
func (w *Writer) Begin(component string) { w.Line("BEGIN", component) }

// End closes a component.
func (w *Writer) End(component string) { w.Line("END", component) }

// zoneYears is for how long a component of a zone says what its clocks do.
const zoneYears = 10

// Zone writes the component of a zone (RFC 5545 section 3.6.5): each change of its clocks from the
// one before a moment to ten years after it.
func (w *Writer) Zone(zone *time.Location, from time.Time) {
	w.Begin("VTIMEZONE")
	w.Line("TZID", zone.String())
	var last time.Time
	at := from.In(zone)
	first := at
	for until := at.AddDate(zoneYears, 0, 0); at.Before(until); {
		begin, end := at.ZoneBounds()
		if at.Equal(first) || begin.After(last) && clocksChange(zone, begin) {
			w.observance(zone, begin, at)
			last = begin
		}
		if end.IsZero() {
			break
		}
		// By the rule that zones have after their last change that is known, Go gives bounds at the turn
		// of years too, and for the last day of leap years an end that is not after it.
		if !end.After(at) {
			end = at.AddDate(0, 0, 1)
		}
		at = end
	}
	w.End("VTIMEZONE")
}

// clocksChange tells whether clocks show another time from a moment on than before.
func clocksChange(zone *time.Location, at time.Time) bool {
	name, offset := at.In(zone).Zone()
	nameBefore, offsetBefore := at.Add(-time.Second).In(zone).Zone()
	return name != nameBefore || offset != offsetBefore || at.In(zone).IsDST() != at.Add(-time.Second).In(zone).IsDST()
}

// observance writes what clocks show from a moment on, at which they are already at another.
func (w *Writer) observance(zone *time.Location, begin, within time.Time) {
	name, offset := within.In(zone).Zone()
	before := offset
	onset := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	if !begin.IsZero() {
		_, before = begin.Add(-time.Second).In(zone).Zone()
		onset = begin.UTC().Add(time.Duration(before) * time.Second) // as clocks showed it before
	}
	component := "STANDARD"
	if within.In(zone).IsDST() {
		component = "DAYLIGHT"
	}
	w.Begin(component)
	w.Line("DTSTART", onset.Format(LocalForm))
	w.Line("TZOFFSETFROM", offsetText(before))
	w.Line("TZOFFSETTO", offsetText(offset))
	w.Text("TZNAME", name)
	w.End(component)
}

func offsetText(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	text := fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf("%02d", seconds%60)
	}
	return text
}

// Duration reads a length of time such as -PT15M or P1W (RFC 5545 section 3.3.6).
func Duration(text string) (time.Duration, bool) {
	sign := time.Duration(1)
	switch {
	case strings.HasPrefix(text, "-"):
		sign, text = -1, text[1:]
	case strings.HasPrefix(text, "+"):
		text = text[1:]
	}
	text, ok := strings.CutPrefix(text, "P")
	if !ok || text == "" {
		return 0, false
	}
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour}
	var total time.Duration
	for text != "" {
		if text[0] == 'T' {
			units, text = map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}, text[1:]
			continue
		}
		end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 || end > 7 {
			return 0, false
		}
		n, err := strconv.Atoi(text[:end])
		unit, known := units[text[end]]
		if err != nil || !known {
			return 0, false
		}
		total, text = total+time.Duration(n)*unit, text[end+1:]
	}
	const most = 10 * 366 * 24 * time.Hour
	return sign * total, total <= most
}
