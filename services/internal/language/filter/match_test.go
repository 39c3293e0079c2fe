package filter

import (
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
)

func TestMatch(t *testing.T) {
	day := func(date string) Task { return Task{Due: recurrence.Due{Date: date}} }
	at := func(date, clock, zone string) Task {
		return Task{Due: recurrence.Due{Date: date, Time: clock, Zone: zone}}
	}
	instant := func(text string) time.Time {
		instant, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	for name, tests := range map[string][]struct {
		filter string
		task   Task
		want   bool
	}{
		"days": {
			{"today", day("2026-11-26"), true}, {"today", day("2026-11-25"), false}, {"today", day("2026-11-27"), false}, {"today", Task{}, false},
			{"today", at("2026-11-26", "23:59", ""), true}, {"today", at("2026-11-27", "00:00", ""), false},
			{"today", at("2026-11-27", "01:00", "Asia/Tokyo"), true}, {"tomorrow", at("2026-11-27", "01:00", "Asia/Tokyo"), false},
			{"due before: 27 nov", day("2026-11-26"), true}, {"due before: 27 nov", day("2026-11-27"), false}, {"due before: 27 nov", Task{}, false},
			{"due after: 27 nov", day("2026-11-27"), false}, {"due after: 27 nov", at("2026-11-27", "23:00", ""), false}, {"due after: 27 nov", day("2026-11-28"), true}, {"due after: 27 nov", Task{}, false},
			{"due <= 27 nov", day("2026-11-27"), true}, {"due >= 27 nov", day("2026-11-27"), true}, {"due >= 27 nov", day("2026-11-26"), false},
			{"this week", day("2026-11-23"), true}, {"this week", day("2026-11-29"), true}, {"this week", day("2026-11-30"), false},
			{"next 7 days", day("2026-11-26"), true}, {"next 7 days", day("2026-12-02"), true}, {"next 7 days", day("2026-12-03"), false}, {"next 7 days", day("2026-11-25"), false},
			{"no date", Task{}, true}, {"no date", day("2026-11-26"), false},
		},
		"times": {
			{"today 17:00", at("2026-11-26", "17:00", ""), true}, {"today 17:00", at("2026-11-26", "17:01", ""), false}, {"today 17:00", day("2026-11-26"), false},
			{"due before: today 17:00", at("2026-11-26", "16:59", ""), true}, {"due before: today 17:00", day("2026-11-26"), true}, {"due before: today 17:00", at("2026-11-26", "17:00", ""), false},
			{"due after: today 17:00", at("2026-11-26", "17:01", ""), true}, {"due after: today 17:00", day("2026-11-26"), false}, {"due after: today 17:00", day("2026-11-27"), true},
		},
		"overdue": {
			{"overdue", day("2026-11-25"), true}, {"overdue", day("2026-11-26"), false},
			{"overdue", at("2026-11-26", "09:59", ""), true}, {"overdue", at("2026-11-26", "10:00", ""), false}, {"overdue", at("2026-11-26", "18:30", "Asia/Tokyo"), false}, {"overdue", at("2026-11-26", "17:30", "Asia/Tokyo"), true},
			{"overdue", Task{Due: recurrence.Due{Date: "2026-11-25"}, Completed: instant("2026-11-25T10:00:00Z")}, false}, {"overdue", Task{}, false},
		},
		"created and completed": {
			{"created < 7 days ago", Task{Created: instant("2026-11-18T22:59:59Z")}, true}, {"created < 7 days ago", Task{Created: instant("2026-11-18T23:00:00Z")}, false},
			{"created: today", Task{Created: instant("2026-11-25T23:00:00Z")}, true}, {"created: yesterday", Task{Created: instant("2026-11-25T23:00:00Z")}, false},
			{"created: wednesday", Task{Created: instant("2026-11-25T12:00:00Z")}, true},
			{"created after: 20 minutes ago", Task{Created: instant("2026-11-26T08:45:00Z")}, true}, {"created after: 20 minutes ago", Task{Created: instant("2026-11-26T08:30:00Z")}, false},
			{"completed", Task{}, false}, {"completed: today", Task{Completed: instant("2026-11-26T08:00:00Z")}, true}, {"completed before: today", Task{}, false}, {"completed > 1 nov", Task{}, false},
		},
		"deadline and start": {
			{"deadline: friday", Task{Deadline: "2026-11-27"}, true}, {"deadline before: friday", Task{Deadline: "2026-11-26"}, true}, {"deadline before: friday", Task{Deadline: "2026-11-27"}, false}, {"deadline before: friday", Task{}, false}, {"deadline before: friday", day("2026-11-26"), false},
			{"no deadline", Task{}, true}, {"no deadline", Task{Deadline: "2026-11-27"}, false}, {"start <= today", Task{Start: "2026-11-26"}, true}, {"start after: today", Task{Start: "2026-11-26"}, false}, {"start: this week", Task{Start: "2026-11-29"}, true},
		},
		"priority": {
			{"p1", Task{Priority: 1}, true}, {"p1", Task{Priority: 2}, false}, {"no priority", Task{Priority: 4}, true}, {"!no priority", Task{Priority: 3}, true},
		},
		"names": {
			{"@home", Task{Tags: []string{"work", "Home"}}, true}, {"@home", Task{Tags: []string{"homes"}}, false}, {"@home*", Task{Tags: []string{"homes"}}, true}, {"@*", Task{}, false},
			{"@STRASSE", Task{Tags: []string{"straße"}}, true}, {"@h*e*s", Task{Tags: []string{"homes"}}, true}, {"@a*a", Task{Tags: []string{"a"}}, false}, {`@\*`, Task{Tags: []string{"a"}}, false}, {`@\*`, Task{Tags: []string{"*"}}, true},
			{"no tags", Task{}, true}, {"no tags", Task{Tags: []string{"a"}}, false},
			{"#home", Task{Project: "home"}, true}, {"#home", Task{Project: "garden"}, false}, {"##home", Task{Project: "garden"}, true}, {"#garden", Task{Project: "garden"}, true}, {"#*", Task{}, false}, {"#shed", Task{Project: "home"}, false},
			{"/soon", Task{Section: "soon"}, true}, {"/*", Task{}, false},
		},
		"the rest": {
			{"search: MILK", Task{Title: "buy milk"}, true}, {"search: milk", Task{Notes: "Milky way"}, true}, {"search: m*k", Task{Title: "milk"}, false}, {"search: 50%", Task{Title: "501"}, false},
			{"recurring", Task{Rule: "FREQ=DAILY"}, true}, {"recurring", Task{}, false}, {"paused", Task{Rule: "FREQ=DAILY", Paused: true}, true}, {"paused", Task{Rule: "FREQ=DAILY"}, false},
			{"today | overdue | 7 days", Task{Due: recurrence.Due{Date: "2026-11-26"}, Rule: "FREQ=DAILY", Paused: true}, false}, {"subtask", Task{Parent: "x"}, true}, {"subtask", Task{}, false},
			{"reminders", Task{Reminders: 1}, true}, {"!reminders", Task{}, true}, {"all", Task{}, true},
		},
		"together": {
			{"p1 & @a", Task{Priority: 1}, false}, {"p1 | @a", Task{Priority: 1}, true}, {"p1, @a", Task{Tags: []string{"a"}}, true}, {"!(p1 | @a)", Task{Priority: 1}, false}, {"p1 | p2 & @a", Task{Priority: 1}, true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			options := thursday(t)
			options.Projects = []Place{{"home", []string{"Home"}}, {"garden", []string{"Home", "Garden"}}}
			options.Sections = []Place{{"soon", []string{"Soon"}}}
			for _, test := range tests {
				f, err := Parse(test.filter, options)
				if err != nil {
					t.Fatal(err)
				}
				query, err := f.Bind(options)
				if err != nil {
					t.Fatal(err)
				}
				if got := query.Match(&test.task); got != test.want {
					t.Errorf("%q selects %+v: %t", test.filter, test.task, got)
				}
			}
		})
	}
}

// TestWallTimeThatComesTwiceIsTheFirst is on the night on which Berlin's clocks go back.
func TestWallTimeThatComesTwiceIsTheFirst(t *testing.T) {
	options := optionsAt(t, "2026-10-25T10:00:00", "Europe/Berlin")
	options.Now = time.Date(2026, time.October, 25, 0, 31, 0, 0, time.UTC).In(options.Now.Location()) // the first 02:31
	query, err := Filter{Kind: Overdue}.Bind(options)
	if err != nil {
		t.Fatal(err)
	}
	if !query.Match(&Task{Due: recurrence.Due{Date: "2026-10-25", Time: "02:30"}}) {
		t.Error("02:30 has not passed")
	}
}

func TestZoneOfTheMachineIsRefused(t *testing.T) {
	if _, err := (Filter{Kind: All}).Bind(Options{Now: time.Now()}); err == nil {
		t.Error("it was bound")
	}
}
