package quickadd

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
	"github.com/todoplatform/todoplatform/services/internal/zones"
)

// thursday is 26 November 2026, 10:00 in Berlin.
func thursday(t testing.TB) Options {
	t.Helper()
	berlin, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Now: time.Date(2026, 11, 26, 10, 0, 0, 0, berlin), Locale: words.English()}
}

// A task that is due at a time that a clock change skips keeps that time: it may recur,
// and what is stored is what people read.
func TestSkippedTimesStay(t *testing.T) {
	for zone, day := range map[string]string{
		"Europe/Berlin": "2026-03-28", "America/New_York": "2026-03-07", "Africa/Casablanca": "2026-03-21", "Asia/Kolkata": "2026-03-28",
	} {
		place, err := zones.Load(zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.ParseInLocation(time.DateOnly+" 15:04", day+" 10:00", place)
		if err != nil {
			t.Fatal(err)
		}
		want := recurrence.Due{Date: now.AddDate(0, 0, 1).Format(time.DateOnly), Time: "02:30", Zone: zone}
		for _, line := range []string{
			"Run every sunday 2:30am", "Run every day at 2:30am starting tomorrow", "Run tomorrow 2:30am", "Run 2:30am", "Run every! day 2:30am",
			"Run sunday 2:30am to 3am", "Run every day tomorrow 2:30am",
		} {
			task := Parse(line, Options{Now: now, Locale: words.English()})[0]
			if task.Title != "Run" || task.Due == nil || *task.Due != want {
				t.Errorf("%s, %q: got %s due %v, want %v", zone, line, task.Title, task.Due, want)
			}
		}
	}
}

// show writes a task in short, in the order of the signs.
func show(task Task) string {
	var b strings.Builder
	b.WriteString(task.Title)
	put := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, " | %s %s", name, value)
		}
	}
	if task.Due != nil {
		put("due", strings.TrimSuffix(task.Due.String(), "[Europe/Berlin]"))
	}
	if task.Deadline != nil {
		put("deadline", strings.TrimSuffix(task.Deadline.String(), "[Europe/Berlin]"))
	}
	if task.Start != nil {
		put("start", strings.TrimSuffix(task.Start.String(), "[Europe/Berlin]"))
	}
	if task.DurationSeconds > 0 {
		put("for", fmt.Sprint(task.DurationSeconds))
	}
	if task.Recurrence != nil {
		put(string(task.Recurrence.Anchor), task.Recurrence.Rule)
	}
	if task.Priority != LowestPriority {
		put("p", fmt.Sprint(task.Priority))
	}
	put("tags", strings.Join(task.Tags, ","))
	put("project", task.Project)
	put("section", task.Section)
	for _, reminder := range task.Reminders {
		put("remind", reminder.At)
		if reminder.MinutesBefore != nil {
			put("before", fmt.Sprint(*reminder.MinutesBefore))
		}
	}
	return b.String()
}

func check(t *testing.T, options Options, tests map[string]string) {
	t.Helper()
	for text, want := range tests {
		tasks := Parse(text, options)
		if len(tasks) != 1 {
			t.Errorf("%q gives %d tasks", text, len(tasks))
			continue
		}
		if got := show(tasks[0]); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestDatesAndTimes(t *testing.T) {
	check(t, thursday(t), map[string]string{
		"Call mum next friday 9am":               "Call mum | due 2026-12-04T09:00",
		"Call mum on friday at 9 about the trip": "Call mum about the trip | due 2026-11-27T09:00",
		"Call Ana (tomorrow) now!":               "Call Ana now! | due 2026-11-27",
		"Essay: 5 april":                         "Essay | due 2027-04-05",
		"Call Bob - tomorrow":                    "Call Bob | due 2026-11-27",
		"Call, tomorrow, Bob":                    "Call, Bob | due 2026-11-27",
		"Call Bob tomorrow!":                     "Call Bob! | due 2026-11-27",
		"tomorrow: buy milk":                     "buy milk | due 2026-11-27",
		"Call mum tomorrow, buy milk":            "Call mum, buy milk | due 2026-11-27",
		"Lunch tomorrow from 12:30 to 2pm":       "Lunch | due 2026-11-27T12:30 | for 5400",
		"Write report for 45 min":                "Write report | for 2700",
		"9am #Home Run tomorrow":                 "Run | due 2026-11-27T09:00 | project Home",
		"Meet Ana 9am EST":                       "Meet Ana | due 2026-11-26T09:00[America/New_York]",
		"Clean up this week":                     "Clean up | due 2026-11-26",
		"Party this weekend":                     "Party | due 2026-11-28",
		"Pay rent by tomorrow.":                  "Pay rent. | due 2026-11-27",
		"Standup today 9am":                      "Standup | due 2026-11-26T09:00",
		"tomorrow":                               "tomorrow | due 2026-11-27",
		"9:00 AM Tomorrow!":                      "9:00 AM Tomorrow! | due 2026-11-27T09:00",
		"Trip fri to sun with Ana":               "Trip with Ana | due 2026-11-27",
		"Work from home from monday":             "Work from home | due 2026-11-30",
		"Review last month":                      "Review last month",
		"Move friday meeting to monday":          "Move meeting to monday | due 2026-11-27",
		"Nap in 20 minutes for 1h":               "Nap | due 2026-11-26T10:20 | for 3600",
	})
}

func TestRecurrences(t *testing.T) {
	check(t, thursday(t), map[string]string{
		"Water plants every 3 days #Home":                           "Water plants | due 2026-11-26 | schedule FREQ=DAILY;INTERVAL=3 | project Home",
		"Standup every workday 9:30 for 15 min":                     "Standup | due 2026-11-27T09:30 | for 900 | schedule FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
		"Filter every! 3 months":                                    "Filter | due 2026-11-26 | completion RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;INTERVAL=3",
		"9am Gym every monday":                                      "Gym | due 2026-11-30T09:00 | schedule FREQ=WEEKLY;BYDAY=MO",
		"Rent every month starting 31 jan":                          "Rent | due 2027-01-31 | schedule RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD",
		"Gym every 2 days tomorrow 7pm":                             "Gym | due 2026-11-27T19:00 | schedule FREQ=DAILY;INTERVAL=2",
		"Tutor every monday from 3 to 5pm":                          "Tutor | due 2026-11-30T15:00 | for 7200 | schedule FREQ=WEEKLY;BYDAY=MO",
		"Weekly review every friday 4pm":                            "Weekly review | due 2026-11-27T16:00 | schedule FREQ=WEEKLY;BYDAY=FR",
		"Pay rent last day of every month at 9am":                   "Pay rent | due 2026-11-30T09:00 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Report the last friday of every month p1":                  "Report | due 2026-11-27 | schedule FREQ=MONTHLY;BYDAY=-1FR | p 1",
		"Pay rent on the 25th of every month":                       "Pay rent | due 2026-12-25 | schedule FREQ=MONTHLY;BYMONTHDAY=25",
		"Team drinks on the last friday of every month, bring cake": "Team drinks, bring cake | due 2026-11-27 | schedule FREQ=MONTHLY;BYDAY=-1FR",
		"Think of every day":                                        "Think of | due 2026-11-26 | schedule FREQ=DAILY",
		"Daily standup at 10:30":                                    "standup | due 2026-11-26T10:30 | schedule FREQ=DAILY",
		"Call Ana every day at 9am EST":                             "Call Ana | due 2026-11-26T09:00[America/New_York] | schedule FREQ=DAILY",
		"Read every second page":                                    "Read every second page",
		"Thank every team member":                                   "Thank every team member",
		"Pay every day until yesterday":                             "Pay every day until yesterday",
	})
}

func TestSigns(t *testing.T) {
	check(t, thursday(t), map[string]string{
		"Call p1":                             "Call | p 1",
		"Meeting @3pm @work":                  "Meeting | due 2026-11-26T15:00 | tags work",
		"Meeting @3pmish @3":                  "Meeting @3 | tags 3pmish",
		"Call !2 now":                         "Call now | p 2",
		"p3 Call (p1)":                        "Call (p1) | p 3",
		"Call P4":                             "Call",
		"Buy milk @errand @Shop @errand":      "Buy milk | tags errand,Shop",
		"Buy\tmilk\u00a0@shop\u2003tomorrow":  "Buy milk | due 2026-11-27 | tags shop",
		"Buy milk @été, bread":                "Buy milk, bread | tags été",
		"Buy milk,eggs @shop,#Home;@town":     "Buy milk,eggs | tags shop,town | project Home",
		"Fix roof #Home/Roof":                 "Fix roof | project Home | section Roof",
		"Fix roof #Home /Roof":                "Fix roof | project Home | section Roof",
		"/Roof Fix it #Home":                  "Fix it | project Home | section Roof",
		`Fix #"Summer house"/Roof`:            "Fix | project Summer house | section Roof",
		"Fix #a #b":                           "Fix #b | project a",
		"Tulips {from friday}":                "Tulips | start 2026-11-27",
		"Tulips {Starting 3 march} {5 march}": "Tulips | deadline 2027-03-05 | start 2027-03-03",
		"Tulips {from monday to friday}":      "Tulips | deadline 2026-12-04 | start 2026-11-30",
		"Tulips {from} {from here}":           "Tulips {from} {from here}",
		"Tax return {3 march}":                "Tax return | deadline 2027-03-03",
		"Tax return {this week} monday":       "Tax return | due 2026-11-30 | deadline 2026-11-29",
		"Use {braces} here":                   "Use {braces} here",
		"Train friday 9am !30m !1h30m":        "Train | due 2026-11-27T09:00 | before 30 | before 90",
		"Train friday 9am !tomorrow 8am":      "Train | due 2026-11-27T09:00 | remind 2026-11-27T08:00:00+01:00",
		"Train !1 day !2":                     "Train | p 2 | before 1440",
		"Train !monday":                       "Train | remind 2026-11-30T09:00:00+01:00",
		"Wow! !important !!! !5":              "Wow! !important !!! !5",
		"next friday 9am p1 #home @errand":    "next friday 9am p1 #home @errand | due 2026-12-04T09:00 | p 1 | tags errand | project home",
	})
	vikunja := thursday(t)
	vikunja.Prefixes = PrefixesVikunja
	check(t, vikunja, map[string]string{
		"Buy milk *errand +Home !1 tomorrow": "Buy milk | due 2026-11-27 | p 1 | tags errand | project Home",
		"Buy #1 @home":                       "Buy #1 @home",
		"2 * 3 + 4":                          "2 * 3 + 4",
	})
}

func TestTextStaysText(t *testing.T) {
	for _, text := range []string{
		"May I come in", "Mail bob@example.com", "Read https://example.com/tomorrow/#friday?x=@y", "See www.example.com/p1",
		"Pay $12/1 or €9.30", "Ship v1.2.3 and 2.0.1", "Fix #12", "Call @ noonish", "Edit /etc/hosts", "Learn C# and C++", "Open 24/7",
		"p12 p0 mp3 sp1", "a@b", "! @ # / { }", "The cat sat on the mat", "50% off", "x", "🎉",
	} {
		tasks := Parse(text, thursday(t))
		if len(tasks) != 1 || show(tasks[0]) != text || len(tasks[0].Spans) > 0 {
			t.Errorf("%q is read as %+v", text, tasks)
		}
	}
	check(t, thursday(t), map[string]string{
		`Watch "Next Friday" tomorrow`:     `Watch "Next Friday" | due 2026-11-27`,
		`Watch “Next Friday”, tomorrow`:    `Watch “Next Friday” | due 2026-11-27`,
		`Tag \#home and \tomorrow`:         `Tag #home and tomorrow`,
		`Write \p1 in C:\temp tomorrow`:    `Write p1 in C:\temp | due 2026-11-27`,
		`Say \"p1\" tomorrow`:              `Say "p1" | due 2026-11-27`,
		`Cut a 5" pipe tomorrow`:           `Cut a 5" pipe | due 2026-11-27`,
		`An open "quote tomorrow`:          `An open "quote | due 2026-11-27`,
		"Mail bob@example.com tomorrow p1": "Mail bob@example.com | due 2026-11-27 | p 1",
		"May I call in may 2027":           "May I call | due 2027-05-01",
		"Pay 5 € at 9":                     "Pay 5 € | due 2026-11-27T09:00",
	})
}

func TestIgnoredSpansStayText(t *testing.T) {
	options := thursday(t)
	const text = "Büro: Call mum next friday 9am #Home"
	for _, span := range Parse(text, options)[0].Spans {
		options.Ignore = []Range{{span.Start, span.End}}
		task := Parse(text, options)[0]
		if !strings.Contains(task.Title, span.Text) || len(task.Spans) != 2 {
			t.Errorf("without %q: %s", span.Text, show(task))
		}
	}
	options.Ignore = []Range{{8, 11}}
	if got, want := show(Parse("Gym sat 9am", options)[0]), "Gym 9am | due 2026-11-28"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	options.Ignore = []Range{{-5, 2}, {10, 5}, {1000, 2000}, {16, 1000}}
	if got, want := show(Parse(text, options)[0]), "Büro: Call mum next friday 9am #Home"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSpansCountBytesAndUTF16(t *testing.T) {
	const text = "😀 é\r\nBüro 😀 tomorrow 9am #Häuser"
	tasks := Parse(text, thursday(t))
	if len(tasks) != 2 {
		t.Fatalf("%d tasks", len(tasks))
	}
	want := []Span{
		{Date, 20, 28, 14, 22, "tomorrow"}, {Time, 29, 32, 23, 26, "9am"}, {Project, 33, 41, 27, 34, "#Häuser"},
	}
	if !reflect.DeepEqual(tasks[1].Spans, want) {
		t.Errorf("got  %v\nwant %v", tasks[1].Spans, want)
	}
}

func TestPasteGivesATaskForEachLine(t *testing.T) {
	const text = "- Buy milk tomorrow\n\n  * [ ] Call mum p1\r\n2. Fix roof #Home\n\t• \"today\"\n-\nPlain\n"
	want := []string{"Buy milk | due 2026-11-27", "Call mum | p 1", "Fix roof | project Home", `"today"`, "-", "Plain"}
	var got []string
	for _, task := range Parse(text, thursday(t)) {
		got = append(got, show(task))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, empty := range []string{"", " \n\r\n\t"} {
		if tasks := Parse(empty, thursday(t)); tasks == nil || len(tasks) > 0 {
			t.Errorf("%q gives %v", empty, tasks)
		}
	}
}

func TestJSONHasTheFieldsOfTheContract(t *testing.T) {
	task := Parse("Call mum tomorrow !30m", thursday(t))[0]
	data, err := json.Marshal(task)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"title":"Call mum","due":{"date":"2026-11-27"},"priority":4,"tags":[],"reminders":[{"minutesBefore":30}],"spans":[` +
		`{"kind":"date","start":9,"end":17,"startUTF16":9,"endUTF16":17,"text":"tomorrow"},` +
		`{"kind":"reminder","start":18,"end":22,"startUTF16":18,"endUTF16":22,"text":"!30m"}]}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
}
