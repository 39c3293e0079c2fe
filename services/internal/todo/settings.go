package todo

import (
	"slices"

	"golang.org/x/text/language"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Settings are what a person has chosen for all of their windows.
type Settings struct {
	Version   int64  `json:"version" doc:"Counts the changes of the settings"`
	Zone      string `json:"zone" example:"Europe/Berlin" doc:"IANA time zone in which the person's days begin and end"`
	Locale    string `json:"locale" example:"en-GB" doc:"Language and region (BCP 47)"`
	WeekStart int    `json:"weekStart" minimum:"1" maximum:"7" doc:"First day of the week: 1 is Monday, 7 is Sunday (ISO 8601)"`
	DayStart  string `json:"dayStart" example:"09:00" doc:"Local time, HH:MM, from which reminders of whole days count back"`

	RemindersBy []string    `json:"remindersBy" enum:"email,push" doc:"How reminders come besides in the page, unless their task says otherwise"`
	DigestBy    []string    `json:"digestBy" enum:"email,push" doc:"How the list of what is due on a day and what is overdue comes; empty: not at all"`
	DigestAt    string      `json:"digestAt" example:"08:00" doc:"Local time, HH:MM, at which that list comes"`
	OverdueBy   []string    `json:"overdueBy" enum:"email,push" doc:"How a nudge comes on days on which tasks are overdue; empty: not at all"`
	OverdueAt   string      `json:"overdueAt" example:"18:00" doc:"Local time, HH:MM, at which that nudge comes"`
	QuietHours  *QuietHours `json:"quietHours" doc:"When reminders show in the page alone"`
}

// QuietHours is a part of each day in which mail and pushes of reminders wait for its end.
type QuietHours struct {
	From   string `json:"from" example:"22:00" doc:"Local time, HH:MM, at which it begins"`
	To     string `json:"to" example:"07:00" doc:"Local time, HH:MM, at which it ends, perhaps on the next day"`
	Urgent bool   `json:"urgent" doc:"Whether reminders of tasks of priority 1 come nevertheless"`
}

// Ways by which notifications come besides in the page.
const (
	ChannelEmail = "email"
	ChannelPush  = "push" // to the browsers that the person has subscribed with
)

// CleanChannels returns channels as they are stored: each once, in order, and never nil.
func CleanChannels(given []string) []string {
	channels := append([]string{}, given...)
	slices.Sort(channels)
	return slices.Compact(channels)
}

// DefaultDayStart is when the day starts for people who have not chosen.
const DefaultDayStart = "09:00"

// DefaultLocale is how people are spoken to who have not chosen.
const DefaultLocale = "en"

// CleanLocale returns a locale as it is stored. What is none is failure.Invalid.
func CleanLocale(given string) (string, error) {
	tag, err := language.Parse(given)
	if err != nil {
		return "", failure.InvalidField("locale", "must be a language such as en or de-AT (BCP 47)")
	}
	return tag.String(), nil
}
