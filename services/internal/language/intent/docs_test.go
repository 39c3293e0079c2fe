package intent

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	quoted     = regexp.MustCompile("`([^`]*)`")
	understood = regexp.MustCompile("`([^`]*)`\\s+is `([a-z-]*)`")
)

// TestTheExamplesOfTheDocumentation reads them as a user does.
func TestTheExamplesOfTheDocumentation(t *testing.T) {
	data, err := os.ReadFile("../../../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(data), "\n## What can be said\n")
	section, _, _ = strings.Cut(section, "\n## ")
	options := thursday(t, "en")
	documented := map[Verb]bool{}
	for row := range strings.Lines(section) {
		cells := strings.Split(row, "|")
		if len(cells) != 5 || !strings.Contains(cells[2], "`") || strings.Contains(cells[2], "`verb`") {
			continue
		}
		var can []Verb
		for _, verb := range quoted.FindAllStringSubmatch(cells[2], -1) {
			can = append(can, Verb(verb[1]))
			documented[Verb(verb[1])] = true
		}
		for _, text := range quoted.FindAllStringSubmatch(cells[3], -1) {
			if got := Parse(text[1], options); !slices.Contains(can, got.Verb) {
				t.Errorf("%q is %s, want %v", text[1], printed(got), can)
			}
		}
	}
	const answers = 8 // that need no words of explanation: greetings, yes and no
	if len(documented) < len(verbs)-answers {
		t.Errorf("only %d verbs are documented", len(documented))
	}
	_, not, ok := strings.Cut(section, "Deliberately not understood:")
	not, _, _ = strings.Cut(not, "\n\nA language")
	if !ok {
		t.Fatal("the documentation does not say what is not understood")
	}
	for _, pair := range understood.FindAllStringSubmatch(not, -1) {
		if got := Parse(pair[1], options); string(got.Verb) != pair[2] {
			t.Errorf("%q is %s, want %s", pair[1], printed(got), pair[2])
		}
	}
	for _, text := range quoted.FindAllStringSubmatch(understood.ReplaceAllString(not, ""), -1) {
		if got := Parse(text[1], options); got.Verb != Unknown {
			t.Errorf("%q is %s", text[1], printed(got))
		}
	}
}
