package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// program is a command line whose help the page quotes.
type program struct{ name, says, module, path string }

var commandLines = []program{
	{"todo", "For people's tasks: [how it is used](../api.md#use-the-command-line).", ".", "./cmd/todo"},
	{"todoplatform", "For those who run a platform: [how it is used](../diagnose.md). It is a plugin of kubectl too.", ".", "./cmd/todoplatform"},
	{"cluster", "For the local cluster: [how it is used](../../hack/README.md).", "hack/cluster", "."},
}

// commandLinesPage quotes the help of each command.
func commandLinesPage() (string, error) {
	bin, err := os.MkdirTemp("", "docs-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(bin) }()
	var out strings.Builder
	out.WriteString("# Command lines\n\nWhat `--help` says of each command.\n")
	for _, one := range commandLines {
		binary := filepath.Join(bin, one.name)
		build := exec.Command("go", "build", "-C", one.module, "-buildvcs=false", "-o", binary, one.path) //nolint:gosec,noctx // programs of this repository
		if said, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("build %s: %w: %s", one.name, err, said)
		}
		fmt.Fprintf(&out, "\n## %s\n\n%s\n", one.name, one.says)
		if err := quote(&out, binary, one.name, nil); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// ofCobra are commands that every program has of its library.
var ofCobra = []string{"completion", "help"}

// quote writes the help of a command and of those below it.
func quote(out *strings.Builder, binary, name string, path []string) error {
	help := exec.Command(binary, append(slices.Clone(path), "--help")...) //nolint:gosec,noctx // just built
	help.Env = []string{"HOME=/home/you"}                                 // a default that names a home is nobody's
	said, err := help.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s --help: %w: %s", name, strings.Join(path, " "), err, said)
	}
	if len(path) > 0 {
		fmt.Fprintf(out, "\n### %s %s\n", name, strings.Join(path, " "))
	}
	fmt.Fprintf(out, "\n```\n%s\n```\n", strings.TrimSpace(string(said)))
	for _, command := range commandsIn(string(said)) {
		if slices.Contains(ofCobra, command) {
			continue
		}
		if err := quote(out, binary, name, append(slices.Clone(path), command)); err != nil {
			return err
		}
	}
	return nil
}

var commandLine = regexp.MustCompile(`(?m)^  ([a-z][a-z-]*) +\S`)

// commandsIn reads the names of commands out of the help of the one above them.
func commandsIn(help string) []string {
	_, list, found := strings.Cut(help, "Available Commands:\n")
	if !found {
		return nil
	}
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for _, match := range commandLine.FindAllStringSubmatch(list, -1) {
		names = append(names, match[1])
	}
	return names
}
