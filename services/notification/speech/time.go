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

// forms are those of a language: "" is the usual one, of which a region's takes what it does not say.
type forms map[string]form

// UnmarshalJSON implements json.Unmarshaler.
func (f *forms) UnmarshalJSON(text []byte) error {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	*f = forms{}
	for region := range parts {
		var of form
		for _, part := range []string{"", region} {
			if err := json.Unmarshal(parts[part], &of); err != nil {
				return fmt.Errorf("form %q: %w", part, err)
			}
		}
		(*f)[region] = of
	}
	return nil
}

// of is the form of a locale's region, with the clock that the locale asks for.
func (f forms) of(locale language.Tag) form {
	region, _ := locale.Region() // the likely one, where the locale names none
	found, ok := f[region.String()]
	if !ok {
		found = f[""]
	}
	switch locale.TypeForKey("hc") {
	case "h11", "h12":
		found.Clock = 12
	case "h23", "h24":
		found.Clock = 24
	}
	return found
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
