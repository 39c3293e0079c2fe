package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"time"

	"github.com/vishvananda/netlink"
)

// nodeInterface is the name of the node's end of the link.
const nodeInterface = "eth0"

// serviceBridge has no ports: it only holds the route to the service range, which
// a packet needs before its service address is replaced.
const serviceBridge = "services"

// Reached lists the networks of this machine's routes.
func Reached() ([]netip.Prefix, error) {
	routes, err := netlink.RouteList(nil, netlink.FAMILY_V4)
	if err != nil {
		return nil, fmt.Errorf("list the routes: %w", err)
	}
	var reached []netip.Prefix
	for _, route := range routes {
		if route.Dst == nil {
			continue
		}
		prefix, err := netip.ParsePrefix(route.Dst.String())
		if err != nil {
			return nil, fmt.Errorf("read a route: %w", err)
		}
		reached = append(reached, prefix)
	}
	return reached, nil
}

// MakeBridge makes the bridge of a cluster, with nothing on it.
func MakeBridge(slot Slot) error {
	if err := RemoveBridge(slot); err != nil {
		return err
	}
	attributes := netlink.NewLinkAttrs()
	attributes.Name = slot.Bridge()
	if err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: attributes}); err != nil {
		return fmt.Errorf("make the bridge %s: %w", slot.Bridge(), err)
	}
	return bringUp(slot.Bridge(), slot.Host(), slot.Link().Bits())
}

// RemoveBridge removes the bridge of a cluster and what is joined to it, if it is there.
func RemoveBridge(slot Slot) error {
	for number := 1; number <= MaxNodes; number++ {
		if err := remove(slot.port(number)); err != nil {
			return err
		}
	}
	return remove(slot.Bridge())
}

// Connect makes the pair of interfaces between the bridge and the network namespace of
// a node's process.
func Connect(slot Slot, number, pid int) error {
	port := slot.port(number)
	if err := remove(port); err != nil {
		return err
	}
	bridge, err := netlink.LinkByName(slot.Bridge())
	if err != nil {
		return fmt.Errorf("look up the bridge %s: %w", slot.Bridge(), err)
	}
	attributes := netlink.NewLinkAttrs()
	attributes.Name = port
	attributes.MasterIndex = bridge.Attrs().Index
	pair := &netlink.Veth{
		LinkAttrs: attributes, PeerName: nodeInterface, PeerHardwareAddr: slot.hardwareAddress(number), PeerNamespace: netlink.NsPid(pid),
	}
	if err := netlink.LinkAdd(pair); err != nil {
		return fmt.Errorf("make the interfaces %s and %s: %w", port, nodeInterface, err)
	}
	return bringUp(port, netip.Addr{}, 0)
}

// remove removes an interface, if it is there.
func remove(name string) error {
	link, err := netlink.LinkByName(name)
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up %s: %w", name, err)
	}
	if err := netlink.LinkDel(link); err != nil && isThere(name) {
		return fmt.Errorf("remove %s: %w", name, err)
	}
	return nil
}

// isThere looks again: the kernel removes a link by itself when the namespace at
// its other end is gone.
func isThere(name string) bool {
	_, err := netlink.LinkByName(name)
	return err == nil
}

// ConfigureNode sets up the network from inside the namespace of a node, in a cluster of
// size nodes. There is no default route: a packet for anywhere else is refused at once.
func ConfigureNode(ctx context.Context, slot Slot, number, size int) error {
	if err := bringUp("lo", netip.Addr{}, 0); err != nil {
		return err
	}
	if err := bringUp(nodeInterface, slot.Node(number), slot.Link().Bits()); err != nil {
		return err
	}
	if err := routeServices(slot.Node(number)); err != nil {
		return err
	}
	for other := 1; other <= size; other++ {
		if other == number {
			continue
		}
		if err := routePods(slot, other); err != nil {
			return fmt.Errorf("route to the pods of node %d: %w", other, err)
		}
	}
	return hidePods(ctx, slot)
}

// routeServices gives packets for services a route, by which they have this node's address
// as the source: answers find their way back.
func routeServices(source netip.Addr) error {
	attributes := netlink.NewLinkAttrs()
	attributes.Name = serviceBridge
	bridge := &netlink.Bridge{LinkAttrs: attributes}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("make the bridge %s: %w", serviceBridge, err)
	}
	if err := bringUp(serviceBridge, netip.Addr{}, 0); err != nil {
		return err
	}
	route := &netlink.Route{
		LinkIndex: bridge.Index, Dst: ipNet(netip.MustParsePrefix(ServiceRange)), Scope: netlink.SCOPE_LINK, Src: source.AsSlice(),
	}
	if err := netlink.RouteAdd(route); err != nil {
		return fmt.Errorf("route %s: %w", ServiceRange, err)
	}
	return nil
}

// routePods leads to the pods of another node by way of that node. Its hardware address is
// not asked for but known: packets for a node that is gone vanish, as they do between
// machines that are further apart, and nobody says that it cannot be reached.
func routePods(slot Slot, other int) error {
	link, err := netlink.LinkByName(nodeInterface)
	if err != nil {
		return err
	}
	index, gateway := link.Attrs().Index, slot.Node(other).AsSlice()
	neighbour := &netlink.Neigh{LinkIndex: index, IP: gateway, HardwareAddr: slot.hardwareAddress(other), State: netlink.NUD_PERMANENT}
	if err := netlink.NeighSet(neighbour); err != nil {
		return err
	}
	return netlink.RouteAdd(&netlink.Route{LinkIndex: index, Dst: ipNet(PodRangeOf(other)), Gw: gateway})
}

// hidePods has pods speak to this machine by their node's address: it has no route to theirs.
func hidePods(ctx context.Context, slot Slot) error {
	command := exec.CommandContext(ctx, "iptables", "--table", "nat", "--append", "POSTROUTING", //nolint:gosec // addresses of ours
		"--source", PodRange, "--destination", slot.Host().String(), "--jump", "MASQUERADE")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("hide the addresses of pods from this machine: %w: %s", err, out)
	}
	return nil
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}
}

func bringUp(name string, address netip.Addr, bits int) error {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("look up interface %s: %w", name, err)
	}
	if address.IsValid() {
		network := ipNet(netip.PrefixFrom(address, bits))
		if err := netlink.AddrAdd(link, &netlink.Addr{IPNet: network}); err != nil {
			return fmt.Errorf("give %s the address %s: %w", name, network, err)
		}
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return fmt.Errorf("bring %s up: %w", name, err)
	}
	return nil
}

// WaitForPeer waits until the node's end of the link has appeared.
func WaitForPeer(ctx context.Context) error {
	for {
		if _, err := netlink.LinkByName(nodeInterface); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the interface %s did not appear: %w", nodeInterface, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}
