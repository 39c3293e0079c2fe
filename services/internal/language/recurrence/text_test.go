package recurrence

import (
	"errors"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// sunday is the day on which the texts in these tests are said.
var sunday = time.Date(2026, time.November, 22, 10, 0, 0, 0, time.UTC)

// said is a text with the rules and the time of day that it means.
type said struct{ text, want, time string }

func checkTexts(t *testing.T, locale *words.Locale, tests []said) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := ParseText(test.text, sunday, locale)
			if err != nil {
				t.Fatal(err)
			}
			if got.Set.String() != test.want || got.Time != test.time || got.Anchor != AnchorSchedule {
				t.Errorf("got %q at %q %s, want %q at %q", got.Set, got.Time, got.Anchor, test.want, test.time)
			}
		})
	}
}

func TestParseText(t *testing.T) {
	checkTexts(t, words.English(), []said{
		{"every day", "FREQ=DAILY", ""},
		{"Every Day", "FREQ=DAILY", ""},
		{"daily", "FREQ=DAILY", ""},
		{"each day", "FREQ=DAILY", ""},
		{"every other day", "FREQ=DAILY;INTERVAL=2", ""},
		{"every 3 days", "FREQ=DAILY;INTERVAL=3", ""},
		{"every third day", "FREQ=DAILY;INTERVAL=3", ""},
		{"every 3rd day", "FREQ=DAILY;INTERVAL=3", ""},
		{"every second", "FREQ=SECONDLY", ""},
		{"every second day", "FREQ=DAILY;INTERVAL=2", ""},
		{"every hour", "FREQ=HOURLY", ""},
		{"every 20 minutes", "FREQ=MINUTELY;INTERVAL=20", ""},
		{"every morning", "FREQ=DAILY", "09:00"},
		{"every monday morning", "FREQ=WEEKLY;BYDAY=MO", "09:00"},
		{"every day in the evening", "FREQ=DAILY", "19:00"},
		{"every week", "FREQ=WEEKLY", ""},
		{"weekly", "FREQ=WEEKLY", ""},
		{"every two weeks", "FREQ=WEEKLY;INTERVAL=2", ""},
		{"every fortnight", "FREQ=WEEKLY;INTERVAL=2", ""},
		{"biweekly", "FREQ=WEEKLY;INTERVAL=2", ""},
		{"every monday", "FREQ=WEEKLY;BYDAY=MO", ""},
		{"every other monday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ""},
		{"every 2 mondays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ""},
		{"every 3 weeks on friday", "FREQ=WEEKLY;INTERVAL=3;BYDAY=FR", ""},
		{"every mon, wed and fri at 9", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "09:00"},
		{"every mon, wed, fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR", ""},
		{"every mon-fri", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"every saturday to monday", "FREQ=WEEKLY;BYDAY=MO,SA,SU", ""},
		{"every weekday at 8:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "08:30"},
		{"every workday 5pm", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "17:00"},
		{"every business day", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"every weekend", "FREQ=WEEKLY;BYDAY=SA", ""},
		{"every 3 workdays", "FREQ=DAILY;INTERVAL=3;X-STEP=BYDAY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"every month", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", ""},
		{"every 2 months", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;INTERVAL=2", ""},
		{"quarterly", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;INTERVAL=3", ""},
		{"every quarter", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;INTERVAL=3", ""},
		{"every 15th", "FREQ=MONTHLY;BYMONTHDAY=15", ""},
		{"every 1st and 15th of the month", "FREQ=MONTHLY;BYMONTHDAY=1,15", ""},
		{"every month on the 31st", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=31", ""},
		{"every month on the 31st if the day exists", "FREQ=MONTHLY;BYMONTHDAY=31", ""},
		{"every month on the 31st or the day after", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=31", ""},
		{"last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", ""},
		{"every last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", ""},
		{"every month on the last day", "FREQ=MONTHLY;BYMONTHDAY=-1", ""},
		{"every 2nd to last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-2", ""},
		{"every last friday", "FREQ=MONTHLY;BYDAY=-1FR", ""},
		{"the first monday of every month", "FREQ=MONTHLY;BYDAY=1MO", ""},
		{"every 2nd tuesday", "FREQ=MONTHLY;BYDAY=2TU", ""},
		{"every 1st and 3rd monday", "FREQ=MONTHLY;BYDAY=1MO,3MO", ""},
		{"every first workday", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ""},
		{"last workday of the month", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ""},
		{"every 3rd wed jan", "FREQ=YEARLY;BYMONTH=1;BYDAY=3WE", ""},
		{"every 2nd sunday of may", "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU", ""},
		{"every month on the 13th on friday", "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", ""},
		{"every year", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD", ""},
		{"annually", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD", ""},
		{"every year on 29 feb", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYMONTH=2;BYMONTHDAY=29", ""},
		{"every year on 29 feb only if the day exists", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT;BYMONTH=2;BYMONTHDAY=29", ""},
		{"every march 3rd", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3", ""},
		{"every 1 jan and 1 jul", "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1", ""},
		{"every 14 jan, 14 apr, 15 jun", "RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=14\nRRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=14\nRRULE:FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=15", ""},
		{"every 100th day of the year", "FREQ=YEARLY;BYYEARDAY=100", ""},
		{"every year in week 20 on monday", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", ""},
		{"every day in january and february", "FREQ=DAILY;BYMONTH=1,2", ""},
		{"every day at 9:00 and 17:00", "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0", ""},
		{"every day at 9:00 and 17:30", "RRULE:FREQ=DAILY;BYHOUR=9;BYMINUTE=0\nRRULE:FREQ=DAILY;BYHOUR=17;BYMINUTE=30", ""},
		{"every day at noon", "FREQ=DAILY", "12:00"},
		{"every day at 12 am", "FREQ=DAILY", "00:00"},
		{"daily for 10 times", "FREQ=DAILY;COUNT=10", ""},
		{"every day 10 times", "FREQ=DAILY;COUNT=10", ""},
		{"every day for 3 weeks", "FREQ=DAILY;UNTIL=20261212", ""},
		{"every day until 2026-12-31", "FREQ=DAILY;UNTIL=20261231", ""},
		{"every 2nd tuesday until june", "FREQ=MONTHLY;UNTIL=20270601;BYDAY=2TU", ""},
		{"every day until the end of january", "FREQ=DAILY;UNTIL=20270131", ""},
		{"every day until tomorrow", "FREQ=DAILY;UNTIL=20261123", ""},
		{"every day until friday", "FREQ=DAILY;UNTIL=20261127", ""},
		{"every day until the end of next month", "FREQ=DAILY;UNTIL=20261231", ""},
		{"every day until 12/31", "FREQ=DAILY;UNTIL=20261231", ""},
		{"every day for the next 10 days", "FREQ=DAILY;UNTIL=20261201", ""},
		{"every 4 hours starting at 8am", "FREQ=HOURLY;INTERVAL=4", "08:00"},
		{"on the 1st and 15th of every month", "FREQ=MONTHLY;BYMONTHDAY=1,15", ""},
		{"1st of every month", "FREQ=MONTHLY;BYMONTHDAY=1", ""},
		{"the 15th of each month", "FREQ=MONTHLY;BYMONTHDAY=15", ""},
		{"15 of every month", "FREQ=MONTHLY;BYMONTHDAY=15", ""},
		{"every first of the month", "FREQ=MONTHLY;BYMONTHDAY=1", ""},
		{"every 15", "FREQ=MONTHLY;BYMONTHDAY=15", ""},
		{"every 1 and 15 at 9", "FREQ=MONTHLY;BYMONTHDAY=1,15", "09:00"},
		{"every month on the 15", "FREQ=MONTHLY;BYMONTHDAY=15", ""},
		{"monthly 15th", "FREQ=MONTHLY;BYMONTHDAY=15", ""},
		{"monthly first friday", "FREQ=MONTHLY;BYDAY=1FR", ""},
		{"weekly monday", "FREQ=WEEKLY;BYDAY=MO", ""},
		{"yearly june 1", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=1", ""},
		{"every penultimate friday", "FREQ=MONTHLY;BYDAY=-2FR", ""},
		{"every year on the last day", "FREQ=YEARLY;BYYEARDAY=-1", ""},
		{"every year on the 15th day of the month", "FREQ=YEARLY;BYMONTHDAY=15", ""},
		{"every quarter on the first day", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=1", ""},
		{"last friday of the quarter", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1FR", ""},
		{"every day except mondays", "FREQ=WEEKLY;BYDAY=TU,WE,TH,FR,SA,SU", ""},
		{"every day except weekends", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"every day but not on wednesdays and sundays", "FREQ=WEEKLY;BYDAY=MO,TU,TH,FR,SA", ""},
		{"every workday except friday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", ""},
		{"every 2 days except weekends", "FREQ=DAILY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", ""},
		{"every month on the 1st except weekends", "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=MO,TU,WE,TH,FR", ""},
		{"every day except this monday", "RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261123", ""},
		{"every month except july and august", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTH=1,2,3,4,5,6,9,10,11,12", ""},
		{"every monday except july 5", "RRULE:FREQ=WEEKLY;BYDAY=MO\nEXDATE;VALUE=DATE:20270705", ""},
		{"mondays", "FREQ=WEEKLY;BYDAY=MO", ""},
		{"on mondays and thursdays at 9", "FREQ=WEEKLY;BYDAY=MO,TH", "09:00"},
		{"weekdays at 9am", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "09:00"},
		{"monday to friday every week", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"every mon wed fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR", ""},
		{"every monday and every thursday", "FREQ=WEEKLY;BYDAY=MO,TH", ""},
		{"every other week on tue and thu", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", ""},
		{"every morning at 7", "FREQ=DAILY", "07:00"},
		{"every night at 10", "FREQ=DAILY", "22:00"},
		{"every night at 1", "FREQ=DAILY", "01:00"},
		{"every night at 12", "FREQ=DAILY", "00:00"},
		{"every tuesday evening at 7:30", "FREQ=WEEKLY;BYDAY=TU", "19:30"},
		{"every day in the evening at 08:00", "FREQ=DAILY", "08:00"},
		{"at 9am every day", "FREQ=DAILY", "09:00"},
		{"8pm every friday", "FREQ=WEEKLY;BYDAY=FR", "20:00"},
		{"every 2h", "FREQ=HOURLY;INTERVAL=2", ""},
		{"every 3d", "FREQ=DAILY;INTERVAL=3", ""},
		{"every half hour", "FREQ=MINUTELY;INTERVAL=30", ""},
		{"every half year", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;INTERVAL=6", ""},
		{"every single day", "FREQ=DAILY", ""},
		{"once a week", "FREQ=WEEKLY", ""},
		{"every 2 weeks on workdays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", ""},
		{"every day ending 8 Jan", "FREQ=DAILY;UNTIL=20270108", ""},
		{"every day until 8 jan 2028 at 9:00 Europe/Berlin", "FREQ=DAILY;UNTIL=20280108T080000Z", ""},
		{"every month starting 31 jan until june", "DTSTART;VALUE=DATE:20270131\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;UNTIL=20270601", ""},
		{"every day, starting tomorrow, until 24 dec", "DTSTART;VALUE=DATE:20261123\nRRULE:FREQ=DAILY;UNTIL=20261224", ""},
		{"every day except on 24 december 2026", "RRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:20261224", ""},
		{"every day; also on 3 may 2027", "RRULE:FREQ=DAILY\nRDATE;VALUE=DATE:20270503", ""},
		{"every monday; every month on the 1st", "RRULE:FREQ=WEEKLY;BYDAY=MO\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1", ""},
		{"every month on monday and tuesday but only the 1st and last", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1,1", ""},
		{"every 2 weeks with weeks from sunday", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", ""},
		{"every 12/31", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", ""},
		{"every year on 1/15 and 7/15", "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15", ""},
		{"every half an hour", "FREQ=MINUTELY;INTERVAL=30", ""},
		{"every one and a half hours", "FREQ=MINUTELY;INTERVAL=90", ""},
		{"every tuesday at half past 8", "FREQ=WEEKLY;BYDAY=TU", "08:30"},
		{"every evening at quarter to 8", "FREQ=DAILY", "19:45"},
		{"every day at 9.30", "FREQ=DAILY", "09:30"},
		{"every day until eom", "FREQ=DAILY;UNTIL=20261130", ""},
		{"starting tomorrow, every day", "DTSTART;VALUE=DATE:20261123\nRRULE:FREQ=DAILY", ""},
		{"end of each month", "FREQ=MONTHLY;BYMONTHDAY=-1", ""},
		{"at the beginning of every 2 months", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1", ""},
		{"every year at the end", "FREQ=YEARLY;BYYEARDAY=-1", ""},
		{"quarterly at the end of the quarter", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", ""},
		{"eom every month at 5", "FREQ=MONTHLY;BYMONTHDAY=-1", "17:00"},
		{"mon/wed/fri at 6", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "18:00"},
		{"mon-wed, fri", "FREQ=WEEKLY;BYDAY=MO,TU,WE,FR", ""},
		{"every monday at 7", "FREQ=WEEKLY;BYDAY=MO", "07:00"},
		{"every monday at half past 5", "FREQ=WEEKLY;BYDAY=MO", "17:30"},
		{"every monday at 5:30", "FREQ=WEEKLY;BYDAY=MO", "05:30"},
		{"every monday 945am", "FREQ=WEEKLY;BYDAY=MO", "09:45"},
		{"every day at 6, 14 and 22", "FREQ=DAILY;BYHOUR=6,14,22;BYMINUTE=0", ""},
		{"last friday of every 3rd month", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", ""},
		{"every january on the first monday", "FREQ=YEARLY;BYMONTH=1;BYDAY=1MO", ""},
		{"every january on mondays", "FREQ=YEARLY;BYMONTH=1;BYDAY=MO", ""},
		{"from 1 june every week until 1 july", "DTSTART;VALUE=DATE:20270601\nRRULE:FREQ=WEEKLY;UNTIL=20270701", ""},
	})
}

func TestParseTextInGerman(t *testing.T) {
	checkTexts(t, germanWords(t), []said{
		{"jeden Tag", "FREQ=DAILY", ""},
		{"täglich um 9", "FREQ=DAILY", "09:00"},
		{"täglich um 9.30 Uhr", "FREQ=DAILY", "09:30"},
		{"täglich um 9 Uhr 30", "FREQ=DAILY", "09:30"},
		{"um 9 Uhr jeden Tag", "FREQ=DAILY", "09:00"},
		{"jeden Tag um 9 und 17 Uhr", "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0", ""},
		{"alle 3 Tage", "FREQ=DAILY;INTERVAL=3", ""},
		{"alle drei Tage", "FREQ=DAILY;INTERVAL=3", ""},
		{"jeden dritten Tag", "FREQ=DAILY;INTERVAL=3", ""},
		{"alle 2h", "FREQ=HOURLY;INTERVAL=2", ""},
		{"jede halbe Stunde", "FREQ=MINUTELY;INTERVAL=30", ""},
		{"alle anderthalb Stunden", "FREQ=MINUTELY;INTERVAL=90", ""},
		{"jeden Montag", "FREQ=WEEKLY;BYDAY=MO", ""},
		{"montags und donnerstags um 18 Uhr", "FREQ=WEEKLY;BYDAY=MO,TH", "18:00"},
		{"werktags um 8", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "08:00"},
		{"jeden Mo-Fr", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"Montag bis Freitag jede Woche", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"alle 3 Werktage", "FREQ=DAILY;INTERVAL=3;X-STEP=BYDAY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"alle zwei Wochen montags", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ""},
		{"jede zweite Woche am Montag", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ""},
		{"14-tägig freitags", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", ""},
		{"jeden 2. Dienstag", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", ""},
		{"jeden zweiten Dienstag", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", ""},
		{"jeden zweiten Dienstag im Monat", "FREQ=MONTHLY;BYDAY=2TU", ""},
		{"jeden 2. Dienstag im Monat", "FREQ=MONTHLY;BYDAY=2TU", ""},
		{"jeden zweiten Sonntag im Mai", "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU", ""},
		{"jeden 1. und 3. Montag im Monat", "FREQ=MONTHLY;BYDAY=1MO,3MO", ""},
		{"jeden vorletzten Freitag", "FREQ=MONTHLY;BYDAY=-2FR", ""},
		{"letzter Tag des Monats", "FREQ=MONTHLY;BYMONTHDAY=-1", ""},
		{"am letzten Tag jedes Monats", "FREQ=MONTHLY;BYMONTHDAY=-1", ""},
		{"letzter Werktag des Monats", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ""},
		{"am 1. und 15. jedes Monats", "FREQ=MONTHLY;BYMONTHDAY=1,15", ""},
		{"jeden 2. des Monats", "FREQ=MONTHLY;BYMONTHDAY=2", ""},
		{"monatlich am 31.", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=31", ""},
		{"vierteljährlich", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;INTERVAL=3", ""},
		{"am ersten Tag des Quartals", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=1", ""},
		{"jedes Jahr am 29. Februar", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD;BYMONTH=2;BYMONTHDAY=29", ""},
		{"jedes Jahr am 31.12.", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", ""},
		{"jeden 2. Januar", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=2", ""},
		{"jedes Jahr am letzten Tag", "FREQ=YEARLY;BYYEARDAY=-1", ""},
		{"einmal im Monat", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", ""},
		{"jeden Morgen um 7", "FREQ=DAILY", "07:00"},
		{"jeden Abend um 8", "FREQ=DAILY", "20:00"},
		{"jeden Dienstagabend um halb acht", "FREQ=WEEKLY;BYDAY=TU", "19:30"},
		{"täglich abends", "FREQ=DAILY", "19:00"},
		{"jeden Tag bis 31. Dezember", "FREQ=DAILY;UNTIL=20261231", ""},
		{"täglich bis 31.12.", "FREQ=DAILY;UNTIL=20261231", ""},
		{"täglich bis Jahresende", "FREQ=DAILY;UNTIL=20261231", ""},
		{"täglich bis nächsten Freitag", "FREQ=DAILY;UNTIL=20261127", ""},
		{"täglich 10 mal", "FREQ=DAILY;COUNT=10", ""},
		{"jeden Tag 3 Wochen lang", "FREQ=DAILY;UNTIL=20261212", ""},
		{"ab morgen täglich", "DTSTART;VALUE=DATE:20261123\nRRULE:FREQ=DAILY", ""},
		{"jeden Tag außer am Wochenende", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""},
		{"am Ende jedes Monats", "FREQ=MONTHLY;BYMONTHDAY=-1", ""},
		{"jeden Monat zu Beginn", "FREQ=MONTHLY;BYMONTHDAY=1", ""},
		{"Mo/Mi/Fr um 6", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "18:00"},
		{"Mo, Mi und Fr um 6 Uhr", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "06:00"},
		{"letzter Freitag jedes dritten Monats", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", ""},
		{"täglich außer sonntags", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA", ""},
		{"jeden Monat außer im August", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTH=1,2,3,4,5,6,7,9,10,11,12", ""},
	})
}

func TestParseTextAnchor(t *testing.T) {
	for _, text := range []string{"every! 3 days", "Every! 3 days", "ev! 3 days", "after 3 days"} {
		got, err := ParseText(text, sunday, words.English())
		if err != nil || got.Anchor != AnchorCompletion || got.Set.String() != "FREQ=DAILY;INTERVAL=3" {
			t.Errorf("%q: got %v %v", text, got, err)
		}
	}
}

func TestParseTextAnchorInGerman(t *testing.T) {
	for _, text := range []string{"alle! 3 Tage", "nach 3 Tagen"} {
		got, err := ParseText(text, sunday, germanWords(t))
		if err != nil || got.Anchor != AnchorCompletion || got.Set.String() != "FREQ=DAILY;INTERVAL=3" {
			t.Errorf("%q: got %v %v", text, got, err)
		}
	}
}

func TestFindTextInGerman(t *testing.T) {
	tests := []struct{ text, found, rule string }{
		{"Müll montags rausbringen", "montags", "FREQ=WEEKLY;BYDAY=MO"},
		{"Blumen gießen alle 3 Tage #Garten", "alle 3 Tage", "FREQ=DAILY;INTERVAL=3"},
		{"Montags Müll rausbringen", "Montags", "FREQ=WEEKLY;BYDAY=MO"},
		{"Miete am 1. jedes Monats", "am 1. jedes Monats", "FREQ=MONTHLY;BYMONTHDAY=1"},
		{"Miete jeden 1. um 9", "jeden 1. um 9", "FREQ=MONTHLY;BYMONTHDAY=1"},
		{"Rückentraining 14-tägig", "14-tägig", "FREQ=WEEKLY;INTERVAL=2"},
		{"alle 3 Bücher lesen", "", ""},
		{"jeder Mensch", "", ""},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			phrase, from, to, ok := FindText(test.text, sunday, germanWords(t))
			if ok != (test.found != "") || test.text[from:to] != test.found || (ok && phrase.Set.String() != test.rule) {
				t.Errorf("got %q %q, want %q %q", test.text[from:to], phrase.Set, test.found, test.rule)
			}
		})
	}
}

func TestParseTextErrors(t *testing.T) {
	tests := []struct {
		text     string
		position int
	}{
		{"", 0},
		{"every", 5},
		{"every 3 pages", 8},
		{"every 32", 8},
		{"every day except 5 pages", 19},
		{"every week except mondays", 18},
		{"every monday except mondays", 20},
		{"every quarter on the first and last day", 39},
		{"every blue day", 6},
		{"every day at 25:00", 13},
		{"every day until", 15},
		{"every day for 3 bananas", 16},
		{"every day on the 3rd banana", 21},
		{"every 0 days", 6},
		{"every day and then some", 10},
		{"every week on the 2nd monday", 28},
		{"every day at 9; every day at 10", 31},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			_, err := ParseText(test.text, sunday, words.English())
			var fault *Error
			if !errors.As(err, &fault) || fault.Position != test.position {
				t.Errorf("got %v, want an error at %d", err, test.position)
			}
		})
	}
}

func TestParseTextSaysWhatIsExpectedInTheWordsOfTheLanguage(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "noon, half past, 9:00",
		"de": "mitternacht, halb, 9:00",
	} {
		locale, err := words.Find(tag)
		if err != nil {
			t.Fatal(err)
		}
		text := locale.Example(words.Every) + " " + locale.Example(words.Unit) + " " + locale.Example(words.At)
		_, err = ParseText(text, sunday, locale)
		var fault *Error
		if !errors.As(err, &fault) || fault.Expected != want {
			t.Errorf("%s: got %v, want an error that expects %q", text, err, want)
		}
	}
}

func TestFindText(t *testing.T) {
	tests := []struct {
		text  string
		found string
		rule  string
	}{
		{"water plants every 3 days #home", "every 3 days", "FREQ=DAILY;INTERVAL=3"},
		{"call mom every sunday at 5pm p1", "every sunday at 5pm", "FREQ=WEEKLY;BYDAY=SU"},
		{"call mom every sunday, then dad", "every sunday", "FREQ=WEEKLY;BYDAY=SU"},
		{"run every day for 45 min", "every day", "FREQ=DAILY"},
		{"pay rent every month on the 1st; call bank", "every month on the 1st", "FREQ=MONTHLY;BYMONTHDAY=1"},
		{"Gym on mondays and thursdays at 7", "on mondays and thursdays at 7", "FREQ=WEEKLY;BYDAY=MO,TH"},
		{"Gym mondays 7pm", "mondays 7pm", "FREQ=WEEKLY;BYDAY=MO"},
		{"Mondays are hard", "", ""},
		{"A weekends only ticket", "", ""},
		{"pay rent on the 1st of every month", "on the 1st of every month", "FREQ=MONTHLY;BYMONTHDAY=1"},
		{"Report the 1st, 2nd and last friday of each month at 9", "the 1st, 2nd and last friday of each month at 9", "FREQ=MONTHLY;BYDAY=-1FR,1FR,2FR"},
		{"Backup at 9am every day", "at 9am every day", "FREQ=DAILY"},
		{"Sell 2 every month", "every month", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD"},
		{"pay rent every 15", "every 15", "FREQ=MONTHLY;BYMONTHDAY=15"},
		{"pay rent every 15 #home", "every 15", "FREQ=MONTHLY;BYMONTHDAY=15"},
		{"pause every 15 pages", "", ""},
		{"frame every 5th page", "", ""},
		{"every 15.5 km", "", ""},
		{"monthly 1st draft", "monthly", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD"},
		{"call back after 3 days", "", ""},
		{"every time I call", "", ""},
		{"everyday things", "", ""},
		{"buy milk", "", ""},
		{"mondays at 9 and tuesdays at 10", "", ""},
		{"mon tue wed", "", ""},
		{"sat or sun", "", ""},
		{"clean every friday, every guest helps", "every friday", "FREQ=WEEKLY;BYDAY=FR"},
		{"read every book, every! 2 weeks", "every! 2 weeks", "FREQ=WEEKLY;INTERVAL=2"},
		{"Büro putzen every friday", "every friday", "FREQ=WEEKLY;BYDAY=FR"},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			phrase, from, to, ok := FindText(test.text, sunday, words.English())
			if ok != (test.found != "") || test.text[from:to] != test.found || (ok && phrase.Set.String() != test.rule) {
				t.Errorf("got %q %q, want %q %q", test.text[from:to], phrase.Set, test.found, test.rule)
			}
		})
	}
}
