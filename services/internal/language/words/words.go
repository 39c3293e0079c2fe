// Package words holds the vocabulary of each language for the grammars of tasks:
// recurrence, dates and quick-add. A language is one JSON table beside this
// file; adding it takes no code.
package words

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Kind is what a word can be in a sentence. The values of a meaning depend on it.
type Kind string

// The kinds that the grammars know.
const (
	Every   Kind = "every"
	Other   Kind = "other"   // every other: each second one
	Number  Kind = "number"  // the number
	Some    Kind = "some"    // a number that only counts, such as "a few", and is no hour
	Ordinal Kind = "ordinal" // the number
	Last    Kind = "last"    // 2 the one before the last; 0 is the last
	Unit    Kind = "unit"    // 1 second to 7 year, 8 quarter, 9 fortnight, as in Second to Fortnight
	Adverb  Kind = "adverb"  // 100 × unit + interval: "fortnightly" is 502
	Weekday Kind = "weekday" // 0 Monday to 6 Sunday
	Workday Kind = "workday"
	Weekend Kind = "weekend"
	// EachWeekday is a word for each such weekday, such as "mondays": 0 Monday to 6
	// Sunday, 7 each workday, 8 each weekend.
	EachWeekday Kind = "each weekday"
	Month       Kind = "month"    // 1 to 12
	DayPart     Kind = "daypart"  // minutes since midnight
	Clock       Kind = "clock"    // a word for a time: minutes since midnight
	Meridiem    Kind = "meridiem" // 0 before noon, 12 after
	Oclock      Kind = "oclock"   // 12 when the hour before it is on a clock of 12 hours, 0 of 24
	Today       Kind = "today"    // days from today
	Tonight     Kind = "tonight"  // minutes since midnight
	Next        Kind = "next"
	This        Kind = "this"
	Previous    Kind = "previous"
	Begin       Kind = "begin"
	End         Kind = "end"
	The         Kind = "the"
	Of          Kind = "of"
	On          Kind = "on"
	In          Kind = "in"
	At          Kind = "at"
	And         Kind = "and"
	To          Kind = "to"
	From        Kind = "from"
	Until       Kind = "until"
	For         Kind = "for"
	Times       Kind = "times"
	Only        Kind = "only"
	Also        Kind = "also"
	Except      Kind = "except"
	// These belong to dates and times alone.
	EndOfUnit Kind = "end of unit" // a word for the end of this unit
	By        Kind = "by"
	Between   Kind = "between"
	Ago       Kind = "ago"
	FromNow   Kind = "from now"
	Before    Kind = "before"
	After     Kind = "after"
	Coming    Kind = "coming" // the first one from now on
	// Languages say what comes after the next one in two orders.
	NextButOne Kind = "next but one" // before the unit, as the German "übernächste"
	AfterNext  Kind = "after next"   // behind it
	InDayPart  Kind = "in daypart"   // a phrase for a part of the day: minutes since midnight
	AgoBefore  Kind = "ago before"   // what means ago and stands before the amount
	Lasting    Kind = "lasting"      // what means for and stands after the amount
	Fraction   Kind = "fraction"     // hundredths of the unit that follows: "half a" is 50
	AndAHalf   Kind = "and a half"   // half of the unit before
	Minutes    Kind = "minutes"      // a word for an amount: how many minutes
	NearHour   Kind = "near hour"    // minutes from the hour that follows: "half past" is 30, "quarter to" -15
	PastHour   Kind = "past hour"    // as in ten past nine
	ToHour     Kind = "to hour"      // as in ten to nine
	ShortUnit  Kind = "short unit"   // a unit that must touch its number, as in 45m
	Weak       Kind = "weak"         // a word that is a date only where nothing else fits
	Idiom      Kind = "idiom"        // a phrase that looks like a date and is none
	Occasion   Kind = "occasion"     // what people do at a part of the day, such as dinner: minutes since midnight
	Numbered   Kind = "numbered"     // what a number names, such as the chapter in "chapter 7"
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

// The values of EachWeekday that are several days.
const (
	EachWorkday = 7
	EachWeekend = 8
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
	// Decimal is the mark in 1.5.
	Decimal string
	// CapitalNouns is set where nouns begin with a capital, so that a small letter
	// tells a verb from what is counted.
	CapitalNouns bool
	// Zones gives the IANA time zones of abbreviations such as "cet".
	Zones map[string]string
	// MonthFirst is set where 12/1 is the 1st of December.
	MonthFirst bool
	// Print is how sentences are written.
	Print Print

	monthFirst []string
	examples   map[Kind]string
	root       *node
	compounds  map[string]int // where to cut a word that is two, in bytes
}

// node is a word or the begin of a phrase.
type node struct {
	next map[string]*node // by the token that follows
	// readings are all words and phrases from the root to here, the longest first.
	readings []Reading
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
	Decimal         string   `json:"decimal"`
	CapitalNouns    bool     `json:"capitalNouns"`
	Words           []entry  `json:"words"`
	// Spellings are pairs of letters or words and how they are written as well, such as
	// ä and ae, or in which letters are often missing or changed.
	Spellings [][2]string `json:"spellings"`
	// Compounds are pairs of kinds of which the words may be written as one.
	Compounds [][2]Kind `json:"compounds"`
	// MonthFirst lists the tags, in lower case, that write the month before the day.
	MonthFirst []string          `json:"monthFirst"`
	Zones      map[string]string `json:"zones"`
	Print      Print             `json:"print"`
}

// entry gives words one meaning.
type entry struct {
	Kind  Kind     `json:"kind"`
	Value int      `json:"value"`
	Words []string `json:"words"`
}

//go:embed *.json
var tables embed.FS

var (
	loaded  = sync.OnceValues(load)
	english = sync.OnceValue(func() *Locale { return mustFind("en") })
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

// mustFind gives the locale of a table, which is part of the program.
func mustFind(tag string) *Locale {
	locale, err := Find(tag)
	if err != nil {
		panic(err)
	}
	return locale
}

// All gives each language that has a table, in the order of their tags.
func All() []*Locale {
	locales, err := loaded()
	if err != nil {
		panic(err) // the tables are part of the program
	}
	var all []*Locale
	for _, tag := range slices.Sorted(maps.Keys(locales)) {
		all = append(all, mustFind(tag))
	}
	return all
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
		Tag: t.Tag, OrdinalSuffixes: t.OrdinalSuffixes, Decimal: t.Decimal, CapitalNouns: t.CapitalNouns,
		Zones: t.Zones, Print: t.Print, monthFirst: t.MonthFirst, examples: map[Kind]string{}, root: &node{}, compounds: map[string]int{},
	}
	spelled := map[Kind][]string{}
	for _, entry := range t.Words {
		l.examples[entry.Kind] = cmp.Or(l.examples[entry.Kind], entry.Words[0])
		for _, word := range entry.Words {
			for _, spelling := range t.spellings(word) {
				l.add(Split(spelling), Meaning{entry.Kind, entry.Value})
				spelled[entry.Kind] = append(spelled[entry.Kind], spelling)
			}
		}
	}
	for _, pair := range t.Compounds {
		for _, first := range spelled[pair[0]] {
			for _, second := range spelled[pair[1]] {
				l.compounds[first+second] = len(first)
			}
		}
	}
	l.root.inherit(nil)
	return l
}

// spellings gives a word and the other ways to write it.
func (t table) spellings(word string) []string {
	all := []string{word}
	for _, pair := range t.Spellings {
		for _, one := range all {
			if strings.Contains(one, pair[0]) {
				all = append(all, strings.ReplaceAll(one, pair[0], pair[1]))
			}
		}
	}
	return all
}

func (l *Locale) add(tokens []Token, meaning Meaning) {
	at := l.root
	for _, token := range tokens {
		following := at.next[token.Text]
		if following == nil {
			following = &node{}
			if at.next == nil {
				at.next = map[string]*node{}
			}
			at.next[token.Text] = following
		}
		at = following
	}
	at.readings = append(at.readings, Reading{meaning, len(tokens)})
}

// inherit adds the readings of the nodes before to each node.
func (n *node) inherit(shorter []Reading) {
	n.readings = append(n.readings, shorter...)
	for _, following := range n.next {
		following.inherit(n.readings)
	}
}

// Example is the first word of a kind in the table, "" when there is none.
func (l *Locale) Example(kind Kind) string { return l.examples[kind] }

// Vocabulary lists every word and phrase, in order.
func (l *Locale) Vocabulary() []string { return l.root.phrases("") }

func (n *node) phrases(before string) []string {
	var all []string
	for _, word := range slices.Sorted(maps.Keys(n.next)) {
		phrase := strings.TrimSpace(before + " " + word)
		if len(n.next[word].readings) > len(n.readings) {
			all = append(all, phrase)
		}
		all = append(all, n.next[word].phrases(phrase)...)
	}
	return all
}

// Opens reports whether any word or phrase begins with a token.
func (l *Locale) Opens(t Token) bool { return l.root.next[t.Text] != nil }

// Match finds the longest word or phrase of a kind with which tokens begin. It
// gives its value and the number of tokens, 0 when there is none.
func (l *Locale) Match(tokens []Token, kind Kind) (value, length int) {
	for _, reading := range l.Readings(tokens) {
		if reading.Kind == kind {
			return reading.Value, reading.Length
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
// first. The caller must not change them.
func (l *Locale) Readings(tokens []Token) []Reading {
	at := l.root
	for _, token := range tokens {
		following := at.next[token.Text]
		if following == nil {
			break
		}
		at = following
	}
	return at.readings
}

// Split is [Split] with words such as the German Freitagabend cut in two.
func (l *Locale) Split(text string) []Token {
	tokens := Split(text)
	isCompound := func(t Token) bool { return l.compounds[t.Text] > 0 && len(t.Text) == t.To-t.From }
	if len(l.compounds) == 0 || !slices.ContainsFunc(tokens, isCompound) {
		return tokens
	}
	cut := make([]Token, 0, len(tokens)+1)
	for _, token := range tokens {
		if isCompound(token) {
			first, length := token, l.compounds[token.Text]
			first.Text, first.To = token.Text[:length], token.From+length
			token.Text, token.From, token.Glued = token.Text[length:], first.To, true
			cut = append(cut, first)
		}
		cut = append(cut, token)
	}
	return cut
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
	Text  string // in lower case, with composed letters
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
		r, size := runeAt(text, i)
		if unicode.IsSpace(r) {
			glued = false
			i += size
			continue
		}
		class, end := classOf(r), i+size
		isPlain := size == 1
		for class != Mark && end < len(text) {
			next, width := runeAt(text, end)
			if classOf(next) != class && (class != Word || !isInner(next)) {
				break
			}
			isPlain = isPlain && width == 1
			end += width
		}
		lower := strings.ToLower(text[i:end])
		if !isPlain {
			lower = norm.NFC.String(lower)
		}
		tokens = append(tokens, Token{Class: class, Text: lower, From: i, To: end, Glued: glued})
		glued = true
		i = end
	}
	return tokens
}

func runeAt(text string, i int) (r rune, size int) {
	if text[i] < utf8.RuneSelf {
		return rune(text[i]), 1
	}
	return utf8.DecodeRuneInString(text[i:])
}

func classOf(r rune) Class {
	switch {
	case r >= '0' && r <= '9':
		return Digits
	case r|0x20 >= 'a' && r|0x20 <= 'z' || r >= utf8.RuneSelf && unicode.IsLetter(r):
		return Word
	default:
		return Mark
	}
}

// isInner reports whether a character may stand inside a word.
func isInner(r rune) bool {
	return r == '\'' || r == '’' || r >= utf8.RuneSelf && unicode.IsMark(r)
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
