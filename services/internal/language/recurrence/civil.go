package recurrence

// The arithmetic of the proleptic Gregorian calendar, without zones.
//
// A day is the number of days since 1970-01-01; a wall is the number of seconds
// since 1970-01-01T00:00:00 on a clock that never changes.

const (
	secondsPerDay = 86400
	// daysPerCycle is the length of the Gregorian calendar's period, 400 years;
	// it is a whole number of weeks, so weekdays repeat with it too.
	daysPerCycle = 146097
	minYear      = 1
	maxYear      = 9999
)

var (
	firstWall = int64(dayOf(minYear, 1, 1)) * secondsPerDay
	lastWall  = int64(dayOf(maxYear, 12, 31))*secondsPerDay + secondsPerDay - 1
)

// dayOf numbers a valid date. Years are counted from March, so that the leap
// day is the last day of a year.
func dayOf(year, month, dayOfMonth int) int {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	yearOfEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + dayOfMonth - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*daysPerCycle + dayOfEra - 719468
}

// dateOf is the inverse of dayOf.
func dateOf(day int) (year, month, dayOfMonth int) {
	day += 719468
	era := floorDiv(day, daysPerCycle)
	dayOfEra := day - era*daysPerCycle
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	dayOfMonth = dayOfYear - (153*shifted+2)/5 + 1
	month = shifted + 3
	if month > 12 {
		month -= 12
		yearOfEra++
	}
	return yearOfEra + era*400, month, dayOfMonth
}

func isLeap(year int) bool {
	return year%4 == 0 && (year%100 != 0 || year%400 == 0)
}

func daysInYear(year int) int {
	if isLeap(year) {
		return 366
	}
	return 365
}

func daysInMonth(year, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

func weekdayOf(day int) Weekday {
	// 1970-01-01 was a Thursday.
	return Weekday(floorMod(day+int(Thursday), 7))
}

// firstWeek is the day on which week 1 of a year begins: the first week that
// has at least four days in the year (RFC 5545 section 3.3.10, ISO 8601).
func firstWeek(year int, weekStart Weekday) int {
	fourth := dayOf(year, 1, 4)
	return fourth - floorMod(int(weekdayOf(fourth)-weekStart), 7)
}

// weeksInYear is 52 or 53.
func weeksInYear(year int, weekStart Weekday) int {
	return (firstWeek(year+1, weekStart) - firstWeek(year, weekStart)) / 7
}

// weekYearOf is the year that counts the week of a day: around New Year it may be
// the one before or after that of the calendar.
func weekYearOf(day int, weekStart Weekday) int {
	year, _, _ := dateOf(day)
	switch {
	case day < firstWeek(year, weekStart):
		return year - 1
	case day >= firstWeek(year+1, weekStart):
		return year + 1
	}
	return year
}

type integer interface{ ~int | ~int64 }

// floorDiv divides by a positive number and rounds down.
func floorDiv[T integer](a, b T) T {
	q := a / b
	if a < q*b {
		q--
	}
	return q
}

// floorMod is the remainder of floorDiv: never negative.
func floorMod[T integer](a, b T) T {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}

func gcd[T integer](a, b T) T {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
