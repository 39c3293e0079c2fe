package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/cli"
	"github.com/todoplatform/todoplatform/services/cli/todo"
)

// document is a Markdown file: its prose, in which code is blanked, its code, and the addresses of its headings.
type document struct {
	prose   string
	code    []string
	anchors []string
}

var (
	fence    = regexp.MustCompile("(?ms)^ *```[^\n]*\n(.*?)^ *```")
	indented = regexp.MustCompile(`(?m)^\n((?: {4}[^\n]*\n)+)`)
	inline   = regexp.MustCompile("`[^`\n]+`")
	heading  = regexp.MustCompile(`(?m)^#{1,6} +(.*?) *$`)
	named    = regexp.MustCompile(`<a id="([^"]+)">`)
	link     = regexp.MustCompile(`\]\(<?([^)>\s]+)>?(?: "[^"]*")?\)`)
	linkText = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

func parse(text string) document {
	var d document
	takeCode := func(found string) string {
		d.code = append(d.code, strings.Trim(found, "`"))
		return ""
	}
	text = fence.ReplaceAllStringFunc(text, func(block string) string {
		for line := range strings.SplitSeq(block, "\n") {
			takeCode(strings.TrimPrefix(strings.TrimSpace(line), "$ "))
		}
		return ""
	})
	for _, match := range named.FindAllStringSubmatch(text, -1) {
		d.anchors = append(d.anchors, match[1])
	}
	seen := map[string]int{}
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		anchor := slug(linkText.ReplaceAllString(match[1], "$1"))
		if n := seen[anchor]; n > 0 {
			d.anchors = append(d.anchors, fmt.Sprintf("%s-%d", anchor, n))
		} else {
			d.anchors = append(d.anchors, anchor)
		}
		seen[anchor]++
	}
	text = indented.ReplaceAllStringFunc(text, func(block string) string {
		for line := range strings.SplitSeq(block, "\n") {
			takeCode(strings.TrimSpace(line))
		}
		return "\n"
	})
	d.prose = inline.ReplaceAllStringFunc(text, takeCode)
	return d
}

// documents reads all Markdown of the repository. It walks by itself, so that go test knows which files it read.
func documents(t *testing.T) map[string]document {
	t.Helper()
	all := map[string]document{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "node_modules", "dist", "bin"}, entry.Name()):
			return fs.SkipDir
		case filepath.Ext(name) != ".md":
			return nil
		}
		content, err := os.ReadFile(name)
		all[name] = parse(string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Links lead somewhere: to a file or folder of the repository, and to a heading that is there.
func TestLinks(t *testing.T) {
	all := documents(t)
	for name, from := range all {
		for _, match := range link.FindAllStringSubmatch(from.prose, -1) {
			if strings.Contains(match[1], ":") { // elsewhere: nobody is asked over the network
				continue
			}
			file, anchor, _ := strings.Cut(match[1], "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere", name, match[1])
				continue
			}
			if to, ok := all[target]; ok && anchor != "" && !slices.Contains(to.anchors, anchor) {
				t.Errorf("%s: %s has no heading #%s", name, target, anchor)
			}
		}
	}
}

var (
	makeCall   = regexp.MustCompile(`(?:^|&& |; )make (?:[A-Z_]+=\S+ )*([a-z][a-z-]*)(?: +[A-Z_]+=| *&&| *[;#]|$)`)
	makeTarget = regexp.MustCompile(`(?m)^([a-z][a-z -]*):(?:[^=]|$)`)
)

// Targets that are told of are there.
func TestMakeTargets(t *testing.T) {
	var targets []string
	for _, pattern := range []string{"Makefile", "hack/*.mk", "services/todoapi/web/*.mk"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range makeTarget.FindAllStringSubmatch(string(content), -1) {
				targets = append(targets, strings.Fields(match[1])...)
			}
		}
	}
	for name, d := range documents(t) {
		for _, code := range d.code {
			for _, match := range makeCall.FindAllStringSubmatch(code, -1) {
				if !slices.Contains(targets, match[1]) {
					t.Errorf("%s: there is no target for %q", name, code)
				}
			}
		}
	}
}

// Commands that are told of are there, with their flags.
func TestCommands(t *testing.T) {
	roots := map[string]*cobra.Command{
		"todo ":                 todo.New(),
		"todoplatform ":         cli.New(func(string) string { return "" }),
		"kubectl todoplatform ": cli.New(func(string) string { return "" }),
	}
	for _, root := range roots {
		root.InitDefaultCompletionCmd()
	}
	tried := 0
	for name, d := range documents(t) {
		for _, code := range d.code {
			for prefix, root := range roots {
				line, called := strings.CutPrefix(code, prefix)
				if !called || line == "[command]" {
					continue
				}
				tried++
				if complaint := understands(root, line); complaint != "" {
					t.Errorf("%s: %q: %s", name, code, complaint)
				}
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d commands were found in all documents", tried)
	}
}

// understands says what a program does not know of a line of arguments.
func understands(root *cobra.Command, line string) string {
	words := strings.Fields(line)
	command, _, err := root.Find(words)
	if err != nil {
		return err.Error()
	}
	if command == root && !strings.HasPrefix(words[0], "-") && words[0] != "help" {
		return "there is no such command"
	}
	for _, word := range words {
		flag, found := strings.CutPrefix(word, "--")
		flag, _, _ = strings.Cut(flag, "=")
		flag = strings.TrimRight(flag, ",.;)")
		if found && flag != "" && flag != "help" && command.Flag(flag) == nil {
			return "there is no flag --" + flag
		}
	}
	return ""
}

func TestParse(t *testing.T) {
	d := parse("# Do `this` & [that](x.md)\n\nSee [it](a.md#b) and `[no](link)`.\n\n```sh\n$ make up\n[no](either)\n```\n\n    todo add x\n\n## Again\n\n## Again\n")
	if want := []string{"do-this--that", "again", "again-1"}; !slices.Equal(d.anchors, want) {
		t.Errorf("anchors %q, want %q", d.anchors, want)
	}
	var links []string
	for _, match := range link.FindAllStringSubmatch(d.prose, -1) {
		links = append(links, match[1])
	}
	if want := []string{"x.md", "a.md#b"}; !slices.Equal(links, want) {
		t.Errorf("links %q, want %q", links, want)
	}
	for _, want := range []string{"make up", "todo add x", "this"} {
		if !slices.Contains(d.code, want) {
			t.Errorf("%q is not in the code %q", want, d.code)
		}
	}
}
