package audit

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// A rate shows the first increase too, unless the series begins with it.
func TestEverySeriesIsThereFromTheStart(t *testing.T) {
	registry := prometheus.NewRegistry()
	newMetrics(registry)
	if n, err := testutil.GatherAndCount(registry, "audit_entries_total"); err != nil || n != 3 {
		t.Errorf("%d sources, want 3: %v", n, err)
	}
}
