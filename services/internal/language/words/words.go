// Package words holds the vocabulary of each language for the grammars of tasks:
// recurrence, dates and quick-add. A language is one JSON table beside this
// file; adding it takes no code.
package words

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Kind is what a word can be in a sentence. The values of a meaning depend on it.
type Kind string

// The kinds that the grammars know.
const (
	Every    Kind = "every"
	Other    Kind = "other"   // every other: each second one
	Number   Kind = "number"  // the number
	Ordinal  Kind = "ordinal" // the number
	Last     Kind = "last"
	Unit     Kind = "unit"    // 1 second to 7 year, 8 quarter, 9 fortnight, as in Second to Fortnight
	Adverb   Kind = "adverb"  // 100 × unit + interval: "fortnightly" is 502
	Weekday  Kind = "weekday" // 0 Monday to 6 Sunday
	Workday  Kind = "workday"
	Weekend  Kind = "weekend"
	Month    Kind = "month"    // 1 to 12
	DayPart  Kind = "daypart"  // minutes since midnight
	Clock    Kind = "clock"    // a word for a time: minutes since midnight
	Meridiem Kind = "meridiem" // 0 before noon, 12 after
	Oclock   Kind = "oclock"
	Today    Kind = "today"   // days from today
	Tonight  Kind = "tonight" // minutes since midnight
	Next     Kind = "next"
	This     Kind = "this"
	Previous Kind = "previous"
	Begin    Kind = "begin"
	End      Kind = "end"
	The      Kind = "the"
	Of       Kind = "of"
	On       Kind = "on"
	In       Kind = "in"
	At       Kind = "at"
	And      Kind = "and"
	To       Kind = "to"
	From     Kind = "from"
	Until    Kind = "until"
	For      Kind = "for"
	Times    Kind = "times"
	Only     Kind = "only"
	Also     Kind = "also"
	Except   Kind = "except"
	// These belong to dates and times alone.
	EndOfUnit Kind = "end of unit" // a word for the end of this unit
	By        Kind = "by"
	Between   Kind = "between"
	Ago       Kind = "ago"
	FromNow   Kind = "from now"
	Before    Kind = "before"
	After     Kind = "after"
	Half      Kind = "half"       // half of a unit
	AndAHalf  Kind = "and a half" // half of the unit before
	HalfPast  Kind = "half past"  // minutes after the hour that follows
	QuarterTo Kind = "quarter to" // minutes before the hour that follows
	PastHour  Kind = "past hour"  // as in ten past nine
	ToHour    Kind = "to hour"    // as in ten to nine
	ShortUnit Kind = "short unit" // a unit that must touch its number, as in 45m
	Weak      Kind = "weak"       // a word that is a date only where nothing else fits
	Idiom     Kind = "idiom"      // a phrase that begins like a date and is none
	// The rest are the fixed phrases of recurrence.
	CountingOnly Kind = "counting only"
	WeeksFrom    Kind = "weeks from"
	IfExists     Kind = "if it exists"
	OnlyIfExists Kind = "only if it exists"
	OrNext       Kind = "or the next day"
)

// The values of Unit; the first seven are those of recurrence.Frequency.
const (
	Second = iota + 1
	Minute
	Hour
	Day
	Week
	MonthUnit
	Year
	Quarter
	Fortnight
)

// Meaning is one thing that a word can mean.
type Meaning struct {
	Kind  Kind
	Value int
}

// Locale is the vocabulary of one language.
type Locale struct {
	// Tag is the language as in BCP 47.
	Tag string
	// OrdinalSuffixes follow a number without a space, such as "st".
	OrdinalSuffixes []string
	// Zones gives the IANA time zones of abbreviations such as "cet".
	Zones map[string]string
	// MonthFirst is set where 12/1 is the 1st of December.
	MonthFirst bool
	// Print is how sentences are written.
	Print Print

	monthFirst []string
	meanings   map[string][]Meaning // by the tokens of the word, joined by a space
	longest    map[string]int       // tokens in the longest key, by its first token
}

// Print holds the forms and templates for output. {name} is replaced.
type Print struct {
	Weekdays []string `json:"weekdays"` // from Monday
	Months   []string `json:"months"`   // from January
	// Every gives by unit ("day"; also "workday" and "weekday") the templates for
	// each one, each second and each {n}th.
	Every map[string][3]string `json:"every"`
	// After marks a rule that starts anew at completion, in place of {!}.
	After string `json:"after"`
	// Ordinals: the first ending whose remainder fits counts.
	Ordinals []Ending `json:"ordinals"`
	// Phrases are the other templates, by name.
	Phrases map[string]string `json:"phrases"`
}

// Ending is how numbers with a remainder end as ordinals.
type Ending struct {
	Modulus   int    `json:"modulus"`
	Remainder int    `json:"remainder"`
	Template  string `json:"template"` // with {n}
}

// table is the JSON form of a Locale.
type table struct {
	Tag             string   `json:"tag"`
	OrdinalSuffixes []string `json:"ordinalSuffixes"`
	Words           []struct {
		Kind  Kind     `json:"kind"`
		Value int      `json:"value"`
		Words []string `json:"words"`
	} `json:"words"`
	// MonthFirst lists the tags, in lower case, that write the month before the day.
	MonthFirst []string          `json:"monthFirst"`
	Zones      map[string]string `json:"zones"`
	Print      Print             `json:"print"`
}

//go:embed *.json
var tables embed.FS

var (
	loaded  = sync.OnceValues(load)
	english = sync.OnceValue(func() *Locale {
		locale, err := Find("en")
		if err != nil {
			panic(err) // the table is part of the program
		}
		return locale
	})
)

// English is the locale that is always there.
func English() *Locale { return english() }

// Find gives the locale of a BCP 47 tag: the words of its language with the order
// of dates of its region.
func Find(tag string) (*Locale, error) {
	locales, err := loaded()
	if err != nil {
		return nil, err
	}
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	locale, ok := locales[language]
	if !ok {
		return nil, fmt.Errorf("the language %q is not known", tag)
	}
	regional := *locale
	regional.MonthFirst = slices.Contains(locale.monthFirst, strings.ToLower(tag))
	return &regional, nil
}

func load() (map[string]*Locale, error) {
	files, err := tables.ReadDir(".")
	if err != nil {
		return nil, err
	}
	locales := map[string]*Locale{}
	for _, file := range files {
		data, err := tables.ReadFile(file.Name())
		if err != nil {
			return nil, err
		}
		var t table
		if err := json.Unmarshal(data, &t); err != nil {
			return nil, fmt.Errorf("words in %s: %w", file.Name(), err)
		}
		locales[t.Tag] = t.locale()
	}
	return locales, nil
}

func (t table) locale() *Locale {
	l := &Locale{
		Tag: t.Tag, OrdinalSuffixes: t.OrdinalSuffixes, Zones: t.Zones, monthFirst: t.MonthFirst, Print: t.Print,
		meanings: map[string][]Meaning{}, longest: map[string]int{},
	}
	for _, entry := range t.Words {
		for _, word := range entry.Words {
			tokens := Split(word)
			key := join(tokens)
			l.meanings[key] = append(l.meanings[key], Meaning{Kind: entry.Kind, Value: entry.Value})
			l.longest[tokens[0].Text] = max(l.longest[tokens[0].Text], len(tokens))
		}
	}
	return l
}

// Opens reports whether any word or phrase begins with a token.
func (l *Locale) Opens(t Token) bool { return l.longest[t.Text] > 0 }

// Match finds the longest word or phrase of a kind with which tokens begin. It
// gives its value and the number of tokens, 0 when there is none.
func (l *Locale) Match(tokens []Token, kind Kind) (value, length int) {
	if len(tokens) == 0 {
		return 0, 0
	}
	for length := min(l.longest[tokens[0].Text], len(tokens)); length > 0; length-- {
		for _, meaning := range l.meanings[join(tokens[:length])] {
			if meaning.Kind == kind {
				return meaning.Value, length
			}
		}
	}
	return 0, 0
}

// Reading is what the first tokens of a text can be.
type Reading struct {
	Meaning
	Length int // in tokens
}

// Readings gives every word and phrase with which tokens begin, the longest
// first: what Match finds for all kinds.
func (l *Locale) Readings(tokens []Token) []Reading {
	if len(tokens) == 0 {
		return nil
	}
	var readings []Reading
	for length := min(l.longest[tokens[0].Text], len(tokens)); length > 0; length-- {
		for _, meaning := range l.meanings[join(tokens[:length])] {
			readings = append(readings, Reading{meaning, length})
		}
	}
	return readings
}

// IsOrdinalSuffix reports whether a token makes the number before it an ordinal.
func (l *Locale) IsOrdinalSuffix(t Token) bool {
	return t.Glued && slices.Contains(l.OrdinalSuffixes, t.Text)
}

// Class tells tokens apart.
type Class int

// The classes of tokens.
const (
	Word Class = iota // letters and apostrophes
	Digits
	Mark // any other single character
)

// Token is a piece of a text.
type Token struct {
	Class Class
	Text  string // in lower case
	// From and To are byte offsets in the text.
	From, To int
	// Glued is set when no space stands before.
	Glued bool
}

// Split cuts a text into words, numbers and single other characters; white space
// only separates.
func Split(text string) []Token {
	tokens := make([]Token, 0, len(text)/4+4)
	glued := false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(r) {
			glued = false
			i += size
			continue
		}
		class, end := classOf(r), i+size
		for class != Mark && end < len(text) {
			next, width := utf8.DecodeRuneInString(text[end:])
			if classOf(next) != class && (class != Word || !isInner(next)) {
				break
			}
			end += width
		}
		tokens = append(tokens, Token{Class: class, Text: strings.ToLower(text[i:end]), From: i, To: end, Glued: glued})
		glued = true
		i = end
	}
	return tokens
}

func classOf(r rune) Class {
	switch {
	case r >= '0' && r <= '9':
		return Digits
	case unicode.IsLetter(r):
		return Word
	default:
		return Mark
	}
}

// isInner reports whether a character may stand inside a word.
func isInner(r rune) bool { return r == '\'' || r == '’' || unicode.IsMark(r) }

func join(tokens []Token) string {
	if len(tokens) == 1 {
		return tokens[0].Text
	}
	var b strings.Builder
	for i, token := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(token.Text)
	}
	return b.String()
}

// Ordinal writes a number as an ordinal, such as 2nd.
func (p *Print) Ordinal(n int) string {
	for _, ending := range p.Ordinals {
		if n%ending.Modulus == ending.Remainder {
			return strings.ReplaceAll(ending.Template, "{n}", fmt.Sprint(n))
		}
	}
	return fmt.Sprint(n)
}

// Phrase fills the template of a name: pairs are names and values.
func (p *Print) Phrase(name string, pairs ...string) string {
	return Fill(p.Phrases[name], pairs...)
}

// Fill replaces {name} in a template: pairs are names and values.
func Fill(template string, pairs ...string) string {
	replacements := slices.Clone(pairs)
	for i := 0; i < len(replacements); i += 2 {
		replacements[i] = "{" + replacements[i] + "}"
	}
	return strings.NewReplacer(replacements...).Replace(template)
}
