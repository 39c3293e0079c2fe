package tools

import (
	"os"
	"path/filepath"
	"testing"
)

// A set is built anew when its recipe or one of its sources changes, and not otherwise.
func TestContentKey(t *testing.T) {
	source := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(source, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module a")
	write("main.go", "package main")
	key := func(recipe string) string {
		t.Helper()
		key, err := contentKey(recipe, source)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	built := key("recipe")
	if key("recipe") != built {
		t.Error("the same sources have another key")
	}
	if key("another recipe") == built {
		t.Error("another recipe has the same key")
	}
	write("main.go", "package main // changed")
	if key("recipe") == built {
		t.Error("a changed program has the same key")
	}
	write("main.go", "package main")
	if key("recipe") != built {
		t.Error("the sources as they were have another key")
	}
	write("more.go", "package main")
	if key("recipe") == built {
		t.Error("one more file has the same key")
	}
}

// Who names no set gets what clusters and tests need, and no more: the first run takes long enough.
func TestAskedFor(t *testing.T) {
	always, special := Set{Name: "always"}, onRequest(Set{Name: "special"})
	for _, test := range []struct {
		names           []string
		always, special bool
	}{
		{nil, true, false},
		{[]string{"special"}, false, true},
		{[]string{"always", "special"}, true, true},
	} {
		if got := always.isAskedFor(test.names); got != test.always {
			t.Errorf("asked for %v: always is made: %v", test.names, got)
		}
		if got := special.isAskedFor(test.names); got != test.special {
			t.Errorf("asked for %v: special is made: %v", test.names, got)
		}
	}
}
