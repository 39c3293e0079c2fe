package cluster

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// LastSeen is when an event happened last: there are three ways to say so.
func LastSeen(e *corev1.Event) time.Time {
	latest := e.LastTimestamp.Time
	for _, other := range []time.Time{e.EventTime.Time, e.FirstTimestamp.Time} {
		if other.After(latest) {
			latest = other
		}
	}
	if e.Series != nil && e.Series.LastObservedTime.After(latest) {
		latest = e.Series.LastObservedTime.Time
	}
	return latest
}

// Times is how often an event happened.
func Times(e *corev1.Event) int {
	if e.Series != nil {
		return int(e.Series.Count)
	}
	return max(1, int(e.Count))
}
