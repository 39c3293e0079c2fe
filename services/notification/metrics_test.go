package notification

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// A rate shows the first increase too, unless the series begins with it.
func TestEverySeriesIsThereFromTheStart(t *testing.T) {
	registry := prometheus.NewRegistry()
	newMetrics(registry, true)
	for name, want := range map[string]int{
		"notification_changes_total": 6, "notification_fired_total": 2, "notification_mails_total": 4,
		"notification_push_attempts_total": 5, "notification_webhook_attempts_total": 5,
	} {
		if n, err := testutil.GatherAndCount(registry, name); err != nil || n != want {
			t.Errorf("%s has %d series, want %d: %v", name, n, want, err)
		}
	}
}
