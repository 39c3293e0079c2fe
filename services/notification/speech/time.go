package speech

import (
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/text/language"
)

// form is how dates and times are written, as Intl.DateTimeFormat writes full dates and short times in the page.
type form struct {
	Date  string `json:"date"`
	Clock int    `json:"clock"` // 12 or 24, as is usual
	H24   string `json:"24"`
	H12   string `json:"12"`
	// Halves are the names of the halves of a day, before and after noon.
	Halves [2]string `json:"halves"`
}

// formOf is that of a locale's region, with the clock that the locale asks for.
func (v vocabulary) formOf(locale language.Tag) form {
	region, _ := locale.Region() // the likely one, where the locale names none
	var of form
	for _, part := range []string{"", region.String()} {
		if err := json.Unmarshal(orEmpty(v.Forms[part]), &of); err != nil {
			panic(fmt.Sprintf("read the form of dates of %q: %v", part, err)) // the files are part of the program
		}
	}
	switch locale.TypeForKey("hc") {
	case "h11", "h12":
		of.Clock = 12
	case "h23", "h24":
		of.Clock = 24
	}
	return of
}

func orEmpty(given json.RawMessage) json.RawMessage {
	if given == nil {
		return json.RawMessage("{}")
	}
	return given
}

// Date says a day.
func (s Speaker) Date(day time.Time) string {
	return fill(s.form.Date, "weekday", s.words.Weekdays[day.Weekday()], "day", day.Format("2"),
		"month", s.words.Months[day.Month()-1], "year", day.Format("2006"))
}

// Moment says a day and a time of it, as clocks in its zone show it.
func (s Speaker) Moment(at time.Time) string {
	pattern := s.form.H24
	if s.form.Clock == 12 {
		pattern = s.form.H12
	}
	clock := fill(pattern, "hour", at.Format("15"), "hour12", at.Format("3"), "minute", at.Format("04"), "half", s.form.Halves[at.Hour()/12])
	return s.Say("date.moment", "date", s.Date(at), "time", clock)
}
