package filter

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// upper is a text for comparison without regard to case. PostgreSQL's side is
// upper(… COLLATE "und-x-icu"), by the same rules.
func upper(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return cases.Upper(language.Und).String(text)
		}
	}
	return strings.ToUpper(text)
}

// pattern is a name in which * stands for any characters: the pieces between them.
type pattern []string

// newPattern reads Filter.Name.
func newPattern(name string) pattern {
	var pieces pattern
	var piece strings.Builder
	for i := 0; i < len(name); i++ {
		switch {
		case name[i] == '*':
			pieces = append(pieces, piece.String())
			piece.Reset()
			continue
		case name[i] == '\\' && i+1 < len(name):
			i++
		}
		piece.WriteByte(name[i])
	}
	return append(pieces, piece.String())
}

// folded is p in upper case.
func (p pattern) folded() pattern {
	folded := make(pattern, len(p))
	for i, piece := range p {
		folded[i] = upper(piece)
	}
	return folded
}

// like is p in the language of LIKE.
func (p pattern) like() string {
	escaped := make([]string, len(p))
	for i, piece := range p {
		escaped[i] = likeEscapes.Replace(piece)
	}
	return strings.Join(escaped, "%")
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// matches reports whether the whole of a text fits. It takes the first place for each
// piece, which is never worse than a later one, and so needs no way back.
func (p pattern) matches(text string) bool {
	if len(p) == 1 {
		return text == p[0]
	}
	text, ok := strings.CutPrefix(text, p[0])
	if !ok {
		return false
	}
	for _, piece := range p[1 : len(p)-1] {
		if _, text, ok = strings.Cut(text, piece); !ok {
			return false
		}
	}
	return strings.HasSuffix(text, p[len(p)-1])
}
