package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var (
	made    = time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC)
	members = []member{{"todo", 0o755, []byte("program")}, {"LICENSE", 0o644, []byte("terms")}}
)

func read(t *testing.T, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Two builds of a commit give the same bytes, in whatever order the members come.
func TestArchivesAreReproducible(t *testing.T) {
	reversed := slices.Clone(members)
	slices.Reverse(reversed)
	for target, file := range map[system]string{{"linux", "arm64"}: "todo-v1-linux-arm64.tar.gz", {"windows", "amd64"}: "todo-v1-windows-amd64.zip"} {
		one, other := t.TempDir(), t.TempDir()
		if err := writeArchive(one, "todo-v1", target, members, made); err != nil {
			t.Fatal(err)
		}
		if err := writeArchive(other, "todo-v1", target, reversed, made); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, filepath.Join(one, file)), read(t, filepath.Join(other, file))) {
			t.Errorf("%s: the same members give other bytes", file)
		}
	}
}

func TestTarball(t *testing.T) {
	var archive bytes.Buffer
	if err := tarball(&archive, members, made); err != nil {
		t.Fatal(err)
	}
	decompressed, err := gzip.NewReader(&archive)
	if err != nil {
		t.Fatal(err)
	}
	reader := tar.NewReader(decompressed)
	for _, want := range members {
		header, err := reader.Next()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		if header.Name != want.name || header.Mode != want.mode || !bytes.Equal(content, want.content) || !header.ModTime.Equal(made) {
			t.Errorf("got %s (mode %o, %s): %q", header.Name, header.Mode, header.ModTime, content)
		}
	}
}

func TestZipped(t *testing.T) {
	var archive bytes.Buffer
	if err := zipped(&archive, members, made); err != nil {
		t.Fatal(err)
	}
	reader, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range members {
		file, err := reader.Open(want.name)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(content, want.content) || !reader.File[i].Modified.Equal(made) {
			t.Errorf("%s: got %q of %s", want.name, content, reader.File[i].Modified)
		}
	}
}

// Each program completes itself in each shell.
func TestCompletions(t *testing.T) {
	for program, command := range programs {
		completions, err := completionsOf(program, command())
		if err != nil {
			t.Fatal(err)
		}
		if len(completions) != 4 {
			t.Errorf("%s: %d completions", program, len(completions))
		}
		for _, one := range completions {
			if !bytes.Contains(one.content, []byte(program)) {
				t.Errorf("%s does not name %s", one.name, program)
			}
		}
	}
}
