// Package outbound makes requests to addresses that people name: to public ones and those of networks
// that the platform allows, and to nothing else.
package outbound

import (
	"net"
	"net/http"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"
)

const (
	// AttemptTimeout bounds one request, from looking up the name to the end of the answer.
	AttemptTimeout = 10 * time.Second
	// idleTimeout is how long a connection is kept for the next request.
	idleTimeout = 30 * time.Second
	// maxIdle bounds the connections that are kept.
	maxIdle = 100
	// maxHeaderBytes bounds the headers of an answer.
	maxHeaderBytes = 16 << 10
)

// NewClient makes a client that reaches public addresses and those in the networks allowed, and
// nothing else, whatever a name resolves to: each address is looked at when it is dialled. It
// follows no redirect and uses no proxy, which would dial in its place. nil is the resolver of
// the machine.
func NewClient(allowed []netip.Prefix, resolver *net.Resolver) *http.Client {
	dialer := net.Dialer{Timeout: AttemptTimeout, Resolver: resolver, Control: guard(allowed).Safe}
	return &http.Client{
		Timeout:       AttemptTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, DisableCompression: true,
			MaxIdleConns: maxIdle, MaxIdleConnsPerHost: 2, IdleConnTimeout: idleTimeout, MaxResponseHeaderBytes: maxHeaderBytes,
		},
	}
}

func guard(allowed []netip.Prefix) *ssrf.Guardian {
	var v4, v6 []netip.Prefix
	for _, network := range allowed {
		if network.Addr().Is4() {
			v4 = append(v4, network)
		} else {
			v6 = append(v6, network)
		}
	}
	return ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
}
