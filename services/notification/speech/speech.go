// Package speech has what people are told outside of the page, in the languages that the page speaks.
package speech

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// fallback is what people are spoken to in whose language there is none.
const fallback = "en"

// vocabulary is one language, as its file has it.
type vocabulary struct {
	Dir      string   `json:"dir"`      // in which its lines run, as HTML says it
	Weekdays []string `json:"weekdays"` // from Sunday
	Months   []string `json:"months"`   // from January
	Forms    forms    `json:"forms"`    // how dates and times are written, by region
	// Messages are texts by name, in which {x} stands for a value.
	Messages map[string]string `json:"messages"`
}

// vocabularies are all languages, by their tags.
var vocabularies = sync.OnceValue(func() map[string]vocabulary {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("list the languages: %v", err)) // the files are part of the program
	}
	all := map[string]vocabulary{}
	for _, entry := range entries {
		var read vocabulary
		file, err := files.ReadFile(entry.Name())
		if err == nil {
			err = json.Unmarshal(file, &read)
		}
		if err != nil {
			panic(fmt.Sprintf("read the language %s: %v", entry.Name(), err))
		}
		all[strings.TrimSuffix(entry.Name(), ".json")] = read
	}
	return all
})

// Speaker speaks to one person.
type Speaker struct {
	words vocabulary
	tag   string
	form  form
}

// To returns who speaks to a person of a locale, such as de-AT-u-hc-h23 (BCP 47): in their language or
// else in English, with dates and times as they are written where they live, by the clock that they like.
func To(locale string) Speaker {
	wanted, err := language.Parse(locale)
	if err != nil {
		wanted = language.English
	}
	base, _ := wanted.Base()
	s := Speaker{tag: base.String()}
	var ok bool
	if s.words, ok = vocabularies()[s.tag]; !ok {
		s.tag, s.words = fallback, vocabularies()[fallback]
	}
	s.form = s.words.Forms.of(wanted)
	return s
}

// Lang is the language that is spoken, as HTML says it.
func (s Speaker) Lang() string { return s.tag }

// Dir is in which direction its lines run, as HTML says it.
func (s Speaker) Dir() string { return s.words.Dir }

// Knows tells whether there is a message of a name.
func (s Speaker) Knows(name string) bool { return s.words.Messages[name] != "" }

// Say says a message; pairs are the names and values that it takes.
func (s Speaker) Say(name string, pairs ...string) string {
	return fill(s.words.Messages[name], pairs...)
}

// Count says the form of a message for a number, which is its {n}.
func (s Speaker) Count(name string, n int) string {
	form := ".other"
	if plural.Cardinal.MatchPlural(language.Make(s.tag), n, 0, 0, 0, 0) == plural.One {
		form = ".one"
	}
	return s.Say(name+form, "n", strconv.Itoa(n))
}

// fill puts values in place of their names.
func fill(text string, pairs ...string) string {
	with := make([]string, len(pairs))
	for n, one := range pairs {
		with[n] = one
		if n%2 == 0 {
			with[n] = "{" + one + "}"
		}
	}
	return strings.NewReplacer(with...).Replace(text)
}
