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

//nolint:misspell // they are what it reads
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

func TestBareHoursAreInWakingHours(t *testing.T) {
	checkBoth(t, map[string]string{
		"call mom tomorrow at 5":                      "call mom | due 2026-11-26T17:00",
		"call mom tomorrow at 7":                      "call mom | due 2026-11-26T07:00",
		"call mom tomorrow at 12":                     "call mom | due 2026-11-26T12:00",
		"call mom tomorrow at 05":                     "call mom | due 2026-11-26T05:00",
		"call mom tomorrow 5:00":                      "call mom | due 2026-11-26T05:00",
		"call mom tomorrow at 5 in the morning":       "call mom | due 2026-11-26T05:00",
		"pick up kids at 3":                           "pick up kids | due 2026-11-25T15:00",
		"Meet Ana friday at half past 6":              "Meet Ana | due 2026-11-27T18:30",
		"Release friday at 5 o'clock":                 "Release | due 2026-11-27T17:00",
		"fix the smoke alarm at 3":                    "fix the smoke alarm | due 2026-11-25T15:00",
		"wake up tomorrow at 6":                       "wake up | due 2026-11-26T06:00",
		"dinner with Kim at 8":                        "dinner with Kim | due 2026-11-25T20:00",
		"Meeting friday from 3 to 5":                  "Meeting | due 2026-11-27T15:00 | for 7200",
		"Meeting friday from 9 to 5":                  "Meeting | due 2026-11-27T09:00 | for 28800",
		"Meeting friday from 6 to 14":                 "Meeting | due 2026-11-27T06:00 | for 28800",
		"Meeting tomorrow from 3-4:30":                "Meeting | due 2026-11-26T15:00 | for 5400",
		"gym tomorrow 6-7am":                          "gym | due 2026-11-26T06:00 | for 3600",
		"They are open mon-fri from 9 to 5":           "They are open mon-fri from 9 to 5",
		"Dinner friday from 7 to 9":                   "Dinner | due 2026-11-27T19:00 | for 7200",
		"Violin every monday at 5":                    "Violin | due 2026-11-30T17:00 | schedule FREQ=WEEKLY;BYDAY=MO",
		"Drinks every friday at 8":                    "Drinks | due 2026-11-27T20:00 | schedule FREQ=WEEKLY;BYDAY=FR",
		"Pills every day at 9 and 5":                  "Pills | due 2026-11-25T17:00 | schedule FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0",
		"Pills every day at 6 and 18":                 "Pills | due 2026-11-25T18:00 | schedule FREQ=DAILY;BYHOUR=6,18;BYMINUTE=0",
		"Run every day at half past 6 in the morning": "Run | due 2026-11-26T06:30 | schedule FREQ=DAILY",
	}, map[string]string{
		"Mama morgen um 5 anrufen":           "Mama anrufen | due 2026-11-26T17:00",
		"Mama morgen um 5 Uhr anrufen":       "Mama anrufen | due 2026-11-26T05:00",
		"Sport morgen 6 Uhr":                 "Sport | due 2026-11-26T06:00",
		"Mama morgen früh um 5 anrufen":      "Mama anrufen | due 2026-11-26T05:00",
		"Diesen Freitag um halb sieben Yoga": "Yoga | due 2026-11-27T18:30",
		"Um halb sieben aufstehen":           "aufstehen | due 2026-11-26T06:30",
		"Freitag um 8 Kino":                  "Kino | due 2026-11-27T20:00",
		"Termin am Freitag von 3 bis 5":      "Termin | due 2026-11-27T15:00 | for 7200",
		"Termin am Freitag von 5 bis 6 Uhr":  "Termin | due 2026-11-27T05:00 | for 3600",
		"Geige jeden Montag um 5":            "Geige | due 2026-11-30T17:00 | schedule FREQ=WEEKLY;BYDAY=MO",
		"Tabletten täglich um 6 und 18 Uhr":  "Tabletten | due 2026-11-25T18:00 | schedule FREQ=DAILY;BYHOUR=6,18;BYMINUTE=0",
	})
}

func TestAnHourBesideADayIsATime(t *testing.T) {
	checkBoth(t, map[string]string{
		"walk dog 7 tonight":            "walk dog | due 2026-11-25T19:00",
		"call Ana 8 tomorrow evening":   "call Ana | due 2026-11-26T20:00",
		"dinner w/ Kim friday 8":        "dinner w/ Kim | due 2026-11-27T20:00",
		"call Kim friday 8":             "call Kim | due 2026-11-27T08:00",
		"call Kim tomorrow 5, then Bob": "call Kim, then Bob | due 2026-11-26T17:00",
		"walk dog tonight 7 #home":      "walk dog | due 2026-11-25T19:00 | project home",
		"yoga sun 10":                   "yoga | due 2026-11-29T10:00",
		"report by 5 tomorrow":          "report | due 2026-11-26T17:00",
		"divide by 2":                   "divide by 2",
		"standup weekdays 9":            "standup | due 2026-11-26T09:00 | schedule FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
		"Kim every friday 8":            "Kim | due 2026-11-27T08:00 | schedule FREQ=WEEKLY;BYDAY=FR",
		"bring every friday 8 chairs":   "bring 8 chairs | due 2026-11-27 | schedule FREQ=WEEKLY;BYDAY=FR",
		"watch game 7 tonight":          "watch game 7 | due 2026-11-25T22:00",
		"workshop friday 9-5":           "workshop | due 2026-11-27T09:00 | for 28800",
		"watch episode 7 tonight":       "watch episode 7 | due 2026-11-25T22:00",
		"table for 4 tonight":           "table for 4 | due 2026-11-25T22:00",
		"bring friday 8 chairs":         "bring 8 chairs | due 2026-11-27",
		"read chapter 3 friday":         "read chapter 3 | due 2026-11-27",
		"read on friday 3.5 pages":      "read 3.5 pages | due 2026-11-27",
		"send invoice 3 by friday":      "send invoice 3 | due 2026-11-27",
	}, map[string]string{
		"Hund raus 7 heute Abend":      "Hund raus | due 2026-11-25T19:00",
		"Mit Kim Freitag 8":            "Mit Kim | due 2026-11-27T08:00",
		"Abendessen mit Kim Freitag 8": "Abendessen mit Kim | due 2026-11-27T20:00",
		"Yoga So 10":                   "Yoga | due 2026-11-29T10:00",
		"Bericht bis 5 morgen":         "Bericht | due 2026-11-26T17:00",
		"Standup werktags 9":           "Standup | due 2026-11-26T09:00 | schedule FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
		"Kim jeden Freitag 8":          "Kim | due 2026-11-27T08:00 | schedule FREQ=WEEKLY;BYDAY=FR",
		"Freitagabend 8 Essen":         "8 Essen | due 2026-11-27T19:00",
		"Workshop Freitag 9-17":        "Workshop | due 2026-11-27T09:00 | for 28800",
		"Folge 7 heute Abend sehen":    "Folge 7 sehen | due 2026-11-25T19:00",
		"Freitag 8 Stühle mitbringen":  "8 Stühle mitbringen | due 2026-11-27",
		"Tisch für 4 heute Abend":      "Tisch für 4 | due 2026-11-25T19:00",
	})
}

func TestHoursAndMinutesInOneNumber(t *testing.T) {
	checkBoth(t, map[string]string{
		"Dentist tue 230pm":           "Dentist | due 2026-12-01T14:30",
		"doctor appt dec 3rd 945am":   "doctor appt | due 2026-12-03T09:45",
		"Call Bob at 1130 pm":         "Call Bob | due 2026-11-25T23:30",
		"Meeting friday 930am-1045am": "Meeting | due 2026-11-27T09:30 | for 4500",
		"Standup every day at 1230pm": "Standup | due 2026-11-25T12:30 | schedule FREQ=DAILY",
		"Buy 175pm stickers":          "Buy 175pm stickers",
		"Order 230 pens":              "Order 230 pens",
	}, map[string]string{
		"Zahnarzt Di. 230pm": "Zahnarzt | due 2026-12-01T14:30",
	})
}

func TestTheEndOfADayIsThatOfTheDayBesideIt(t *testing.T) {
	checkBoth(t, map[string]string{
		"finish report by eod tomorrow":                 "finish report | due 2026-11-26",
		"Write report by eod friday":                    "Write report | due 2026-11-27",
		"Write report by end of day on friday":          "Write report | due 2026-11-27",
		"Write report by the end of the day tomorrow":   "Write report | due 2026-11-26",
		"Write report friday eod":                       "Write report | due 2026-11-27",
		"Write report tomorrow by end of day":           "Write report | due 2026-11-26",
		"Write report by close of business next friday": "Write report | due 2026-12-04",
		"Close books eom december":                      "Close books | due 2026-12-31",
		"Write report by eow next week":                 "Write report | due 2026-12-06",
		"Write report by eod":                           "Write report | due 2026-11-25",
		"Write report by eod p1":                        "Write report | due 2026-11-25 | p 1",
		"Send eod report tomorrow":                      "Send eod report | due 2026-11-26",
		"Write end of day summary":                      "Write summary | due 2026-11-25",
	}, map[string]string{
		"Bericht bis zum Ende des Tages morgen": "Bericht | due 2026-11-26",
		"Bericht bis Freitag Ende des Tages":    "Bericht | due 2026-11-27",
		"Bericht bis Feierabend am Freitag":     "Bericht | due 2026-11-27",
		"Feierabend mit Ana am Freitag":         "Feierabend mit Ana | due 2026-11-27",
		"Zähler zum Monatsende Dezember":        "Zähler | due 2026-12-31",
	})
}

func TestADateLiesInThePeriodBesideIt(t *testing.T) {
	checkBoth(t, map[string]string{
		"renew passport next year in march":       "renew passport | due 2027-03-01",
		"renew passport in march next year":       "renew passport | due 2027-03-01",
		"renew passport next year on 30 november": "renew passport | due 2027-11-30",
		"Party 30 november next year":             "Party | due 2027-11-30",
		"Call Bob friday of next week":            "Call Bob | due 2026-12-04",
		"Call Bob on friday, next week":           "Call Bob | due 2026-12-04",
		"Call Bob friday 9am next week":           "Call Bob | due 2026-12-04T09:00",
		"Call Bob next week on friday at 9":       "Call Bob | due 2026-12-04T09:00",
		"Review first monday of march next year":  "Review | due 2027-03-01",
		"Review next month on the 15th":           "Review | due 2026-12-15",
		"Call Bob tomorrow, thursday":             "Call Bob | due 2026-11-26",
		"haircut in 2 weeks sat 11am":             "haircut | due 2026-12-12T11:00",
		"haircut in 2 weeks on saturday":          "haircut | due 2026-12-12",
		"haircut in 2 months on the 15th":         "haircut | due 2027-01-15",
		"haircut friday the 15th":                 "haircut | due 2027-01-15",
		"haircut in 2 weeks sat down":             "haircut sat down | due 2026-12-09",
		"Trip thursday to friday next week":       "Trip | due 2026-12-03",
	}, map[string]string{
		"Pass nächstes Jahr im März verlängern":   "Pass verlängern | due 2027-03-01",
		"Pass im März nächsten Jahres verlängern": "Pass verlängern | due 2027-03-01",
		"Feier am 30. November nächsten Jahres":   "Feier | due 2027-11-30",
		"Bob Freitag der nächsten Woche anrufen":  "Bob anrufen | due 2026-12-04",
		"Bob nächste Woche am Freitag anrufen":    "Bob anrufen | due 2026-12-04",
		"Bob Freitag 9 Uhr nächste Woche":         "Bob | due 2026-12-04T09:00",
		"Friseur in 2 Wochen Sa 11 Uhr":           "Friseur | due 2026-12-12T11:00",
		"Friseur in zwei Wochen am Samstag":       "Friseur | due 2026-12-12",
		"Friseur in zwei Monaten am 15.":          "Friseur | due 2027-01-15",
		"Bob morgen, Donnerstag, anrufen":         "Bob, anrufen | due 2026-11-26",
	})
}

func TestDatesThatDoNotMeetStayText(t *testing.T) {
	checkBoth(t, map[string]string{
		"Call Bob in 2 months friday":       "Call Bob in 2 months friday",
		"gym tue thu 6pm":                   "gym tue thu 6pm",
		"gym tue, thu 6pm":                  "gym tue, thu 6pm",
		"pills in the morning and evening":  "pills in the morning and evening",
		"gym tue/thu 6pm":                   "gym tue/thu 6pm",
		"lunch tue or thu":                  "lunch tue or thu",
		"Call Bob tomorrow, friday dentist": "Call Bob, friday dentist | due 2026-11-26",
		"standup mon-fri 9am":               "standup mon-fri 9am",
		"standup mon - fri 9am":             "standup mon - fri 9am",
		"trip sat and sun":                  "trip sat and sun",
		"trip mon-fri":                      "trip | due 2026-11-30",
		"Move friday meeting to monday":     "Move meeting to monday | due 2026-11-27",
		"mon 9am sync, tue 10am review":     "sync, tue 10am review | due 2026-11-30T09:00",
	}, map[string]string{
		"Standup Mo-Fr 9 Uhr":                 "Standup Mo-Fr 9 Uhr",
		"Ausflug Sa und So":                   "Ausflug Sa und So",
		"Ausflug Mo-Fr":                       "Ausflug | due 2026-11-30",
		"Sport Di Do 18 Uhr":                  "Sport Di Do 18 Uhr",
		"Sport Di, Do 18 Uhr":                 "Sport Di, Do 18 Uhr",
		"Pillen morgens und abends":           "Pillen morgens und abends",
		"Sport Di/Do 18 Uhr":                  "Sport Di/Do 18 Uhr",
		"Essen Dienstag oder Donnerstag":      "Essen Dienstag oder Donnerstag",
		"Bob in zwei Monaten Freitag anrufen": "Bob in zwei Monaten Freitag anrufen",
		"Mo 9 Uhr Sync, Di 10 Uhr Review":     "Sync, Di 10 Uhr Review | due 2026-11-30T09:00",
	})
}

func TestADayOfTheMonthAtTheEnd(t *testing.T) {
	checkBoth(t, map[string]string{
		"Car inspection 15th":           "Car inspection | due 2026-12-15",
		"Car inspection 15th 9am p1":    "Car inspection | due 2026-12-15T09:00 | p 1",
		"Car inspection 25th, then Bob": "Car inspection, then Bob | due 2026-11-25",
		"Read the 2nd chapter":          "Read the 2nd chapter",
		"Walk down 5th avenue":          "Walk down 5th avenue",
		"Plan Ana's 30th":               "Plan Ana's 30th",
		"Edit chapter 15th":             "Edit chapter 15th",
	}, map[string]string{
		"TÜV am 15.":     "TÜV | due 2026-12-15",
		"TÜV 15ter":      "TÜV | due 2026-12-15",
		"Lies Seite 15.": "Lies Seite 15.",
		"Kaufe Band 3.":  "Kaufe Band 3.",
		"Er wurde 2.":    "Er wurde 2.",
	})
}

func TestARangeSaysItsMonthAndYearOnce(t *testing.T) {
	checkBoth(t, map[string]string{
		"Trip from the 13th to the 15th July":    "Trip | due 2027-07-13",
		"Trip the 28th to the 3rd of July":       "Trip | due 2027-06-28",
		"Trip between the 3rd and 5th of march":  "Trip | due 2027-03-03",
		"Trip 28 dec - 3 jan 2028":               "Trip | due 2027-12-28",
		"Trip dec 28 to jan 3, 2028":             "Trip | due 2027-12-28",
		"Trip 28 dec 2026 - 3 jan":               "Trip | due 2026-12-28",
		"Meeting from 9am until 11am CET friday": "Meeting | due 2026-11-27T09:00 | for 7200",
		"Meeting between 9 and 11 on friday":     "Meeting | due 2026-11-27T09:00 | for 7200",
	}, map[string]string{
		"Reise vom 13. bis zum 15. Juli":              "Reise | due 2027-07-13",
		"Reise vom 28. Dez. bis 3. Januar 2028":       "Reise | due 2027-12-28",
		"Reise 28.12. bis 3.1.2028":                   "Reise | due 2027-12-28",
		"Reise Donnerstag bis Freitag nächster Woche": "Reise | due 2026-12-03",
		"Termin zwischen 9 und 11 am Freitag":         "Termin | due 2026-11-27T09:00 | for 7200",
	})
	early := wednesday(t, thursday(t))
	early.Now = early.Now.Add(-2 * time.Hour)
	check(t, early, map[string]string{
		"meeting between 9:30 and 11:00 on friday": "meeting | due 2026-11-27T09:30 | for 5400",
		"meeting between 9:30 and 11:00 friday":    "meeting | due 2026-11-27T09:30 | for 5400",
		"meeting between 9:30 and 11:00":           "meeting | due 2026-11-25T09:30 | for 5400",
	})
}

func TestNumericDatesWithAllDigitsOfTheYear(t *testing.T) {
	checkBoth(t, map[string]string{
		"Report 2027/8/10":              "Report | due 2027-08-10",
		"Report 2027-8-10":              "Report | due 2027-08-10",
		"Report 2027.08.10":             "Report | due 2027-08-10",
		"Report 07-27-2027":             "Report | due 2027-07-27",
		"Report 27-07-2027":             "Report | due 2027-07-27",
		"Report 07.27.2027":             "Report | due 2027-07-27",
		"Report 1-2-2027 9am":           "Report | due 2027-01-02T09:00",
		"Report 09-JAN-2027":            "Report | due 2027-01-09",
		"Report 9/jan/2027":             "Report | due 2027-01-09",
		"Report 9-jan":                  "Report | due 2027-01-09",
		"Report by 07-27-2027":          "Report | due 2027-07-27",
		"Trip 12-28-2026 to 01-03-2027": "Trip | due 2026-12-28",
		"Report 2012/8/10":              "Report 2012/8/10",
		"Report 32-13-2027":             "Report 32-13-2027",
		"Order 12-1-27":                 "Order 12-1-27",
		"Ship 2027.1.2":                 "Ship 2027.1.2",
		"Read 7-27 at home":             "Read 7-27 at home",
		"Send invoice 2027-11":          "Send invoice 2027-11",
		"Call 030-12-2027555":           "Call 030-12-2027555",
	}, map[string]string{
		"Bericht 2027/8/10":   "Bericht | due 2027-08-10",
		"Bericht 27-07-2027":  "Bericht | due 2027-07-27",
		"Bericht 1-2-2027":    "Bericht | due 2027-02-01",
		"Bericht 07-27-2027":  "Bericht | due 2027-07-27",
		"Bericht 09-Jan-2027": "Bericht | due 2027-01-09",
		"Bericht 9.Jan.2027":  "Bericht | due 2027-01-09",
		"Bericht 27/7/2027":   "Bericht | due 2027-07-27",
		"Akte 12-1-27 suchen": "Akte 12-1-27 suchen",
	})
}

func TestFalseFriendsStayText(t *testing.T) {
	inEnglish, inGerman := map[string]string{}, map[string]string{}
	for _, text := range []string{
		"Look at a few options", "Look at a few", "Look at a couple of", "Buy 2/3 of the flour", "Buy 2/3 cups of flour", "Eat 3/8 of it",
		"Noon Records invoice", "Call Noon Records", "Watch Midnight Express", "Aim at a", "Watch the Tonight Show",
	} {
		inEnglish[text] = text
	}
	for _, text := range []string{
		"2/3 des Mehls kaufen", "Um ein paar kürzen", "Um eine kümmern", "Preis um ein paar Euro senken", "Gegen eine tauschen",
	} {
		inGerman[text] = text
	}
	inEnglish["Noon lunch"] = "lunch | due 2026-11-25T12:00"
	inEnglish["Noon Friday Records"] = "Records | due 2026-11-27T12:00"
	inGerman["Mitternacht Silvesterfeier"] = "Silvesterfeier | due 2026-11-26T00:00"
	checkBoth(t, inEnglish, inGerman)
}

func TestDaysBeforeTheirPeriodRecur(t *testing.T) {
	checkBoth(t, map[string]string{
		"rent due last day of the month every month":   "rent | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"rent on the 15th of the month every 3 months": "rent | due 2026-12-15 | schedule FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15",
		"rent last day of the month, monthly":          "rent | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Pay rent end of each month":                   "Pay rent | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Pay rent by the end of every month":           "Pay rent | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Pay rent every month at the end":              "Pay rent | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Pay rent every month at the end of the month": "Pay rent | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Pay rent every month end":                     "Pay rent | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Pay rent at the beginning of each month 9am":  "Pay rent | due 2026-12-01T09:00 | schedule FREQ=MONTHLY;BYMONTHDAY=1",
		"Report end of every quarter":                  "Report | due 2026-12-31 | schedule FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
		"Report end of every week":                     "Report | due 2026-11-29 | schedule FREQ=WEEKLY;BYDAY=SU",
		"Report every year at the end of march":        "Report | due 2027-03-31 | schedule FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=-1",
		"Drinks first friday of every other month":     "Drinks | due 2026-12-04 | schedule FREQ=MONTHLY;INTERVAL=2;BYDAY=1FR",
		"Rent 1st of every 3 months":                   "Rent | due 2026-12-01 | schedule FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
		"Taxes every January on the 15th":              "Taxes | due 2027-01-15 | schedule FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=15",
		"Taxes every January and July on the 15":       "Taxes | due 2027-01-15 | schedule FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15",
		"Taxes every January on the first monday":      "Taxes | due 2027-01-04 | schedule FREQ=YEARLY;BYMONTH=1;BYDAY=1MO",
		"Taxes on the 15th of every january":           "Taxes | due 2027-01-15 | schedule FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=15",
		"Stay home every friday the 13th":              "Stay home | due 2027-08-13 | schedule FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
		"Pay every day until 2027/8/10":                "Pay | due 2026-11-25 | schedule FREQ=DAILY;UNTIL=20270810",
	}, map[string]string{
		"Miete letzter Tag des Monats jeden Monat":     "Miete | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Miete am 15. des Monats alle 3 Monate":        "Miete | due 2026-12-15 | schedule FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15",
		"Miete Ende jedes Monats":                      "Miete | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Miete am Ende jedes Monats":                   "Miete | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Miete jeden Monat am Ende":                    "Miete | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Miete jeden Monat zum Monatsende":             "Miete | due 2026-11-30 | schedule FREQ=MONTHLY;BYMONTHDAY=-1",
		"Miete Anfang jedes Monats 9 Uhr":              "Miete | due 2026-12-01T09:00 | schedule FREQ=MONTHLY;BYMONTHDAY=1",
		"Bericht Ende jedes Quartals":                  "Bericht | due 2026-12-31 | schedule FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
		"Runde am ersten Freitag jedes zweiten Monats": "Runde | due 2026-12-04 | schedule FREQ=MONTHLY;INTERVAL=2;BYDAY=1FR",
		"Steuer jeden Januar am 15.":                   "Steuer | due 2027-01-15 | schedule FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=15",
		"Steuer jeden Januar am ersten Montag":         "Steuer | due 2027-01-04 | schedule FREQ=YEARLY;BYMONTH=1;BYDAY=1MO",
		"Miete jeden Monat bis Ende Juni":              "Miete | due 2026-11-25 | schedule RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;UNTIL=20270630",
		"Zuhause jeden Freitag den 13.":                "Zuhause | due 2027-08-13 | schedule FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
	})
}

func TestListsOfDaysAndTimesRecur(t *testing.T) {
	checkBoth(t, map[string]string{
		"gym mon wed fri 7am":                           "gym | due 2026-11-27T07:00 | schedule FREQ=WEEKLY;BYDAY=MO,WE,FR",
		"gym every mon/wed/fri 7am":                     "gym | due 2026-11-27T07:00 | schedule FREQ=WEEKLY;BYDAY=MO,WE,FR",
		"gym tue, thu and sat at 6pm #fit":              "gym | due 2026-11-26T18:00 | schedule FREQ=WEEKLY;BYDAY=TU,TH,SA | project fit",
		"gym every 2 weeks mon wed":                     "gym | due 2026-11-25 | schedule FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
		"trash every 14 days on tuesday":                "trash | due 2026-12-01 | schedule FREQ=DAILY;INTERVAL=14;BYDAY=TU",
		"pills every day in the morning and evening":    "pills | due 2026-11-25T19:00 | schedule FREQ=DAILY;BYHOUR=9,19;BYMINUTE=0",
		"gym mondays/wednesdays":                        "gym | due 2026-11-25 | schedule FREQ=WEEKLY;BYDAY=MO,WE",
		"conference mon tue wed":                        "conference mon tue wed",
		"pills 8am 8pm daily":                           "pills | due 2026-11-25T20:00 | schedule FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0",
		"pills 8am/8pm every day":                       "pills | due 2026-11-25T20:00 | schedule FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0",
		"pills daily at 8 and at 20":                    "pills | due 2026-11-25T20:00 | schedule FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0",
		"pills every monday 830am 830pm":                "pills | due 2026-11-30T08:30 | schedule FREQ=WEEKLY;BYDAY=MO;BYHOUR=8,20;BYMINUTE=30",
		"feed cat every morning and evening":            "feed cat | due 2026-11-25T19:00 | schedule FREQ=DAILY;BYHOUR=9,19;BYMINUTE=0",
		"pills 8am and 8pm":                             "pills 8am and 8pm",
		"pills tomorrow 8am, 8pm":                       "pills tomorrow 8am, 8pm",
		"call at 9 or 10":                               "call at 9 or 10",
		"gym every monday 9am and every wednesday 10am": "gym every monday 9am and every wednesday 10am",
		"gym mondays at 9 and wednesdays at 10":         "gym mondays at 9 and wednesdays at 10",
		"gym every friday, every friend comes":          "gym, every friend comes | due 2026-11-27 | schedule FREQ=WEEKLY;BYDAY=FR",
	}, map[string]string{
		"Sport Mo Mi Fr 7 Uhr":                   "Sport | due 2026-11-27T07:00 | schedule FREQ=WEEKLY;BYDAY=MO,WE,FR",
		"Sport jeden Mo/Mi/Fr 7 Uhr":             "Sport | due 2026-11-27T07:00 | schedule FREQ=WEEKLY;BYDAY=MO,WE,FR",
		"Sport Di, Do und Sa um 18 Uhr":          "Sport | due 2026-11-26T18:00 | schedule FREQ=WEEKLY;BYDAY=TU,TH,SA",
		"Müll alle 14 Tage dienstags":            "Müll | due 2026-12-01 | schedule FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
		"Pillen jeden Tag morgens und abends":    "Pillen | due 2026-11-25T19:00 | schedule FREQ=DAILY;BYHOUR=9,19;BYMINUTE=0",
		"Messe Mo Di Mi":                         "Messe Mo Di Mi",
		"Tabletten 8 Uhr 20 Uhr täglich":         "Tabletten | due 2026-11-25T20:00 | schedule FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0",
		"Tabletten täglich um 8 und um 20 Uhr":   "Tabletten | due 2026-11-25T20:00 | schedule FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0",
		"Katze jeden Morgen und Abend füttern":   "Katze füttern | due 2026-11-25T19:00 | schedule FREQ=DAILY;BYHOUR=9,19;BYMINUTE=0",
		"Tabletten 8 Uhr und 20 Uhr":             "Tabletten 8 Uhr und 20 Uhr",
		"Sport montags um 9 und mittwochs um 10": "Sport montags um 9 und mittwochs um 10",
		"Anruf um 9 oder 10":                     "Anruf um 9 oder 10",
	})
}
