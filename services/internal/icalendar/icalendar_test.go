package icalendar

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/zones"
)

func TestWhatIsWrittenIsReadTheSame(t *testing.T) {
	for _, text := range []string{"a", "a, b; c: d", "one\ntwo\\n", strings.Repeat("ü日🎉", 50), `\`, `\,`, ` "quoted" `} {
		var out bytes.Buffer
		w := NewWriter(&out)
		w.Text("SUMMARY", text)
		w.Texts("CATEGORIES", []string{text, "other"})
		w.Line("X", "v", `CN="a;b:c"`, "VALUE=DATE")
		for line := range strings.SplitSeq(out.String(), "\r\n") {
			if len(line) > 75 {
				t.Errorf("a line of %d bytes is not folded: %q", len(line), line)
			}
		}
		r := NewReader(&out)
		summary, err := r.Next()
		if err != nil || summary.Text() != text {
			t.Errorf("%q became %q, %v", text, summary.Text(), err)
		}
		if categories, err := r.Next(); err != nil || fmt.Sprintf("%q", categories.Texts()) != fmt.Sprintf("%q", []string{text, "other"}) {
			t.Errorf("%q became %q, %v", text, categories.Texts(), err)
		}
		if x, err := r.Next(); err != nil || x.Params["CN"] != "a;b:c" || x.Params["VALUE"] != "DATE" || x.Value != "v" {
			t.Errorf("got %+v, %v", x, err)
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("got %v after the end", err)
		}
	}
}

func TestFaultsSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		"A:1\nB":                            "line 2: has no name",
		"A:1\r\n\r\n;X=1:2":                 "line 3: has no name",
		"A;X:1":                             "line 1: has a parameter without a value",
		"A;X=1":                             "line 1: has no colon",
		`A;X="1:2`:                          "line 1: has no colon",
		"A:1\n b\n\xff:1":                   "line 3: the text is not UTF-8",
		"A:" + strings.Repeat("x", maxLine): "line 1: the line is too long",
	} {
		r := NewReader(strings.NewReader(text))
		var err error
		for err == nil {
			_, err = r.Next()
		}
		if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %s", text, err, want)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add("BEGIN:VCALENDAR\r\nDUE;TZID=\"a\":1\r\n x\r\n")
	f.Add("A;B=")
	f.Fuzz(func(_ *testing.T, text string) {
		r := NewReader(strings.NewReader(text))
		for {
			line, err := r.Next()
			if err != nil {
				return
			}
			_, _ = line.Texts(), line.Text()
			_, _ = Duration(line.Value)
		}
	})
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"-PT15M": -15 * time.Minute, "P1W": 168 * time.Hour, "P1DT2H3M4S": 26*time.Hour + 3*time.Minute + 4*time.Second, "+PT0S": 0,
	} {
		if got, ok := Duration(text); !ok || got != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
	for _, text := range []string{"", "P", "PT", "15M", "P1H", "PTM", "P99999999D", "-"} {
		if got, ok := Duration(text); ok && text != "PT" {
			t.Errorf("%s: got %s", text, got)
		}
	}
}

func TestZones(t *testing.T) {
	zone, err := zones.Load("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	NewWriter(&out).Zone(zone, time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC))
	for _, want := range []string{
		"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n",
		"BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it has not %s:\n%s", want, out.String())
		}
	}
	out.Reset()
	NewWriter(&out).Zone(time.UTC, time.Now())
	if want := "BEGIN:VTIMEZONE\r\nTZID:UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nTZNAME:UTC\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"; out.String() != want {
		t.Errorf("got %s", out.String())
	}
}

// Past the table of a zone its clocks follow a rule, by which Go's bounds of leap years do not end.
func TestZonesEndInLeapYears(t *testing.T) {
	for name, want := range map[string]int{"Europe/Berlin": 21, "Australia/Sydney": 21, "America/New_York": 21, "Asia/Kolkata": 1} {
		zone, err := zones.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		out := &limited{left: 1 << 16}
		NewWriter(out).Zone(zone, time.Date(2047, 12, 1, 0, 0, 0, 0, time.UTC))
		if got := strings.Count(out.String(), "TZNAME:"); got != want || out.left < 0 {
			t.Errorf("%s changes its clocks %d times, want %d:\n%.600s", name, got, want, out.String())
		}
	}
}

// limited panics when more is written to it than can be meant.
type limited struct {
	bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		panic("it does not end")
	}
	return l.Buffer.Write(p)
}
