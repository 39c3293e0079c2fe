package account

import (
	"context"
	"time"
)

// Limits on what people may ask who bring nothing but a link that they were sent.
const (
	guestWindow  = 15 * time.Minute
	maxPerClient = 100 // from one address, behind which a whole office may be
)

// CountGuest counts a request of somebody who has not signed in. Too many from one address are
// failure.RateLimited.
func (s *Service) CountGuest(ctx context.Context, origin Origin) error {
	var counted attempt
	err := s.accounts.db.Call(ctx, "count_guest", map[string]any{"address": origin.Address, "window": interval(guestWindow), "perClient": maxPerClient}, &counted)
	if err == nil && counted.Limited {
		err = counted.exceeds("links", guestWindow, "too many links were followed from your address")
	}
	return err
}
