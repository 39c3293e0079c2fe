// Package progress tells the person at the terminal what is being done, for how
// long, and what went wrong.
package progress

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// tailLines is how much of a failed step's log is shown.
const tailLines = 25

// Reporter prints steps and keeps the log of each in its folder.
type Reporter struct {
	out    io.Writer
	logDir string
}

// New returns a Reporter that prints to out and writes step logs below logDir.
func New(out io.Writer, logDir string) *Reporter { return &Reporter{out: out, logDir: logDir} }

// Printf prints a line that is not a step.
func (r *Reporter) Printf(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, format+"\n", args...)
}

// Step is one unit of work that runs commands and has a log.
type Step struct {
	log *os.File
}

// Do runs work as a named step: it prints the title, then the duration. When
// work fails, the error carries the end of the step's log and says where the
// whole log is.
func (r *Reporter) Do(title string, work func(*Step) error) error {
	path := filepath.Join(r.logDir, fileName(title)+".log")
	if err := os.MkdirAll(r.logDir, 0o750); err != nil {
		return fmt.Errorf("create the log folder: %w", err)
	}
	log, err := os.Create(path) //nolint:gosec // named after the step, below the log folder
	if err != nil {
		return fmt.Errorf("create the log of step %q: %w", title, err)
	}
	defer func() { _ = log.Close() }()

	r.Printf("  %s ...", title)
	start := time.Now()
	if err := work(&Step{log: log}); err != nil {
		r.Printf("✗ %s failed after %s", title, round(time.Since(start)))
		return failure(title, path, err)
	}
	r.Printf("✓ %s (%s)", title, round(time.Since(start)))
	return nil
}

// Log receives what the step's commands print.
func (s *Step) Log() io.Writer { return s.log }

// Run runs a command in a folder with extra environment, its output in the log.
func (s *Step) Run(ctx context.Context, dir string, env []string, name string, args ...string) error {
	_, _ = fmt.Fprintf(s.log, "$ %s %s\n", name, strings.Join(args, " "))
	command := exec.CommandContext(ctx, name, args...) //nolint:gosec // running commands is what it is for
	command.Dir = dir
	command.Env = append(os.Environ(), env...)
	command.Stdout, command.Stderr = s.log, s.log
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	return nil
}

func failure(title, logPath string, cause error) error {
	content, err := os.ReadFile(logPath) //nolint:gosec // the path is the step's own log
	if err != nil || len(content) == 0 {
		return fmt.Errorf("%s: %w", title, cause)
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	if len(lines) > tailLines {
		lines = lines[len(lines)-tailLines:]
	}
	return fmt.Errorf("%s: %w\n    %s\nThe whole log: %s", title, cause, strings.Join(lines, "\n    "), logPath)
}

func fileName(title string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.':
			return r
		}
		return '-'
	}, title), "-")
}

func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}
