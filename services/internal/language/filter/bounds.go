package filter

import (
	"slices"
	"time"
)

// Bounds are what a task must have at least for a filter to select it. They are cheap to look for,
// so that the filter itself is tried on few tasks.
type Bounds struct {
	DueFrom    string   `json:"dueFrom,omitempty"`   // YYYY-MM-DD: nothing due before, wherever it is due
	DueUntil   string   `json:"dueUntil,omitempty"`  // YYYY-MM-DD: nothing due after, and nothing without a due
	Priorities []int    `json:"priorities,omitzero"` // nil: any
	Projects   []string `json:"projects,omitzero"`   // ids; nil: any
}

// Bounds gives the bounds of the tasks that the filter selects.
func (q Query) Bounds() Bounds { return q.condition.bounds() }

// FarZones is how many days the date of a moment in one zone may be from that in another.
const FarZones = 2

func (s span) bounds() Bounds {
	var b Bounds
	if s.from != nil {
		b.DueFrom = daysFrom(s.from.day, -FarZones)
	}
	if s.to != nil {
		b.DueUntil = daysFrom(s.to.day, FarZones)
	}
	return b
}

// daysFrom gives the day so many days after one; "" when that is no date of four digits a year.
func daysFrom(day string, days int) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	if at = at.AddDate(0, 0, days); at.Year() < firstYear || at.Year() > lastYear {
		return ""
	}
	return at.Format(time.DateOnly)
}

// both gives the bounds of what is within a and b.
func both(a, b Bounds) Bounds {
	return Bounds{
		DueFrom:    max(a.DueFrom, b.DueFrom),
		DueUntil:   earlier(a.DueUntil, b.DueUntil),
		Priorities: common(a.Priorities, b.Priorities),
		Projects:   common(a.Projects, b.Projects),
	}
}

// Either gives the bounds of what is within a or b.
func Either(a, b Bounds) Bounds {
	return Bounds{
		DueFrom:    min(a.DueFrom, b.DueFrom), // "" is no bound
		DueUntil:   later(a.DueUntil, b.DueUntil),
		Priorities: joined(a.Priorities, b.Priorities),
		Projects:   joined(a.Projects, b.Projects),
	}
}

// earlier is the first of two days, of which "" never comes.
func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// later is the last of two days, of which "" never comes.
func later(a, b string) string {
	if a == "" || b == "" {
		return ""
	}
	return max(a, b)
}

// common is what two lists share, of which nil has everything.
func common[T comparable](a, b []T) []T {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	shared := []T{}
	for _, one := range a {
		if slices.Contains(b, one) {
			shared = append(shared, one)
		}
	}
	return shared
}

// joined is what is in one of two lists, of which nil has everything.
func joined[T comparable](a, b []T) []T {
	if a == nil || b == nil {
		return nil
	}
	all := slices.Clone(a)
	for _, one := range b {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

func (c combined) bounds() Bounds {
	b := c.parts[0].bounds()
	for _, part := range c.parts[1:] {
		if c.word == "AND" {
			b = both(b, part.bounds())
		} else {
			b = Either(b, part.bounds())
		}
	}
	return b
}

func (p priority) bounds() Bounds { return Bounds{Priorities: []int{int(p)}} }

func (n within) bounds() Bounds {
	if n.place != ofProject {
		return Bounds{}
	}
	return Bounds{Projects: append([]string{}, n.ids...)}
}

// The rest may select tasks of any kind.
func (negation) bounds() Bounds { return Bounds{} }
func (always) bounds() Bounds   { return Bounds{} }
func (present) bounds() Bounds  { return Bounds{} }
func (onDay) bounds() Bounds    { return Bounds{} }
func (happened) bounds() Bounds { return Bounds{} }
func (tagged) bounds() Bounds   { return Bounds{} }
func (contains) bounds() Bounds { return Bounds{} }
