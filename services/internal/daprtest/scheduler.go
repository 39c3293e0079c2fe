package daprtest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	schedulerv1 "github.com/dapr/dapr/pkg/proto/scheduler/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/todoplatform/todoplatform/test/servers"
)

// scheduler is the shared Dapr scheduler, the keeper of jobs.
type scheduler struct {
	process *servers.Process
	address string
	healthy string // URL
}

func startScheduler(dir string) (*scheduler, error) {
	program, err := servers.Binary("bin", "dapr-scheduler")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	port, health := servers.FreePort(), servers.FreePort()
	s := &scheduler{address: servers.Loopback(port), healthy: "http://" + servers.Loopback(health) + "/healthz"}
	args := []string{
		"--mode", "standalone", "--port", strconv.Itoa(port), "--listen-address", "127.0.0.1",
		"--override-broadcast-host-port", s.address,
		"--healthz-port", strconv.Itoa(health), "--healthz-listen-address", "127.0.0.1",
		"--enable-metrics=false",
		"--etcd-data-dir", dir, "--etcd-client-port", strconv.Itoa(servers.FreePort()),
		"--etcd-initial-cluster", fmt.Sprintf("dapr-scheduler-server-0=http://localhost:%d", servers.FreePort()),
	}
	s.process = servers.NewProcess("scheduler", dir, func() *exec.Cmd { return exec.Command(program, args...) })
	return s, s.start()
}

func (s *scheduler) start() error {
	return s.process.Start(func() bool { return answersOK(s.healthy) && s.takesJobs() })
}

// takesJobs reports whether the scheduler does what it is asked. After a kill it is healthy some
// twenty seconds before that: it waits until the leadership of the process before has run out.
func (s *scheduler) takesJobs() bool {
	connection, err := grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return false
	}
	defer func() { _ = connection.Close() }() // nothing is under way
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err = schedulerv1.NewSchedulerClient(connection).DeleteJob(ctx, &schedulerv1.DeleteJobRequest{
		Name: "none",
		Metadata: &schedulerv1.JobMetadata{
			AppId: "daprtest", Namespace: "default",
			Target: &schedulerv1.JobTargetMetadata{Type: &schedulerv1.JobTargetMetadata_Job{Job: &schedulerv1.TargetJob{}}},
		},
	})
	return err == nil
}

// Kill implements Server.
func (s *scheduler) Kill(t testing.TB) { s.process.KillForTest(t, s.start) }

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
