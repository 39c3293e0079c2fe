package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cluster"
)

const endTimeout = 20 * time.Second

// keeperLock is held by the keeper of a cluster as long as it lives: the kernel
// releases it when the process ends, however it ends.
func keeperLock(c cluster.Cluster) string { return c.Dir("keeper.lock") }

// acquireKeeperLock fails when another keeper lives.
func acquireKeeperLock(c cluster.Cluster) (*os.File, error) {
	file, err := os.OpenFile(keeperLock(c), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("cluster %s is kept running by another process", c.Name)
	}
	if err := file.Truncate(0); err != nil {
		return nil, err
	}
	_, err = file.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	return file, err
}

// keeper returns the process that keeps the cluster running, or nil when there is none.
func keeper(c cluster.Cluster) (*os.Process, error) {
	file, err := os.Open(keeperLock(c))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if err == nil {
		return nil, nil
	}
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, err
	}
	content, err := os.ReadFile(file.Name())
	if err != nil {
		return nil, err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return nil, fmt.Errorf("read the process id in %s: %w", file.Name(), err)
	}
	return os.FindProcess(pid)
}

// endKeeper asks the keeper to end, which takes the nodes with it, and insists after a while.
func endKeeper(c cluster.Cluster) error {
	signal := syscall.SIGTERM
	insist := time.Now().Add(endTimeout / 2)
	deadline := time.Now().Add(endTimeout)
	for asked := false; ; {
		process, err := keeper(c)
		if err != nil || process == nil {
			return err
		}
		if !asked || (signal == syscall.SIGTERM && time.Now().After(insist)) {
			if asked {
				signal = syscall.SIGKILL
			}
			if err := process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return fmt.Errorf("end process %d: %w", process.Pid, err)
			}
			asked = true
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d, which keeps cluster %s running, does not end", process.Pid, c.Name)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
