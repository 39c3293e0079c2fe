package httpapi

import (
	"net/url"
	"strings"
)

// SameOrigin reports whether two addresses are of one origin (RFC 6454), whether or not they
// write the port that their scheme stands for.
func SameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(hostOf(a), hostOf(b))
}

// hostOf is the host of an address as browsers write it: without the port that its scheme
// stands for.
func hostOf(address *url.URL) string {
	for scheme, port := range map[string]string{"http": ":80", "https": ":443"} {
		if strings.EqualFold(address.Scheme, scheme) {
			return strings.TrimSuffix(address.Host, port)
		}
	}
	return address.Host
}
