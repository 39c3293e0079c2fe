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
	return q.write(schema, func(index int) string { return "$" + strconv.Itoa(first+index) })
}

// SQLWithList is SQL for a statement that takes all parameters as one list of texts:
// list names it, such as $2.
func (q Query) SQLWithList(schema Schema, list string) (sql string, params []string) {
	sql, values := q.write(schema, func(index int) string { return list + "[" + strconv.Itoa(index+1) + "]" })
	params = make([]string, len(values))
	for i, value := range values {
		params[i] = fmt.Sprint(value)
	}
	return sql, params
}

// write gives the condition and its parameters; place names the one with an index.
func (q Query) write(schema Schema, place func(index int) string) (sql string, params []any) {
	w := &sqlWriter{Schema: schema, place: place, zone: q.zone.String()}
	q.condition.write(w)
	return w.String(), w.params
}

// sqlWriter collects a condition and its parameters.
type sqlWriter struct {
	strings.Builder
	Schema
	params []any
	place  func(index int) string
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
	return w.place(len(w.params)-1) + "::" + sqlType
}
