// Package store reaches PostgreSQL through the sidecar's binding, and builds the
// schemas that it reaches.
//
// The binding reports most failures of a statement as an empty success. So there
// is one door into each schema, the SQL function answer(op, args): it runs the
// function op_<op>, turns every exception into a document, and so always returns
// exactly one row. A missing row is a failure.
package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	json "github.com/go-json-experiment/json/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

// Binding is what DB needs of the sidecar; *dapr.Client has it.
type Binding interface {
	Binding(ctx context.Context, component, operation string, metadata map[string]string) ([]byte, error)
}

// DB is one service's door to its schema.
type DB struct {
	binding   Binding
	component string
	schema    string
	health    health
}

// Open returns the door to schema behind the binding component. schema is a
// constant of the platform, never input.
func Open(binding Binding, component, schema string) *DB {
	return &DB{binding: binding, component: component, schema: schema}
}

// The doors into a schema.
const (
	doorCall = "answer"
	doorRead = "read"
)

// readTimeout bounds Read. The role's statement_timeout, which nothing inside of a
// statement can change, ends what goes on in spite of it.
const readTimeout = 2 * time.Second

// errNoRow is all that the binding tells of a statement that failed or was killed.
var errNoRow = errors.New("the database sent no row: the statement failed, or was killed")

// envelope is what the SQL function answer returns.
type envelope struct {
	OK    any       `json:"ok"` // points to where the result belongs
	Error *sqlError `json:"error"`
}

type sqlError struct {
	Code       string       `json:"code"` // SQLSTATE
	Constraint string       `json:"constraint"`
	Message    string       `json:"message"`
	Kind       failure.Kind `json:"kind"` // set by the SQL function fail
	Field      string       `json:"field"`
}

// Call runs operation op of the schema as one transaction: args are its JSON
// argument, its JSON result is decoded into out, which may be nil.
//
// Failures raised with the SQL function fail keep kind, field and message. A
// violated unique or foreign key is failure.Conflict. failure.Unavailable means
// that the outcome is unknown, so operations must be safe to repeat. All else is
// failure.Internal; its SQL text is logged, never returned.
func (db *DB) Call(ctx context.Context, op string, args, out any) error {
	err := db.call(ctx, doorCall, op, args, out)
	db.health.note(err)
	return err
}

// Read runs an operation as Call does, in a transaction that can write nothing, for two
// seconds at most.
func (db *DB) Read(ctx context.Context, op string, args, out any) error {
	bounded, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err := db.call(bounded, doorRead, op, args, out)
	// The other side may notice first that the time is over.
	over := bounded.Err() != nil || status.Code(err) == codes.DeadlineExceeded
	if err != nil && over && ctx.Err() == nil {
		// It says nothing of the database's health: other statements may do well.
		slog.WarnContext(ctx, "reading took too long", "op", db.schema+"."+op)
		return failure.New(failure.Unavailable, "this takes too long; ask for less at once")
	}
	db.health.note(err)
	return err
}

func (db *DB) call(ctx context.Context, door, op string, args, out any) error {
	encoded, err := json.Marshal(args)
	if err != nil {
		return failure.Wrap(failure.Internal, err, "encode the arguments of "+op)
	}
	// Every parameter is a string with a cast in the statement: the binding would
	// send numbers as floats, and poolers allow no typed parameters.
	parameters := []string{op, string(encoded)}
	statement := "SELECT " + db.schema + "." + door + "($1::text, $2::jsonb)"
	if parent := trace.Parent(ctx); parent != "" && door == doorCall {
		// What the operation adds to the outbox takes it along. The setting ends with the transaction.
		statement += " FROM set_config('todoplatform.traceparent', $3::text, true)"
		parameters = append(parameters, parent)
	}
	params, err := json.Marshal(parameters)
	if err != nil {
		return failure.Wrap(failure.Internal, err, "encode the parameters of "+op)
	}
	answer, err := db.binding.Binding(ctx, db.component, "query", map[string]string{"sql": statement, "params": string(params)})
	if err != nil {
		return failure.Wrap(failure.Unavailable, err, "run "+db.schema+"."+op)
	}
	return decode(ctx, answer, db.schema+"."+op, out)
}

func decode(ctx context.Context, answer []byte, doing string, out any) error {
	var rows [][]string
	if err := json.Unmarshal(answer, &rows); err != nil {
		return failure.Wrap(failure.Internal, err, "decode the answer of "+doing)
	}
	if len(rows) != 1 || len(rows[0]) != 1 {
		return failure.Wrap(failure.Unavailable, errNoRow, "run "+doing)
	}
	e := envelope{OK: out}
	if err := json.Unmarshal([]byte(rows[0][0]), &e); err != nil {
		return failure.Wrap(failure.Internal, err, "decode the answer of "+doing)
	}
	if e.Error != nil {
		return e.Error.failure(ctx, doing)
	}
	return nil
}

// retryable holds the SQLSTATE classes (PostgreSQL manual, appendix A) of failures
// that pass: connection, transaction rollback, insufficient resources, operator
// intervention.
var retryable = map[string]bool{"08": true, "40": true, "53": true, "57": true}

func (e *sqlError) failure(ctx context.Context, doing string) error {
	const uniqueViolation, foreignKeyViolation, exclusionViolation, lockNotAvailable = "23505", "23503", "23P01", "55P03"
	if e.Kind != "" {
		return &failure.Error{Kind: e.Kind, Field: e.Field, Message: e.Message}
	}
	slog.ErrorContext(ctx, "statement failed", "op", doing, "sqlstate", e.Code, "constraint", e.Constraint, "error", e.Message)
	switch {
	case e.Code == uniqueViolation, e.Code == foreignKeyViolation, e.Code == exclusionViolation:
		return failure.New(failure.Conflict, "this conflicts with what is already there")
	case e.Code == lockNotAvailable, len(e.Code) == 5 && retryable[e.Code[:2]]:
		return failure.New(failure.Unavailable, "the database is busy; try again")
	}
	return failure.Wrap(failure.Internal, errors.New("SQLSTATE "+e.Code), "run "+doing)
}
