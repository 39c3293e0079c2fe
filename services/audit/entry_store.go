package audit

import (
	"context"
	"encoding/json"
	"time"

	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// entryStore keeps the logs.
type entryStore struct {
	db *store.DB
}

// newEntry is an event on its way into its user's log.
type newEntry struct {
	EventID   string `json:"eventId"`
	ChangeSeq int64  `json:"changeSeq,omitempty"` // of a change; 0 for other events
	Gap       bool   `json:"gap,omitempty"`       // stands for all changes up to ChangeSeq that are missing
	Body      string `json:"body"`                // canonical JSON of a chain.Record

	deletes bool      // is the deletion of the account: no entry, but the end of the log
	at      time.Time // of the change
}

// appended is what a log holds after an append.
type appended struct {
	Appended  int   `json:"appended"`  // entries that were new
	ChangeSeq int64 `json:"changeSeq"` // every change up to this one is in the log
}

// append adds to user's log those entries that it lacks, in order. It ends before a
// change whose predecessors it lacks.
func (s entryStore) append(ctx context.Context, user string, entries []newEntry) (appended, error) {
	var result appended
	err := s.db.Call(ctx, "append_entries", struct {
		UserID  string     `json:"userId"`
		Entries []newEntry `json:"entries"`
	}{user, entries}, &result)
	return result, err
}

// progress returns up to which seq the logs of users hold all changes; a user without a
// log is not named.
func (s entryStore) progress(ctx context.Context, users []string) (map[string]int64, error) {
	var found map[string]int64
	err := s.db.Call(ctx, "get_progress", map[string][]string{"userIds": users}, &found)
	return found, err
}

// page is a part of a log: entries, where the log begins and ends, and where to go on, 0 for nowhere.
type page struct {
	entries []chain.Entry
	begin   *chain.Head // nil: with the first entry
	head    chain.Head
	next    int64
}

// list returns a page of a log.
func (s entryStore) list(ctx context.Context, request calls.ListEntriesRequest) (page, error) {
	var found struct {
		Items []struct {
			Position int64      `json:"position"`
			Hash     chain.Hash `json:"hash"`
			Body     string     `json:"body"`
		} `json:"items"`
		Begin *chain.Head `json:"begin"`
		Head  chain.Head  `json:"head"`
		Next  int64       `json:"next"`
	}
	err := s.db.Call(ctx, "list_entries", request, &found)
	entries := make([]chain.Entry, len(found.Items))
	for i, item := range found.Items {
		entries[i] = chain.Entry{Position: item.Position, Hash: item.Hash, Record: json.RawMessage(item.Body)}
	}
	return page{entries, found.Begin, found.Head, found.Next}, err
}
