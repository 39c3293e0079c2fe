package chain

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exportOf writes the export of a log.
func exportOf(t testing.TB, entries []Entry) []byte {
	t.Helper()
	file, err := Header{Format: Format, Version: Version, UserID: user, Head: headOf(entries)}.Line()
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		line, err := entry.Line()
		if err != nil {
			t.Fatal(err)
		}
		file = append(file, line...)
	}
	return file
}

func TestAnExportIsSoundByItself(t *testing.T) {
	for _, n := range []int{0, 1, 9} {
		header, report, err := VerifyExport(bytes.NewReader(exportOf(t, chainOf(t, user, n))))
		if err != nil || !report.Sound() || header.UserID != user || report.Entries != int64(n) || report.Head != header.Head {
			t.Errorf("%d entries: %+v, %+v, %v", n, header, report, err)
		}
	}
}

// Whatever bit of an export is flipped, it is found, and where.
func TestEveryFlippedBitOfAnExportIsFound(t *testing.T) {
	file := exportOf(t, chainOf(t, user, 4))
	first := bytes.IndexByte(file, '\n')
	for at := range file[:len(file)-1] {
		for bit := range 8 {
			broken := bytes.Clone(file)
			broken[at] ^= 1 << bit
			_, report, err := VerifyExport(bytes.NewReader(broken))
			if at <= first {
				if err == nil && report.Sound() {
					t.Fatalf("bit %d of byte %d, in the header, is not found", bit, at)
				}
				continue
			}
			line := int64(bytes.Count(file[:at], []byte("\n")))
			if err != nil || report.Sound() {
				t.Fatalf("bit %d of byte %d: %+v, %v", bit, at, report, err)
			}
			if f := report.Faults[0]; f.Position != line && (f.Position > line || f.Last < line) {
				t.Fatalf("bit %d of byte %d, of entry %d, is told as %v", bit, at, line, report.Faults)
			}
		}
	}
}

func TestLinesOfAnExportThatAreWrongAreNamed(t *testing.T) {
	lines := strings.SplitAfter(string(exportOf(t, chainOf(t, user, 5))), "\n")
	tests := map[string]struct {
		lines []string
		want  []Fault
	}{
		"a line less":         {append(lines[:2:2], lines[3:]...), []Fault{fault(Missing, 2, 2)}},
		"a cut tail":          {lines[:4], []Fault{fault(Cut, 4, 5)}},
		"two lines swapped":   {[]string{lines[0], lines[1], lines[3], lines[2], lines[4], lines[5]}, []Fault{fault(Swapped, 2, 3)}},
		"other spelling":      {[]string{lines[0], lines[1], strings.Replace(lines[2], ":", ": ", 1), lines[3], lines[4], lines[5]}, []Fault{fault(Altered, 2, 2)}},
		"a line in the midst": {[]string{lines[0], lines[1], "\n", lines[2], lines[3], lines[4], lines[5]}, []Fault{fault(Added, 2, 2)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, report, err := VerifyExport(strings.NewReader(strings.Join(test.lines, "")))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, report.Faults, what); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNoExportIsRefused(t *testing.T) {
	header := strings.SplitAfter(string(exportOf(t, nil)), "\n")[0]
	for name, text := range map[string]string{
		"nothing":         "",
		"something else":  "position,at\n",
		"another version": strings.Replace(header, `"version":1`, `"version":2`, 1),
		"other spelling":  strings.Replace(header, ":", ": ", 1),
		"an endless line": header + strings.Repeat("x", maxLine+1),
	} {
		if _, _, err := VerifyExport(strings.NewReader(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// How long it takes to verify a log whose entries are as long as those of most changes, a kilobyte.
func BenchmarkVerifyExport(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			file := longExport(b, n)
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				if _, report, err := VerifyExport(bytes.NewReader(file)); err != nil || !report.Sound() {
					b.Fatal(report, err)
				}
			}
		})
	}
}

func longExport(b *testing.B, n int) []byte {
	b.Helper()
	notes := strings.Repeat("x", 850)
	var lines []byte
	var head Head
	for i := range n {
		record := fmt.Appendf(nil, `{"at":"2026-11-22T09:00:00Z","data":{"after":{"notes":%q,"title":"Water plants"},"seq":%d},"eventId":"event-%d","type":"task.updated","userId":"%s"}`,
			notes, i+1, i+1, user)
		head = head.Next(record)
		lines = append(append(lines, Entry{head.Position, head.Hash, record}.written()...), '\n')
	}
	header, err := Header{Format: Format, Version: Version, UserID: user, Head: head}.Line()
	if err != nil {
		b.Fatal(err)
	}
	return append(header, lines...)
}
