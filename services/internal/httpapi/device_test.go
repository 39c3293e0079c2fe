package httpapi_test

import (
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

func TestCleanDevice(t *testing.T) {
	if got, want := httpapi.CleanDevice("curl/8.1\x00\n\xff é"), "curl/8.1 é"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := httpapi.CleanDevice(strings.Repeat("é", 300)); len(got) != 200 {
		t.Errorf("kept %d bytes, want 200", len(got))
	}
}
