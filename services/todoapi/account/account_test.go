package account

import (
	"math"
	"net/netip"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestParseEmail(t *testing.T) {
	tests := []struct {
		name, in, want string // want "" means refused
	}{
		{"plain", "ada@example.org", "ada@example.org"},
		{"upper case is folded", "Ada@Example.ORG", "ada@example.org"},
		{"space around is dropped", " ada@example.org ", "ada@example.org"},
		{"plus tag is kept", "ada+todo@example.org", "ada+todo@example.org"},
		{"no at sign", "ada.example.org", ""},
		{"no local part", "@example.org", ""},
		{"display name", "Ada <ada@example.org>", ""},
		{"two addresses", "ada@example.org, bob@example.org", ""},
		{"line break", "ada@example.org\r\nBcc: bob@example.org", ""},
		{"NUL", "ada\x00@example.org", ""},
		{"empty", "", ""},
		{"too long", strings.Repeat("a", 250) + "@example.org", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseEmail(test.in)
			if test.want == "" {
				wantInvalid(t, err, "email")
				return
			}
			if err != nil || got != test.want {
				t.Fatalf("ParseEmail(%q) = %q, %v; want %q", test.in, got, err, test.want)
			}
		})
	}
}

func TestCheckPassword(t *testing.T) {
	tests := []struct {
		name, password string
		valid          bool
	}{
		{"eight characters", "12345678", true},
		{"eight characters in sixteen bytes", "éééééééé", true},
		{"128 characters", strings.Repeat("x", 128), true},
		{"seven characters", "1234567", false},
		{"129 characters", strings.Repeat("x", 129), false},
		{"no UTF-8", "12345678\xff", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := CheckPassword(test.password)
			if test.valid && err != nil {
				t.Fatal(err)
			}
			if !test.valid {
				wantInvalid(t, err, "password")
			}
		})
	}
}

func TestParseZone(t *testing.T) {
	tests := []struct {
		in, want string // want "" means refused
	}{
		{"", "UTC"},
		{"Europe/Berlin", "Europe/Berlin"},
		{"America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
		{"Local", ""},
		{"Mars/Olympus", ""},
		{"../../etc/passwd", ""},
		{strings.Repeat("x", 65), ""},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			got, err := ParseZone(test.in)
			if test.want == "" {
				wantInvalid(t, err, "zone")
				return
			}
			if err != nil || got != test.want {
				t.Fatalf("ParseZone(%q) = %q, %v; want %q", test.in, got, err, test.want)
			}
		})
	}
}

func TestClientAddress(t *testing.T) {
	ingress := []string{"10.0.0.0/8", "fc00::/7"}
	tests := []struct {
		name, remote string
		trusted      []string
		forwardedFor []string
		want         string
	}{
		{"no proxy", "192.0.2.1:4711", nil, nil, "192.0.2.1"},
		{"nobody is trusted", "10.1.2.3:4711", nil, []string{"203.0.113.9"}, "10.1.2.3"},
		{"somebody else is trusted", "192.0.2.1:4711", ingress, []string{"203.0.113.9"}, "192.0.2.1"},
		{"a trusted proxy", "10.1.2.3:4711", ingress, []string{"203.0.113.9"}, "203.0.113.9"},
		{"a trusted proxy that says nothing", "10.1.2.3:4711", ingress, nil, "10.1.2.3"},
		{"what the client wrote does not count", "10.1.2.3:4711", ingress, []string{"198.51.100.7, 203.0.113.9"}, "203.0.113.9"},
		{"two trusted proxies", "10.1.2.3:4711", ingress, []string{"203.0.113.9, 10.9.9.9"}, "203.0.113.9"},
		{"two trusted proxies and a lie", "10.1.2.3:4711", ingress, []string{"10.0.0.1, 203.0.113.9, 10.9.9.9"}, "203.0.113.9"},
		{"trusted proxies alone", "10.1.2.3:4711", ingress, []string{"10.7.7.7, 10.9.9.9"}, "10.7.7.7"},
		{"several lines are one list", "10.1.2.3:4711", ingress, []string{"198.51.100.7", "203.0.113.9", "10.9.9.9"}, "203.0.113.9"},
		{"a lie in a line of its own", "10.1.2.3:4711", ingress, []string{"198.51.100.7", "203.0.113.9"}, "203.0.113.9"},
		{"no address", "10.1.2.3:4711", ingress, []string{"198.51.100.7, unknown"}, "10.1.2.3"},
		{"no address before a proxy", "10.1.2.3:4711", ingress, []string{"198.51.100.7, _hidden, 10.9.9.9"}, "10.9.9.9"},
		{"an empty entry", "10.1.2.3:4711", ingress, []string{"198.51.100.7,"}, "10.1.2.3"},
		{"with a port", "10.1.2.3:4711", ingress, []string{"203.0.113.9:5555"}, "203.0.113.9"},
		{"IPv6", "[fd00::1]:4711", ingress, []string{"2001:db8::9"}, "2001:db8::9"},
		{"IPv6 in full", "[fd00::1]:4711", ingress, []string{"2001:0DB8:0:0:0:0:0:9"}, "2001:db8::9"},
		{"IPv6 with a port", "[fd00::1]:4711", ingress, []string{"[2001:db8::9]:5555"}, "2001:db8::9"},
		{"IPv6 in brackets", "[fd00::1]:4711", ingress, []string{"[2001:db8::9]"}, "2001:db8::9"},
		{"IPv6 in quotes", "[fd00::1]:4711", ingress, []string{`"[2001:db8::9]:5555"`}, "2001:db8::9"},
		{"IPv6 that is not trusted", "[2001:db8::1]:4711", ingress, []string{"203.0.113.9"}, "2001:db8::1"},
		{"IPv4 in IPv6 is IPv4", "[::ffff:10.1.2.3]:4711", ingress, []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{"an interface is no part of an address", "[fe80::1%eth0]:4711", nil, nil, "fe80::1"},
		{"a connection without a port", "192.0.2.1", nil, nil, "192.0.2.1"},
		{"a connection without an address", "@", ingress, []string{"203.0.113.9"}, "@"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var proxies Proxies
			for _, network := range test.trusted {
				proxies = append(proxies, netip.MustParsePrefix(network))
			}
			if got := proxies.clientAddress(test.remote, test.forwardedFor); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestWhatAttemptsCountUnder(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1":            "192.0.2.1",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::9":      "2001:db8:1:2::/64",
		"2001:db8:1:3::9":      "2001:db8:1:3::/64",
		"@":                    "@",
	} {
		if got := subject(address); got != want {
			t.Errorf("%s counts under %s, want %s", address, got, want)
		}
	}
}

func TestHasher(t *testing.T) {
	hasher, err := NewHasher()
	if err != nil {
		t.Fatal(err)
	}
	hash, err := hasher.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, password, hash string
		want                 bool
	}{
		{"right password", "correct horse", hash, true},
		{"wrong password", "wrong horse", hash, false},
		{"no such account", "correct horse", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := hasher.Matches(t.Context(), test.password, test.hash)
			if err != nil || got != test.want {
				t.Fatalf("got %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

func TestHasherTurnsAwayWhatItCannotQueue(t *testing.T) {
	hasher, err := NewHasher()
	if err != nil {
		t.Fatal(err)
	}
	for range maxWaiting {
		hasher.waiting <- struct{}{}
	}
	if _, err := hasher.Hash(t.Context(), "correct horse"); failure.KindOf(err) != failure.Unavailable {
		t.Fatalf("got %v, want unavailable", err)
	}
}

func wantInvalid(t *testing.T, err error, field string) {
	t.Helper()
	if failure.KindOf(err) != failure.Invalid || failure.Public(err).Field != field {
		t.Fatalf("got %v, want invalid %s", err, field)
	}
}

func TestHashesAtOnce(t *testing.T) {
	const mib = 1 << 20
	for _, test := range []struct {
		name  string
		cpus  int
		limit int64
		want  int
	}{
		{"no limit on memory", 8, math.MaxInt64, 8},
		{"a limit that holds one a CPU", 2, 512 * mib, 2},
		{"memory runs out before the CPUs", 64, 230 * mib, 3},
		{"just enough for four", 64, 4 * 4 * 19 * mib, 4},
		{"a byte less than for four", 64, 4*4*19*mib - 1, 3},
		{"a quarter that holds none", 64, 64 * mib, 1},
		{"no memory at all", 64, 0, 1},
		{"a single CPU", 1, math.MaxInt64, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := hashesAtOnce(test.cpus, test.limit); got != test.want {
				t.Errorf("got %d at once, want %d", got, test.want)
			}
		})
	}
}

func TestAHasherKeepsToTheMemoryLimit(t *testing.T) {
	before := debug.SetMemoryLimit(1)
	defer debug.SetMemoryLimit(before)
	hasher, err := NewHasher()
	if err != nil {
		t.Fatal(err)
	}
	if got := cap(hasher.running); got != 1 {
		t.Errorf("%d hashes at once with next to no memory", got)
	}
}
