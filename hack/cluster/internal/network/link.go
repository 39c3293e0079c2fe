package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
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

// Connect makes the pair of interfaces between this machine and the network
// namespace of a process.
func Connect(slot Slot, pid int) error {
	if err := Disconnect(slot); err != nil {
		return err
	}
	attributes := netlink.NewLinkAttrs()
	attributes.Name = slot.Interface()
	pair := &netlink.Veth{LinkAttrs: attributes, PeerName: nodeInterface, PeerNamespace: netlink.NsPid(pid)}
	if err := netlink.LinkAdd(pair); err != nil {
		return fmt.Errorf("make the interfaces %s and %s: %w", slot.Interface(), nodeInterface, err)
	}
	return bringUp(slot.Interface(), slot.Host(), slot.Link().Bits())
}

// Disconnect removes the pair of interfaces, if it is there.
func Disconnect(slot Slot) error {
	link, err := netlink.LinkByName(slot.Interface())
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up %s: %w", slot.Interface(), err)
	}
	if err := netlink.LinkDel(link); err != nil && isThere(slot) {
		return fmt.Errorf("remove %s: %w", slot.Interface(), err)
	}
	return nil
}

// isThere looks again: the kernel removes a link by itself when the namespace at
// its other end is gone.
func isThere(slot Slot) bool {
	_, err := netlink.LinkByName(slot.Interface())
	return err == nil
}

// ConfigureNode sets up the network from inside the node's namespace. There is no
// default route: a packet for anywhere else is refused at once.
func ConfigureNode(slot Slot) error {
	if err := bringUp("lo", netip.Addr{}, 0); err != nil {
		return err
	}
	if err := bringUp(nodeInterface, slot.Node(), slot.Link().Bits()); err != nil {
		return err
	}
	attributes := netlink.NewLinkAttrs()
	attributes.Name = serviceBridge
	bridge := &netlink.Bridge{LinkAttrs: attributes}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("make the bridge %s: %w", serviceBridge, err)
	}
	if err := bringUp(serviceBridge, netip.Addr{}, 0); err != nil {
		return err
	}
	_, services, err := net.ParseCIDR(ServiceRange)
	if err != nil {
		return err
	}
	// With the node's own address as the source, answers find their way back.
	route := &netlink.Route{LinkIndex: bridge.Index, Dst: services, Scope: netlink.SCOPE_LINK, Src: net.IP(slot.Node().AsSlice())}
	if err := netlink.RouteAdd(route); err != nil {
		return fmt.Errorf("route %s: %w", ServiceRange, err)
	}
	return nil
}

func bringUp(name string, address netip.Addr, bits int) error {
	link, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("look up interface %s: %w", name, err)
	}
	if address.IsValid() {
		network := &net.IPNet{IP: address.AsSlice(), Mask: net.CIDRMask(bits, address.BitLen())}
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
