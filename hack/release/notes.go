package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// area is a part of the repository under whose name the notes list changes.
type area struct {
	title    string
	prefixes []string
}

// areas is in the order of the notes. A file belongs to the first that names it, and what none names is for those
// who work on the repository.
var areas = []area{
	{"The web page", []string{"services/todoapi/web/"}},
	{"Command lines", []string{"services/cli/", "cmd/todo/", "cmd/todoplatform/"}},
	{"The operator", []string{"api/", "controllers/", "config/", "charts/", "cmd/manager/"}},
	{"The services", []string{"services/", "cmd/"}},
	{"Documentation", []string{"docs/", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}},
	{"Tools and tests", []string{""}},
}

// commit is what the notes need of one.
type commit struct {
	hash, subject string
	files         []string
}

// writeNotes writes what CHANGELOG.md says of the version, and all commits since the last tag.
func writeNotes(ctx context.Context, version string, out io.Writer) error {
	changelog, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	since, err := lastTag(ctx, version)
	if err != nil {
		return err
	}
	log, err := git(ctx, "log", "--no-merges", "--name-only", "--format=%x00%h%x00%s%x00", since+"HEAD")
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, notes(section(string(changelog), version), parseLog(log)))
	return err
}

// lastTag returns the range before HEAD that begins with the tag before this version, or nothing if there is none.
func lastTag(ctx context.Context, version string) (string, error) {
	tags, err := git(ctx, "tag", "--merged", "HEAD", "--sort=-version:refname", "v*")
	if err != nil {
		return "", err
	}
	for tag := range strings.FieldsSeq(tags) {
		if tag != version {
			return tag + "..", nil
		}
	}
	return "", nil
}

// parseLog reads the fields of commits, which writeNotes has git part by zero bytes.
func parseLog(log string) []commit {
	fields := strings.Split(log, "\x00")
	var commits []commit
	for i := 1; i+2 < len(fields); i += 3 {
		commits = append(commits, commit{fields[i], fields[i+1], strings.Fields(fields[i+2])})
	}
	return commits
}

// section returns the text below the heading of the version, or of what is not released yet.
func section(changelog, version string) string {
	for _, name := range []string{strings.TrimPrefix(version, "v"), "Unreleased"} {
		_, after, found := strings.Cut(changelog, "\n## "+name)
		if !found {
			continue
		}
		_, text, _ := strings.Cut(after, "\n")
		text, _, _ = strings.Cut(text, "\n## ")
		return strings.TrimSpace(text)
	}
	return ""
}

func notes(changelog string, commits []commit) string {
	lines := make([][]string, len(areas))
	for _, one := range commits {
		index := areaOf(one.files)
		lines[index] = append(lines[index], fmt.Sprintf("- %s (%s)", one.subject, one.hash))
	}
	var text strings.Builder
	text.WriteString(changelog + "\n\n## All commits\n")
	for index, list := range lines {
		if len(list) > 0 {
			text.WriteString("\n### " + areas[index].title + "\n\n" + strings.Join(list, "\n") + "\n")
		}
	}
	return text.String()
}

// areaOf returns the area to which most of the files belong, the first of several with as many.
func areaOf(files []string) int {
	counts := make([]int, len(areas))
	for _, file := range files {
		counts[slices.IndexFunc(areas, func(a area) bool { return a.holds(file) })]++
	}
	if len(files) == 0 {
		return len(areas) - 1
	}
	return slices.Index(counts, slices.Max(counts))
}

func (a area) holds(file string) bool {
	return slices.ContainsFunc(a.prefixes, func(prefix string) bool { return strings.HasPrefix(file, prefix) })
}
