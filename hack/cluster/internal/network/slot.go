// Package network joins the network namespaces of a cluster's nodes to this machine by
// a bridge, and gives them no way out beyond it.
package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// Ranges inside a cluster. They are routed inside its nodes only, so every cluster has the same.
const (
	PodRange     = "10.244.0.0/16"
	ServiceRange = "10.96.0.0/16"
	// APIService and DNSService are addresses in the service range.
	APIService = "10.96.0.1"
	DNSService = "10.96.0.10"
)

// MaxNodes is how many nodes a cluster may have.
const MaxNodes = 9

// PodRangeOf is the part of the pod range that a node gives to its pods.
func PodRangeOf(number int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 244, byte(number - 1), 0}), 24) //nolint:gosec // at most MaxNodes
}

// Slot numbers the network between this machine and the nodes of one cluster.
type Slot int

// maxSlot is how many clusters fit side by side.
const maxSlot = 250

// Link is the address range of the bridge.
func (s Slot) Link() netip.Prefix { return netip.PrefixFrom(s.address(0), 24) }

// Host is this machine's address on the link.
func (s Slot) Host() netip.Addr { return s.address(1) }

// Node is the address on the link of a node, which are numbered from 1.
func (s Slot) Node(number int) netip.Addr { return s.address(1 + number) }

func (s Slot) address(last int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 89, byte(s), byte(last)}) //nolint:gosec // at most maxSlot and MaxNodes
}

// Bridge is the name of the interface of this machine that joins the nodes.
func (s Slot) Bridge() string { return fmt.Sprintf("todo%d", int(s)) }

// port is the name of this machine's end of the pair of interfaces that leads to a node.
func (s Slot) port(number int) string { return fmt.Sprintf("%sn%d", s.Bridge(), number) }

// hardwareAddress is that of a node's interface. All nodes know those of the others beforehand.
func (s Slot) hardwareAddress(number int) net.HardwareAddr {
	address := s.Node(number).As4()
	return append(net.HardwareAddr{0x02, 0x74}, address[:]...) // 02: given by hand
}

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
