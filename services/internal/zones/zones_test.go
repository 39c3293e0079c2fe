package zones

import (
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Chatham"} {
		for range 2 { // from the database, then as remembered
			if zone, err := Load(name); err != nil || zone.String() != name {
				t.Errorf("%s: got %v, %v", name, zone, err)
			}
		}
	}
}

func TestARefusalShowsAnotherZone(t *testing.T) {
	for _, name := range []string{"", "Local", "Mars/Olympus", "europe/berlin", " Europe/Berlin", "../etc/passwd", strings.Repeat("x", 1000)} {
		zone, err := Load(name)
		if err == nil {
			t.Errorf("%q is read as %v", name, zone)
			continue
		}
		_, example, _ := strings.Cut(err.Error(), "such as ")
		if example == "" {
			_, example, _ = strings.Cut(err.Error(), "one is ")
		}
		if _, wrong := Load(example); wrong != nil || strings.EqualFold(example, strings.TrimSpace(name)) || len(err.Error()) > 200 {
			t.Errorf("%q: %v, with the example %q", name, err, example)
		}
	}
	if Example("Europe/Berlin") == "Europe/Berlin" {
		t.Error("a name that is refused is shown as one that is not")
	}
}
