package dates

import (
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// german is thursday in the words of a language whose table changed no code.
func german(t testing.TB) Options {
	t.Helper()
	options := thursday(t)
	locale, err := words.Find("de-DE")
	if err != nil {
		t.Fatal(err)
	}
	options.Locale = locale
	return options
}

func TestGermanAbsoluteDates(t *testing.T) {
	check(t, german(t), map[string]string{
		"am 3. März":                   "2027-03-03",
		"3. März 2027":                 "2027-03-03",
		"3 März":                       "2027-03-03",
		"am 3. Maerz":                  "2027-03-03",
		"am 3. Ma\u0308rz":             "2027-03-03",
		"den 3. März 2028":             "2028-03-03",
		"1. Jänner":                    "2027-01-01",
		"24. Dez.":                     "2026-12-24",
		"31. Jan. 2027":                "2027-01-31",
		"29. Februar":                  "2028-02-29",
		"erster Mai":                   "2027-05-01",
		"1.12.":                        "2026-12-01",
		"1.12.2026":                    "2026-12-01",
		"01.12.2026":                   "2026-12-01",
		"1.12.26":                      "2026-12-01",
		"24. 12. 2026":                 "2026-12-24",
		"am 24. 12.":                   "2026-12-24",
		"am 1.12":                      "2026-12-01",
		"bis zum 1.12.":                "2026-12-01",
		"25.11.":                       "2027-11-25",
		"1/12":                         "2026-12-01",
		"2026-12-01":                   "2026-12-01",
		"am 15.":                       "2026-12-15",
		"der 31.":                      "2026-12-31",
		"am 15. des nächsten Monats":   "2026-12-15",
		"am 15. nächsten Monats":       "2026-12-15",
		"Juni":                         "2027-06-01..2027-06-30",
		"im Juni":                      "2027-06-01..2027-06-30",
		"im Juni 2028":                 "2028-06-01..2028-06-30",
		"Freitag, den 3. März 2028":    "2028-03-03",
		"Freitag, 27.11.":              "2026-11-27",
		"Fr. 27.11.":                   "2026-11-27",
		"3. März um 9 Uhr":             "2027-03-03T09:00",
		"1.12. 9 Uhr":                  "2026-12-01T09:00",
		"1.12. 9.30 Uhr":               "2026-12-01T09:30",
		"am 1.12 um 9.30":              "2026-12-01T09:30",
		"2026-12-01T09:00:00Z":         "2026-12-01T09:00[UTC]",
		"erster Montag im Juni":        "2027-06-07",
		"letzter Freitag im Monat":     "2026-11-27",
		"letzten Freitag des Monats":   "2026-11-27",
		"letzter Tag des Februars":     "2027-02-28",
		"am zweiten Dienstag im April": "2027-04-13",
	})
}

func TestGermanRelativeDates(t *testing.T) {
	check(t, german(t), map[string]string{
		"heute":                       "2026-11-26",
		"morgen":                      "2026-11-27",
		"übermorgen":                  "2026-11-28",
		"uebermorgen":                 "2026-11-28",
		"gestern":                     "2026-11-25",
		"vorgestern":                  "2026-11-24",
		"bis morgen":                  "2026-11-27",
		"ab morgen":                   "2026-11-27",
		"in 2 Wochen":                 "2026-12-10",
		"in einer Woche":              "2026-12-03",
		"in einem Monat":              "2026-12-26",
		"in fünf Tagen":               "2026-12-01",
		"in fuenf Tagen":              "2026-12-01",
		"in ein paar Tagen":           "2026-11-29",
		"in 3 Monaten":                "2027-02-26",
		"in einem halben Jahr":        "2027-05-26",
		"vor 3 Tagen":                 "2026-11-23",
		"vor einer Woche":             "2026-11-19",
		"heute in 14 Tagen":           "2026-12-10",
		"morgen in einer Woche":       "2026-12-04",
		"Freitag in einer Woche":      "2026-12-04",
		"Donnerstag in einer Woche":   "2026-12-03",
		"übernächste Woche":           "2026-12-07..2026-12-13",
		"übernächsten Montag":         "2026-12-07",
		"Montag übernächster Woche":   "2026-12-07",
		"innerhalb von 3 Tagen":       "2026-11-29",
		"am fünften":                  "2026-12-05",
		"Freitag in 2 Wochen":         "2026-12-11",
		"heute vor einer Woche":       "2026-11-19",
		"3 Tage vor dem 25. Dezember": "2026-12-22",
		"eine Woche nach Freitag":     "2026-12-04",
		"Freitag":                     "2026-11-27",
		"Donnerstag":                  "2026-12-03",
		"Sonnabend":                   "2026-11-28",
		"am Freitag":                  "2026-11-27",
		"am Fr":                       "2026-11-27",
		"bis Freitag":                 "2026-11-27",
		"spätestens am Freitag":       "2026-11-27",
		"diesen Freitag":              "2026-11-27",
		"diesen Donnerstag":           "2026-11-26",
		"kommenden Donnerstag":        "2026-12-03",
		"kommenden Freitag":           "2026-11-27",
		"nächsten Freitag":            "2026-12-04",
		"naechsten Freitag":           "2026-12-04",
		"letzten Freitag":             "2026-11-20",
		"vergangenen Freitag":         "2026-11-20",
		"Freitag nächster Woche":      "2026-12-04",
		"Freitag der nächsten Woche":  "2026-12-04",
		"nächste Woche Freitag":       "2026-12-04",
		"dieses Wochenende":           "2026-11-28..2026-11-29",
		"am Wochenende":               "2026-11-28..2026-11-29",
		"kommendes Wochenende":        "2026-11-28..2026-11-29",
		"nächstes Wochenende":         "2026-12-05..2026-12-06",
		"diese Woche":                 "2026-11-23..2026-11-29",
		"nächste Woche":               "2026-11-30..2026-12-06",
		"kommende Woche":              "2026-11-30..2026-12-06",
		"in der nächsten Woche":       "2026-11-30..2026-12-06",
		"nächsten Monat":              "2026-12-01..2026-12-31",
		"im nächsten Monat":           "2026-12-01..2026-12-31",
		"letzten Monat":               "2026-10-01..2026-10-31",
		"nächstes Quartal":            "2027-01-01..2027-03-31",
		"dieses Jahr":                 "2026-01-01..2026-12-31",
		"Ende des Monats":             "2026-11-30",
		"Ende der Woche":              "2026-11-29",
		"Ende nächster Woche":         "2026-12-06",
		"bis Ende nächsten Monats":    "2026-12-31",
		"Ende des nächsten Monats":    "2026-12-31",
		"Ende Juni":                   "2027-06-30",
		"Ende 2027":                   "2027-12-31",
		"Monatsende":                  "2026-11-30",
		"zum Jahresende":              "2026-12-31",
		"Anfang nächster Woche":       "2026-11-30",
		"Anfang Juni":                 "2027-06-01",
		"die nächsten 7 Tage":         "2026-11-26..2026-12-02",
		"in den nächsten 2 Wochen":    "2026-11-26..2026-12-09",
		"die letzten 3 Tage":          "2026-11-24..2026-11-26",
		"nächster Werktag":            "2026-11-27",
	})
}

func TestGermanTimes(t *testing.T) {
	check(t, german(t), map[string]string{
		"9 Uhr":                  "2026-11-27T09:00",
		"um 9":                   "2026-11-27T09:00",
		"um neun":                "2026-11-27T09:00",
		"neun Uhr":               "2026-11-27T09:00",
		"gegen 17 Uhr":           "2026-11-26T17:00",
		"ab 17 Uhr":              "2026-11-26T17:00",
		"bis 17 Uhr":             "2026-11-26T17:00",
		"um 17:30":               "2026-11-26T17:30",
		"17:30 Uhr":              "2026-11-26T17:30",
		"17.30 Uhr":              "2026-11-26T17:30",
		"um 17.30":               "2026-11-26T17:30",
		"17 Uhr 30":              "2026-11-26T17:30",
		"halb neun":              "2026-11-27T08:30",
		"um halb 9":              "2026-11-27T08:30",
		"halb eins":              "2026-11-26T12:30",
		"halb neun abends":       "2026-11-26T20:30",
		"viertel nach 8":         "2026-11-27T08:15",
		"Viertel vor 9":          "2026-11-27T08:45",
		"dreiviertel neun":       "2026-11-27T08:45",
		"viertel neun":           "2026-11-27T08:15",
		"um zehn vor neun":       "2026-11-27T08:50",
		"um 5 nach 8":            "2026-11-27T08:05",
		"zehn nach neun":         "2026-11-27T09:10",
		"fünf vor halb neun":     "2026-11-27T08:25",
		"um 5 nach halb 9":       "2026-11-27T08:35",
		"mittags":                "2026-11-26T12:00",
		"12 Uhr mittags":         "2026-11-26T12:00",
		"um Mitternacht":         "2026-11-27T00:00",
		"heute Mittag":           "2026-11-26T12:00",
		"heute Abend":            "2026-11-26T19:00",
		"heute Abend um 8":       "2026-11-26T20:00",
		"heute Nacht":            "2026-11-26T22:00",
		"heute Nacht um 2":       "2026-11-27T02:00",
		"heute Nacht um 12":      "2026-11-27T00:00",
		"heute Morgen":           "2026-11-26T09:00",
		"morgen früh":            "2026-11-27T09:00",
		"morgen Vormittag":       "2026-11-27T10:00",
		"morgen Nachmittag um 3": "2026-11-27T15:00",
		"am Morgen":              "2026-11-27T09:00",
		"am Abend":               "2026-11-26T19:00",
		"8 Uhr abends":           "2026-11-26T20:00",
		"abends um 8":            "2026-11-26T20:00",
		"8 Uhr morgens":          "2026-11-27T08:00",
		"Freitag Abend":          "2026-11-27T19:00",
		"Freitagabend":           "2026-11-27T19:00",
		"am Samstagnachmittag":   "2026-11-28T15:00",
		"Mi. Abend":              "2026-12-02T19:00",
		"um acht Uhr dreißig":    "2026-11-27T08:30",
		"heute um halb 9":        "2026-11-26T20:30",
		"heute 8 bis 9 Uhr":      "2026-11-26T08:00..2026-11-26T09:00 +3600",
		"heute 9 Uhr":            "2026-11-26T09:00",
		"morgen 24 Uhr":          "2026-11-28T00:00",
		"am späten Abend":        "2026-11-26T19:00",
		"nach 17 Uhr":            "2026-11-26T17:00",
		"Montagmorgen um halb 8": "2026-11-30T07:30",
		"nächsten Freitag 9 Uhr": "2026-12-04T09:00",
		"morgen um 9 Uhr MEZ":    "2026-11-27T09:00",
		"in 20 Minuten":          "2026-11-26T10:20",
		"in einer halben Stunde": "2026-11-26T10:30",
		"in einer Viertelstunde": "2026-11-26T10:15",
		"in anderthalb Stunden":  "2026-11-26T11:30",
		"in 1,5 Stunden":         "2026-11-26T11:30",
		"vor einer Stunde":       "2026-11-26T09:00",
	})
}

func TestGermanRangesAndDurations(t *testing.T) {
	check(t, german(t), map[string]string{
		"von 15 bis 17 Uhr":                 "2026-11-26T15:00..2026-11-26T17:00 +7200",
		"am 5. April von 9 bis 11":          "2027-04-05T09:00..2027-04-05T11:00 +7200",
		"15-17 Uhr":                         "2026-11-26T15:00..2026-11-26T17:00 +7200",
		"9:00–17:30 Uhr":                    "2026-11-27T09:00..2026-11-27T17:30 +30600",
		"zwischen 14 und 15 Uhr":            "2026-11-26T14:00..2026-11-26T15:00 +3600",
		"morgen von 22 bis 2 Uhr":           "2026-11-27T22:00..2026-11-28T02:00 +14400",
		"von 9 Uhr bis 17 Uhr 30":           "2026-11-27T09:00..2026-11-27T17:30 +30600",
		"Mo-Mi":                             "2026-11-30..2026-12-02",
		"Mo bis Fr":                         "2026-11-30..2026-12-04",
		"von Montag bis Mittwoch":           "2026-11-30..2026-12-02",
		"3. bis 5. März":                    "2027-03-03..2027-03-05",
		"3.-5. März":                        "2027-03-03..2027-03-05",
		"vom 24. bis 26. Dezember":          "2026-12-24..2026-12-26",
		"24.-26.12.":                        "2026-12-24..2026-12-26",
		"vom 24.12. bis 2.1.":               "2026-12-24..2027-01-02",
		"Montag 9 Uhr bis Dienstag 17 Uhr":  "2026-11-30T09:00..2026-12-01T17:00 +115200",
		"heute bis Freitag":                 "2026-11-26..2026-11-27",
		"für 45 Min":                        "+2700",
		"45 Min lang":                       "+2700",
		"eine Stunde lang":                  "+3600",
		"für eine halbe Stunde":             "+1800",
		"für eine Dreiviertelstunde":        "+2700",
		"für 1 Std. 30 Min.":                "+5400",
		"für 1h30":                          "+5400",
		"für zweieinhalb Stunden":           "+9000",
		"für 2 Stunden und 5 Minuten":       "+7500",
		"morgen 9 Uhr für 45 Min":           "2026-11-27T09:00..2026-11-27T09:45 +2700",
		"am Freitag um 9 zwei Stunden lang": "2026-11-27T09:00..2026-11-27T11:00 +7200",
	})
}

func TestGermanPhrasesInLongerTexts(t *testing.T) {
	for text, want := range map[string]string{
		"Mama am Freitag um 9 anrufen":       "am Freitag um 9: 2026-11-27T09:00",
		"Miete am 1. überweisen":             "am 1.: 2026-12-01",
		"um neun losfahren":                  "um neun: 2026-11-27T09:00",
		"Um 9 Oma anrufen":                   "Um 9: 2026-11-27T09:00",
		"Am 15. Miete zahlen":                "Am 15.: 2026-12-15",
		"Klempner nach 17 Uhr anrufen":       "nach 17 Uhr: 2026-11-26T17:00",
		"Abends Pillen nehmen":               "Abends: 2026-11-26T19:00",
		"Mama Sa 9 Uhr":                      "Sa 9 Uhr: 2026-11-28T09:00",
		"Mo. Müll rausbringen":               "Mo.: 2026-11-30",
		"Fr. 9 Uhr: Friseur":                 "Fr. 9 Uhr: 2026-11-27T09:00",
		"Zahnarzt (morgen, 8 Uhr)":           "morgen, 8 Uhr: 2026-11-27T08:00",
		"im Mai Urlaub planen":               "im Mai: 2027-05-01..2027-05-31",
		"Bericht bis Ende der Woche abgeben": "bis Ende der Woche: 2026-11-29",
		"9 Uhr 30 Seiten lesen":              "9 Uhr: 2026-11-27T09:00",
		"9 Uhr 45 Min laufen":                "9 Uhr: 2026-11-27T09:00",
	} {
		if got := show(Find(text, german(t))); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestGermanTextStaysText(t *testing.T) {
	for _, text := range []string{
		"Guten Morgen", "Rezept mit 1/2 Tasse", "Gleis 9 3/4", "so geht das nicht", "So ein Mist", "Fr. Müller anrufen", "Zins um 3 Punkte senken", "Preis um 5 Euro kürzen", "am besten gleich",
		"zum 2. Mal", "Version 1.2.3", "Kapitel 3.5", "Ende der Geschichte", "vor dem Haus", "nach Hause", "halb so wild", "ein Viertel Liter Milch",
		"jeder Tag zählt", "das nächste Buch", "1,5 Liter", "24/7", "31. April", "31.2.", "an einem Tag", "für Juni",
	} {
		if got := show(Find(text, german(t))); got != "" {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}
