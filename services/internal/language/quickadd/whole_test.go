package quickadd

import (
	"testing"
	"time"
)

// wednesday is 25 November 2026, 10:00 in Berlin.
func wednesday(t *testing.T, options Options) Options {
	t.Helper()
	options.Now = options.Now.AddDate(0, 0, -1)
	if options.Now.Weekday() != time.Wednesday {
		t.Fatalf("it is %s", options.Now.Weekday())
	}
	return options
}

// checkBoth reads lines that were understood by halves, in each language.
func checkBoth(t *testing.T, inEnglish, inGerman map[string]string) {
	t.Helper()
	check(t, wednesday(t, thursday(t)), inEnglish)
	check(t, wednesday(t, german(t)), inGerman)
}

func TestCommonMisspellingsAreRead(t *testing.T) {
	checkBoth(t, map[string]string{
		"meet Sara wendesday 4pm":          "meet Sara | due 2026-12-02T16:00",
		"call the bank tommorow morning":   "call the bank | due 2026-11-26T09:00",
		"Trip the day after tommorrow":     "Trip | due 2026-11-27",
		"Yoga every thrusday 7pm":          "Yoga | due 2026-11-26T19:00 | schedule FREQ=WEEKLY;BYDAY=TH",
		"Tax form febuary 3rd":             "Tax form | due 2027-02-03",
		"Read about the wendesdayish mood": "Read about the wendesdayish mood",
	}, map[string]string{
		"Sara Mitwoch 16 Uhr treffen":  "Sara treffen | due 2026-12-02T16:00",
		"Mitwochabend Kino":            "Kino | due 2026-12-02T19:00",
		"Yoga jeden Donerstag 19 Uhr":  "Yoga | due 2026-11-26T19:00 | schedule FREQ=WEEKLY;BYDAY=TH",
		"Steuer am 3. Febuar":          "Steuer | due 2027-02-03",
		"Paket überübermogen abholen":  "Paket abholen | due 2026-11-28",
		"Mitwocher Kreis gründen":      "Mitwocher Kreis gründen",
		"nähsten Dinstag Müll":         "Müll | due 2026-12-01",
		"Oma am Samtag um 15 Uhr holn": "Oma holn | due 2026-11-28T15:00",
	})
}
