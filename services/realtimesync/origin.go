package realtimesync

import (
	"context"
	"log/slog"
	"net/url"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// origins says from which pages people may sync: with a public URL only from those of its
// origin, without one from those of the host that was asked.
type origins struct {
	public  *url.URL // nil: unknown
	refused prometheus.Counter
}

// check refuses a page of another origin (the Origin header, RFC 6454) on host (the Host
// header) and says where the platform is to be opened. Programs other than browsers send
// no origin.
func (o origins) check(ctx context.Context, origin, host string) error {
	if originAllowed(origin, host, o.public) {
		return nil
	}
	expected := o.expected(host)
	o.refused.Inc()
	slog.WarnContext(ctx, "a page was refused: it was opened under another address than the platform's",
		"origin", shorten(origin), "expected", expected)
	return failure.New(failure.Forbidden, "This page cannot sync: it was opened at %s, but the platform is reached at %s. Open it there.", shorten(origin), expected)
}

// expected is the origin that would be let through.
func (o origins) expected(host string) string {
	if o.public == nil {
		return host
	}
	return o.public.Scheme + "://" + o.public.Host
}

// shorten keeps what a client wrote from filling the log.
func shorten(origin string) string {
	const most = 200
	if len(origin) <= most {
		return origin
	}
	return strings.ToValidUTF8(origin[:most], "") + "…"
}

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
	return httpapi.SameOrigin(page, public)
}
