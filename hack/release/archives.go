package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/cli"
	"github.com/todoplatform/todoplatform/services/cli/todo"
)

// systems lists for what the command lines are built.
var systems = []system{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}}

type system struct{ os, arch string }

// executable is what a program is called there.
func (s system) executable(program string) string {
	if s.os == "windows" {
		return program + ".exe"
	}
	return program
}

// programs maps our command lines to what makes their commands.
var programs = map[string]func() *cobra.Command{
	"todo":         todo.New,
	"todoplatform": func() *cobra.Command { return cli.New(func(string) string { return "" }) },
}

// member is a file in an archive.
type member struct {
	name    string
	mode    int64
	content []byte
}

// writeArchives makes an archive of each program and system: program, licence and completions for shells. The same
// commit and version give the same bytes.
func writeArchives(ctx context.Context, version, dist string) error {
	made, err := commitTime(ctx)
	if err != nil {
		return err
	}
	licence, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	for program, command := range programs {
		completions, err := completionsOf(program, command())
		if err != nil {
			return err
		}
		for _, target := range systems {
			binary, err := compile(ctx, program, version, target)
			if err != nil {
				return err
			}
			members := append([]member{{target.executable(program), 0o755, binary}, {"LICENSE", 0o644, licence}}, completions...)
			if err := writeArchive(dist, program+"-"+version, target, members, made); err != nil {
				return err
			}
		}
	}
	return nil
}

// commitTime is the one moment that a build from a commit may name.
func commitTime(ctx context.Context) (time.Time, error) {
	out, err := git(ctx, "log", "-1", "--format=%ct")
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the time of the commit: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func git(ctx context.Context, args ...string) (string, error) {
	var complaint bytes.Buffer
	command := exec.CommandContext(ctx, "git", args...) //nolint:gosec // arguments of this program
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return string(out), nil
}

func completionsOf(program string, root *cobra.Command) ([]member, error) {
	var members []member
	for shell, write := range map[string]func(io.Writer) error{
		"bash":       func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
		"fish":       func(w io.Writer) error { return root.GenFishCompletion(w, true) },
		"powershell": root.GenPowerShellCompletionWithDesc,
		"zsh":        root.GenZshCompletion,
	} {
		var script bytes.Buffer
		if err := write(&script); err != nil {
			return nil, fmt.Errorf("complete %s in %s: %w", program, shell, err)
		}
		members = append(members, member{"completions/" + program + "." + shell, 0o644, script.Bytes()})
	}
	return members, nil
}

func compile(ctx context.Context, program, version string, target system) ([]byte, error) {
	folder, err := os.MkdirTemp("", "release-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	binary := filepath.Join(folder, program)
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", binary, "-ldflags", //nolint:gosec // arguments of this program
		"-s -w -X github.com/todoplatform/todoplatform/services/cli/version.released="+version, "./cmd/"+program)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+target.os, "GOARCH="+target.arch)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("build %s for %s/%s: %w", program, target.os, target.arch, err)
	}
	return os.ReadFile(binary) //nolint:gosec // just built
}

// writeArchive writes the form that people of the system open without another program.
func writeArchive(dist, name string, target system, members []member, made time.Time) error {
	var archive bytes.Buffer
	pack, suffix := tarball, ".tar.gz"
	if target.os == "windows" {
		pack, suffix = zipped, ".zip"
	}
	if err := pack(&archive, sorted(members), made); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	file := filepath.Join(dist, name+"-"+target.os+"-"+target.arch+suffix)
	fmt.Println(file)
	return os.WriteFile(file, archive.Bytes(), 0o644) //nolint:gosec // to be handed to everybody
}

func sorted(members []member) []member {
	return slices.SortedFunc(slices.Values(members), func(a, b member) int { return cmp.Compare(a.name, b.name) })
}

func tarball(out io.Writer, members []member, made time.Time) error {
	compressed := gzip.NewWriter(out)
	archive := tar.NewWriter(compressed)
	for _, one := range members {
		header := &tar.Header{Name: one.name, Mode: one.mode, Size: int64(len(one.content)), ModTime: made, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(one.content); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressed.Close()
}

func zipped(out io.Writer, members []member, made time.Time) error {
	archive := zip.NewWriter(out)
	for _, one := range members {
		file, err := archive.CreateHeader(&zip.FileHeader{Name: one.name, Method: zip.Deflate, Modified: made})
		if err != nil {
			return err
		}
		if _, err := file.Write(one.content); err != nil {
			return err
		}
	}
	return archive.Close()
}
