package chain

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

const user, stranger = "0190d3f0-0000-7000-8000-000000000001", "0190d3f0-0000-7000-8000-000000000002"

// chainOf makes a log of n entries of user.
func chainOf(t testing.TB, user string, n int) []Entry {
	t.Helper()
	var head Head
	entries := make([]Entry, n)
	for i := range n {
		record, err := Record{
			UserID: user, EventID: fmt.Sprintf("event-%d", i+1), Type: "task.updated",
			At: time.Date(2026, 11, 22, 9, 0, i, 0, time.UTC), Data: json.RawMessage(fmt.Sprintf(`{"seq": %d, "a": "<ü>"}`, i+1)),
		}.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		head = head.Next(record)
		entries[i] = Entry{Position: head.Position, Hash: head.Hash, Record: record}
	}
	return entries
}

// The form of the hash must never change: logs outlive versions of the program.
func TestHashIsStable(t *testing.T) {
	entries := chainOf(t, user, 2)
	const want = "9a759ef1e2dfc7466fa67e6ca0e1dfdb1b9fe0b7738e609442b7389d8b0ef013"
	if got := entries[1].Hash.String(); got != want {
		t.Errorf("hash of the second entry is %s, want %s", got, want)
	}
}

// The spelling of JSON on its way through programs does not matter.
func TestCanonicalUndoesHowJSONIsSpelled(t *testing.T) {
	entry := chainOf(t, user, 1)[0]
	var loose map[string]any
	if err := json.Unmarshal(entry.Record, &loose); err != nil {
		t.Fatal(err)
	}
	spelled, err := json.MarshalIndent(loose, "", "  ") // other order, spaces, escaped < and >
	if err != nil {
		t.Fatal(err)
	}
	got, err := Entry{entry.Position, entry.Hash, spelled}.Canonical()
	if err != nil || string(got.Record) != string(entry.Record) {
		t.Errorf("got %s, %v; want %s", got.Record, err, entry.Record)
	}
}

// Numbers, keys and strings are written as RFC 8785 asks (its sections 3.2.2 and 3.2.3).
func TestRecordsAreCanonicalAsRFC8785Says(t *testing.T) {
	record, err := Record{UserID: user, EventID: "e", Type: "t", At: time.Unix(0, 0).UTC(),
		Data: json.RawMessage(`{"numbers":[333333333.33333329,1E30,4.50,2e-3,1e-27],"\u20ac":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","1":{"f":1,"F":2}}`)}.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"at":"1970-01-01T00:00:00Z","data":{"1":{"F":2,"f":1},"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"€":"€$\u000f\nA'B\"\\\\\"/"},"eventId":"e","type":"t","userId":"` + user + `"}`
	if string(record) != want {
		t.Errorf("got  %s\nwant %s", record, want)
	}
}
