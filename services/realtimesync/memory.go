package realtimesync

import (
	"context"
	"log/slog"
	"math"
	"runtime"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"sync/atomic"
	"time"
)

const (
	// memoryInterval is the pause between two looks at the memory in use: in it sockets
	// take less than what is left above memoryShare.
	memoryInterval = time.Second
	// memoryShare is the part of the memory limit, in hundredths, that sockets may fill. The
	// rest is for the frames and replays of those that are open.
	memoryShare = 80
	// collectInterval is the pause between two collections while memory is short: what is
	// known of the memory in use is what the last one found.
	collectInterval = 10 * time.Second
)

// memory knows whether this process nears its limit, GOMEMLIMIT. Without a limit it never does.
type memory struct {
	limit   uint64
	inUse   func() uint64
	collect func()

	isShort   atomic.Bool
	collected time.Time
}

func newMemory() *memory {
	return &memory{limit: memoryLimit(), inUse: memoryInUse, collect: runtime.GC}
}

// memoryLimit is 0 when there is none.
func memoryLimit() uint64 {
	if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
		return uint64(limit) //nolint:gosec // a limit is not negative
	}
	return 0
}

// short tells whether there was too little memory at the last look.
func (m *memory) short() bool { return m.isShort.Load() }

// watch looks at the memory in use until ctx ends.
func (m *memory) watch(ctx context.Context) error {
	ticker := time.NewTicker(memoryInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-ticker.C:
			m.look(ctx, now)
		}
	}
}

func (m *memory) look(ctx context.Context, now time.Time) {
	if m.limit == 0 {
		return
	}
	used := m.inUse()
	short := used > m.limit/100*memoryShare
	if before := m.isShort.Swap(short); before != short {
		slog.WarnContext(ctx, "new sockets are refused for want of memory, or not any more", "refused", short, "bytes", used, "limit", m.limit)
	}
	if short && now.Sub(m.collected) >= collectInterval {
		m.collected = now
		m.collect()
	}
}

// memoryInUse is what the last collection found alive, with the stacks and what the runtime
// needs beside them. Garbage does not count: at the limit it is collected.
func memoryInUse() uint64 {
	samples := []runtimemetrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/heap/stacks:bytes"},
		{Name: "/memory/classes/os-stacks:bytes"},
		{Name: "/memory/classes/metadata/other:bytes"},
		{Name: "/memory/classes/metadata/mspan/inuse:bytes"},
	}
	runtimemetrics.Read(samples)
	var total uint64
	for _, sample := range samples {
		total += sample.Value.Uint64()
	}
	return total
}
