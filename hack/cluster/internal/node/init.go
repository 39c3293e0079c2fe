package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/supervise"
)

// Init is the first process of the node. It furnishes the namespaces, starts the
// supervisor and collects the processes that are left to it. It never returns
// while the supervisor runs.
func (n Node) Init(ctx context.Context) error {
	if err := unix.Sethostname([]byte(n.Hostname())); err != nil {
		return fmt.Errorf("set the host name: %w", err)
	}
	if err := n.mountFileSystems(); err != nil {
		return err
	}
	appear, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := network.WaitForPeer(appear); err != nil {
		return err
	}
	if err := network.ConfigureNode(ctx, n.Slot, n.Number, n.Size); err != nil {
		return err
	}
	if err := forwardPackets(); err != nil {
		return err
	}
	supervisor, err := os.StartProcess(self, []string{self, "components", "--name", n.Name, "--node", n.Hostname()}, &os.ProcAttr{
		Dir: "/", Env: os.Environ(), Files: []*os.File{nil, os.Stdout, os.Stderr},
	})
	if err != nil {
		return fmt.Errorf("start the supervisor: %w", err)
	}
	return reapUntil(supervisor.Pid)
}

// RunComponents is the supervisor inside the node.
func (n Node) RunComponents(ctx context.Context) error {
	return supervise.Run(ctx, n.Logs(), n.Components())
}

// reapUntil collects ended processes, which come to the first process of a
// namespace when their parents are gone, until the given one ends.
func reapUntil(pid int) error {
	for {
		var status syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("wait for processes: %w", err)
		}
		if ended == pid {
			return fmt.Errorf("the supervisor ended with status %d", status.ExitStatus())
		}
	}
}

// mountFileSystems hides the folders in which components of the machine and of
// other nodes keep state behind folders of this node.
func (n Node) mountFileSystems() error {
	if err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("detach the mounts from this machine's: %w", err)
	}
	cacheFolder, err := os.Open(n.Cache.Root)
	if err != nil {
		return err
	}
	defer func() { _ = cacheFolder.Close() }()
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	if err := bind(n.Dir("resolv.conf"), "/etc/resolv.conf"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, folder := range []string{"/var/lib", "/var/log"} {
		own := n.Dir("root", folder)
		if err := os.MkdirAll(own, 0o755); err != nil { //nolint:gosec // as /var/lib and /var/log are
			return err
		}
		if err := bind(own, folder); err != nil {
			return err
		}
	}
	if err := unix.Mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	if err := os.MkdirAll("/run/lock", 0o755); err != nil { //nolint:gosec // as usual
		return err
	}
	// The cache may lie below a hidden folder: bring it back to its place.
	if err := os.MkdirAll(n.Cache.Root, 0o755); err != nil { //nolint:gosec // only a mount point
		return err
	}
	return bind(fmt.Sprintf("/proc/self/fd/%d", cacheFolder.Fd()), n.Cache.Root)
}

func bind(source, target string) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mount %s over %s: %w", source, target, err)
	}
	return nil
}

func forwardPackets() error {
	for _, setting := range []string{"net/ipv4/ip_forward", "net/bridge/bridge-nf-call-iptables"} {
		if err := os.WriteFile(filepath.Join("/proc/sys", setting), []byte("1"), 0o644); err != nil { //nolint:gosec // a file of the kernel
			return fmt.Errorf("set %s (is the kernel module br_netfilter loaded?): %w", setting, err)
		}
	}
	return nil
}
