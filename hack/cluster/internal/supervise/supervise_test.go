package supervise

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestNextDelay(t *testing.T) {
	tests := []struct {
		name       string
		delay, ran time.Duration
		want       time.Duration
	}{
		{"doubles after a quick end", time.Second, time.Second, 2 * time.Second},
		{"is bounded", maxDelay, time.Second, maxDelay},
		{"starts anew after a steady run", maxDelay, steady, firstDelay},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := nextDelay(test.delay, test.ran); got != test.want {
				t.Fatalf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestRunRestartsAComponentThatEnds(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	dir := t.TempDir()
	logFile := filepath.Join(dir, "unsteady.log")
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, dir, []Component{{Name: "unsteady", Path: "/bin/sh", Args: []string{"-c", "echo started"}}})
	}()
	for ctx.Err() == nil {
		if content, _ := os.ReadFile(logFile); strings.Count(string(content), "started") >= 2 {
			break
		}
		pause(ctx, pollEvery)
	}
	if ctx.Err() != nil {
		t.Fatal("the component was not started again")
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
