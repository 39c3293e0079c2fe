package lang

import (
	"strings"
	"testing"
)

func TestDates(t *testing.T) {
	const now = "2026-11-26T09:00:00Z"
	tests := []struct {
		name, text string
		flags      []string
		want       string
	}{
		{"time", "Büro friday 9am", nil, `{"results":[{"text":"friday 9am","start":6,"end":16,"from":{"date":"2026-11-27","time":"09:00",` +
			`"zone":"Europe/Berlin","instant":"2026-11-27T09:00:00+01:00"}}]}`},
		{"range", "this weekend", nil, `"from":{"date":"2026-11-28"},"to":{"date":"2026-11-29"}}]}`},
		{"duration", "for 45 min", nil, `{"results":[{"text":"for 45 min","start":0,"end":10,"durationSeconds":2700}]}`},
		{"past", "friday", []string{"--lean", "past"}, `"date":"2026-11-20"`},
		{"locale", "1/12", []string{"--locale", "en-GB"}, `"date":"2026-12-01"`},
		{"week start", "next sunday", []string{"--week-start", "sunday"}, `"date":"2026-11-29"`},
		{"nothing", "May I come in", nil, `{"results":[]}`},
		{"unknown lean", "friday", []string{"--lean", "left"}, `{"error":{"message":"lean \"left\" is not known","position":null,"expected":"future, past"}}`},
		{"too long", strings.Repeat("x", 70_000), nil, `"position":65536`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := append([]string{"dates", test.text, "--now", now, "--zone", "Europe/Berlin"}, test.flags...)
			lines, err := execute(t, "", args...)
			if len(lines) != 1 || !strings.Contains(lines[0], test.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(lines, "\n"), test.want)
			}
			if (err != nil) != strings.Contains(lines[0], `"error"`) {
				t.Error(err)
			}
		})
	}
}

func TestQuickAdd(t *testing.T) {
	args := []string{"quick-add", "--now", "2026-11-26T09:00:00Z", "--zone", "Europe/Berlin"}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"signs", []string{"Call mum friday 9am p1 #Family/Trips @phone !30m {monday} for 45 min"}, `{"tasks":[{"title":"Call mum",` +
			`"due":{"date":"2026-11-27","time":"09:00","zone":"Europe/Berlin"},"deadline":{"date":"2026-11-30"},"durationSeconds":2700,` +
			`"priority":1,"tags":["phone"],"project":"Family","section":"Trips","reminders":[{"minutesBefore":30}],"spans":[`},
		{"recurrence", []string{"Rent every month"}, `"recurrence":{"rule":"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD","anchor":"schedule"}`},
		{"prefixes", []string{"Buy *errand +Home @x", "--prefixes", "vikunja"}, `{"title":"Buy @x","priority":4,"tags":["errand"],"project":"Home",`},
		{"ignore", []string{"Call tomorrow p1", "--ignore", "5-13, 14-16"}, `{"title":"Call tomorrow p1","priority":4,"tags":[],"reminders":[],"spans":[]}`},
		{"lines", []string{"a\nb"}, `{"tasks":[{"title":"a",`},
		{"nothing", []string{""}, `{"tasks":[]}`},
		{"unknown prefixes", []string{"a", "--prefixes", "%"}, `"expected":"todoist, vikunja"`},
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
	lines, err := execute(t, `{"text":"Call tomorrow","ignore":[{"kind":"date","start":5,"end":13,"startUTF16":5,"endUTF16":13,"text":"tomorrow"}]}`+"\n"+`{"text":"p1 x"}`, append(args, "--batch")...)
	if err != nil || len(lines) != 2 || !strings.Contains(lines[0], `"title":"Call tomorrow"`) || !strings.Contains(lines[1], `"priority":1`) {
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
	if _, err := execute(t, "", append(args, "a", "--ignore", "5")...); err == nil {
		t.Error("a span without an end is taken")
	}
}
