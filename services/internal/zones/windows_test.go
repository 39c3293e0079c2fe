package zones

import (
	"strings"
	"testing"
	"time"
)

func TestCanonical(t *testing.T) {
	for name, want := range map[string]string{
		"Europe/Berlin":                  "Europe/Berlin",
		"UTC":                            "UTC",
		"W. Europe Standard Time":        "Europe/Berlin",
		"Eastern Standard Time":          "America/New_York",
		"Eastern Standard Time (Mexico)": "America/Cancun",
		"India Standard Time":            "Asia/Calcutta",
		"UTC-11":                         "Etc/GMT+11",
	} {
		if got, err := Canonical(name); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, want)
		}
	}
	for _, name := range []string{"", "Local", "Central Mars Standard Time", "w. europe standard time"} {
		if got, err := Canonical(name); err == nil {
			t.Errorf("%q is read as %s", name, got)
		}
	}
}

// TestWindowsNamesStandForZonesThatExist also proves that no name of Windows hides one
// of IANA, and that signs in names of Windows mean what they say.
func TestWindowsNamesStandForZonesThatExist(t *testing.T) {
	for name, iana := range windows {
		zone, err := Load(iana)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := Load(name); err == nil {
			t.Errorf("%s is a name of IANA, too", name)
		}
		if sign, isOffset := strings.CutPrefix(name, "UTC"); isOffset {
			hours, err := time.Parse("-07", sign)
			if err != nil {
				t.Fatal(err)
			}
			_, want := hours.Zone()
			if _, got := time.Unix(0, 0).In(zone).Zone(); got != want {
				t.Errorf("%s: %s has the offset %d, want %d", name, iana, got, want)
			}
		}
	}
}
