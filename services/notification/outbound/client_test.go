package outbound

import (
	"net"
	"net/netip"
	"testing"
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
