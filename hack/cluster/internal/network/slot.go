// Package network joins a node's network namespace to this machine by a pair of
// interfaces, and gives the node no way out beyond it.
package network

import (
	"errors"
	"fmt"
	"net/netip"
)

// Ranges inside a node. They are routed inside its namespace only, so every node has the same.
const (
	PodRange     = "10.244.0.0/16"
	NodePodRange = "10.244.0.0/24"
	ServiceRange = "10.96.0.0/16"
	// APIService and DNSService are addresses in the service range.
	APIService = "10.96.0.1"
	DNSService = "10.96.0.10"
)

// Slot numbers the link between this machine and one node.
type Slot int

// maxSlot is how many clusters fit side by side.
const maxSlot = 250

// Link is the address range of the pair of interfaces.
func (s Slot) Link() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 89, byte(s), 0}), 30) //nolint:gosec // at most maxSlot
}

// Host is this machine's address on the link.
func (s Slot) Host() netip.Addr { return s.Link().Addr().Next() }

// Node is the node's address on the link, where the API server and the entry listen.
func (s Slot) Node() netip.Addr { return s.Host().Next() }

// Interface is the name of this machine's end.
func (s Slot) Interface() string { return fmt.Sprintf("todo%d", int(s)) }

// FreeSlot returns the first slot that no cluster uses and whose range does not
// overlap a network that this machine already reaches.
func FreeSlot(used []Slot, reached []netip.Prefix) (Slot, error) {
	taken := map[Slot]bool{}
	for _, slot := range used {
		taken[slot] = true
	}
	for slot := Slot(1); slot <= maxSlot; slot++ {
		if !taken[slot] && !overlapsAny(slot.Link(), reached) {
			return slot, nil
		}
	}
	return 0, errors.New("no address range is free for another cluster: end one with `cluster down --name ...`")
}

func overlapsAny(link netip.Prefix, reached []netip.Prefix) bool {
	for _, prefix := range reached {
		// A default route reaches everything and says nothing about what is in use.
		if prefix.Bits() > 0 && prefix.Overlaps(link) {
			return true
		}
	}
	return false
}
