package zones_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A machine that builds has zone files, an image has none: only a binary that runs where
// nothing else is proves that it knows the zones.
func TestABinaryKnowsTheZonesWhereThereIsNothingElse(t *testing.T) {
	root := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(root, "todoplatform"), "./cmd/todoplatform")
	build.Dir = filepath.Join("..", "..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	for zone, want := range map[string]string{
		"Europe/Berlin":       `"instant":"2026-11-27T09:00:00+01:00"`,
		"Australia/Lord_Howe": `"instant":"2026-11-27T09:00:00+11:00"`,
		"Mars/Olympus":        "zone \\\"Mars/Olympus\\\" is not known",
	} {
		command := exec.CommandContext(t.Context(), "/todoplatform", "lang", "dates", "2026-11-27 9:00", "--now", "2026-11-26T01:00:00Z", "--zone", zone)
		command.Env, command.Dir, command.SysProcAttr = []string{}, "/", inside(root)
		output, err := command.CombinedOutput()
		if !strings.Contains(string(output), want) {
			t.Errorf("%s: got %s, %v; want %s in it", zone, output, err, want)
		}
	}
}

// inside makes a directory the root of a process; who is not root needs a user namespace for that.
func inside(root string) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Chroot: root}
	if os.Getuid() != 0 {
		attributes.Cloneflags = syscall.CLONE_NEWUSER
		attributes.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attributes.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return attributes
}
