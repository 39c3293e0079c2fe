package filter

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBounds(t *testing.T) {
	options := optionsAt(t, someNows[0], someZones[0])
	options.Projects = []Place{{ID: "a", Path: []string{"Home"}}}
	today := options.Now.Format("2006-01-02")
	for text, want := range map[string]Bounds{
		"all":                             {},
		"!p1":                             {},
		"p1":                              {Priorities: []int{1}},
		"p1 | p2":                         {Priorities: []int{1, 2}},
		"p1 | @home":                      {},
		"p1 & @home":                      {Priorities: []int{1}},
		"p1 & p2":                         {Priorities: []int{}},
		"#Home":                           {Projects: []string{"a"}},
		"#Nowhere":                        {Projects: []string{}},
		"today":                           {DueFrom: daysFrom(today, -2), DueUntil: daysFrom(today, 3)},
		"overdue":                         {DueUntil: daysFrom(today, 2)},
		"today | overdue":                 {DueUntil: daysFrom(today, 3)},
		"overdue & due after: 1 jan 2020": {DueFrom: "2019-12-31", DueUntil: daysFrom(today, 2)},
		"today | no date":                 {},
	} {
		parsed, err := Parse(text, options)
		if err != nil {
			t.Fatal(err)
		}
		query, err := parsed.Bind(options)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, query.Bounds()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// TestWhatIsSelectedIsWithinBounds tries generated filters on generated tasks.
func TestWhatIsSelectedIsWithinBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	selected := 0
	for _, now := range someNows {
		for _, zone := range someZones {
			options := optionsAt(t, now, zone)
			for range 60 {
				f := someFilter(random, 2)
				query, err := f.Bind(options)
				if err != nil {
					t.Fatal(err)
				}
				bounds := query.Bounds()
				for range 50 {
					task := someTask(random, options.Now)
					if !query.Match(&task) {
						continue
					}
					selected++
					if !bounds.hold(task) {
						t.Fatalf("%q at %s in %s has the bounds %+v and selects %+v", f, now, zone, bounds, task)
					}
				}
			}
		}
	}
	if selected < 3_000 {
		t.Errorf("only %d tasks were selected", selected)
	}
}

// hold is what a database makes of bounds.
func (b Bounds) hold(t Task) bool {
	due := t.Due.Date
	return (b.DueFrom == "" || due == "" || due >= b.DueFrom) && (b.DueUntil == "" || due != "" && due <= b.DueUntil) &&
		(b.Priorities == nil || slices.Contains(b.Priorities, t.Priority)) && (b.Projects == nil || slices.Contains(b.Projects, t.Project))
}
