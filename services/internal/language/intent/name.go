package intent

import (
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// longestName is how many tokens a name has that nobody has given yet.
const longestName = 5

// signed reads a name behind a sign: one that is known, one in quotes, or a word.
func (r *reader) signed(at int, sign string, known []string) []ending {
	if at+1 >= r.end || r.tokens[at].Text != sign || r.tokens[at].breaks || !r.tokens[at+1].Glued {
		return nil
	}
	if found := r.known(at+1, known); found != nil {
		return found
	}
	if end, inside, ok := r.quoted(at + 1); ok {
		return []ending{{end, inside}}
	}
	end := at + 1
	for end < r.end && r.tokens[end].Glued && (r.tokens[end].Class != words.Mark || r.tokens[end].isMark("-_") && end > at+1) {
		end++
	}
	name := ""
	if end > at+1 {
		name = r.span(at+1, end)
	}
	if !hasLetter(name) {
		return nil
	}
	return []ending{{end, spelledAs(name, known)}}
}

// known reads the longest of the names that exist.
func (r *reader) known(at int, names []string) []ending {
	var found []ending
	longest := 0
	for _, name := range names {
		keys := keysOf(name)
		if len(keys) > longest && r.areWords(at, keys) {
			longest = len(keys)
			found = []ending{{at + longest, name}}
		}
	}
	return found
}

// areWords reports whether words stand at a place as they are written.
func (r *reader) areWords(at int, keys []string) bool {
	for i, key := range keys {
		if at+i >= r.end || r.tokens[at+i].breaks || r.tokens[at+i].key != key {
			return false
		}
	}
	end := at + len(keys)
	return len(keys) > 0 && (end >= r.end || r.tokens[end].Class == words.Mark || !r.tokens[end].Glued)
}

// spelledAs gives a name as it was given first.
func spelledAs(name string, known []string) string {
	if i := slices.IndexFunc(known, func(one string) bool { return strings.EqualFold(one, name) }); i >= 0 {
		return known[i]
	}
	return name
}

// tags reads @name.
func (r *reader) tags(at int) []ending { return r.signed(at, "@", r.options.Names.Tags) }

// labels reads a tag without its sign.
func (r *reader) labels(at int) []ending {
	if found := r.knownTags(at); found != nil {
		return found
	}
	if end, inside, ok := r.quoted(at); ok {
		return []ending{{end, inside}}
	}
	if at < r.end && r.tokens[at].Class == words.Word && !r.grammar.foreign[r.tokens[at].key] && !r.grammar.articles[r.tokens[at].key] && r.endsWell(at+1) {
		return []ending{{at + 1, r.span(at, at+1)}}
	}
	return nil
}

// knownTags reads @name, or a tag that exists.
func (r *reader) knownTags(at int) []ending {
	if found := r.tags(at); found != nil {
		return found
	}
	return r.known(at, r.options.Names.Tags)
}

// projectSigns reads #name.
func (r *reader) projectSigns(at int) []ending { return r.signed(at, "#", r.options.Names.Projects) }

// sectionSigns reads /name.
func (r *reader) sectionSigns(at int) []ending { return r.signed(at, "/", r.options.Names.Sections) }

// knownProjects reads the name of a project that exists and is no date.
func (r *reader) knownProjects(at int) []ending {
	found := r.known(at, r.options.Names.Projects)
	if len(found) > 0 && len(r.moments(at)) > 0 {
		return nil
	}
	return found
}

// knownSections reads the name of a section that exists.
func (r *reader) knownSections(at int) []ending { return r.known(at, r.options.Names.Sections) }

// savedFilters reads the name of a filter that is kept.
func (r *reader) savedFilters(at int) []ending { return r.known(at, r.options.Names.Filters) }

// names reads a name that need not exist.
func (r *reader) names(at int) []ending {
	if found := r.projectSigns(at); found != nil {
		return found
	}
	var found []ending
	for _, one := range r.titles(at) {
		if name, ok := one.value.(string); ok && one.end <= at+longestName {
			found = append(found, ending{one.end, spelledAs(name, append(slices.Clone(r.options.Names.Projects), r.options.Names.Sections...))})
		}
	}
	return found
}
