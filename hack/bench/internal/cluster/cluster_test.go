package cluster

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClusterOfKindIsRefused(t *testing.T) {
	root := t.TempDir()
	t.Setenv("TODOPLATFORM_CACHE", root)
	folder := filepath.Join(root, "clusters", "dev")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "cluster.json"), []byte(`{"name": "dev", "driver": "kind", "port": 8080}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Find("dev"); err == nil || !strings.Contains(err.Error(), "DRIVER=host") {
		t.Fatalf("found it, with the error %v", err)
	}
}

func TestForwardedPort(t *testing.T) {
	for line, want := range map[string]uint16{
		"Forwarding from 127.0.0.1:41234 -> 5432\n": 41234,
		"Forwarding from [::1]:41234 -> 5432\n":     0,
		"Forwarding from 127.0.0.1:99999 -> 5432\n": 0,
		"error: no such thing\n":                    0,
	} {
		got, err := forwardedPort(line)
		if (err == nil) != (want != 0) || want != 0 && got != want {
			t.Errorf("%q: got %d, %v", line, got, err)
		}
	}
}
