package recurringtask

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// Objectives reckon with the first increase too, which a series that begins with it does not show.
func TestEverySeriesIsThereFromTheStart(t *testing.T) {
	registry := prometheus.NewRegistry()
	newMetrics(registry)
	if n, err := testutil.GatherAndCount(registry, "recurringtask_advanced_total"); err != nil || n != 6 {
		t.Errorf("%d outcomes, want 6: %v", n, err)
	}
}
