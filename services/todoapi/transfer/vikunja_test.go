package transfer

import (
	"strings"
	"testing"
)

func TestTasksOfVikunja(t *testing.T) {
	for name, c := range map[string]struct{ task, want string }{
		"a moment":                   {`"due_date":"2031-03-04T08:00:00Z"`, "x p4 due 2031-03-04 09:00"},
		"midnight is the day":        {`"due_date":"2031-03-03T23:00:00Z"`, "x p4 due 2031-03-04"},
		"the last minute is the day": {`"due_date":"2031-03-04T22:59:59Z"`, "x p4 due 2031-03-04"},
		"none":                       {`"due_date":"0001-01-01T00:00:00Z","end_date":"0001-01-01T00:00:00Z"`, "x p4"},
		"an end is a due":            {`"end_date":"2031-03-04T08:00:00Z"`, "x p4 due 2031-03-04 09:00"},
		"an end besides a due":       {`"due_date":"2031-03-04T08:00:00Z","end_date":"2031-03-05T08:00:00Z"`, "x p4 due 2031-03-04 09:00: its end is not taken over, because it has a due date"},
		"every two weeks":            {`"due_date":"2031-03-04T08:00:00Z","repeat_after":1209600`, "x p4 due 2031-03-04 09:00 FREQ=WEEKLY;INTERVAL=2 (schedule)"},
		"every three days after":     {`"due_date":"2031-03-04T08:00:00Z","repeat_after":259200,"repeat_mode":2`, "x p4 due 2031-03-04 09:00 FREQ=DAILY;INTERVAL=3 (completion)"},
		"every six hours":            {`"due_date":"2031-03-04T08:00:00Z","repeat_after":21600`, "x p4 due 2031-03-04 09:00 FREQ=HOURLY;INTERVAL=6 (schedule)"},
		"every month":                {`"due_date":"2031-03-04T08:00:00Z","repeat_after":5,"repeat_mode":1`, "x p4 due 2031-03-04 09:00 FREQ=MONTHLY (schedule)"},
		"repeats without a due":      {`"repeat_after":86400`, "x p4: recurrence: it does not repeat, because it has no due date to start from"},
		"reminders of older exports": {`"reminder_dates":["2031-03-04T08:00:00Z"]`, "x p4 remind 2031-03-04T08:00:00Z"},
		"a reminder before a day":    {`"due_date":"2031-03-03T23:00:00Z","reminders":[{"reminder":"2031-03-03T22:00:00Z","relative_period":-3600,"relative_to":"due_date"}]`, "x p4 due 2031-03-04 remind 2031-03-03T22:00:00Z"},
		"a reminder of nothing":      {`"reminders":[{"reminder":"0001-01-01T00:00:00Z","relative_period":-60,"relative_to":"due_date"}]`, "x p4: a reminder is left out, because it counts from nothing that the task has"},
		"priority 3, high":           {`"priority":3`, "x p2"},
		"priority 1, low":            {`"priority":1`, "x p3"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOneTask(t, readVikunja, `[{"id":1,"title":"p","tasks":[{"id":1,"title":"x",`+c.task+`}]}]`, c.want)
		})
	}
}

func TestVikunjasNamespacesAreProjects(t *testing.T) {
	w, err := readVikunja(strings.NewReader(`[{"id":1,"title":"Home","lists":[{"id":1,"title":"Garden","tasks":[{"id":1,"title":"x"}]}]}]`), around(t))
	if err != nil || len(w.projects) != 2 || w.projects[1].value.ParentID != w.projects[0].value.ID || w.projects[0].value.ID == w.projects[1].value.ID {
		t.Errorf("got %+v, %v", w, err)
	}
	deep := strings.Repeat(`[{"child_projects":`, 3000) + "[]" + strings.Repeat("}]", 3000)
	if _, err := readVikunja(strings.NewReader(deep), around(t)); err == nil || !strings.Contains(err.Error(), "projects lie too deep in others") {
		t.Errorf("got %v", err)
	}
}

func FuzzVikunja(f *testing.F) {
	fuzz(f, readVikunja, fixture(f, "vikunja.json"), archiveOf(f, "data.json", string(fixture(f, "vikunja.json")), "VERSION", "0.24.0"))
}
