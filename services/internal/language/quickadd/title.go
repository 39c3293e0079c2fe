package quickadd

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// leaveOutBullet takes "- ", "* [ ] " or "2. " before a line out of its title.
func (l *line) leaveOutBullet() {
	begin := len(l.text) - len(strings.TrimLeftFunc(l.text, unicode.IsSpace))
	rest := l.text[begin:]
	length := 0
	if bullet, size := utf8.DecodeRuneInString(rest); strings.ContainsRune("-*+•–", bullet) {
		length = size
	} else {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits > 0 && digits < len(rest) && (rest[digits] == '.' || rest[digits] == ')') {
			length = digits + 1
		}
	}
	if length == 0 || !strings.HasPrefix(rest[length:], " ") {
		return
	}
	for _, box := range []string{" [ ] ", " [x] ", " [X] "} {
		if strings.HasPrefix(rest[length:], box) {
			length += len(box) - 1
		}
	}
	if strings.TrimSpace(rest[length:]) != "" {
		l.leaveOut(begin, begin+length)
	}
}

// title is what is left of the line. A line of which nothing is left is its own
// title.
func (l *line) title() string {
	slices.SortFunc(l.gone, func(a, b Range) int { return cmp.Compare(a.Start, b.Start) })
	var title []byte
	at := 0
	for _, gone := range l.gone {
		title = join(title, l.text[at:max(at, gone.Start)], at > 0)
		at = max(at, gone.End)
	}
	title = join(title, l.text[at:], at > 0)
	words := strings.Fields(string(title))
	if len(l.gone) > 0 {
		words = tidy(words)
	}
	rest := strings.Join(words, " ")
	if len(l.gone) > 0 && strings.Trim(rest, ".,;:!?()[]-") == "" {
		return strings.Join(strings.Fields(l.text), " ")
	}
	return rest
}

// join adds the text behind a piece that was taken out: a mark at its begin moves
// to what stands before the piece.
func join(title []byte, rest string, behindGap bool) []byte {
	if behindGap && rest != "" && strings.IndexByte(",;.!?", rest[0]) >= 0 {
		title = bytes.TrimRight(title, " ")
		if len(title) > 0 && title[len(title)-1] == rest[0] {
			rest = rest[1:]
		}
	}
	return append(title, rest...)
}

// tidy drops what pieces that were taken out leave behind: brackets around
// nothing, and marks at the begin and the end.
func tidy(fields []string) []string {
	kept := fields[:0]
	for _, field := range fields {
		begins := len(kept) == 0 && strings.Trim(field, ",;:.-–—") == ""
		if !begins && field != "()" && field != "[]" {
			kept = append(kept, field)
		}
	}
	for len(kept) > 0 {
		last := len(kept) - 1
		kept[last] = strings.TrimRight(kept[last], ",;:")
		if strings.Trim(kept[last], "-–—") != "" {
			break
		}
		kept = kept[:last]
	}
	return kept
}
