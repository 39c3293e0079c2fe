package network

import (
	"net/netip"
	"testing"
)

func TestFreeSlot(t *testing.T) {
	everySlot := make([]Slot, 0, maxSlot)
	for slot := Slot(1); slot <= maxSlot; slot++ {
		everySlot = append(everySlot, slot)
	}
	tests := []struct {
		name    string
		used    []Slot
		reached []string
		want    Slot
	}{
		{name: "the first cluster takes the first range", want: 1},
		{name: "a range in use is left to its cluster", used: []Slot{1, 2}, want: 3},
		{name: "a gap is used again", used: []Slot{1, 3}, want: 2},
		{name: "a network of the machine is left alone", reached: []string{"10.89.1.0/24"}, want: 2},
		{name: "a wide network that covers some ranges is left alone", reached: []string{"10.89.0.0/22"}, want: 4},
		{name: "a default route covers everything and counts for nothing", reached: []string{"0.0.0.0/0"}, want: 1},
		{name: "no range is left", used: everySlot, want: 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var reached []netip.Prefix
			for _, prefix := range test.reached {
				reached = append(reached, netip.MustParsePrefix(prefix))
			}
			got, err := FreeSlot(test.used, reached)
			if got != test.want || (err != nil) != (test.want == 0) {
				t.Fatalf("FreeSlot = %d, %v; want %d", got, err, test.want)
			}
		})
	}
}

func TestSlotAddressesLieOnTheirLink(t *testing.T) {
	slot := Slot(7)
	if host, node := slot.Host().String(), slot.Node(1).String(); host != "10.89.7.1" || node != "10.89.7.2" {
		t.Fatalf("host %s, node %s; want 10.89.7.1 and 10.89.7.2", host, node)
	}
	if !slot.Link().Contains(slot.Host()) || !slot.Link().Contains(slot.Node(MaxNodes)) {
		t.Fatalf("%s does not contain both ends", slot.Link())
	}
}

func TestNodesShareNothing(t *testing.T) {
	slot := Slot(maxSlot)
	seen := map[string]int{}
	for number := 1; number <= MaxNodes; number++ {
		if len(slot.port(number)) > 15 {
			t.Errorf("the kernel takes no interface name as long as %s", slot.port(number))
		}
		if !netip.MustParsePrefix(PodRange).Contains(PodRangeOf(number).Addr()) {
			t.Errorf("the pods of node %d, %s, are not of %s", number, PodRangeOf(number), PodRange)
		}
		for _, own := range []string{slot.Node(number).String(), PodRangeOf(number).String(), slot.port(number), slot.hardwareAddress(number).String()} {
			if other, taken := seen[own]; taken {
				t.Errorf("node %d has %s as node %d does", number, own, other)
			}
			seen[own] = number
		}
	}
}
