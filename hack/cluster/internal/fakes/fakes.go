// Package fakes stands in for the programs of others in tests.
package fakes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Programs makes the programs, each a shell script, the only ones on the PATH. The function
// that it returns lists the command lines since it was last called.
func Programs(t *testing.T, scripts map[string]string) func() []string {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	for name, script := range scripts {
		script = "#!/bin/sh\necho \"" + name + " $*\" >> " + log + "\n" + script + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return func() []string {
		t.Helper()
		content, err := os.ReadFile(log) //nolint:gosec // written by the scripts
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(log); err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(content)), "\n")
	}
}
