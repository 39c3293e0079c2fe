// Package command applies changes of a user's data. Every door, be it HTTP, chat or an
// import, ends here: a request is a list of commands, applied in order in one transaction.
package command

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/allowance"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/outbox"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// MaxCommands bounds one request.
const MaxCommands = 500

// Changes is how many changes of objects a user may write. Each costs work in all services, so a
// program that moves thousands of tasks would take the platform from everybody else; what
// people do at once, such as changing all tasks of a filter and changing them back, is within it.
var Changes = allowance.Allowance{Name: "changes", Of: "changes", PerSecond: 100, Burst: MaxCommands}

// fewChanges is how many changes an act may make although its user has used up the allowance, so
// that nothing is refused that people do one by one. As often as a user may write, these are no
// more changes a second than the allowance has.
const fewChanges = 5

// Command changes one object.
type Command struct {
	Name      string `json:"name"`                // <entity>.<verb>
	ID        string `json:"id,omitempty"`        // of the object
	IfVersion int64  `json:"ifVersion,omitempty"` // that the object must be at; 0: any
	Fields    any    `json:"fields,omitempty"`    // what it is to become, as SQL takes it

	// Asked is what the caller asked for, without what was added since, such as new ids:
	// by it a repeated request is known.
	Asked any `json:"-"`
}

// Request is one act of a caller.
type Request struct {
	Key      string // idempotency key: the same request under it has its effect once; "" for none
	Asked    any    // by which a repeated request is known whose commands depend on what there is; nil: by what each asks
	Accepted bool   // whether the caller was let in when it asked, and its session or token may have ended since
	Each     bool   // whether each command may fail on its own; otherwise the first failure undoes all
	Patient  bool   // whether it waits while the user writes too many changes; otherwise it is refused
	Commands []Command
}

// Result is what became of one command: the JSON of the object, null after a deletion,
// or, in a request with Each, a failure.
type Result struct {
	Object json.RawMessage
	Err    error
}

// Done is what became of a request.
type Done struct {
	Results []Result
	Act
	Repeated bool // whether it was done before, under the same key
}

// Act names what a request did, all in one.
type Act struct {
	Group string // of its changes, by which it can be undone
	Seq   int64  // of the user's last change when it was done
}

// Made is an object after a command changed it.
type Made[T any] struct {
	Object document.Document[T]
	Act
}

// Service applies requests.
type Service struct {
	db      *store.DB
	relay   *outbox.Relay    // publishes the changes
	changes *allowance.Users // of what users write
}

// NewService makes the service on db, whose outbox relay empties. changes is the allowance of
// users, which is Changes for people.
func NewService(db *store.DB, relay *outbox.Relay, changes *allowance.Users) *Service {
	return &Service{db: db, relay: relay, changes: changes}
}

// One applies a single command and returns its object, a T.
func One[T any](ctx context.Context, s *Service, caller auth.Caller, key string, command Command) (Made[T], error) {
	done, err := s.Apply(ctx, caller, Request{Key: key, Commands: []Command{command}})
	if err != nil {
		return Made[T]{}, err
	}
	return Made[T]{document.Of[T](done.Results[0].Object), done.Act}, nil
}

// Apply carries out a request and returns a result for each command. A key that was used
// for another request is failure.Invalid. After failure.Unavailable it may have happened:
// repeat it under the same key. failure.RateLimited means that the user writes too many changes.
func (s *Service) Apply(ctx context.Context, caller auth.Caller, request Request) (Done, error) {
	if len(request.Commands) < 1 && request.Asked == nil || len(request.Commands) > MaxCommands {
		return Done{}, failure.InvalidField("commands", "must be 1 to %d commands", MaxCommands)
	}
	args, err := argsOf(caller, request)
	if err != nil {
		return Done{}, err
	}
	overdrawn, err := s.admit(ctx, caller, request)
	if err != nil {
		return Done{}, err
	}
	if overdrawn != nil {
		args.Most = fewChanges
	}
	args.Relay = s.relay.Offer()
	var answer struct {
		Results  []applied     `json:"results"`
		Group    string        `json:"group"`
		Seq      int64         `json:"seq"`
		Changes  int           `json:"changes"`
		Repeated bool          `json:"repeated"`
		Claim    *outbox.Claim `json:"claim"`
	}
	err = s.db.Call(ctx, "apply", args, &answer)
	if failure.KindOf(err) == failure.RateLimited {
		return Done{}, cmp.Or(overdrawn, err) // the database does not know until when
	}
	if err != nil {
		return Done{}, err
	}
	s.changes.Charge(caller.UserID, answer.Changes)
	if !answer.Repeated {
		s.relay.Take(ctx, answer.Claim)
	}
	if len(answer.Results) != len(request.Commands) && request.Asked == nil {
		return Done{}, failure.New(failure.Internal, "%d results of %d commands", len(answer.Results), len(request.Commands))
	}
	done := Done{Act: Act{answer.Group, answer.Seq}, Repeated: answer.Repeated}
	for _, a := range answer.Results {
		done.Results = append(done.Results, a.result())
	}
	return done, nil
}

// admit lets a request begin, once its user has the allowance for it if it is patient. Otherwise
// overdrawn is why it may make few changes only, nil if it may make many.
func (s *Service) admit(ctx context.Context, caller auth.Caller, request Request) (overdrawn, err error) {
	if request.Patient {
		return nil, s.changes.Await(ctx, caller.UserID, len(request.Commands))
	}
	return s.changes.Debt(caller.UserID), nil
}

// args are the arguments of the operation apply.
type args struct {
	UserID      string        `json:"userId"`
	By          events.Actor  `json:"by"`
	SessionID   string        `json:"sessionId,omitempty"`
	TokenID     string        `json:"tokenId,omitempty"`
	OpID        string        `json:"opId,omitempty"`
	Fingerprint string        `json:"fingerprint,omitempty"`
	Group       string        `json:"group"`
	Atomic      bool          `json:"atomic"`
	Commands    []Command     `json:"commands"`
	Most        int           `json:"most,omitempty"` // changes that it may make; 0: any number
	Relay       *outbox.Offer `json:"relay,omitempty"`
}

func argsOf(caller auth.Caller, request Request) (args, error) {
	a := args{
		UserID: caller.UserID, By: caller.Actor(), OpID: request.Key,
		Group: NewID(), Atomic: !request.Each, Commands: request.Commands,
	}
	if !request.Accepted {
		a.SessionID, a.TokenID = caller.SessionID, caller.TokenID
	}
	if request.Key == "" {
		return a, nil
	}
	var err error
	a.Fingerprint, err = fingerprint(request)
	return a, err
}

// fingerprint returns a hash of what a request asks for.
func fingerprint(request Request) (string, error) {
	all := []any{request.Asked}
	if request.Asked == nil {
		all = nil
		for _, c := range request.Commands {
			all = append(all, []any{c.Name, c.IfVersion, c.Asked})
		}
	}
	sum := sha256.New()
	for _, one := range all {
		asked, err := json.Marshal(one)
		if err != nil {
			return "", failure.Wrap(failure.Internal, err, "encode what a request asks for")
		}
		sum.Write(asked)
	}
	_, _ = fmt.Fprint(sum, request.Each) // never fails
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// applied is a result as the operation apply gives it.
type applied struct {
	OK    json.RawMessage `json:"ok"`
	Error *struct {
		Kind    failure.Kind `json:"kind"`
		Field   string       `json:"field"`
		Message string       `json:"message"`
	} `json:"error"`
}

func (a applied) result() Result {
	if a.Error != nil {
		return Result{Err: &failure.Error{Kind: a.Error.Kind, Field: a.Error.Field, Message: a.Error.Message}}
	}
	return Result{Object: a.OK}
}

// NewID returns a UUIDv7: unique, and in the order of creation, which keeps indexes dense.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
