package notification

import (
	"context"
	"time"
)

const (
	// learnInterval is the pause between two looks for people of whom it is not known what they have chosen.
	learnInterval = 5 * time.Second
	// learnBatch bounds the people of one look.
	learnBatch = 20
)

// learner asks what people have chosen whose changes the version before may have handled, which passed
// over what is chosen with this one. After an upgrade these are all people.
type learner struct {
	people *people
	resync func(ctx context.Context, user string) error
	after  string // the last user of whom was asked
}

// learnOnce asks of some people. After the last one it begins with the first again: there is nobody left
// then, unless a todo-api of the version before answered.
func (l *learner) learnOnce(ctx context.Context) (more bool, err error) {
	users, err := l.people.unlearned(ctx, l.after, learnBatch)
	if err != nil {
		return false, err
	}
	for _, user := range users {
		if err := l.resync(ctx, user); err != nil {
			return false, err
		}
		l.after = user
	}
	if len(users) < learnBatch {
		l.after = ""
	}
	return len(users) == learnBatch, nil
}
