// Package mask takes secrets out of texts that leave the cluster.
package mask

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Hidden stands where a secret was.
const Hidden = "(secret)"

// minLength is the length from which on a value is taken out of texts: shorter ones occur in them by chance.
const minLength = 6

// patterns find what looks like a secret, and what is left of it. They hide rather too much than too little.
var patterns = []struct {
	find *regexp.Regexp
	left string
}{
	{regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`), Hidden},
	// The part of a URL before the host, up to the last @: passwords are not always encoded.
	{regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s"'<>` + "`" + `]*@`), "${1}" + Hidden + "@"},
	{regexp.MustCompile(`(?i)(authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?basic[ \t]+)[a-z0-9+/=_-]+`), "${1}" + Hidden},
	// One without scheme, which is longer than the name of any.
	{regexp.MustCompile(`(?i)(authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?)[a-z0-9._~+/=-]{12,}`), "${1}" + Hidden},
	{regexp.MustCompile(`(?i)\b(bearer[ \t]+)[a-z0-9._~+/=-]{8,}`), "${1}" + Hidden},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`), Hidden},
	{regexp.MustCompile(`\btdp_[a-z2-7]{8,}`), "tdp_" + Hidden},
	{regexp.MustCompile(`(?i)((?:\b|_)(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|private[_-]?key)\\?["']?[ \t]*[:=][ \t]*)(?:\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s"',;&}{(]+)`), "${1}" + Hidden},
	// The private part of a JSON Web Key.
	{regexp.MustCompile(`("d"[ \t]*:[ \t]*)"[^"]*"`), "${1}" + Hidden},
}

// Mask hides secrets: what looks like one, and the values that it was told.
type Mask struct{ values []string }

// Add has a value hidden wherever it occurs, also as base64, with the password in it when it is a URL, and the texts
// in it when it is JSON.
func (m *Mask) Add(value string) {
	m.add(value)
	value = strings.TrimSpace(value)
	m.add(value)
	if address, err := url.Parse(value); err == nil {
		password, _ := address.User.Password()
		m.add(password)
		m.add(url.QueryEscape(password))
	}
	var document any
	if json.Unmarshal([]byte(value), &document) == nil {
		m.addTexts(document)
	}
	// A value that is part of another one must not leave the rest of it.
	slices.SortStableFunc(m.values, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

func (m *Mask) add(value string) {
	if len(value) < minLength {
		return
	}
	for _, spelling := range []string{value, base64.StdEncoding.EncodeToString([]byte(value))} {
		if !slices.Contains(m.values, spelling) {
			m.values = append(m.values, spelling)
		}
	}
}

// public lists the members of JSON that are no secrets: of keys (RFC 7517) and of logins.
var public = []string{"kid", "kty", "crv", "alg", "use", "x", "y", "n", "e", "username", "email"}

// addTexts adds the texts in a JSON document.
func (m *Mask) addTexts(document any) {
	switch document := document.(type) {
	case string:
		m.add(document)
	case []any:
		for _, inner := range document {
			m.addTexts(inner)
		}
	case map[string]any:
		for name, inner := range document {
			if !slices.Contains(public, name) {
				m.addTexts(inner)
			}
		}
	}
}

// Hide returns a text without secrets.
func (m *Mask) Hide(text string) string {
	for _, value := range m.values {
		text = strings.ReplaceAll(text, value, Hidden)
	}
	for _, pattern := range patterns {
		text = pattern.find.ReplaceAllString(text, pattern.left)
	}
	return text
}
