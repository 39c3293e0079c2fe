package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// operators are the characters that end a condition unless a backslash precedes them.
const operators = "&|(),"

// escape puts a backslash before the operators, and before backslashes too when the
// text has no escapes of its own.
func escape(text string, backslashes bool) string {
	special := operators
	if backslashes {
		special += `\`
	}
	if !strings.ContainsAny(text, special) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(special, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// unescape takes the backslashes away, but for those before a character of keep.
func unescape(raw, keep string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '\\' && i+1 < len(raw) {
			i++
			if strings.IndexByte(keep, raw[i]) >= 0 {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(raw[i])
	}
	return b.String()
}

// rawOffset is where the byte of unescape(raw, "") at an offset stands in raw.
func rawOffset(raw string, offset int) int {
	at := 0
	for ; at < len(raw) && offset > 0; offset-- {
		if raw[at] == '\\' {
			at++
		}
		at++
	}
	return min(at, len(raw))
}

// trimmed cuts white space off both ends of text[from:to] and gives what is left.
// White space after a backslash stays.
func trimmed(text string, from, to int) (int, int) {
	from = to - len(strings.TrimLeftFunc(text[from:to], unicode.IsSpace))
	kept := strings.TrimRightFunc(text[from:to], unicode.IsSpace)
	last := from + len(kept)
	if last < to && endsInBackslash(kept) {
		_, size := utf8.DecodeRuneInString(text[last:to])
		last += size
	}
	return from, last
}

func endsInBackslash(text string) bool {
	return (len(text)-len(strings.TrimRight(text, `\`)))%2 == 1
}

// spaced joins the words of a text with single spaces.
func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }
