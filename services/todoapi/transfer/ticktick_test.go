package transfer

import (
	"testing"
)

func TestTasksOfTickTick(t *testing.T) {
	const header = "\"Date: 2026-11-25+0000\"\n\"List Name\",\"Title\",\"Is Check list\",\"Start Date\",\"Due Date\",\"Timezone\",\"Is All Day\",\"Is Floating\",\"Reminder\",\"Repeat\",\"Priority\",\"Status\"\nInbox,x,N,"
	for name, c := range map[string]struct{ cells, want string }{
		"a whole day in its zone":      {"2031-03-03T15:00:00+0000,2031-03-03T15:00:00+0000,Asia/Tokyo,true,false", "x p4 due 2031-03-04"},
		"a time":                       {"2031-03-04T08:00:00+0000,2031-03-04T08:00:00+0000,Europe/Berlin,false,false", "x p4 due 2031-03-04 09:00"},
		"a time in another zone":       {"2031-03-04T08:00:00+0000,2031-03-04T08:00:00+0000,Asia/Tokyo,false,false", "x p4 due 2031-03-04 17:00 Asia/Tokyo"},
		"a time that floats":           {"2031-03-04T08:00:00+0000,2031-03-04T08:00:00+0000,Asia/Tokyo,false,true", "x p4 due 2031-03-04 17:00"},
		"only a start":                 {"2031-03-04T08:00:00+0000,,Europe/Berlin,false,false", "x p4 due 2031-03-04 09:00"},
		"from a time to another":       {"2031-03-04T08:00:00+0000,2031-03-04T09:30:00+0000,Europe/Berlin,false,false", "x p4 due 2031-03-04 09:00 90min"},
		"from a day to another":        {"2031-03-03T23:00:00+0000,2031-03-05T23:00:00+0000,Europe/Berlin,true,false", "x p4 due 2031-03-06 2031-03-04.."},
		"a reminder before":            {"2031-03-04T08:00:00+0000,2031-03-04T08:00:00+0000,,false,false,-PT1H", "x p4 due 2031-03-04 09:00 remind -60"},
		"two reminders of a day":       {"2031-03-03T23:00:00+0000,,,true,false,\"P0DT9H0M0S,-P1DT0H0M0S\"", "x p4 due 2031-03-04 remind 2031-03-04T08:00:00Z remind 2031-03-02T23:00:00Z"},
		"a reminder that is none":      {"2031-03-03T23:00:00+0000,,,true,false,often", `x p4 due 2031-03-04: a reminder is left out: "often" is not understood`},
		"a rule":                       {"2031-03-03T23:00:00+0000,,,true,false,,RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", "x p4 due 2031-03-04 FREQ=MONTHLY;BYMONTHDAY=-1 (schedule)"},
		"a rule with parts of its own": {"2031-03-03T23:00:00+0000,,,true,false,,RRULE:TT_SKIP=WEEKEND;FREQ=DAILY", `x p4 due 2031-03-04 FREQ=DAILY (schedule): recurrence: "TT_SKIP=WEEKEND" is not taken over`},
		"won't do":                     {",,,,,,,3,-1", "x p2 done 2026-11-30T09:00:00Z: it counts as completed now, because the file does not say when it was; it is completed here, and will not be done in TickTick"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOneTask(t, readTickTick, header+c.cells+"\n", c.want)
		})
	}
}

func FuzzTickTick(f *testing.F) { fuzz(f, readTickTick, fixture(f, "ticktick.csv")) }
