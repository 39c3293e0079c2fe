package quickadd

import (
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

func german(t *testing.T) Options {
	t.Helper()
	options := thursday(t)
	locale, err := words.Find("de-AT")
	if err != nil {
		t.Fatal(err)
	}
	options.Locale = locale
	return options
}

func TestGermanDatesAndTimes(t *testing.T) {
	check(t, german(t), map[string]string{
		"Mama morgen um 17 Uhr anrufen":                "Mama anrufen | due 2026-11-27T17:00",
		"Zahnarzt am Dienstag, 1.12., um 14:30 Uhr":    "Zahnarzt | due 2026-12-01T14:30",
		"Miete am 1. überweisen":                       "Miete überweisen | due 2026-12-01",
		"Am 15. Miete zahlen":                          "Miete zahlen | due 2026-12-15",
		"Bericht bis Freitag 17 Uhr abgeben":           "Bericht abgeben | due 2026-11-27T17:00",
		"Bericht bis Ende der Woche fertig machen":     "Bericht fertig machen | due 2026-11-29",
		"Folien vor Freitag fertig":                    "Folien fertig | due 2026-11-27",
		"Klempner nach 17 Uhr anrufen":                 "Klempner anrufen | due 2026-11-26T17:00",
		"Reisepass in 6 Monaten verlängern":            "Reisepass verlängern | due 2027-05-26",
		"Montagmorgen Bank anrufen":                    "Bank anrufen | due 2026-11-30T09:00",
		"Freitagabend Kino mit Tom":                    "Kino mit Tom | due 2026-11-27T19:00",
		"Tatort am Sonntag um 20:15":                   "Tatort | due 2026-11-29T20:15",
		"Abendessen mit Ana Fr, 27.11., 19 Uhr":        "Abendessen mit Ana | due 2026-11-27T19:00",
		"Arzt 30.11.26 um 9.15 Uhr":                    "Arzt | due 2026-11-30T09:15",
		"Joggen Sa 8 Uhr 45 Min lang":                  "Joggen | due 2026-11-28T08:00 | for 2700",
		"Termin morgen 15-16:30 Uhr":                   "Termin | due 2026-11-27T15:00 | for 5400",
		"Workshop Montag 9-17 Uhr":                     "Workshop | due 2026-11-30T09:00 | for 28800",
		"Konferenz vom 1. bis 3. Dezember":             "Konferenz | due 2026-12-01",
		"Urlaub 24.12. bis 2.1.":                       "Urlaub | due 2026-12-24",
		"Strafzettel fällig am 5. Dezember":            "Strafzettel | due 2026-12-05",
		"In 20 Minuten Sam anrufen":                    "Sam anrufen | due 2026-11-26T10:20",
		"Donnerstag in einer Woche Elternabend":        "Elternabend | due 2026-12-03",
		"heute in 14 Tagen TÜV":                        "TÜV | due 2026-12-10",
		"Um halb sieben aufstehen":                     "aufstehen | due 2026-11-27T06:30",
		"Wecker 5 vor halb 7":                          "Wecker | due 2026-11-27T06:25",
		"heute Nacht um 1 Backup":                      "Backup | due 2026-11-27T01:00",
		"Treffen um 18 Uhr am Bahnhof":                 "Treffen am Bahnhof | due 2026-11-26T18:00",
		"Mo 9 Uhr Sync, Di 10 Uhr Review":              "Sync, Di 10 Uhr Review | due 2026-11-30T09:00",
		"Flüge am Wochenende buchen":                   "Flüge buchen | due 2026-11-28",
		"Zum Monatsende Zähler ablesen":                "Zähler ablesen | due 2026-11-30",
		"Am letzten Freitag im Monat Teamabend":        "Teamabend | due 2026-11-27",
		"Rückblick letzten Monat":                      "Rückblick letzten Monat",
		"Tulpen {ab freitag} {5.3.}":                   "Tulpen | deadline 2027-03-05 | start 2026-11-27",
		"Steuererklärung {31.7.} #Finanzen/Steuer p1":  "Steuererklärung | deadline 2027-07-31 | p 1 | project Finanzen | section Steuer",
		"Laufen morgen 7 Uhr !30m !heute Abend @sport": "Laufen | due 2026-11-27T07:00 | tags sport | before 30 | remind 2026-11-26T19:00:00+01:00",
	})
}

func TestGermanRecurrences(t *testing.T) {
	check(t, german(t), map[string]string{
		"Blumen gießen alle 3 Tage":                  "Blumen gießen | due 2026-11-26 | schedule FREQ=DAILY;INTERVAL=3",
		"Teammeeting jeden Montag um 10 Uhr":         "Teammeeting | due 2026-11-30T10:00 | schedule FREQ=WEEKLY;BYDAY=MO",
		"9 Uhr Standup jeden Werktag für 15 Minuten": "Standup | due 2026-11-27T09:00 | for 900 | schedule FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
		"Jeden Morgen Tabletten nehmen":              "Tabletten nehmen | due 2026-11-27T09:00 | schedule FREQ=DAILY",
		"Täglich Vokabeln lernen":                    "Vokabeln lernen | due 2026-11-26 | schedule FREQ=DAILY",
	})
}

func TestGermanTextStaysText(t *testing.T) {
	for _, text := range []string{
		"Guten Morgen Karte schreiben", "Fr. Schmidt anrufen", "Frau Mai fragen", "Kapitel 3 lesen", "3 kg Äpfel kaufen", "Preis auf 1.50 senken",
		"Preis um 3 Punkte senken", "Eines Tages Klavier lernen", "zweites Gespräch mit Sam", "So schnell wie möglich", "Version 1.2.3 ausliefern",
	} {
		if task := Parse(text, german(t))[0]; show(task) != text || len(task.Spans) > 0 {
			t.Errorf("%q is read as %s", text, show(task))
		}
	}
}

// TestGermanSpansCountBytes also cuts a word that is two.
func TestGermanSpansCountBytes(t *testing.T) {
	const text = "Büro: übermorgen früh, Freitagabend"
	task := Parse(text, german(t))[0]
	var got []string
	for _, span := range task.Spans {
		if text[span.Start:span.End] != span.Text {
			t.Errorf("%+v is not at its place", span)
		}
		got = append(got, string(span.Kind)+" "+span.Text)
	}
	if len(got) != 2 || got[0] != "date übermorgen" || got[1] != "time früh" {
		t.Errorf("got %q", got)
	}
}
