package daprtest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is a program that ends with the test, however the test ends.
type process struct {
	name    string
	command func() *exec.Cmd // makes the command anew for each start
	logPath string
	cmd     *exec.Cmd
	exited  chan struct{}
}

func newProcess(name, dir string, command func() *exec.Cmd) *process {
	return &process{name: name, command: command, logPath: filepath.Join(dir, name+".log")}
}

// start runs the program and waits until ready holds.
func (p *process) start(ready func() bool) error {
	log, err := os.OpenFile(p.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the program has its own handle
	cmd := p.command()
	cmd.Stdout, cmd.Stderr = log, log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := onStartThread(cmd.Start); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	exited := make(chan struct{})
	p.cmd, p.exited = cmd, exited
	go func() {
		_ = cmd.Wait() // how it ended shows in its log
		close(exited)
	}()
	alive := func() bool {
		select {
		case <-exited:
			return false
		default:
			return true
		}
	}
	if !poll(startTimeout, func() bool { return !alive() || ready() }) || !alive() {
		p.kill()
		return fmt.Errorf("%s did not start; its log ends with:\n%s", p.name, p.logTail())
	}
	return nil
}

// kill ends the program at once and waits until it is gone.
func (p *process) kill() { p.end(syscall.SIGKILL) }

// terminate asks the program to stop, and kills it when it takes too long.
func (p *process) terminate() { p.end(syscall.SIGTERM) }

func (p *process) end(signal syscall.Signal) {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(signal) // it may have ended by itself
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
	p.cmd = nil
}

// killForTest kills the program and has it started again when the test ends.
func (p *process) killForTest(t testing.TB, start func() error) {
	t.Helper()
	p.kill()
	t.Cleanup(func() {
		if p.cmd != nil {
			return
		}
		if err := start(); err != nil {
			t.Error(err)
		}
	})
}

// logTail returns the last lines of what the program wrote.
func (p *process) logTail() string {
	const lines = 60
	text, err := os.ReadFile(p.logPath)
	if err != nil {
		return err.Error()
	}
	all := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return string(bytes.Join(all[max(0, len(all)-lines):], []byte("\n")))
}

// onStartThread runs start on a thread that lives as long as the test binary: the
// kernel sends Pdeathsig when the thread that started a child ends, not its process.
func onStartThread(start func() error) error {
	startThread.once.Do(func() {
		go func() {
			runtime.LockOSThread()
			for request := range startThread.requests {
				request()
			}
		}()
	})
	result := make(chan error)
	startThread.requests <- func() { result <- start() }
	return <-result
}

var startThread = struct {
	once     sync.Once
	requests chan func()
}{requests: make(chan func())}

// freePort returns a port on which nobody listens, below the range from which the
// kernel takes ports for outgoing connections.
func freePort() int {
	const first, count = 15000, 17000
	ports.Lock()
	defer ports.Unlock()
	for {
		port := first + rand.IntN(count)
		if ports.given[port] {
			continue
		}
		listener, err := net.Listen("tcp", loopback(port))
		if err != nil {
			continue
		}
		_ = listener.Close() // it has served its purpose
		ports.given[port] = true
		return port
	}
}

var ports = struct {
	sync.Mutex
	given map[int]bool
}{given: map[int]bool{}}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
