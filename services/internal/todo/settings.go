package todo

// Settings are what a person has chosen for all of their windows.
type Settings struct {
	Version   int64  `json:"version" doc:"Counts the changes of the settings"`
	Zone      string `json:"zone" example:"Europe/Berlin" doc:"IANA time zone in which the person's days begin and end"`
	Locale    string `json:"locale" example:"en-GB" doc:"Language and region (BCP 47)"`
	WeekStart int    `json:"weekStart" minimum:"1" maximum:"7" doc:"First day of the week: 1 is Monday, 7 is Sunday (ISO 8601)"`
	DayStart  string `json:"dayStart" example:"09:00" doc:"Local time, HH:MM, from which reminders of whole days count back"`
}

// DefaultDayStart is when the day starts for people who have not chosen.
const DefaultDayStart = "09:00"
