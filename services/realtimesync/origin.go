package realtimesync

import (
	"net/url"
	"strings"
)

// originAllowed tells whether a page of origin (the Origin header, RFC 6454) may
// open a socket on host (the Host header). With a public URL only its origin may,
// without one only the host's own. Programs other than browsers send no origin.
func originAllowed(origin, host string, public *url.URL) bool {
	if origin == "" {
		return true
	}
	page, err := url.Parse(origin)
	if err != nil || page.Host == "" {
		return false
	}
	if public == nil {
		return strings.EqualFold(page.Host, host)
	}
	return strings.EqualFold(page.Scheme, public.Scheme) && strings.EqualFold(page.Host, public.Host)
}
