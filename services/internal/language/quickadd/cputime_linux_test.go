package quickadd

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is the time that the CPU gave to this thread.
func cpuTime(t testing.TB) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}
