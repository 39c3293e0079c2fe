package node

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cgroup"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
)

// self is this program, also when its file has been replaced or removed since it started.
const self = "/proc/self/exe"

// Process is the first process of a running node. Ending it ends the node: the
// kernel kills every other process of its namespace.
type Process struct {
	command *exec.Cmd
	node    Node
}

// Start starts the first process of the node in new namespaces and joins its
// network to the bridge of the cluster. The caller's thread is the node's parent: the node ends with it.
func (n Node) Start() (*Process, error) {
	if err := cgroup.Create(n.Cgroup()); err != nil {
		return nil, err
	}
	log, err := n.openLog("node")
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	// A death signal comes when the starting thread ends, not only the process.
	runtime.LockOSThread()
	command := exec.Command(self, "init", "--name", n.Name, "--node", n.Hostname()) //nolint:gosec,noctx // this program; it is ended by Kill
	command.Stdout, command.Stderr = log, log
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the first process of %s (this needs root): %w", n.Hostname(), err)
	}
	process := &Process{command: command, node: n}
	if err := network.Connect(n.Slot, n.Number, command.Process.Pid); err != nil {
		process.Kill()
		return nil, err
	}
	if err := os.WriteFile(n.pidFile(), []byte(strconv.Itoa(command.Process.Pid)), 0o600); err != nil {
		process.Kill()
		return nil, err
	}
	return process, nil
}

// Wait returns when the node has ended and nothing is left of it but its data: a kubelet
// that found the cgroups of pods that are gone would look for these for minutes.
func (p *Process) Wait() error {
	err := p.command.Wait()
	return errors.Join(err, cgroup.Remove(p.node.Cgroup()), os.Remove(p.node.pidFile()))
}

// Kill ends the node as a power cut does: nothing in it is told.
func (p *Process) Kill() { _ = p.command.Process.Kill() }

func (n Node) openLog(name string) (io.WriteCloser, error) {
	if err := os.MkdirAll(n.Logs(), 0o750); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(n.Logs(), name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) //nolint:gosec // logs are no secret
}

// pidFile is there while the node runs.
func (n Node) pidFile() string { return n.Dir("node.pid") }

// Running reports whether the node has processes.
func (n Node) Running() (bool, error) { return exists(n.pidFile()) }

// ContainerdSocket is the path by which this machine reaches the node's containerd.
func (n Node) ContainerdSocket() (string, error) {
	pid, err := os.ReadFile(n.pidFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s of cluster %s is not running: `cluster node start %s --name %s` starts a node that was stopped", n.Hostname(), n.Name, n.Hostname(), n.Name)
	}
	if err != nil {
		return "", err
	}
	return filepath.Join("/proc", strings.TrimSpace(string(pid)), "root", containerdSocket), nil
}

// stopMark is there while the node is not to run.
func (n Node) stopMark() string { return n.Dir("stopped") }

// Want says whether the node is to run. The keeper of the cluster sees to it.
func (n Node) Want(running bool) error {
	if !running {
		return os.WriteFile(n.stopMark(), nil, 0o600)
	}
	if err := os.Remove(n.stopMark()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Wanted reports whether the node is to run.
func (n Node) Wanted() (bool, error) {
	stopped, err := exists(n.stopMark())
	return !stopped, err
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
