package recurrence

import (
	"math"
	"time"
)

// span is a stretch of time in which a zone keeps one offset.
type span struct {
	from, to int64 // instants, Unix seconds; to is exclusive
	offset   int64 // seconds east of UTC
	before   int64 // the offset of the span before
}

// fixed is the one span of UTC and of dates, which have no zone.
var fixed = span{from: math.MinInt64 / 4, to: math.MaxInt64 / 4}

// opens is the first wall time that belongs to the span alone: what an overlap
// repeats belongs to the span before.
func (s span) opens() int64 { return s.from + max(s.offset, s.before) }

// closes is the first wall time after the span.
func (s span) closes() int64 { return s.to + s.offset }

// timeline places wall times in a zone. It remembers one span, so it is cheap
// for times that lie close together, and not for concurrent use.
type timeline struct {
	zone *time.Location // nil: no zone, wall time is the instant
	at   span
}

func newTimeline(zone *time.Location) *timeline {
	if zone == time.UTC {
		zone = nil
	}
	return &timeline{zone: zone, at: fixed}
}

// span gives the stretch of time that holds an instant.
func (t *timeline) span(instant int64) span {
	if t.zone == nil {
		return fixed
	}
	if t.at != fixed && t.at.from <= instant && instant < t.at.to {
		return t.at
	}
	local := time.Unix(instant, 0).In(t.zone)
	from, to := local.ZoneBounds()
	s := span{from: fixed.from, to: fixed.to, offset: int64(offsetOf(local))}
	s.before = s.offset
	if !from.IsZero() {
		s.from = from.Unix()
		s.before = int64(offsetOf(from.Add(-time.Second)))
	}
	if !to.IsZero() {
		// Beyond the table of a zone the library ends a stretch with day 365 of the
		// year, even of a leap year. A stretch may be shorter than the offset lasts,
		// but it must hold the instant.
		endOfDay := floorDiv(instant, secondsPerDay)*secondsPerDay + secondsPerDay
		if s.to = to.Unix(); s.to <= instant {
			s.to = endOfDay
		}
	}
	t.at = s
	return s
}

// instant reads a wall time. Both in a gap and in an overlap RFC 5545 section
// 3.3.5 comes down to the offset before the change.
func (t *timeline) instant(wall int64) int64 {
	// No offset reaches a day, so this lies before any reading of the wall time.
	s := t.span(wall - secondsPerDay)
	for wall >= s.closes() {
		next := t.span(s.to)
		if wall < next.from+next.offset {
			break
		}
		s = next
	}
	return wall - s.offset
}

// wall is the clock at an instant.
func (t *timeline) wall(instant int64) int64 {
	return instant + t.span(instant).offset
}

func offsetOf(t time.Time) int {
	_, offset := t.Zone()
	return offset
}
