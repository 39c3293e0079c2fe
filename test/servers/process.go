// Package servers runs real programs for tests, as processes of the test: any, and a Kafka broker.
package servers

import (
	"bytes"
	"context"
	"fmt"
	"io"
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

const (
	// StartTimeout bounds the start of any process.
	StartTimeout = time.Minute
	// StopTimeout bounds how long a process may take to stop, as in the cluster.
	StopTimeout = 45 * time.Second
	// pollInterval is the pause between two looks at a condition.
	pollInterval = 20 * time.Millisecond
)

// Process is a program that ends with the test, however the test ends.
type Process struct {
	name    string
	command func() *exec.Cmd // makes the command anew for each start
	logPath string
	cmd     *exec.Cmd
	exited  chan struct{}
}

// NewProcess prepares a program, which writes its log into dir. The command is made anew for each start.
func NewProcess(name, dir string, command func() *exec.Cmd) *Process {
	return &Process{name: name, command: command, logPath: filepath.Join(dir, name+".log")}
}

// Start runs the program and waits until ready holds.
func (p *Process) Start(ready func() bool) error {
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
	if !Poll(StartTimeout, func() bool { return !alive() || ready() }) || !alive() {
		p.Kill()
		return fmt.Errorf("%s did not start; its log ends with:\n%s", p.name, p.LogTail())
	}
	return nil
}

// Kill ends the program at once and waits until it is gone.
func (p *Process) Kill() { p.end(syscall.SIGKILL) }

// Terminate asks the program to stop, and kills it when it takes too long.
func (p *Process) Terminate() { p.end(syscall.SIGTERM) }

func (p *Process) end(signal syscall.Signal) {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(signal) // it may have ended by itself
	select {
	case <-p.exited:
	case <-time.After(StopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
	p.cmd = nil
}

// KillForTest kills the program and has it started again when the test ends.
func (p *Process) KillForTest(t testing.TB, start func() error) {
	t.Helper()
	p.Kill()
	t.Cleanup(func() {
		if p.cmd != nil {
			return
		}
		if err := start(); err != nil {
			t.Error(err)
		}
	})
}

// LogTail returns the last lines of what the program wrote.
func (p *Process) LogTail() string {
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

// FreePort returns a port on which nobody listens, below the range from which the
// kernel takes ports for outgoing connections. No other test gets it, of this process or another.
func FreePort() int {
	const first, count = 15000, 17000
	for {
		port := first + rand.IntN(count)
		if !claimed(port) {
			continue
		}
		listener, err := net.Listen("tcp", Loopback(port))
		if err != nil {
			continue
		}
		_ = listener.Close() // it has served its purpose
		return port
	}
}

// claimed takes a port for as long as this process lives, and says whether it was free: between the choice of a port and
// its use, the tests of another package may choose, too. A claim is a lock of one byte of a file, which ends with the process.
func claimed(port int) bool {
	ports.Lock()
	defer ports.Unlock()
	if ports.claims == nil {
		claims, err := os.OpenFile(filepath.Join(os.TempDir(), fmt.Sprintf("todoplatform-ports-%d", os.Getuid())), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			panic(fmt.Sprintf("open the claims of ports: %v", err))
		}
		ports.claims = claims
	}
	if ports.given[port] {
		return false
	}
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: int64(port), Len: 1}
	ports.given[port] = syscall.FcntlFlock(ports.claims.Fd(), syscall.F_SETLK, &lock) == nil
	return ports.given[port]
}

var ports = struct {
	sync.Mutex
	claims *os.File
	given  map[int]bool
}{given: map[int]bool{}}

// Loopback is the address of a port of this machine.
func Loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// Poll waits until condition holds, and tells whether it does within timeout.
func Poll(timeout time.Duration, condition func() bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			return condition()
		case <-ticker.C:
		}
	}
	return true
}

// Binary returns the path of a program that the tools target built, below the cache.
func Binary(path ...string) (string, error) {
	cache := os.Getenv("TODOPLATFORM_CACHE")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		cache = filepath.Join(base, "todoplatform")
	}
	full := filepath.Join(append([]string{cache}, path...)...)
	if _, err := os.Stat(full); err != nil {
		return "", fmt.Errorf("%s is missing: run make tools", filepath.Join(path...))
	}
	return full, nil
}
