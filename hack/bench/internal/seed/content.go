package seed

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// Zone is the time zone of every seeded user.
const Zone = "Europe/Berlin"

const day = 24 * time.Hour

var (
	verbs    = []string{"Call", "Write to", "Prepare", "Review", "Pay", "Plan", "Clean up", "Order", "Return", "Book", "Fix", "Read", "Send", "Water", "Renew"}
	objects  = []string{"the dentist", "the quarterly report", "slides for Monday", "the plants", "the invoice", "Anna's birthday", "the bike", "train tickets", "the tax return", "the backup", "library books", "a birthday card", "the meeting notes", "the insurance", "groceries for the week"}
	words    = []string{"remember", "the", "blue", "folder", "ask", "about", "price", "see", "last", "year", "before", "noon", "call", "first", "and", "bring", "both", "keys"}
	tags     = []string{"home", "work", "errands", "phone", "family", "garden", "money", "health", "travel", "reading", "waiting", "someday", "office", "school", "project-x"}
	projects = []string{"Home", "Garden", "Office", "Taxes", "Holidays", "Club", "Books", "House"}
	rules    = []string{"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=MONTHLY", "FREQ=YEARLY"}
)

// task is what a row holds, in the types of PostgreSQL.
type task struct {
	id                 uuid.UUID
	title, notes       string
	priority           int16
	tags               []string
	dueDate            pgtype.Date
	dueTime            pgtype.Time
	dueZone            *string
	rule, anchor       *string
	reminders          string
	seriesID           pgtype.UUID
	occurrence         *int64
	seriesStart        *string
	advanced, complete *time.Time
	created, updated   time.Time
	project            string // name; "": in the inbox
	start, deadline    pgtype.Date
	minutes            *int
}

// row returns the values of the columns in tasks.
func (t task) row(user uuid.UUID) []any {
	var project pgtype.UUID
	if t.project != "" {
		project = pgtype.UUID{Bytes: projectID(user, t.project), Valid: true}
	}
	return []any{
		[16]byte(t.id), [16]byte(user), t.title, t.notes, t.priority, t.tags, t.dueDate, t.dueTime, t.dueZone, t.rule, t.anchor, t.reminders,
		t.seriesID, t.occurrence, t.seriesStart, t.advanced, t.complete, t.created, t.updated,
		project, t.start, t.deadline, t.minutes,
	}
}

// projectID is the same in each run, so that tasks find the projects of an earlier one.
func projectID(user uuid.UUID, name string) uuid.UUID { return uuid.NewSHA1(user, []byte(name)) }

// newTask makes a task as people have them at now: made within the last year, most of
// them in a project and with a due date around today, a third completed, some recurring, with a
// reminder, a start, a deadline or a duration.
func newTask(random *rand.Rand, now time.Time) task {
	created := now.Add(-time.Duration(random.Int64N(int64(365 * day)))).UTC().Truncate(time.Millisecond)
	t := task{
		id: idAt(created), title: pick(random, verbs) + " " + pick(random, objects), priority: priority(random),
		tags: someTags(random), reminders: "[]", created: created, updated: created,
	}
	if chance(random, 20) {
		t.notes = sentence(random)
	}
	if chance(random, 70) {
		setDue(random, &t, now)
	}
	if chance(random, 60) {
		t.project = pick(random, projects)
	}
	if chance(random, 5) {
		t.start = pgtype.Date{Time: now.AddDate(0, 0, random.IntN(60)-30).Truncate(day), Valid: true}
	}
	if chance(random, 5) {
		t.deadline = pgtype.Date{Time: now.AddDate(0, 0, random.IntN(90)).Truncate(day), Valid: true}
	}
	if chance(random, 10) {
		minutes := 15 * (1 + random.IntN(8))
		t.minutes = &minutes
	}
	if chance(random, 5) {
		at := now.Add(365*day + time.Duration(random.Int64N(int64(365*day)))).UTC().Truncate(time.Minute)
		t.reminders = fmt.Sprintf(`[{"id":%q,"at":%q}]`, uuid.NewString(), at.Format(time.RFC3339))
	}
	if chance(random, 33) {
		completed := created.Add(time.Duration(random.Int64N(int64(now.Sub(created)) + 1))).Truncate(time.Millisecond)
		t.complete, t.updated = &completed, completed
		if t.rule != nil {
			t.advanced = &completed // or recurring-task would make the next occurrence of each
		}
	}
	return t
}

// setDue makes a task due around now, at a time or on a whole day, once or again and again.
func setDue(random *rand.Rand, t *task, now time.Time) {
	date := now.AddDate(0, 0, int(random.NormFloat64()*30)).Truncate(day)
	t.dueDate = pgtype.Date{Time: date, Valid: true}
	start := map[string]string{"date": date.Format(time.DateOnly)}
	if chance(random, 40) {
		minutes := 15 * (24 + random.Int64N(64)) // between six and ten
		zone := Zone
		t.dueTime, t.dueZone = pgtype.Time{Microseconds: minutes * time.Minute.Microseconds(), Valid: true}, &zone
		start["time"], start["zone"] = fmt.Sprintf("%02d:%02d", minutes/60, minutes%60), zone
	}
	if !chance(random, 8) {
		return
	}
	rule, anchor, occurrence := pick(random, rules), "schedule", int64(0)
	encoded, _ := json.Marshal(start) // a map of strings always encodes
	series := string(encoded)
	t.rule, t.anchor, t.occurrence, t.seriesStart = &rule, &anchor, &occurrence, &series
	t.seriesID = pgtype.UUID{Bytes: uuid.New(), Valid: true}
}

// idAt makes a UUIDv7 as it would have been made at a moment, so that ids are in the
// order of creation as they are for people's tasks.
func idAt(at time.Time) uuid.UUID {
	id := uuid.New()
	millis := at.UnixMilli()
	for i := range 6 {
		id[i] = byte(millis >> (40 - 8*i)) //nolint:gosec // the lowest eight bits are meant
	}
	id[6] = id[6]&0x0f | 0x70
	return id
}

func priority(random *rand.Rand) int16 {
	switch p := random.IntN(100); {
	case p < 10:
		return 1
	case p < 25:
		return 2
	case p < 45:
		return 3
	}
	return 4
}

func someTags(random *rand.Rand) []string {
	chosen := make([]string, 0, 3)
	for _, i := range random.Perm(len(tags))[:random.IntN(4)] {
		chosen = append(chosen, tags[i])
	}
	return chosen
}

func sentence(random *rand.Rand) string {
	chosen := make([]string, 10+random.IntN(50))
	for i := range chosen {
		chosen[i] = pick(random, words)
	}
	return strings.Join(chosen, " ")
}

func pick(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }

func chance(random *rand.Rand, percent int) bool { return random.IntN(100) < percent }
