package signing_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/controllers/internal/signing"
)

const (
	day    = 24 * time.Hour
	period = 90 * day
)

var start = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

// look is one look of the operator at the keys.
type look struct {
	after           time.Duration // since the start
	rotate, revoke  string
	unsettled       bool // replicas have not taken up the keys
	step            signing.Step
	roles           string // of the keys in their order, named by when they came
	rotating        bool
	rotated, revked string
}

// names names keys a, b, c … in the order in which they appear.
type names []string

func (n *names) describe(set signing.Set) string {
	var text []string
	for i, key := range set.Keys {
		at := slices.Index(*n, key.ID)
		if at < 0 {
			at = len(*n)
			*n = append(*n, key.ID)
		}
		text = append(text, string(rune('a'+at))+":"+string(set.Role(i)))
	}
	return strings.Join(text, " ")
}

func TestRotation(t *testing.T) {
	const minute = time.Minute
	tests := map[string][]look{
		"a young key stays": {
			{after: period - time.Second, roles: "a:Signing"},
		},
		"an old key is followed by another": {
			{after: period, step: signing.StepAdded, roles: "a:Signing b:Next", rotating: true},
			{after: period + minute, unsettled: true, roles: "a:Signing b:Next", rotating: true},
			{after: period + 2*minute, step: signing.StepPromoted, roles: "b:Signing a:Former", rotating: true},
			{after: period + 3*minute, unsettled: true, roles: "b:Signing a:Former", rotating: true},
			{after: period + 4*minute, step: signing.StepRetired, roles: "b:Signing a:Former"},
			{after: period + 4*minute + contract.SignedLifetime, roles: "b:Signing a:Former"},
			{after: period + 8*day, unsettled: true, roles: "b:Signing a:Former", rotating: true},
			{after: period + 8*day, step: signing.StepDropped, roles: "b:Signing"},
			{after: 2*period - minute, roles: "b:Signing"},
			{after: 2*period + minute, step: signing.StepAdded, roles: "b:Signing c:Next", rotating: true},
		},
		"replicas that never take up the new key never get tokens of it": {
			{after: period, step: signing.StepAdded, roles: "a:Signing b:Next", rotating: true},
			{after: 3 * period, unsettled: true, roles: "a:Signing b:Next", rotating: true},
		},
		"a former key's time begins when the last replica has signed with it": {
			{after: period, step: signing.StepAdded, roles: "a:Signing b:Next", rotating: true},
			{after: period, step: signing.StepPromoted, roles: "b:Signing a:Former", rotating: true},
			{after: period + 10*day, unsettled: true, roles: "b:Signing a:Former", rotating: true},
			{after: period + 10*day, step: signing.StepRetired, roles: "b:Signing a:Former"},
			{after: period + 17*day, roles: "b:Signing a:Former"},
			{after: period + 18*day, step: signing.StepDropped, roles: "b:Signing"},
		},
		"a request is carried out once": {
			{after: minute, rotate: "1", unsettled: true, roles: "a:Signing"},
			{after: minute, rotate: "1", step: signing.StepAdded, roles: "a:Signing b:Next", rotating: true, rotated: "1"},
			{after: minute, rotate: "1", step: signing.StepPromoted, roles: "b:Signing a:Former", rotating: true, rotated: "1"},
			{after: minute, rotate: "1", step: signing.StepRetired, roles: "b:Signing a:Former", rotated: "1"},
			{after: minute, rotate: "1", roles: "b:Signing a:Former", rotated: "1"},
			{after: minute, roles: "b:Signing a:Former", rotated: "1"},
			{after: minute, rotate: "2", step: signing.StepAdded, roles: "b:Signing a:Former c:Next", rotating: true, rotated: "2"},
			{after: minute, rotate: "2", step: signing.StepPromoted, roles: "c:Signing b:Former a:Former", rotating: true, rotated: "2"},
		},
		"requests without end wait for former keys to go": {
			{rotate: "1", step: signing.StepAdded, roles: "a:Signing b:Next", rotating: true, rotated: "1"},
			{rotate: "1", step: signing.StepPromoted, roles: "b:Signing a:Former", rotating: true, rotated: "1"},
			{rotate: "1", step: signing.StepRetired, roles: "b:Signing a:Former", rotated: "1"},
			{rotate: "2", step: signing.StepAdded, roles: "b:Signing a:Former c:Next", rotating: true, rotated: "2"},
			{rotate: "2", step: signing.StepPromoted, roles: "c:Signing b:Former a:Former", rotating: true, rotated: "2"},
			{rotate: "3", step: signing.StepRetired, roles: "c:Signing b:Former a:Former", rotated: "2"},
			{rotate: "3", step: signing.StepAdded, roles: "c:Signing b:Former a:Former d:Next", rotating: true, rotated: "3"},
			{rotate: "3", step: signing.StepPromoted, roles: "d:Signing c:Former b:Former a:Former", rotating: true, rotated: "3"},
			{rotate: "4", step: signing.StepRetired, roles: "d:Signing c:Former b:Former a:Former", rotated: "3"},
			{rotate: "4", step: signing.StepAdded, roles: "d:Signing c:Former b:Former a:Former e:Next", rotating: true, rotated: "4"},
			{rotate: "4", step: signing.StepPromoted, roles: "e:Signing d:Former c:Former b:Former a:Former", rotating: true, rotated: "4"},
			{rotate: "5", step: signing.StepRetired, roles: "e:Signing d:Former c:Former b:Former a:Former", rotated: "4"},
			{rotate: "5", roles: "e:Signing d:Former c:Former b:Former a:Former", rotated: "4"},
			{after: 8 * day, rotate: "5", step: signing.StepDropped, roles: "e:Signing", rotated: "4"},
			{after: 8 * day, rotate: "5", step: signing.StepAdded, roles: "e:Signing f:Next", rotating: true, rotated: "5"},
		},
		"revoked keys go as soon as nobody signs with them": {
			{after: minute, revoke: "1", unsettled: true, step: signing.StepAdded, roles: "a:Signing b:Next", rotating: true, revked: "1"},
			{after: minute, revoke: "1", unsettled: true, roles: "a:Signing b:Next", rotating: true, revked: "1"},
			{after: 2 * minute, revoke: "1", step: signing.StepPromoted, roles: "b:Signing a:Former", rotating: true, revked: "1"},
			{after: 3 * minute, revoke: "1", unsettled: true, roles: "b:Signing a:Former", rotating: true, revked: "1"},
			{after: 4 * minute, revoke: "1", step: signing.StepDropped, roles: "b:Signing", revked: "1"},
			{after: 5 * minute, revoke: "1", roles: "b:Signing", revked: "1"},
		},
		"a leak in the middle of a rotation concerns every key": {
			{after: minute, rotate: "1", step: signing.StepAdded, roles: "a:Signing b:Next", rotating: true, rotated: "1"},
			{after: minute, rotate: "1", revoke: "1", unsettled: true, step: signing.StepAdded, roles: "a:Signing c:Next", rotating: true, rotated: "1", revked: "1"},
			{after: minute, rotate: "1", revoke: "1", step: signing.StepPromoted, roles: "c:Signing a:Former", rotating: true, rotated: "1", revked: "1"},
			{after: minute, rotate: "1", revoke: "1", step: signing.StepDropped, roles: "c:Signing", rotated: "1", revked: "1"},
		},
		"a leak after a promotion ends former keys early, too": {
			{after: period, step: signing.StepAdded, roles: "a:Signing b:Next", rotating: true},
			{after: period, step: signing.StepPromoted, roles: "b:Signing a:Former", rotating: true},
			{after: period, step: signing.StepRetired, roles: "b:Signing a:Former"},
			{after: period, revoke: "1", step: signing.StepAdded, roles: "b:Signing a:Former c:Next", rotating: true, revked: "1"},
			{after: period, revoke: "1", step: signing.StepPromoted, roles: "c:Signing b:Former a:Former", rotating: true, revked: "1"},
			{after: period, revoke: "1", step: signing.StepDropped, roles: "c:Signing", revked: "1"},
		},
	}
	for name, looks := range tests {
		t.Run(name, func(t *testing.T) {
			set, err := signing.New(start, signing.Wanted{Period: period})
			if err != nil {
				t.Fatal(err)
			}
			var keys names
			keys.describe(set)
			for n, look := range looks {
				now, wanted := start.Add(look.after), signing.Wanted{Period: period, Rotate: look.rotate, Revoke: look.revoke}
				before := keys.describe(set)
				next, step, err := set.Advance(now, wanted, !look.unsettled)
				if err != nil {
					t.Fatal(err)
				}
				if after := keys.describe(set); after != before {
					t.Errorf("look %d changed the set that it was given from %s to %s", n, before, after)
				}
				if roles := keys.describe(next); step != look.step || roles != look.roles || next.Rotating(now) != look.rotating {
					t.Fatalf("look %d: step %q, keys %s, rotating %t; want %q, %s, %t", n, step, roles, next.Rotating(now), look.step, look.roles, look.rotating)
				}
				if next.Rotated != look.rotated || next.Revoked != look.revked {
					t.Errorf("look %d: carried out %q and %q, want %q and %q", n, next.Rotated, next.Revoked, look.rotated, look.revked)
				}
				set = stored(t, next)
			}
		})
	}
}

// stored is a set as another operator finds it.
func stored(t *testing.T, set signing.Set) signing.Set {
	t.Helper()
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	again, err := signing.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// Whoever rotates by hand puts a new key in front of the old one.
func TestKeysOfSomebodyElse(t *testing.T) {
	set := stored(t, signing.Set{Keys: []signing.Key{{ID: "mine"}, {ID: "former"}}})
	wanted := signing.Wanted{Period: period}
	for n, look := range []struct {
		after time.Duration
		step  signing.Step
		keys  int
	}{
		{0, signing.StepAdopted, 2},
		{0, signing.StepRetired, 2},
		{0, signing.StepNone, 2},
		{8 * day, signing.StepDropped, 1},
		{period - time.Second, signing.StepNone, 1},
		{period, signing.StepAdded, 2},
	} {
		next, step, err := set.Advance(start.Add(look.after), wanted, true)
		if err != nil || step != look.step || len(next.Keys) != look.keys || next.Keys[0].ID != "mine" {
			t.Fatalf("look %d: step %q, keys %v, %v; want %+v", n, step, next.Keys, err, look)
		}
		set = stored(t, next)
	}
}

// A step that changes nothing that services read must not roll them.
func TestMaterialIsWhatServicesRead(t *testing.T) {
	set, err := signing.New(start, signing.Wanted{})
	if err != nil {
		t.Fatal(err)
	}
	wanted := signing.Wanted{Period: period, Rotate: "1"}
	rolls := map[signing.Step]bool{signing.StepAdded: true, signing.StepPromoted: true, signing.StepRetired: false, signing.StepDropped: true}
	for n, want := range []signing.Step{signing.StepAdded, signing.StepPromoted, signing.StepRetired, signing.StepDropped} {
		next, step, err := set.Advance(start.Add(time.Duration(n)*8*day), wanted, true)
		if err != nil || step != want {
			t.Fatalf("step %q, %v, want %q", step, err, want)
		}
		if rolled := !slices.Equal(next.Material(), set.Material()); rolled != rolls[step] {
			t.Errorf("%s rolls services: %t", step, rolled)
		}
		set = next
	}
}

func TestANewSetFulfilsFormerRequests(t *testing.T) {
	wanted := signing.Wanted{Period: period, Rotate: "1", Revoke: "2"}
	set, err := signing.New(start, wanted)
	if err != nil {
		t.Fatal(err)
	}
	if _, step, err := set.Advance(start, wanted, true); step != signing.StepNone || err != nil {
		t.Errorf("step %q, %v", step, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           ``,
		"no JSON":           `d=secret`,
		"no key":            `{"keys":[]}`,
		"a key without kid": `{"keys":[{"d":"secret"}]}`,
		"a kid twice":       `{"keys":[{"kid":"a","d":"secret"},{"kid":"a"}]}`,
	} {
		if _, err := signing.Parse([]byte(text)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
