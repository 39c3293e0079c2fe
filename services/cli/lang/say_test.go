package lang

import (
	"strings"
	"testing"
)

func TestSay(t *testing.T) {
	args := []string{"say", "--now", "2026-11-26T09:00:00Z", "--zone", "Europe/Berlin"}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"order", []string{"move everything due today to tomorrow"}, `{"verb":"change","target":{"filter":"2026-11-26"},"changes":{"date":"2026-11-27"}}`},
		{"add", []string{"add milk"}, `{"verb":"add","lines":"milk"}`},
		{"position", []string{"complete the second one", "--shown", "3"}, `{"verb":"complete","target":{"positions":[2]}}`},
		{"locale", []string{"verschiebe den Zahnarzt auf Freitag", "--locale", "de"}, `{"verb":"change","target":{"words":"Zahnarzt"},"changes":{"date":"2026-11-27"}}`},
		{"week start", []string{"what's due this week?", "--week-start", "sunday"}, `{"verb":"find","target":{"filter":"due >= 2026-11-22 & due <= 2026-11-28"}}`},
		{"names", []string{"move it to Home", "--project", "Home", "--spoken", "1"}, `{"verb":"change","target":{"those":true},"changes":{"project":"Home"}}`},
		{"correction", []string{"no, saturday", "--last", "change"}, `{"verb":"correct","changes":{"date":"2026-11-28"}}`},
		{"answer", []string{"yes", "--asked", "confirm"}, `{"verb":"yes"}`},
		{"not understood", []string{"buy milk tomorrow"}, `{"verb":"unknown","nearest":"add buy milk tomorrow"}`},
		{"too long", []string{strings.Repeat("x", 5000)}, `"position":4096`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines, err := execute(t, "", append(args, test.args...)...)
			if len(lines) != 1 || !strings.Contains(lines[0], test.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(lines, "\n"), test.want)
			}
			if (err != nil) != strings.Contains(lines[0], `"error"`) {
				t.Error(err)
			}
		})
	}
	lines, err := execute(t, `{"text":"done with 2","shown":3}`+"\n"+`{"text":"help"}`, append(args, "--batch")...)
	if err != nil || len(lines) != 2 || !strings.Contains(lines[0], `"positions":[2]`) || !strings.Contains(lines[1], `"verb":"help"`) {
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
}
