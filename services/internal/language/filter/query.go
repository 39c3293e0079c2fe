package filter

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Query is a filter bound to a moment and a zone. It does not change and may be used
// by several goroutines at once.
type Query struct {
	condition condition
	zone      *time.Location
}

// Bind gives f its meaning at the moment of the options. It fails on a tree that Parse
// would not have made.
func (f Filter) Bind(options Options) (Query, error) {
	if name := options.Now.Location().String(); name == "Local" || name == "" {
		return Query{}, fmt.Errorf("the moment of a filter needs a zone with an IANA name, not %q", name)
	}
	options.Now = options.Now.Truncate(time.Microsecond) // as precise as PostgreSQL
	c, err := f.bind(options)
	return Query{condition: c, zone: options.Now.Location()}, err
}

// Match reports whether the filter selects a task.
func (q Query) Match(t *Task) bool { return q.condition.match(t, q.zone) }

// SQL gives the filter as a condition on a row, never null, and its parameters, whose
// numbers begin with first. The parameters are strings and integers, cast in the SQL,
// so that they may pass through JSON. No character of the condition comes from a user.
func (q Query) SQL(schema Schema, first int) (sql string, params []any) {
	w := &sqlWriter{Schema: schema, next: first, zone: q.zone.String()}
	q.condition.write(w)
	return w.String(), w.params
}

// sqlWriter collects a condition and its parameters.
type sqlWriter struct {
	strings.Builder
	Schema
	params []any
	next   int
	zone   string
}

// add writes pieces of SQL.
func (w *sqlWriter) add(pieces ...string) {
	for _, piece := range pieces {
		_, _ = w.WriteString(piece) // never fails
	}
}

// param keeps a value and gives its place holder, cast to a type.
func (w *sqlWriter) param(value any, sqlType string) string {
	w.params = append(w.params, value)
	w.next++
	return "$" + strconv.Itoa(w.next-1) + "::" + sqlType
}
