package audit

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

const user = "0190d3f0-0000-7000-8000-000000000001"

// chainOf makes a log of n entries of user.
func chainOf(t *testing.T, user string, n int) []Entry {
	t.Helper()
	var head Head
	var entries []Entry
	for i := range n {
		body, err := Record{
			UserID: user, EventID: fmt.Sprintf("event-%d", i+1), Type: "task.updated",
			At: time.Date(2026, 11, 22, 9, 0, i, 0, time.UTC), Data: json.RawMessage(fmt.Sprintf(`{"seq": %d, "a": "<ü>"}`, i+1)),
		}.canonical()
		if err != nil {
			t.Fatal(err)
		}
		head = head.next(body)
		entries = append(entries, Entry{Position: head.Position, Hash: head.Hash, Record: body})
	}
	return entries
}

func TestVerifyAcceptsAChainAndItsParts(t *testing.T) {
	entries := chainOf(t, user, 5)
	whole, err := Verify(user, Head{}, entries)
	if err != nil || whole.Position != 5 || whole.Hash != entries[4].Hash {
		t.Fatalf("whole chain: head %+v, error %v", whole, err)
	}
	middle, err := Verify(user, Head{}, entries[:2])
	if err != nil {
		t.Fatal(err)
	}
	if end, err := Verify(user, middle, entries[2:]); err != nil || end != whole {
		t.Fatalf("in two parts: head %+v, error %v; want %+v", end, err, whole)
	}
}

func TestVerifyFindsTampering(t *testing.T) {
	const stranger = "0190d3f0-0000-7000-8000-000000000002"
	tests := map[string]struct {
		tamper func([]Entry) []Entry
		want   int64 // position reported
	}{
		"a changed record": {func(e []Entry) []Entry {
			e[2].Record = json.RawMessage(`{"userId":"` + user + `","eventId":"event-3"}`)
			return e
		}, 3},
		"a record and its own hash changed together": {func(e []Entry) []Entry {
			body := []byte(`{"userId":"` + user + `"}`)
			forged := Head{Position: 2, Hash: e[1].Hash}.next(body)
			e[2] = Entry{Position: 3, Hash: forged.Hash, Record: body}
			return e
		}, 4},
		"a removed entry":  {func(e []Entry) []Entry { return slices.Delete(e, 2, 3) }, 3},
		"a repeated entry": {func(e []Entry) []Entry { return slices.Insert(e, 2, e[1]) }, 3},
		"two swapped":      {func(e []Entry) []Entry { e[1], e[2] = e[2], e[1]; return e }, 2},
		"a removed entry, positions closed up": {func(e []Entry) []Entry {
			e = slices.Delete(e, 2, 3)
			for i := range e {
				e[i].Position = int64(i + 1)
			}
			return e
		}, 3},
		"no JSON":                 {func(e []Entry) []Entry { e[3].Record = json.RawMessage(`{`); return e }, 4},
		"the log of another user": {func([]Entry) []Entry { return chainOf(t, stranger, 5) }, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			head, err := Verify(user, Head{}, test.tamper(chainOf(t, user, 5)))
			broken, ok := errors.AsType[*BrokenError](err)
			if !ok {
				t.Fatalf("error %v, want a BrokenError", err)
			}
			if broken.Position != test.want || head.Position != test.want-1 {
				t.Errorf("broken at %d after head %d, want at %d", broken.Position, head.Position, test.want)
			}
		})
	}
}

// The spelling of JSON on its way to the verifier does not matter.
func TestVerifyIgnoresHowJSONIsSpelled(t *testing.T) {
	entries := chainOf(t, user, 1)
	var loose map[string]any
	if err := json.Unmarshal(entries[0].Record, &loose); err != nil {
		t.Fatal(err)
	}
	spelled, err := json.MarshalIndent(loose, "", "  ") // other order, spaces, escaped < and >
	if err != nil {
		t.Fatal(err)
	}
	entries[0].Record = spelled
	if _, err := Verify(user, Head{}, entries); err != nil {
		t.Error(err)
	}
}

// The form of the hash must never change: logs outlive versions of the program.
func TestHashIsStable(t *testing.T) {
	entries := chainOf(t, user, 2)
	const want = "9a759ef1e2dfc7466fa67e6ca0e1dfdb1b9fe0b7738e609442b7389d8b0ef013"
	if got := hex.EncodeToString(entries[1].Hash[:]); got != want {
		t.Errorf("hash of the second entry is %s, want %s", got, want)
	}
}
