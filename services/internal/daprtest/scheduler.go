package daprtest

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// scheduler is the shared Dapr scheduler, the keeper of jobs.
type scheduler struct {
	process *process
	address string
	healthy string // URL
}

func startScheduler(dir string) (*scheduler, error) {
	program, err := binary("bin", "dapr-scheduler")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	port, health := freePort(), freePort()
	s := &scheduler{address: loopback(port), healthy: "http://" + loopback(health) + "/healthz"}
	args := []string{
		"--mode", "standalone", "--port", strconv.Itoa(port), "--listen-address", "127.0.0.1",
		"--override-broadcast-host-port", s.address,
		"--healthz-port", strconv.Itoa(health), "--healthz-listen-address", "127.0.0.1",
		"--enable-metrics=false",
		"--etcd-data-dir", dir, "--etcd-client-port", strconv.Itoa(freePort()),
		"--etcd-initial-cluster", fmt.Sprintf("dapr-scheduler-server-0=http://localhost:%d", freePort()),
	}
	s.process = newProcess("scheduler", dir, func() *exec.Cmd { return exec.Command(program, args...) })
	return s, s.start()
}

func (s *scheduler) start() error {
	return s.process.start(func() bool { return answersOK(s.healthy) })
}

// Kill implements Server.
func (s *scheduler) Kill(t testing.TB) { s.process.killForTest(t, s.start) }

// Start implements Server.
func (s *scheduler) Start(t testing.TB) {
	t.Helper()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

func answersOK(url string) bool {
	answer, err := http.Get(url)
	if err != nil {
		return false
	}
	_ = answer.Body.Close() // the status says it all
	return answer.StatusCode < http.StatusMultipleChoices
}
