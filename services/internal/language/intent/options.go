package intent

import (
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// MaxText is the longest utterance that is read, in bytes.
const MaxText = 4 << 10

// Options is what the words of an utterance depend on.
type Options struct {
	// Now is the present in the zone of the user, whose location has an IANA name.
	Now time.Time
	// Locale has the words and the order of dates; nil means English.
	Locale    *words.Locale
	WeekStart recurrence.Weekday
	Names     Names
	Talk      Talk
}

// Names are those that a person has given, as they are written.
type Names struct {
	Projects []string
	Sections []string
	Tags     []string
	Filters  []string
}

// Talk is what was said before, as far as the next words depend on it.
type Talk struct {
	// Shown counts the tasks that were listed last, by whose positions people speak of them.
	Shown int
	// Spoken counts the tasks that were spoken of last, which "it", "both" and "them" mean.
	Spoken int
	// Last is what was done last, which may be corrected; "" is nothing.
	Last Verb
	// Asked is the question that is open.
	Asked Question
}

// Question is what a person was asked.
type Question string

// The questions.
const (
	NoQuestion Question = ""
	Confirm    Question = "confirm" // whether to do it: Yes or No
	WhichTask  Question = "which"   // of the tasks shown: Choose, or No
)
