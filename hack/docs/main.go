// Command docs writes docs/reference: what people look up, from where it is decided. With the folder of a built site, it
// looks whether all references there lead somewhere. Run it at the root of the repository; make generate and make docs do.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// notice heads every page.
const notice = "<!-- Written by hack/docs: run make generate. -->\n\n"

// pages maps the names of the pages to what writes them.
var pages = map[string]func() (string, error){
	"manifest.md":      manifestPage,
	"conditions.md":    conditionsPage,
	"api.md":           apiPage,
	"events.md":        eventsPage,
	"metrics.md":       metricsPage,
	"command-lines.md": commandLinesPage,
}

func main() {
	run := func() error { return writeReference("docs/reference") }
	if len(os.Args) == 2 {
		run = func() error { return check(os.Args[1]) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func writeReference(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // sources, to be read by all
		return err
	}
	for name, write := range pages {
		page, err := write()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		content := notice + strings.TrimSpace(page) + "\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	return nil
}

// table writes rows below a head, all cells made fit for one line.
func table(head []string, rows [][]string) string {
	var out strings.Builder
	line := func(cells []string) {
		for _, cell := range cells {
			out.WriteString("| " + strings.ReplaceAll(strings.Join(strings.Fields(cell), " "), "|", `\|`) + " ")
		}
		out.WriteString("|\n")
	}
	line(head)
	out.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range rows {
		line(row)
	}
	return out.String()
}

// code marks words as such, where there are any.
func code(words string) string {
	if words == "" {
		return ""
	}
	return "`" + words + "`"
}

// prose keeps Markdown from taking <words> in brackets for HTML. Within code they are safe.
func prose(words string) string {
	parts := strings.Split(words, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], "<", `\<`)
	}
	return strings.Join(parts, "`")
}
