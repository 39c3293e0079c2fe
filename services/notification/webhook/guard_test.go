package webhook

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/todoplatform/todoplatform/services/notification/outbound"
)

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
	resolver := nameserver(t, public, loopback)
	// Somebody who looked before would have seen a public address.
	if got, err := resolver.LookupNetIP(t.Context(), "ip4", "rebind.example."); err != nil || len(got) != 1 || got[0] != public {
		t.Fatalf("got %v, %v", got, err)
	}
	sender := Sender{outbound.NewClient(nil, resolver), time.Now}
	if got := sender.Send(t.Context(), message("http://rebind.example.:"+address.Port())); got.Outcome != Forbidden || *requests != 0 {
		t.Errorf("got %+v after %d requests", got, *requests)
	}
	allowed := Sender{outbound.NewClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, resolver), time.Now}
	if got := allowed.Send(t.Context(), message("http://rebind.example.:"+address.Port())); got.Outcome != Delivered || *requests != 1 {
		t.Errorf("where it is allowed: got %+v after %d requests", got, *requests)
	}
}

// nameserver returns a resolver for which every name has the first address when it is asked for
// the first time, the next one when it is asked again, and the last one from then on.
func nameserver(t *testing.T, addresses ...netip.Addr) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() }) // nobody asks any more
	go func() {
		packet := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			var query dnsmessage.Message
			if query.Unpack(packet[:n]) != nil || len(query.Questions) != 1 {
				continue
			}
			answer := dnsmessage.Message{Header: dnsmessage.Header{ID: query.ID, Response: true}, Questions: query.Questions}
			if asked := query.Questions[0]; asked.Type == dnsmessage.TypeA {
				answer.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: asked.Name, Class: asked.Class},
					Body:   &dnsmessage.AResource{A: addresses[0].As4()},
				}}
				addresses = addresses[min(1, len(addresses)-1):]
			}
			if encoded, err := answer.Pack(); err == nil {
				_, _ = server.WriteTo(encoded, from) // who gets no answer asks again
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func TestNoProxyIsUsed(t *testing.T) {
	if outbound.NewClient(nil, nil).Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy would dial in place of the guard")
	}
}
