package view

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// order is the one in which tasks are shown.
type order struct {
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

var (
	orderDue = order{Sort: "due"}
	// sorts are the orders that the SQL function order_of_tasks knows.
	sorts = []string{orderDue.Sort, "priority", "created", "updated", "completed", "title", "manual"}
)

func parseOrder(sort string) (order, error) {
	name, descending := strings.CutPrefix(sort, "-")
	if !slices.Contains(sorts, name) {
		return order{}, failure.InvalidField("query.sort", "must be one of %s, with - before it for the reverse", strings.Join(sorts, ", "))
	}
	return order{name, descending}, nil
}

// position is what a cursor holds: where a page ends, and of which query.
type position struct {
	Of    string   `json:"of"`
	After []string `json:"after"`
}

// fingerprint tells queries apart whose pages do not continue each other.
func (q Query) fingerprint() string {
	sum := sha256.New()
	for _, part := range []string{q.Status, q.Sort, q.Filter} {
		sum.Write([]byte(part))
		sum.Write([]byte{0}) // no part holds one
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// cursor returns a place of a query as text that clients hand back unread; "" for nil,
// where no page follows.
func (q Query) cursor(place []string) (string, error) {
	if place == nil {
		return "", nil
	}
	encoded, err := json.Marshal(position{q.fingerprint(), place})
	if err != nil {
		return "", failure.Wrap(failure.Internal, err, "encode the cursor")
	}
	return base64.RawURLEncoding.EncodeToString(encoded), nil
}

// place reads the cursor of a query, nil for none. Whether the place is one of the
// query's order is seen by the database.
func (q Query) place() ([]string, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	var p position
	decoded, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil || json.Unmarshal(decoded, &p) != nil || len(p.After) == 0 || slices.ContainsFunc(p.After, hasNUL) {
		return nil, failure.InvalidField("query.cursor", "is not a cursor of this list; use next of the page before, or none")
	}
	if p.Of != q.fingerprint() {
		return nil, failure.InvalidField("query.cursor", "belongs to another filter, sort or status; begin without a cursor")
	}
	return p.After, nil
}

// hasNUL reports whether a text holds the one character that PostgreSQL cannot take.
func hasNUL(text string) bool { return strings.ContainsRune(text, 0) }
