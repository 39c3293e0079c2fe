package load

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// snapshotPage is the largest page of a snapshot, as the web app asks for it.
const snapshotPage = 2000

// User sends requests as one person.
type User struct {
	ID, Token string
	// Large users have ten times the tasks of others.
	Large bool
	// Connected says whether a socket of the user is open, so that frames will come.
	Connected atomic.Bool

	api          *client.Client
	conversation string // with the chatbot

	mu   sync.Mutex
	open []string // tasks that no request under way changes
	head int64    // seq of the last change that is known
}

// NewUser makes a user who has open tasks; api is signed in as the user.
func NewUser(id string, large bool, api *client.Client, open []string) *User {
	return &User{ID: id, Token: api.Grant.AccessToken, Large: large, api: api, conversation: uuid.NewString(), open: open}
}

// Snapshot reads all open tasks and what they belong to through api, page by page, and
// returns how many tasks there are.
func (u *User) Snapshot(ctx context.Context, api *client.Client) (tasks int, err error) {
	api.Grant.AccessToken = u.Token
	cursor := ""
	for {
		page, err := api.Sync(ctx, snapshotPage, cursor)
		if err != nil {
			return 0, err
		}
		tasks += len(page.Tasks)
		if cursor = page.Next; cursor == "" {
			return tasks, nil
		}
	}
}

// some returns an open task; false when there is none.
func (u *User) some(random *rand.Rand) (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.open) == 0 {
		return "", false
	}
	return u.open[random.IntN(len(u.open))], true
}

// take is some for a request that changes the task: until put gives it back, no other
// request changes it, or one of the two would be refused for its version.
func (u *User) take(random *rand.Rand) (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.open) == 0 {
		return "", false
	}
	i, last := random.IntN(len(u.open)), len(u.open)-1
	id := u.open[i]
	u.open[i] = u.open[last]
	u.open = u.open[:last]
	return id, true
}

func (u *User) put(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.open = append(u.open, id)
}

// since returns the seq before the last few changes: those that a window has missed
// which was closed for a moment.
func (u *User) since() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return max(u.head-missedChanges, 0)
}

func (u *User) learn(head int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.head = max(u.head, head)
}
