package view_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/language/filter"
	"github.com/todoplatform/todoplatform/services/internal/language/recurrence"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

var (
	someTerms = []string{"all", "today", "overdue", "no date", "p1", "p2", "no priority", "@work*", "@waiting", "@ß", "no tags", "recurring", "paused", "reminders",
		"search: milk", "search: 100%", "search: straße", "search: x' OR true", "created before: yesterday", "created: this week", "completed",
		"completed after: 3 days ago", "due after: tomorrow", "next 3 days", "due before: today 12:00", "before: next monday", "heute", "nächsten freitag"}
	someSorts    = []string{"due", "priority", "created", "updated", "completed", "title"}
	someStatuses = []string{"open", "completed", "all", "all"}
)

func someFilter(random *rand.Rand, depth int) string {
	if depth == 0 || random.IntN(3) == 0 {
		return pick(random, someTerms)
	}
	text := "(" + someFilter(random, depth-1) + pick(random, []string{" & ", " | "}) + someFilter(random, depth-1) + ")"
	if random.IntN(3) == 0 {
		text = "!" + text
	}
	return text
}

// TestPagesAreWhatMemoryFinds pages through generated filters of several users and
// compares with filtering, ordering and owning in memory.
func TestPagesAreWhatMemoryFinds(t *testing.T) {
	const tasksEach, queriesEach = 120, 40
	h := newHarness(t)
	random := rand.New(rand.NewPCG(11, 12))
	people := []*person{
		h.person(t, "Europe/Berlin", "de-DE", recurrence.Monday),
		h.person(t, "Asia/Tokyo", "en-US", recurrence.Sunday),
		h.person(t, "America/Havana", "en-GB", recurrence.Saturday),
	}
	for _, p := range people {
		for range tasksEach {
			h.add(t, p, someRow(random))
		}
		h.rankTitles(t, p)
	}
	pages, found := 0, 0
	for range queriesEach {
		for _, p := range people {
			query := view.Query{Filter: someFilter(random, 2), Status: pick(random, someStatuses), Sort: pick(random, someSorts), Limit: pick(random, []int{1, 3, 7, 50, 200})}
			if random.IntN(2) == 0 {
				query.Sort = "-" + query.Sort
			}
			if random.IntN(8) == 0 {
				query.Filter = ""
			}
			parsed, err := filter.Parse(cmp.Or(query.Filter, "all"), p.options)
			if err != nil {
				query.Filter = "p1" // words of another language
				parsed = filter.Filter{Kind: filter.Priority, Number: 1}
			}
			want := p.inMemory(t, query, parsed)
			got, count := h.allPages(t, p, query)
			if !slices.Equal(got, want) {
				t.Fatalf("%+v: got %d tasks, want %d\ngot  %v\nwant %v", query, len(got), len(want), p.describe(got), p.describe(want))
			}
			pages += count
			found += len(got)
		}
	}
	t.Logf("%d queries, %d pages, %d tasks", queriesEach*len(people), pages, found)
	if found == 0 {
		t.Error("nothing was ever found")
	}
}

// inMemory finds the ids of a query.
func (p *person) inMemory(t *testing.T, query view.Query, parsed filter.Filter) []string {
	t.Helper()
	bound, err := parsed.Bind(p.options)
	if err != nil {
		t.Fatal(err)
	}
	var chosen []*row
	for _, r := range p.tasks {
		open := r.Completed.IsZero()
		if !r.Deleted && (query.Status == "all" || open == (query.Status == "open")) && bound.Match(&r.Task) {
			chosen = append(chosen, r)
		}
	}
	sort, descending := strings.CutPrefix(query.Sort, "-")
	slices.SortFunc(chosen, func(a, b *row) int {
		if descending {
			a, b = b, a
		}
		return compare(a, b, sort)
	})
	var ids []string
	for _, r := range chosen {
		ids = append(ids, r.ID)
	}
	return ids
}

func compare(a, b *row, sort string) int {
	due := func(r *row) string {
		if r.Due.IsZero() {
			return "infinity"
		}
		return r.Due.Date + "T" + cmp.Or(r.Due.Time, "00:00")
	}
	byTime := func(of func(r *row) time.Time) int { return of(a).Compare(of(b)) }
	order := 0
	switch sort {
	case "due":
		order = cmp.Or(cmp.Compare(due(a), due(b)), cmp.Compare(a.Priority, b.Priority))
	case "priority":
		order = cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(due(a), due(b)))
	case "created":
		order = byTime(func(r *row) time.Time { return r.Created })
	case "updated":
		order = byTime(func(r *row) time.Time { return r.Updated })
	case "completed":
		order = byTime(func(r *row) time.Time { return r.Completed })
	case "title":
		order = cmp.Compare(a.titleRank, b.titleRank)
	}
	return cmp.Or(order, cmp.Compare(a.ID, b.ID))
}

// allPages reads a query to its end.
func (h *harness) allPages(t testing.TB, p *person, query view.Query) (ids []string, pages int) {
	t.Helper()
	for {
		page, err := h.views.Find(t.Context(), p.Caller, query)
		if err != nil {
			t.Fatalf("%+v: %v", query, err)
		}
		items, err := page.Items.Value()
		if err != nil {
			t.Fatal(err)
		}
		if len(items) > query.Limit || len(items) == 0 && page.Next != "" {
			t.Fatalf("%+v: a page of %d tasks, next %q", query, len(items), page.Next)
		}
		for _, item := range items {
			ids = append(ids, item.ID)
		}
		pages++
		if query.Cursor = page.Next; query.Cursor == "" {
			return ids, pages
		}
	}
}

func (p *person) describe(ids []string) string {
	var text strings.Builder
	for _, id := range ids {
		i := slices.IndexFunc(p.tasks, func(r *row) bool { return r.ID == id })
		if i < 0 {
			text.WriteString("\n  " + id + " OF SOMEBODY ELSE")
			continue
		}
		text.WriteString("\n  " + p.tasks[i].describe())
	}
	return text.String()
}

func TestAQueryIsRefusedWhereItIsWrong(t *testing.T) {
	h := newHarness(t)
	p := h.person(t, "Europe/Berlin", "en", recurrence.Monday)
	random := rand.New(rand.NewPCG(13, 14))
	for range 20 {
		r := someRow(random)
		r.Deleted = false
		h.add(t, p, r)
	}
	good := view.Query{Filter: "all", Status: "all", Sort: "title", Limit: 5}
	page, err := h.views.Find(t.Context(), p.Caller, good)
	if err != nil || page.Next == "" {
		t.Fatal(page.Next, err)
	}
	for name, c := range map[string]struct {
		change         func(q *view.Query)
		field, message string
	}{
		"filter that is none":         {func(q *view.Query) { q.Filter = "today &" }, "query.filter", "expected"},
		"long filter":                 {func(q *view.Query) { q.Filter = strings.Repeat("ä", 1001) }, "query.filter", "1000"},
		"limit":                       {func(q *view.Query) { q.Limit = 201 }, "query.limit", "200"},
		"status":                      {func(q *view.Query) { q.Status = "late" }, "query.status", "open"},
		"sort":                        {func(q *view.Query) { q.Sort = "colour" }, "query.sort", "due, priority"},
		"cursor that is none":         {func(q *view.Query) { q.Cursor = "?" }, "query.cursor", "not a cursor"},
		"cursor of another filter":    {func(q *view.Query) { q.Cursor, q.Filter = page.Next, "p1" }, "query.cursor", "belongs to another"},
		"cursor of another order":     {func(q *view.Query) { q.Cursor, q.Sort = page.Next, "-title" }, "query.cursor", "belongs to another"},
		"cursor of another status":    {func(q *view.Query) { q.Cursor, q.Status = page.Next, "open" }, "query.cursor", "belongs to another"},
		"cursor for the default list": {func(q *view.Query) { q.Cursor, q.Filter, q.Sort = page.Next, "", "due" }, "query.cursor", "not a cursor"},
	} {
		t.Run(name, func(t *testing.T) {
			query := good
			c.change(&query)
			_, err := h.views.Find(t.Context(), p.Caller, query)
			if got := failure.Public(err); got.Kind != failure.Invalid || got.Field != c.field || !strings.Contains(got.Message, c.message) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestAForgedPlaceIsRefused hands the database places that no page ended at.
func TestAForgedPlaceIsRefused(t *testing.T) {
	h := newHarness(t)
	p := h.person(t, "UTC", "en", recurrence.Monday)
	for _, after := range [][]any{{"x", "y"}, {"2026-01-01", "no id"}, {"2026-01-01"}, {nil, p.UserID}, {"2026-01-01", p.UserID, "1"}, {"'; DROP TABLE task", p.UserID}} {
		err := h.db.Read(t.Context(), "find_tasks", map[string]any{"userId": p.UserID, "status": "all", "sort": "created", "descending": false,
			"condition": "true", "params": []string{}, "after": after, "limit": 1, "bytes": 1}, nil)
		if got := failure.Public(err); got.Kind != failure.Invalid || got.Field != "query.cursor" {
			t.Errorf("%v: got %v", after, err)
		}
	}
}

// TestAPageOfLongTasksEndsEarly reads tasks that together fit into no message.
func TestAPageOfLongTasksEndsEarly(t *testing.T) {
	h := newHarness(t)
	p := h.person(t, "UTC", "en", recurrence.Monday)
	random := rand.New(rand.NewPCG(15, 16))
	for range 150 {
		r := someRow(random)
		r.Deleted, r.Notes = false, strings.Repeat("n", 16000)
		h.add(t, p, r)
	}
	ids, pages := h.allPages(t, p, view.Query{Filter: "search: nnn", Status: "all", Sort: "-updated", Limit: 200})
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 150 || pages != 3 {
		t.Errorf("%d tasks on %d pages", len(ids), pages)
	}
}

// TestTheLongestCursorFits pages by titles that grow most when they are encoded.
func TestTheLongestCursorFits(t *testing.T) {
	h := newHarness(t)
	p := h.person(t, "UTC", "en", recurrence.Monday)
	for _, letter := range []string{"<", "\u2028", `"`, "🌱"} {
		r := someRow(rand.New(rand.NewPCG(17, 18)))
		r.Deleted, r.Title = false, strings.Repeat(letter, 500)
		h.add(t, p, r)
	}
	query := view.Query{Status: "all", Sort: "title", Limit: 1}
	for range p.tasks {
		page, err := h.views.Find(t.Context(), p.Caller, query)
		if err != nil {
			t.Fatal(err)
		}
		if query.Cursor = page.Next; len(query.Cursor) > 6144 {
			t.Errorf("a cursor of %d characters", len(query.Cursor))
		}
	}
	if query.Cursor != "" {
		t.Error("there is a page after the last task")
	}
}
