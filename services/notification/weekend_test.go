package notification

import (
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// On the week-ends on which clocks change, a time that is skipped counts as its clock showed before (RFC
// 5545, section 3.3.5), one that comes twice is the first, and minutes before it are minutes that pass.
func TestFireTimeOnWeekEndsOnWhichClocksChange(t *testing.T) {
	for _, c := range []struct {
		name, zone, date, time string
		minutes                int
		want                   string
	}{
		{"Berlin skips 02:30", "Europe/Berlin", "2027-03-28", "02:30", 30, "2027-03-28T01:00:00Z"},
		{"Berlin, an hour before the first time after the gap", "Europe/Berlin", "2027-03-28", "03:00", 60, "2027-03-28T00:00:00Z"},
		{"Berlin has 02:30 twice", "Europe/Berlin", "2027-10-31", "02:30", 30, "2027-10-31T00:00:00Z"},
		{"Berlin, over the hour that comes twice", "Europe/Berlin", "2027-10-31", "03:00", 120, "2027-10-31T00:00:00Z"},
		{"Berlin, a day before a whole day", "Europe/Berlin", "2027-03-28", "", 24 * 60, "2027-03-27T07:00:00Z"},
		{"New York skips 02:30", "America/New_York", "2027-03-14", "02:30", 0, "2027-03-14T07:30:00Z"},
		{"New York has 01:30 twice", "America/New_York", "2027-11-07", "01:30", 0, "2027-11-07T05:30:00Z"},
		{"Lord Howe skips half an hour", "Australia/Lord_Howe", "2027-10-03", "02:15", 15, "2027-10-02T15:30:00Z"},
		{"Lord Howe has 01:45 twice", "Australia/Lord_Howe", "2027-04-04", "01:45", 0, "2027-04-03T14:45:00Z"},
		{"Santiago's day begins at 01:00", "America/Santiago", "2027-09-05", "00:30", 0, "2027-09-05T04:30:00Z"},
		{"Santiago has the last hour of a day twice", "America/Santiago", "2027-04-03", "23:30", 0, "2027-04-04T02:30:00Z"},
		{"Dublin, whose summer is its standard, skips 01:30", "Europe/Dublin", "2027-03-28", "01:30", 0, "2027-03-28T01:30:00Z"},
		{"Dublin has 01:30 twice", "Europe/Dublin", "2027-10-31", "01:30", 0, "2027-10-31T00:30:00Z"},
		{"Casablanca goes back for Ramadan", "Africa/Casablanca", "2027-02-07", "02:30", 0, "2027-02-07T01:30:00Z"},
		{"Casablanca goes forward after it", "Africa/Casablanca", "2027-03-14", "02:30", 0, "2027-03-14T02:30:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, err := time.Parse(time.RFC3339, c.want)
			if err != nil {
				t.Fatal(err)
			}
			task := &todo.Task{Due: &todo.Due{Date: c.date, Time: c.time, Zone: c.zone}, Reminders: []todo.Reminder{{ID: "r", MinutesBefore: &c.minutes}}}
			got, err := firings(task, habits{zone: c.zone, dayStart: "09:00"})
			if err != nil || len(got) != 1 || !got[0].At.Equal(want) {
				t.Errorf("fires at %v, %v, want %s", got, err, c.want)
			}
		})
	}
}
