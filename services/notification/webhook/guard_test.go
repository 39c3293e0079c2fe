package webhook

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"code.dny.dev/ssrf"
)

func TestTheGuardLetsPublicAddressesThroughAlone(t *testing.T) {
	private := []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd00:20::/32")}
	cases := []struct {
		address string
		allowed []netip.Prefix
		want    bool
	}{
		{"93.184.215.14", nil, true},
		{"2606:2800:21f:cb07:6820:80da:af6b:8b2c", nil, true},
		{"127.0.0.1", nil, false},
		{"127.255.255.254", nil, false},
		{"0.0.0.0", nil, false},
		{"10.0.0.1", nil, false},
		{"172.31.255.255", nil, false},
		{"192.168.1.1", nil, false},
		{"169.254.169.254", nil, false}, // where clouds tell their secrets
		{"100.64.0.1", nil, false},      // behind the provider's NAT
		{"192.0.2.1", nil, false},       // documentation
		{"198.18.0.1", nil, false},      // benchmarks
		{"224.0.0.1", nil, false},       // multicast
		{"255.255.255.255", nil, false},
		{"240.0.0.1", nil, false},
		{"::1", nil, false},
		{"::", nil, false},
		{"fc00::1", nil, false},
		{"fe80::1", nil, false},
		{"ff02::1", nil, false},
		{"2001:db8::1", nil, false},
		{"::ffff:127.0.0.1", nil, false},   // IPv4 in IPv6
		{"::127.0.0.1", nil, false},        // the former form of it
		{"64:ff9b::7f00:1", nil, false},    // NAT64 of 127.0.0.1
		{"64:ff9b::5db8:d70e", nil, false}, // NAT64 of a public address
		{"64:ff9b:1::a00:1", nil, false},   // NAT64 of a network's own
		{"2002:7f00:1::", nil, false},      // 6to4 of 127.0.0.1
		{"2001:0:7f00:1::", nil, false},    // Teredo
		{"10.20.3.4", private, true},
		{"10.21.3.4", private, false},
		{"fd00:20::1", private, true},
		{"fd00:21::1", private, false},
		{"::ffff:10.20.3.4", private, false}, // the dialler never names one so
		{"127.0.0.1", private, false},
	}
	for _, c := range cases {
		err := guard(c.allowed).Safe("tcp4", net.JoinHostPort(c.address, "443"), nil)
		if (err == nil) != c.want {
			t.Errorf("%s with %v: got %v", c.address, c.allowed, err)
		}
	}
}

// sink counts the requests that reach it on loopback.
func sink(t *testing.T) (address *url.URL, requests *int) {
	t.Helper()
	requests = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { *requests++ }))
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return address, requests
}

func TestNoSpellingOfALoopbackAddressIsReached(t *testing.T) {
	address, requests := sink(t)
	for _, host := range []string{
		"127.0.0.1", "localhost", "LOCALHOST.", "127.1", "127.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001",
		"[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "0.0.0.0", "[::]",
	} {
		result := newSender(nil).Send(t.Context(), message("http://"+host+":"+address.Port()+"/"))
		if result.Outcome != Forbidden && result.Outcome != Unreachable || result.Status != 0 {
			t.Errorf("%s: got %+v", host, result)
		}
		for _, address := range []string{"127.0.0.1", "::1"} {
			if strings.Contains(result.Reason, address) {
				t.Errorf("%s: its user learns %q", host, result.Reason)
			}
		}
	}
	if *requests != 0 {
		t.Errorf("%d requests came through", *requests)
	}
}

func TestANameIsLookedAtWhenItIsDialled(t *testing.T) {
	address, requests := sink(t)
	public, loopback := netip.MustParseAddr("93.184.215.14"), netip.MustParseAddr("127.0.0.1")
	resolver := &fakeDNS{answers: []netip.Addr{public, loopback}}
	// Somebody who asked before would have seen a public address.
	if got, err := resolver.LookupNetIP(t.Context(), "ip4", "rebind.example"); err != nil || got[0] != public {
		t.Fatalf("got %v, %v", got, err)
	}
	client := newClient(nil)
	client.Transport.(*http.Transport).DialContext = resolver.through(guard(nil))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://rebind.example:"+address.Port(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err == nil {
		_ = answer.Body.Close()
	}
	if !errors.Is(err, ssrf.ErrProhibitedIP) || *requests != 0 {
		t.Errorf("got %v after %d requests", err, *requests)
	}
}

// fakeDNS answers each question with the next address.
type fakeDNS struct{ answers []netip.Addr }

func (d *fakeDNS) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	next := d.answers[0]
	d.answers = d.answers[1:]
	return []netip.Addr{next}, nil
}

// through dials what the name is resolved to, as the dialler of the package does.
func (d *fakeDNS) through(guard *ssrf.Guardian) func(context.Context, string, string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: time.Second, Control: guard.Safe}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		resolved, err := d.LookupNetIP(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return dialer.DialContext(ctx, network, net.JoinHostPort(resolved[0].String(), port))
	}
}

func TestNoProxyIsUsed(t *testing.T) {
	if newClient(nil).Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy would dial in place of the guard")
	}
}
