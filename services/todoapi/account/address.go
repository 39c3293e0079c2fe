package account

import (
	"net/netip"
	"strings"
)

// Proxies are the networks of the proxies that are trusted to tell where a request comes
// from. Whoever is in none of them can claim nothing.
type Proxies []netip.Prefix

// clientAddress returns the address of a client: that of the connection, unless it is a
// trusted proxy's. Then it is what that proxy saw, the last entry of X-Forwarded-For (its
// lines as they came), and so on while that is a trusted proxy again: what stands before is
// whatever somebody wrote (RFC 7239 section 8.1).
func (p Proxies) clientAddress(remote string, forwardedFor []string) string {
	client, ok := parseAddress(remote)
	if !ok {
		return remote
	}
	hops := strings.Split(strings.Join(forwardedFor, ","), ",")
	for i := len(hops) - 1; i >= 0 && p.contain(client); i-- {
		hop, ok := parseAddress(hops[i])
		if !ok {
			break // the proxy before is the last thing that is known
		}
		client = hop
	}
	return client.String()
}

// subject returns under what the attempts of a client are counted: its IPv4 address, or its
// IPv6 network of 64 bits, of which a single client has all addresses (RFC 6177).
func subject(address string) string {
	parsed, err := netip.ParseAddr(address)
	if err != nil || parsed.Is4() {
		return address
	}
	network, err := parsed.Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}

func (p Proxies) contain(address netip.Addr) bool {
	for _, network := range p {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// parseAddress reads an address with or without a port, as proxies write it, in its one
// spelling: IPv4 in IPv6 is IPv4, and an interface is no part of it.
func parseAddress(text string) (netip.Addr, bool) {
	text = strings.Trim(strings.TrimSpace(text), `"`) // RFC 7239 section 6 quotes IPv6
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	address, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return address.Unmap().WithZone(""), err == nil
}
