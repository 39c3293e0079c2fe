package preview

import (
	"fmt"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/quickadd"
)

// QuickAddRequest asks for the tasks that a text says, one a line.
type QuickAddRequest struct {
	Moment
	Text     string            `json:"text" maxLength:"16384" example:"Call mum friday 9am p1 @phone !30m" doc:"Each line that is not blank is a task"`
	Prefixes quickadd.Prefixes `json:"prefixes,omitempty" enum:"todoist,vikunja" doc:"Signs before tags and projects: @tag #project of todoist (when absent), or *tag +project of vikunja"`
	Ignore   []Ignored         `json:"ignore,omitempty" maxItems:"1000" doc:"What stays text although it could be understood: spans of an earlier answer to the same text"`
}

// Ignored is a span as it was answered; its start and end count.
type Ignored struct {
	Start      int           `json:"start" minimum:"0" doc:"In bytes of UTF-8"`
	End        int           `json:"end" minimum:"0"`
	Kind       quickadd.Kind `json:"kind,omitempty" maxLength:"20"`
	StartUTF16 int           `json:"startUTF16,omitempty"`
	EndUTF16   int           `json:"endUTF16,omitempty"`
	Text       string        `json:"text,omitempty" maxLength:"16384"`
}

// QuickAddAnswer holds the tasks in the order of their lines.
type QuickAddAnswer struct {
	Tasks []quickadd.Task `json:"tasks"`
}

// Answer reads the text. clock is the present, for a request that does not name it.
func (r QuickAddRequest) Answer(clock time.Time) (QuickAddAnswer, error) {
	now, locale, weekStart, err := r.Read(clock)
	if err != nil {
		return QuickAddAnswer{}, err
	}
	if !r.Prefixes.Known() {
		return QuickAddAnswer{}, &Fault{Field: "prefixes", Message: fmt.Sprintf("prefixes %q are not known", r.Prefixes), Expected: "todoist, vikunja"}
	}
	ignore := make([]quickadd.Range, 0, len(r.Ignore))
	for _, span := range r.Ignore {
		ignore = append(ignore, quickadd.Range{Start: span.Start, End: span.End})
	}
	return QuickAddAnswer{Tasks: quickadd.Parse(r.Text, quickadd.Options{
		Now: now, Locale: locale, WeekStart: weekStart, Prefixes: r.Prefixes, Ignore: ignore,
	})}, nil
}
