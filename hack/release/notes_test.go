package main

import (
	"strings"
	"testing"
)

const log = "\x00a1\x00Draw the list\x00\n\nservices/todoapi/web/src/list.ts\nservices/todoapi/web/src/list.css\ndocs/guide.md\n" +
	"\x00b2\x00Say more\x00\n\ndocs/operator.md\n" +
	"\x00c3\x00Nothing at all\x00\n" +
	"\x00d4\x00Watch Secrets\x00\n\ncontrollers/watch.go\nMakefile\n"

// A commit is told where most of its files are, and each is told once.
func TestNotes(t *testing.T) {
	const want = `Upgrade first.

## All commits

### The web page

- Draw the list (a1)

### The operator

- Watch Secrets (d4)

### Documentation

- Say more (b2)

### Tools and tests

- Nothing at all (c3)
`
	if got := notes("Upgrade first.", parseLog(log)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestSection(t *testing.T) {
	const changelog = "# Changelog\n\n## Unreleased\n\nTo come.\n\n## 1.2.0 (2026-11-30)\n\nOne.\n\nTwo.\n\n## 1.1.0\n\nOld.\n"
	for version, want := range map[string]string{"v1.2.0": "One.\n\nTwo.", "v1.1.0": "Old.", "v1.3.0": "To come.", "0a1b2c3": "To come."} {
		if got := section(changelog, version); got != want {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
	}
}

// Every file belongs somewhere.
func TestAreas(t *testing.T) {
	for file, want := range map[string]string{
		"services/todoapi/web/src/a.ts": "The web page",
		"services/cli/root.go":          "Command lines",
		"services/todoapi/task/task.go": "The services",
		"cmd/manager/main.go":           "The operator",
		"cmd/audit/main.go":             "The services",
		".gitignore":                    "Tools and tests",
	} {
		if got := areas[areaOf([]string{file})].title; got != want {
			t.Errorf("%s: in %q, want %q", file, got, want)
		}
	}
	if last := areas[len(areas)-1]; !last.holds("whatever") || strings.TrimSpace(last.title) == "" {
		t.Error("the last area does not hold every file")
	}
}
