package report

import (
	"slices"
	"sync"
	"time"
)

// Samples collects durations; it is safe for concurrent use. All are kept: a run is
// bounded by its rate and its time, and percentiles of all samples are exact.
type Samples struct {
	mu     sync.Mutex
	values []time.Duration
}

// Add adds a sample.
func (s *Samples) Add(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = append(s.values, d)
}

// Sorted returns a copy of the samples in rising order.
func (s *Samples) Sorted() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	sorted := slices.Clone(s.values)
	slices.Sort(sorted)
	return sorted
}

// Percentile returns the smallest of the sorted samples that is not less than percent
// of them (nearest rank); 0 when there are none.
func Percentile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*percent + 99) / 100 // rounded up
	return sorted[max(rank, 1)-1]
}
