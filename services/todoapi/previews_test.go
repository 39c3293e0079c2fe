package todoapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
	"github.com/todoplatform/todoplatform/services/internal/language/quickadd"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/zones"
	"github.com/todoplatform/todoplatform/services/recurringtask"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// thursday is when the texts of these tests are read.
var thursday = preview.Moment{Now: "2026-11-26T10:00:30+01:00"}

func TestPreviews(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)

	t.Run("words become a rule, a sentence and dues in the user's zone", func(t *testing.T) {
		var request client.RecurrenceRequest
		request.Moment, request.Text, request.Count = thursday, "every 2nd tuesday at 9 until 1 feb 2027", 1
		got, err := c.PreviewRecurrence(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		want := client.RecurrencePreview{
			RecurrenceAnswer: preview.RecurrenceAnswer{
				Rule: "FREQ=MONTHLY;UNTIL=20270201T225959Z;BYDAY=2TU", Anchor: recurrence.AnchorSchedule,
				Text: "every month on the 2nd Tuesday until 1 February 2027", Occurrences: []string{"2026-12-08T09:00:00+01:00"}, More: true,
			},
			Start: recurrence.Due{Date: "2026-12-08", Time: "09:00", Zone: "Europe/Berlin"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})

	t.Run("a rule means what it means for a task", func(t *testing.T) {
		var request client.RecurrenceRequest
		request.Rule, request.Start, request.Anchor, request.After, request.Count = "RRULE:FREQ=MONTHLY", "2027-01-31", "completion", "2027-01-31", 2
		got, err := c.PreviewRecurrence(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		if got.Rule != "FREQ=MONTHLY" || got.Text != "every! month" || strings.Join(got.Occurrences, " ") != "2027-02-28 2027-03-31" {
			t.Errorf("got %+v", got)
		}
	})

	t.Run("a line becomes a task with the spans of its words", func(t *testing.T) {
		minutes := 30
		got, err := c.PreviewQuickAdd(t.Context(), client.QuickAddRequest{Moment: thursday, Text: "☎️ 𝕄um friday 9am p1 @phone !30m"})
		if err != nil {
			t.Fatal(err)
		}
		want := client.QuickAddPreview{Tasks: []quickadd.Task{{
			Title: "☎️ 𝕄um", Due: &recurrence.Due{Date: "2026-11-27", Time: "09:00", Zone: "Europe/Berlin"}, Priority: 1,
			Tags: []string{"phone"}, Reminders: []quickadd.Reminder{{MinutesBefore: &minutes}},
			Spans: []quickadd.Span{
				{Kind: quickadd.Date, Start: 14, End: 20, StartUTF16: 8, EndUTF16: 14, Text: "friday"},
				{Kind: quickadd.Time, Start: 21, End: 24, StartUTF16: 15, EndUTF16: 18, Text: "9am"},
				{Kind: quickadd.Priority, Start: 25, End: 27, StartUTF16: 19, EndUTF16: 21, Text: "p1"},
				{Kind: quickadd.Tag, Start: 28, End: 34, StartUTF16: 22, EndUTF16: 28, Text: "@phone"},
				{Kind: quickadd.ReminderOn, Start: 35, End: 39, StartUTF16: 29, EndUTF16: 33, Text: "!30m"},
			},
		}}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})

	t.Run("what is ignored stays title, by spans as they were answered", func(t *testing.T) {
		request := client.QuickAddRequest{Moment: thursday, Text: "Paint the may pole tomorrow p2"}
		first, err := c.PreviewQuickAdd(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, span := range first.Tasks[0].Spans {
			if span.Kind == quickadd.Date {
				request.Ignore = append(request.Ignore, preview.Ignored{Start: span.Start, End: span.End, Kind: span.Kind, Text: span.Text})
			}
		}
		got, err := c.PreviewQuickAdd(t.Context(), request)
		if err != nil || got.Tasks[0].Title != "Paint the may pole tomorrow" || got.Tasks[0].Due != nil || got.Tasks[0].Priority != 2 {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("dues are to the minute, as those of tasks", func(t *testing.T) {
		got, err := c.PreviewQuickAdd(t.Context(), client.QuickAddRequest{Moment: thursday, Text: "Tea in 20 minutes"})
		if err != nil || got.Tasks[0].Due.Time != "10:20" {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("lines, prefixes and the language of the words are as asked", func(t *testing.T) {
		got, err := c.PreviewQuickAdd(t.Context(), client.QuickAddRequest{
			Moment: preview.Moment{Now: thursday.Now, Locale: "en-GB", Zone: "Asia/Tokyo"}, Prefixes: quickadd.PrefixesVikunja,
			Text: "- Pay rent 12/1 8am *home\n\n- Nap",
		})
		if err != nil || len(got.Tasks) != 2 || got.Tasks[0].Title != "Pay rent" || got.Tasks[0].Tags[0] != "home" ||
			*got.Tasks[0].Due != (recurrence.Due{Date: "2027-01-12", Time: "08:00", Zone: "Asia/Tokyo"}) {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("without now the present of the service counts", func(t *testing.T) {
		got, err := c.PreviewQuickAdd(t.Context(), client.QuickAddRequest{Text: "Run tomorrow"})
		zone, zoneErr := zones.Load("Europe/Berlin")
		if err != nil || zoneErr != nil {
			t.Fatal(err, zoneErr)
		}
		if want := time.Now().In(zone).AddDate(0, 0, 1).Format(time.DateOnly); got.Tasks[0].Due.Date != want {
			t.Errorf("tomorrow is %+v, not %s", got.Tasks[0].Due, want)
		}
	})

	t.Run("they change nothing", func(t *testing.T) {
		got, err := c.Changes(t.Context(), 0, 10)
		if err != nil || len(got.Items) != 1 { // the sign-up
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestPreviewsRefuse(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	const recurrencePath, quickAddPath = "/previews/recurrence", "/previews/quick-add"
	for name, test := range map[string]struct{ path, body, location, message string }{
		"a word that does not fit":           {recurrencePath, `{"text":"every froob"}`, "body.text", `"froob" does not fit here (at position 6); expected the, other`},
		"a rule that is none":                {recurrencePath, `{"rule":"FREQ=DAILX","start":"2026-11-26"}`, "body.rule", "(at position 5); expected SECONDLY"},
		"a rule that has a start of its own": {recurrencePath, `{"rule":"DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=DAILY"}`, "body.rule", "DTSTART"},
		"a rule in seconds":                  {recurrencePath, `{"rule":"FREQ=SECONDLY","start":"2026-11-26T09:00"}`, "body.rule", "to the minute"},
		"a rule without a start":             {recurrencePath, `{"rule":"FREQ=DAILY"}`, "body.start", "the rule has no start"},
		"a start that is none":               {recurrencePath, `{"rule":"FREQ=DAILY","start":"soon"}`, "body.start", "expected a date or local time"},
		"a zone that is none":                {recurrencePath, `{"text":"every day","zone":"Mars/X"}`, "body.zone", "expected an IANA name"},
		"words and a rule":                   {recurrencePath, `{"text":"every day","rule":"FREQ=DAILY"}`, "", "either rule or text"},
		"too many occurrences":               {recurrencePath, `{"text":"every day","count":101}`, "body.count", "100"},
		"an anchor that is none":             {recurrencePath, `{"rule":"FREQ=DAILY","anchor":"moon"}`, "body.anchor", "schedule"},
		"a long sentence":                    {recurrencePath, `{"text":"` + strings.Repeat("x", 501) + `"}`, "body.text", "500"},
		"a field that is none":               {recurrencePath, `{"text":"every day","colour":"red"}`, "body.colour", "unexpected"},
		"no text":                            {quickAddPath, `{}`, "body", "text"},
		"a long text":                        {quickAddPath, `{"text":"` + strings.Repeat("x", 16385) + `"}`, "body.text", "16384"},
		"many lines":                         {quickAddPath, `{"text":"` + strings.Repeat(`a\n`, 101) + `"}`, "body.text", "has 101 lines; at most 100"},
		"prefixes that are none":             {quickAddPath, `{"text":"a","prefixes":"jira"}`, "body.prefixes", "vikunja"},
		"a locale that is none":              {quickAddPath, `{"text":"a","locale":"tlh"}`, "body.locale", "expected a BCP 47 tag"},
		"a moment that is none":              {quickAddPath, `{"text":"a","now":"later"}`, "body.now", "expected RFC 3339"},
		"a week that begins on no day":       {quickAddPath, `{"text":"a","week-start":"x"}`, "body.week-start", "expected a day"},
		"a span before the text":             {quickAddPath, `{"text":"a","ignore":[{"start":-1,"end":1}]}`, "body.ignore[0].start", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, http.DefaultClient, http.MethodPost, h.url+"/api/v1"+test.path, test.body,
				map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + c.Grant.AccessToken})
			var problem client.Problem
			if err := json.Unmarshal(got.body, &problem); err != nil || got.status != http.StatusUnprocessableEntity {
				t.Fatalf("got %d %s, %v", got.status, got.body, err)
			}
			location, message := "", problem.Detail
			if len(problem.Errors) > 0 {
				location, message = problem.Errors[0].Location, problem.Errors[0].Message
			}
			if location != test.location || !strings.Contains(message, test.message) {
				t.Errorf("got %q: %q, want %q: %q", location, message, test.location, test.message)
			}
		})
	}

	t.Run("who has not signed in", func(t *testing.T) {
		_, err := h.guest().PreviewQuickAdd(t.Context(), client.QuickAddRequest{Text: "a"})
		wantStatus(t, err, http.StatusUnauthorized)
	})
}

// TestAPreviewIsWhatHappens compares previews with what recurring-task makes of the
// same rule once it is stored.
func TestAPreviewIsWhatHappens(t *testing.T) {
	h := newHarness(t)
	h.recur(t)
	c := h.user(t)
	year := time.Now().Year() + 1 // ahead, so that the schedule goes by the due alone
	for name, text := range map[string]string{
		"days":          "every 3 days starting 10 jan",
		"workdays":      "every 3 workdays starting 10 jan",
		"a weekday":     "every other monday at 9 starting 10 jan",
		"month ends":    "every month starting 31 jan",
		"nth weekday":   "every last friday at 17:30 starting 10 jan",
		"two rules":     "every monday; every 1st; starting 10 jan",
		"with an end":   "every week until 20 feb starting 10 jan",
		"leap day":      "every year on 29 feb",
		"several a day": "every day at 9 and 17 starting 10 jan",
		"hours":         "every 6 hours starting 10 jan",
		"clock change":  "every day at 2:30 starting 27 march",
	} {
		t.Run(name, func(t *testing.T) {
			var request client.RecurrenceRequest
			request.Now, request.Text, request.Count = time.Date(year, 1, 1, 12, 0, 0, 0, time.UTC).Format(time.RFC3339), text, 4
			want, err := c.PreviewRecurrence(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			current := newTask(t, c, client.Draft{
				Title: text, Due: &client.Due{Date: want.Start.Date, Time: want.Start.Time, Zone: want.Start.Zone},
				Recurrence: &client.Recurrence{Rule: want.Rule, Anchor: string(want.Anchor)},
			})
			if current.Recurrence.Rule != want.Rule {
				t.Errorf("the rule %s is stored as %s", want.Rule, current.Recurrence.Rule)
			}
			got := []string{instantOf(t, current.Due)}
			for range want.Occurrences[1:] {
				current = h.completed(t, c, current)
				got = append(got, instantOf(t, current.Due))
			}
			if diff := cmp.Diff(want.Occurrences, got); diff != "" {
				t.Errorf("%s (-previewed +happened):\n%s", want.Rule, diff)
			}
		})
	}
}

// recur runs the service that creates next occurrences, until the test ends.
func (h *harness) recur(t *testing.T) {
	t.Helper()
	h.env.Service(t, daprtest.App{ID: contract.RecurringTask}, func(ctx context.Context, instance *daprtest.Instance) error {
		return recurringtask.Run(ctx, recurringtask.Config{
			Dapr: daprtest.Config(instance.Address), AppAddress: instance.AppAddress, HealthAddress: instance.HealthAddress,
		})
	})
}

// completed completes a task and returns the occurrence that follows it.
func (h *harness) completed(t *testing.T, c *client.Client, before client.Task) client.Task {
	t.Helper()
	if _, err := c.CompleteTask(t.Context(), before.ID); err != nil {
		t.Fatal(err)
	}
	var next client.Task
	daprtest.Eventually(t, soon, "the next occurrence is there", func() bool {
		page, err := c.ListTasks(t.Context(), "open", 100, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			if item.Series.ID == before.Series.ID {
				next = item
			}
		}
		return next.ID != ""
	})
	return next
}

// instantOf writes a due as previews list it.
func instantOf(t *testing.T, due *client.Due) string {
	t.Helper()
	if due.Time == "" {
		return due.Date
	}
	at, err := recurrence.Due{Date: due.Date, Time: due.Time, Zone: due.Zone}.Instant(nil)
	if err != nil {
		t.Fatal(err)
	}
	return at.Format(time.RFC3339)
}
