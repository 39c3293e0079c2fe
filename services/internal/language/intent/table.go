package intent

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// table is the JSON form of what a language says.
//
// A pattern is made of words, (some|choices), [what may be missing], <slots>, and a star behind what
// may be there any number of times. A slot is a rule of the table, or one of the leaves with the
// value that it reads; <due=when> keeps the value of the leaf "when" under another name. An
// alternative of a rule is a pattern, or an object: "say" has patterns, "if" the talk in which they
// make sense, and all else is what they say, of the names in setters. {name} in it takes the value
// of a slot: "due before: {point first}".
type table struct {
	Tag string `json:"tag"`
	// Articles may stand before a title and are no part of it.
	Articles []string `json:"articles"`
	// NotFirst are words with which no title begins: what speaks of a task that is not there yet,
	// and what belongs to the word before. NotLast are those with which none ends.
	NotFirst []string `json:"notFirst"`
	NotLast  []string `json:"notLast"`
	// Foreign are words that a title has only within quotes: what denies, limits, asks for
	// a condition, joins two orders or speaks of tasks without naming them.
	Foreign []string `json:"foreign"`
	// Denials are those of them that a task which was not plainly added does not have either.
	Denials []string `json:"denials"`
	// Commands begin an order, so that no task is made of them without "add".
	Commands []string `json:"commands"`
	// Chores are those of them that are as often what a person has to do.
	Chores []string `json:"chores"`
	// Particles are polite words that may stand behind any word of a pattern.
	Particles []string `json:"particles"`
	// Closers are polite words at the end.
	Closers []string `json:"closers"`
	// Forgiving are keywords that are read with a typing error, the forms of one word together, and
	// Correct words that are none.
	Forgiving []string `json:"forgiving"`
	Correct   []string `json:"correct"`
	// Dates are phrases that package dates does not know, with one that it does.
	Dates map[string]string `json:"dates"`
	// Joiners stand before the last one of a list.
	Joiners []string `json:"joiners"`
	// Openers are the rules of what may stand before an order, and Requests of those after
	// which it may be a question.
	Openers  []json.RawMessage `json:"openers"`
	Requests []json.RawMessage `json:"requests"`
	// Utterances are all that can be said: of those that fit the first one counts.
	Utterances []json.RawMessage            `json:"utterances"`
	Rules      map[string][]json.RawMessage `json:"rules"`
	// Hints give what is near to an utterance that is not understood.
	Hints    []json.RawMessage `json:"hints"`
	Examples map[Verb][]string `json:"examples"`
}

// grammar is a table that is ready to read with.
type grammar struct {
	table
	rules                                                                      map[string]*rule
	openers, requests, utterances, hints                                       *rule
	articles, notFirst, notLast, foreign, denials, commands, chores, particles map[string]bool
	closers                                                                    [][]string
	forgiving                                                                  [][]string
	// known are the words of all patterns.
	known map[string]bool
}

// rule is what a slot of a pattern can be.
type rule struct {
	name         string
	alternatives []alternative
}

// alternative is a pattern and what it says.
type alternative struct {
	node node
	// begins are the words of which one is the first, nil when it may be any.
	begins map[string]bool
	// only says of which talk it makes sense.
	only conditions
	// says are the facts that the pattern states.
	says []fact
}

//go:embed *.json
var tables embed.FS

var loaded = sync.OnceValues(load)

// grammarOf is the grammar of a language, or English.
func grammarOf(locale *words.Locale) *grammar {
	grammars, err := loaded()
	if err != nil {
		panic(err) // the tables are part of the program
	}
	if g, ok := grammars[locale.Tag]; ok {
		return g
	}
	return grammars[words.English().Tag]
}

func load() (map[string]*grammar, error) {
	files, err := tables.ReadDir(".")
	if err != nil {
		return nil, err
	}
	grammars := map[string]*grammar{}
	for _, file := range files {
		data, err := tables.ReadFile(file.Name())
		if err != nil {
			return nil, err
		}
		g := &grammar{}
		if err := json.Unmarshal(data, &g.table); err != nil {
			return nil, fmt.Errorf("utterances in %s: %w", file.Name(), err)
		}
		if err := g.compile(); err != nil {
			return nil, fmt.Errorf("utterances in %s: %w", file.Name(), err)
		}
		grammars[g.Tag] = g
	}
	return grammars, nil
}

// compile makes rules of the patterns.
func (g *grammar) compile() error {
	g.rules, g.known = map[string]*rule{}, map[string]bool{}
	for name := range g.Rules {
		g.rules[name] = &rule{name: name}
	}
	for name, alternatives := range g.Rules {
		if err := g.fill(g.rules[name], alternatives); err != nil {
			return err
		}
	}
	for _, top := range []struct {
		to   **rule
		name string
		from []json.RawMessage
	}{
		{&g.openers, "openers", g.Openers}, {&g.requests, "requests", g.Requests},
		{&g.utterances, "utterances", g.Utterances}, {&g.hints, "hints", g.Hints},
	} {
		*top.to = &rule{name: top.name}
		if err := g.fill(*top.to, top.from); err != nil {
			return err
		}
	}
	g.articles, g.foreign, g.denials = setOf(g.Articles), setOf(g.Foreign), setOf(g.Denials)
	g.commands, g.chores = setOf(g.Commands), setOf(g.Chores)
	g.notFirst, g.notLast = setOf(g.NotFirst), setOf(g.NotLast)
	g.particles = setOf(g.Particles)
	for _, closer := range g.Closers {
		g.closers = append(g.closers, keysOf(closer))
	}
	for _, forms := range g.Forgiving {
		g.forgiving = append(g.forgiving, keysOf(forms))
	}
	for _, word := range g.Correct {
		g.known[keyOf(word)] = true
	}
	return nil
}

func setOf(list []string) map[string]bool {
	set := map[string]bool{}
	for _, word := range list {
		set[keyOf(word)] = true
	}
	return set
}

// fill adds the alternatives of a rule: patterns, or objects with patterns and what they say.
func (g *grammar) fill(to *rule, alternatives []json.RawMessage) error {
	for _, raw := range alternatives {
		patterns, only, says, err := readAlternative(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", to.name, err)
		}
		for _, pattern := range patterns {
			node, err := g.pattern(pattern)
			if err != nil {
				return fmt.Errorf("%s: %q: %w", to.name, pattern, err)
			}
			one := alternative{node: node, only: only, says: says}
			if keys, ok := node.begins(); ok {
				one.begins = setOf(keys)
			}
			to.alternatives = append(to.alternatives, one)
		}
	}
	return nil
}

// readAlternative reads a pattern, or an object with one or more of them.
func readAlternative(raw json.RawMessage) (patterns []string, only conditions, says []fact, err error) {
	var pattern string
	if json.Unmarshal(raw, &pattern) == nil {
		return []string{pattern}, conditions{}, nil, nil
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, conditions{}, nil, err
	}
	for name, value := range fields {
		switch text, isText := value.(string); {
		case name == "say" && isText:
			patterns = []string{text}
		case name == "say":
			err = json.Unmarshal(mustMarshal(value), &patterns)
		case name == "if":
			only, err = readConditions(text)
		default:
			says = append(says, fact{name, constant(value)})
		}
		if err != nil {
			return nil, conditions{}, nil, err
		}
	}
	slices.SortFunc(says, func(a, b fact) int { return strings.Compare(a.name, b.name) })
	return patterns, only, says, nil
}

func mustMarshal(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was JSON before
	}
	return data
}

// constant is a value of a table as facts have it.
func constant(value any) any {
	if number, ok := value.(float64); ok {
		return int(number)
	}
	return value
}

// conditions say in which talk a pattern makes sense.
type conditions struct {
	asked       []Question
	last        []Verb
	needsShown  bool
	needsSpoken bool
}

// readConditions reads "asked=which", "last=add,change", "shown" and "spoken", separated by
// spaces.
func readConditions(text string) (conditions, error) {
	var c conditions
	for field := range strings.FieldsSeq(text) {
		name, list, _ := strings.Cut(field, "=")
		for value := range strings.SplitSeq(list, ",") {
			switch name {
			case "asked":
				c.asked = append(c.asked, Question(value))
			case "last":
				c.last = append(c.last, Verb(value))
			case "shown":
				c.needsShown = true
			case "spoken":
				c.needsSpoken = true
			default:
				return c, fmt.Errorf("the condition %q is not known", field)
			}
		}
	}
	return c, nil
}

func (c *conditions) hold(talk Talk) bool {
	return (c.asked == nil || slices.Contains(c.asked, talk.Asked)) &&
		(c.last == nil || slices.Contains(c.last, talk.Last)) &&
		(!c.needsShown || talk.Shown > 0) && (!c.needsSpoken || talk.Spoken > 0)
}
