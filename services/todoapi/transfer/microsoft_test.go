package transfer

import (
	"strings"
	"testing"
)

func TestTasksOfMicrosoft(t *testing.T) {
	repeats := func(pattern, within string) string {
		return `"dueDateTime":{"dateTime":"2031-03-04T00:00:00","timeZone":"UTC"},"recurrence":{"pattern":{` + pattern + `},"range":{` + within + `}}`
	}
	for name, c := range map[string]struct{ task, want string }{
		"a day as a midnight of UTC":        {`"dueDateTime":{"dateTime":"2031-03-04T00:00:00.0000000","timeZone":"UTC"}`, "x p4 due 2031-03-04"},
		"a day as the user's midnight":      {`"dueDateTime":{"dateTime":"2031-03-03T23:00:00.0000000","timeZone":"UTC"}`, "x p4 due 2031-03-04"},
		"a day in a zone of Windows":        {`"dueDateTime":{"dateTime":"2031-03-04T00:00:00.0000000","timeZone":"Tokyo Standard Time"}`, "x p4 due 2031-03-04"},
		"no day":                            {`"dueDateTime":{"dateTime":"soon","timeZone":"UTC"}`, `x p4: "soon" is not a date`},
		"a reminder in a zone of Windows":   {`"reminderDateTime":{"dateTime":"2031-07-04T09:00:00","timeZone":"Tokyo Standard Time"}`, "x p4 remind 2031-07-04T00:00:00Z"},
		"a reminder that is off":            {`"isReminderOn":false,"reminderDateTime":{"dateTime":"2031-07-04T09:00:00","timeZone":"UTC"}`, "x p4"},
		"each third day":                    {repeats(`"type":"daily","interval":3`, `"type":"noEnd"`), "x p4 due 2031-03-04 FREQ=DAILY;INTERVAL=3 (schedule)"},
		"on days of the week":               {repeats(`"type":"weekly","interval":2,"daysOfWeek":["tuesday","friday"],"firstDayOfWeek":"sunday"`, `"type":"noEnd"`), "x p4 due 2031-03-04 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR;WKST=SU (schedule)"},
		"on the second workday":             {repeats(`"type":"relativeMonthly","interval":1,"index":"second","daysOfWeek":["monday","tuesday","wednesday","thursday","friday"]`, ``), "x p4 due 2031-03-04 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2 (schedule)"},
		"each year":                         {repeats(`"type":"absoluteYearly","interval":1,"month":3,"dayOfMonth":4`, `"type":"numbered","numberOfOccurrences":5`), "x p4 due 2031-03-04 FREQ=YEARLY;COUNT=5;BYMONTH=3;BYMONTHDAY=4 (schedule)"},
		"on the last Tuesday of March":      {repeats(`"type":"relativeYearly","interval":1,"month":3,"index":"last","daysOfWeek":["tuesday"]`, `"type":"endDate","endDate":"2035-01-01"`), "x p4 due 2031-03-04 FREQ=YEARLY;UNTIL=20350101;BYMONTH=3;BYDAY=TU;BYSETPOS=-1 (schedule)"},
		"on a day that is none":             {repeats(`"type":"weekly","interval":1,"daysOfWeek":["someday"]`, ``), `x p4 due 2031-03-04: recurrence: "someday" is no day of the week; it has its date and does not repeat`},
		"until a day that is none":          {repeats(`"type":"daily","interval":1`, `"type":"endDate","endDate":"x\nRDATE:20310305"`), ""},
		"completed, and nobody knows when":  {`"status":"completed"`, "x p4 done 2026-11-30T09:00:00Z: it counts as completed now, because the file does not say when it was"},
		"high importance":                   {`"importance":"high"`, "x p1"},
		"low importance is none":            {`"importance":"low"`, "x p4"},
		"a status that is not known here":   {`"status":"inProgress"`, `x p4: its status "inProgress" is not taken over`},
		"a recurrence without any due date": {`"recurrence":{"pattern":{"type":"daily","interval":1}}`, "x p4: recurrence: it does not repeat, because it has no due date to start from"},
	} {
		t.Run(name, func(t *testing.T) {
			file := `[{"id":"l","displayName":"L","tasks":[{"id":"t","title":"x",` + c.task + `}]}]`
			if c.want == "" {
				if w, err := readMicrosoft(strings.NewReader(file), around(t)); err != nil || w.tasks[0].value.Recurrence != nil || !strings.Contains(w.tasks[0].line.Reason, "it has its date and does not repeat") {
					t.Errorf("got %+v, %v", w, err)
				}
				return
			}
			wantOneTask(t, readMicrosoft, file, c.want)
		})
	}
}

func FuzzMicrosoft(f *testing.F) { fuzz(f, readMicrosoft, fixture(f, "microsoft-todo.json")) }
