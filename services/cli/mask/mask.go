// Package mask takes secrets out of texts that leave the cluster.
package mask

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// hidden stands where a secret was.
const hidden = "(secret)"

// minLength is the length from which on a value is taken out of texts: shorter ones occur in them by chance.
const minLength = 6

// patterns find what looks like a secret, and what is left of it. They hide rather too much than too little.
var patterns = []struct {
	find *regexp.Regexp
	left string
}{
	{regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`), hidden},
	// The part of a URL before the host, up to the last @: passwords are not always encoded.
	{regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s"'<>` + "`" + `]*@`), "${1}" + hidden + "@"},
	{regexp.MustCompile(`(?i)(authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?(?:basic|bearer|token)?[ \t]*)[^\s"',;(]+`), "${1}" + hidden},
	{regexp.MustCompile(`(?i)\b(bearer[ \t]+)[a-z0-9._~+/=-]{8,}`), "${1}" + hidden},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`), hidden},
	{regexp.MustCompile(`\btdp_[a-z2-7]{8,}`), "tdp_" + hidden},
	{regexp.MustCompile(`(?i)((?:\b|_)(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|private[_-]?key)\\?["']?[ \t]*[:=][ \t]*)(?:\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s"',;&}{(]+)`), "${1}" + hidden},
	// The private part of a JSON Web Key.
	{regexp.MustCompile(`("d"[ \t]*:[ \t]*)"[^"]*"`), "${1}" + hidden},
}

// Mask hides secrets: what looks like one, and the values that it was told.
type Mask struct{ values []string }

// Add has a value hidden wherever it occurs, also as base64, and the password in it when it is a URL.
func (m *Mask) Add(value string) {
	forms := []string{value, strings.TrimSpace(value)}
	if address, err := url.Parse(strings.TrimSpace(value)); err == nil {
		password, _ := address.User.Password()
		forms = append(forms, password, url.QueryEscape(password))
	}
	for _, form := range forms {
		if len(form) < minLength {
			continue
		}
		for _, spelling := range []string{form, base64.StdEncoding.EncodeToString([]byte(form))} {
			if !slices.Contains(m.values, spelling) {
				m.values = append(m.values, spelling)
			}
		}
	}
	// A value that is part of another one must not leave the rest of it.
	slices.SortStableFunc(m.values, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// Hide returns a text without secrets.
func (m *Mask) Hide(text string) string {
	for _, value := range m.values {
		text = strings.ReplaceAll(text, value, hidden)
	}
	for _, pattern := range patterns {
		text = pattern.find.ReplaceAllString(text, pattern.left)
	}
	return text
}
