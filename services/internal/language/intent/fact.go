package intent

import (
	"fmt"
	"regexp"
	"strings"
)

// join puts facts together.
func join(before, after []fact) []fact {
	if len(after) == 0 {
		return before
	}
	return append(before[:len(before):len(before)], after...)
}

// conclude adds what a pattern states to what was said in its slots. A statement such as
// "due before: {day}" takes the values in braces, which are no facts of their own then.
func conclude(said, states []fact) ([]fact, bool) {
	if len(states) == 0 {
		return said, true
	}
	taken := map[string]bool{}
	stated := make([]fact, 0, len(states))
	for _, one := range states {
		template, ok := one.value.(string)
		if !ok || !strings.Contains(template, "{") {
			stated = append(stated, one)
			continue
		}
		text, ok := fillTemplate(template, said, taken, one.name == "filter")
		if !ok {
			return nil, false
		}
		stated = append(stated, fact{one.name, text})
	}
	kept := make([]fact, 0, len(said)+len(stated))
	for _, one := range said {
		if !taken[one.name] {
			kept = append(kept, one)
		}
	}
	return append(kept, stated...), true
}

// placeholder is {name}, {#name} for a project as quick-add writes it, or {name field} for a
// period of a field of filters.
var placeholder = regexp.MustCompile(`\{(#?)([a-z]+)(?: ([a-z]+))?\}`)

// fillTemplate writes values into a template and notes which it took. It fails when one was not
// said.
func fillTemplate(template string, said []fact, taken map[string]bool, inFilter bool) (string, bool) {
	ok := true
	text := placeholder.ReplaceAllStringFunc(template, func(hole string) string {
		parts := placeholder.FindStringSubmatch(hole)
		value, found := valueOf(said, parts[2])
		ok = ok && found
		taken[parts[2]] = true
		switch value := value.(type) {
		case period:
			return value.condition(parts[3])
		case string:
			switch {
			case inFilter:
				return escaped(value)
			case parts[1] != "":
				return projectSign(value)
			}
			return value
		default:
			return fmt.Sprint(value)
		}
	})
	return text, ok
}

func valueOf(facts []fact, name string) (any, bool) {
	for _, one := range facts {
		if one.name == name {
			return one.value, true
		}
	}
	return nil, false
}

// escaped keeps a name or a text literal in a filter.
func escaped(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(`&|(),\*`, text[i]) >= 0 || i == 0 && text[i] == '#' {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// projectSign names a project as quick-add reads it.
func projectSign(name string) string {
	if strings.ContainsAny(name, " /") {
		return `#"` + name + `"`
	}
	return "#" + name
}
