package quickadd

import (
	"bufio"
	"embed"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/language/words"
)

// corpus has lines as people type them, up to 200 characters long.
//
//go:embed testdata/corpus
var corpus embed.FS

// corpusOf reads the lines of one language.
func corpusOf(t testing.TB, tag string) []string {
	t.Helper()
	file, err := corpus.Open("testdata/corpus/" + tag + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	return lines
}

// TestTheCorpusIsVaried keeps the benchmark honest.
func TestTheCorpusIsVaried(t *testing.T) {
	for _, locale := range words.All() {
		lines := corpusOf(t, locale.Tag)
		slices.Sort(lines)
		long := 0
		for _, line := range lines {
			if len([]rune(line)) > 120 {
				long++
			}
			if len([]rune(line)) > 200 || strings.TrimSpace(line) == "" {
				t.Errorf("%s: %q has %d characters", locale.Tag, line, len([]rune(line)))
			}
		}
		if different := len(slices.Compact(lines)); different < 100 || long < 10 {
			t.Errorf("%s: %d different lines, %d long ones", locale.Tag, different, long)
		}
	}
}

// BenchmarkParse reports how long single lines take, in microseconds: the 50th and
// the 99th percentile of all runs of all lines, in the time that the CPU gave to
// them, and the 99th percentile on the clock, in which other processes and the
// garbage collector are.
func BenchmarkParse(b *testing.B) {
	for _, locale := range words.All() {
		b.Run(locale.Tag, func(b *testing.B) { benchmarkLines(b, locale) })
	}
}

func benchmarkLines(b *testing.B, locale *words.Locale) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	options := thursday(b)
	options.Locale = locale
	lines := corpusOf(b, locale.Tag)
	var onCPU, onClock []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range lines {
			begin, used := time.Now(), cpuTime(b)
			Parse(text, options)
			onCPU = append(onCPU, cpuTime(b)-used)
			onClock = append(onClock, time.Since(begin))
		}
	}
	b.ReportMetric(percentile(onCPU, 50), "p50-cpu-µs")
	b.ReportMetric(percentile(onCPU, 99), "p99-cpu-µs")
	b.ReportMetric(percentile(onClock, 99), "p99-µs")
}

// percentile is in microseconds.
func percentile(durations []time.Duration, percent int) float64 {
	slices.Sort(durations)
	return float64(durations[(len(durations)-1)*percent/100].Nanoseconds()) / 1000
}
