// Package target reaches the platform under test, and nothing but this machine.
package target

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

const (
	dialTimeout = 10 * time.Second
	// idleConnections is more than are in use at any time while latencies are good, so
	// that requests do not pay for connections.
	idleConnections = 512
)

// Check refuses a base URL whose host is not a name or an address of this machine's
// loopback interface.
func Check(base string) error {
	parsed, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("read the URL of the platform: %w", err)
	}
	if parsed.Scheme != "http" {
		return fmt.Errorf("the URL of the platform must begin with http://, not %q", base)
	}
	address, err := netip.ParseAddr(parsed.Hostname())
	if parsed.Hostname() == "localhost" || err == nil && address.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%s is not this machine: the benchmark puts load on localhost only", parsed.Hostname())
}

// Client makes an HTTP client that connects to loopback addresses only, whatever
// names resolve to and wherever answers redirect. Requests are ended after timeout; 0
// leaves that to their contexts.
func Client(timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, Control: refuseOthers}
	return &http.Client{Timeout: timeout, Transport: &http.Transport{
		DialContext: dialer.DialContext, MaxIdleConns: idleConnections, MaxIdleConnsPerHost: idleConnections,
		IdleConnTimeout: time.Minute,
	}}
}

// refuseOthers sees every address that is about to be dialled.
func refuseOthers(_, address string, _ syscall.RawConn) error {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read the address to dial: %w", err)
	}
	if !parsed.Addr().IsLoopback() {
		return fmt.Errorf("%s is not this machine: the benchmark puts load on localhost only", address)
	}
	return nil
}
