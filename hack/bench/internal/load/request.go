package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

const (
	pageSize      = 50
	missedChanges = 10 // that a window catches up with
	agendaDays    = 14
)

// What people keep as filters and look for, among the tasks of package seed.
var (
	filters = []string{
		"today | overdue", "@home & p1", "#Garden & !recurring", "7 days & (p1 | p2)", "no date & @work",
		"search: report & !@waiting", "created before: 30 days ago & p3", "@errands | @phone | @money",
	}
	utterances = []string{
		"what is due this week?", "how many tasks are overdue?", "when am I free tomorrow?", "show my p1 tasks", "what does my day look like?",
		"find report", "when is the next dentist?",
	}
	searches = []string{"report", "dentist", "blue fol", "bir", "anna ins", "tax return"}
)

// Written is what a write did.
type Written struct {
	TaskID  string `json:"id"`
	Version int64  `json:"version"`
}

// request is one request, ready to be sent.
type request struct {
	operation Operation
	user      *User
	send      func(ctx context.Context) (*Written, error) // nil: it was a read
}

// prepare chooses all that is random about a request. When the user has no task to do
// something with, it is a creation instead.
func prepare(operation Operation, user *User, random *rand.Rand) request {
	r := request{operation: operation, user: user}
	switch operation {
	case List:
		r.send = user.read(fmt.Sprintf("/tasks?status=open&limit=%d", pageSize))
	case Sync:
		r.send = user.read("/sync")
	case Changes:
		r.send = user.readChanges
	case Filter:
		r.send = user.read("/tasks?" + url.Values{"filter": {pick(random, filters)}, "limit": {strconv.Itoa(pageSize)}}.Encode())
	case Search:
		r.send = user.read("/search?" + url.Values{"q": {pick(random, searches)}, "limit": {strconv.Itoa(pageSize)}}.Encode())
	case Say:
		r.send = user.say(pick(random, utterances))
	case Counts:
		r.send = user.read("/counts")
	case Agenda:
		today := time.Now()
		r.send = user.read("/agenda?" + url.Values{"from": {today.Format(time.DateOnly)}, "to": {today.AddDate(0, 0, agendaDays).Format(time.DateOnly)}}.Encode())
	case Get:
		if id, ok := user.some(random); ok {
			r.send = user.read("/tasks/" + id)
		}
	case Patch:
		if id, ok := user.take(random); ok {
			r.send = user.patch(id, fmt.Sprintf("Renamed at %d", time.Now().UnixNano())) // never to what it is called already
		}
	case Complete:
		if id, ok := user.take(random); ok {
			r.send = user.complete(id)
		}
	}
	if r.send == nil {
		r.operation, r.send = Create, user.create(newDraft(random, time.Now()))
	}
	return r
}

// read reads path and throws the answer away: decoding it would take time of the
// machine on which the platform runs too.
func (u *User) read(path string) func(context.Context) (*Written, error) {
	return func(ctx context.Context) (*Written, error) {
		return nil, u.api.Do(ctx, http.MethodGet, path, nil, nil)
	}
}

func (u *User) say(text string) func(context.Context) (*Written, error) {
	return func(ctx context.Context) (*Written, error) {
		return nil, u.api.Do(ctx, http.MethodPost, "/chat/conversations/"+u.conversation+"/messages", map[string]string{"id": uuid.NewString(), "text": text}, nil)
	}
}

func (u *User) readChanges(ctx context.Context) (*Written, error) {
	var answer struct {
		Head int64 `json:"head"`
	}
	err := u.api.Do(ctx, http.MethodGet, fmt.Sprintf("/changes?after=%d&limit=%d", u.since(), pageSize), nil, &answer)
	u.learn(answer.Head)
	return nil, err
}

func (u *User) create(draft client.Draft) func(context.Context) (*Written, error) {
	return func(ctx context.Context) (*Written, error) {
		var written Written
		err := u.api.Do(ctx, http.MethodPost, "/tasks", draft, &written)
		if err == nil {
			u.put(written.TaskID)
		}
		return &written, err
	}
}

func (u *User) patch(id, title string) func(context.Context) (*Written, error) {
	return func(ctx context.Context) (*Written, error) {
		defer u.put(id)
		var written Written
		err := u.api.Do(ctx, http.MethodPatch, "/tasks/"+id, map[string]string{"title": title}, &written)
		return &written, err
	}
}

func (u *User) complete(id string) func(context.Context) (*Written, error) {
	return func(ctx context.Context) (*Written, error) {
		var written Written
		err := u.api.Do(ctx, http.MethodPost, "/tasks/"+id+"/complete", nil, &written)
		return &written, err
	}
}

func pick(random *rand.Rand, from []string) string { return from[random.IntN(len(from))] }

// newDraft is a task as people add them: most with a due date, few with a reminder, far
// enough ahead that it does not go off while something is measured.
func newDraft(random *rand.Rand, now time.Time) client.Draft {
	draft := client.Draft{Title: fmt.Sprintf("Created %08x", random.Uint32()), Priority: 1 + random.IntN(4), Tags: []string{"bench"}}
	if random.IntN(10) < 7 {
		draft.Due = &client.Due{Date: now.AddDate(0, 0, random.IntN(30)).Format(time.DateOnly)}
	}
	if random.IntN(20) == 0 {
		at := now.AddDate(1, 0, random.IntN(300)).UTC().Truncate(time.Minute)
		draft.Reminders = []client.Reminder{{At: &at}}
	}
	return draft
}

// batch is how many tasks an import sends at once, the most that the API takes.
const batch = 500

// Import adds so many tasks, as a program does that moves somebody's tasks here. Where that is
// more than a user may write at once, the client waits. The first of them, as many as one act may
// delete, are in a project of their own, whose id it returns.
func (u *User) Import(ctx context.Context, tasks int) (project string, err error) {
	var made struct {
		ID string `json:"id"`
	}
	if err := u.api.Do(ctx, http.MethodPost, "/projects", map[string]string{"name": "Imported " + uuid.NewString()}, &made); err != nil {
		return "", err
	}
	random := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // the same tasks each time
	for done := 0; done < tasks; done += batch {
		commands := make([]map[string]any, min(tasks-done, batch))
		for i := range commands {
			draft := newDraft(random, time.Now())
			if done < MaxDeleted {
				draft.ProjectID = made.ID
			}
			commands[i] = map[string]any{"name": "task.create", "fields": draft}
		}
		if err := u.api.Do(ctx, http.MethodPost, "/commands", map[string]any{"commands": commands}, nil); err != nil {
			return made.ID, err
		}
	}
	return made.ID, nil
}

// MaxDeleted is how many tasks one act may delete.
const MaxDeleted = 5000

// DeleteProject deletes a project with its tasks, as one act.
func (u *User) DeleteProject(ctx context.Context, id string) error {
	return u.api.Do(ctx, http.MethodDelete, "/projects/"+id, nil, nil)
}

// Remind adds a task that reminds its user at a moment.
func (u *User) Remind(ctx context.Context, at time.Time) error {
	return u.api.Do(ctx, http.MethodPost, "/tasks", client.Draft{Title: "Remind", Reminders: []client.Reminder{{At: &at}}}, nil)
}
