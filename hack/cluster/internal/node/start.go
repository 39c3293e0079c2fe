package node

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cgroup"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
)

// Process is the first process of a running node. Ending it ends the node: the
// kernel kills every other process of its namespace.
type Process struct{ command *exec.Cmd }

// Start starts the first process of the node in new namespaces and joins its
// network to this machine. The caller's thread is the node's parent: the node ends with it.
func (n Node) Start() (*Process, error) {
	if err := cgroup.Create(cgroup.Name(n.Name)); err != nil {
		return nil, err
	}
	log, err := n.openLog("node")
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	// A death signal comes when the starting thread ends, not only the process.
	runtime.LockOSThread()
	command := exec.Command(self, "init", "--name", n.Name) //nolint:gosec,noctx // this program; it is ended by Kill
	command.Stdout, command.Stderr = log, log
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the node's first process (this needs root): %w", err)
	}
	process := &Process{command: command}
	if err := network.Connect(n.Slot, command.Process.Pid); err != nil {
		process.Kill()
		return nil, err
	}
	if err := os.WriteFile(n.pidFile(), []byte(strconv.Itoa(command.Process.Pid)), 0o600); err != nil {
		process.Kill()
		return nil, err
	}
	return process, nil
}

// Wait returns when the node has ended.
func (p *Process) Wait() error { return p.command.Wait() }

// Kill ends the node.
func (p *Process) Kill() { _ = p.command.Process.Kill() }

func (n Node) openLog(name string) (io.WriteCloser, error) {
	if err := os.MkdirAll(n.Logs(), 0o750); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(n.Logs(), name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) //nolint:gosec // logs are no secret
}

func (n Node) pidFile() string { return n.Dir("node.pid") }

// ContainerdSocket is the path by which this machine reaches the node's containerd.
func (n Node) ContainerdSocket() (string, error) {
	pid, err := os.ReadFile(n.pidFile())
	if err != nil {
		return "", fmt.Errorf("the node of cluster %s is not running: %w", n.Name, err)
	}
	return filepath.Join("/proc", string(pid), "root", containerdSocket), nil
}
