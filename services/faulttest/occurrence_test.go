package faulttest

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

const (
	// many is how many tasks one person completes, in one act.
	many = 100
	// killInterval is the pause between two kills of a replica.
	killInterval = 2 * time.Second
)

// completions is how many tasks are completed in all: 500, or what TODOPLATFORM_COMPLETIONS says.
func completions(t *testing.T) int { return intFromEnv(t, "TODOPLATFORM_COMPLETIONS", 500) }

func intFromEnv(t *testing.T, name string, fallback int) int {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		return fallback
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// Two replicas of recurring-task die in turns while many occurrences are completed at once: each gets its
// next one, once, and nothing is left to handle.
func TestManyCompletionsWhileReplicasDie(t *testing.T) {
	p := startPlatform(t)
	second := &child{app: contract.RecurringTask, replica: 1, dir: p.dir, mail: p.mailbox.Address}
	p.env.Service(t, daprtest.App{ID: contract.RecurringTask, Replica: 1}, second.run)
	people := p.signUpMany(t, (completions(t)+many-1)/many)
	complete(t, people)
	done := time.Now()
	kills := killInTurns(t, []*child{p.children[contract.RecurringTask], second}, func() bool { return p.occurrences(t) == len(people)*many })
	t.Logf("%d completions: each has its next occurrence %s after the last was completed, over %d kills", len(people)*many, time.Since(done).Round(100*time.Millisecond), kills)
	daprtest.Eventually(t, 5*time.Minute, "all is handled", func() bool { return p.env.Unhandled(t, contract.RecurringTask) == 0 })
	if got := p.occurrences(t); got != len(people)*many {
		t.Errorf("there are %d next occurrences of %d", got, len(people)*many)
	}
	p.env.WantNoDeadLetters(t)
}

// occurrences counts those that follow a completed one.
func (p *platform) occurrences(t *testing.T) (n int) {
	t.Helper()
	if err := p.db.QueryRow(t.Context(), "SELECT count(*) FROM todo.task WHERE occurrence > 0").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// killInTurns kills one process after the other until over holds, and counts the kills.
func killInTurns(t *testing.T, children []*child, over func() bool) (kills int) {
	t.Helper()
	ticker := time.NewTicker(killInterval)
	defer ticker.Stop()
	daprtest.Eventually(t, 20*time.Minute, "each completed task is followed by its next occurrence", func() bool {
		select {
		case <-ticker.C:
			children[kills%len(children)].kill()
			kills++
		default:
		}
		return over()
	})
	return kills
}

func (p *platform) signUpMany(t *testing.T, n int) []*story {
	t.Helper()
	var people []*story
	for i := range n {
		people = append(people, p.signUp(t, fmt.Sprintf("person %d", i)))
	}
	return people
}

// complete has all people complete their tasks at the same time.
func complete(t *testing.T, people []*story) {
	t.Helper()
	var adding, completing sync.WaitGroup
	ids := make([][]string, len(people))
	for i, s := range people {
		adding.Go(func() { ids[i] = s.addRecurring(t) })
	}
	adding.Wait()
	for i, s := range people {
		completing.Go(func() { s.completeAll(t, ids[i]) })
	}
	completing.Wait()
}

// addRecurring adds tasks that recur, and returns their ids.
func (s *story) addRecurring(t *testing.T) []string {
	t.Helper()
	var commands []client.Command
	var ids []string
	for n := range many {
		id := uuid.Must(uuid.NewV7()).String()
		ids = append(ids, id)
		commands = append(commands, client.Command{Name: "task.create", ID: id, Fields: map[string]any{
			"title": fmt.Sprintf("Recurs %d", n), "due": map[string]any{"date": "2099-12-01"}, "recurrence": map[string]any{"rule": "FREQ=DAILY"}}})
	}
	s.apply(t, "add", commands)
	return ids
}

func (s *story) completeAll(t *testing.T, ids []string) {
	t.Helper()
	var commands []client.Command
	for _, id := range ids {
		commands = append(commands, client.Command{Name: "task.complete", ID: id})
	}
	s.apply(t, "complete", commands)
}

func (s *story) apply(t *testing.T, key string, commands []client.Command) {
	t.Helper()
	s.persist(t, key, func(ctx context.Context) error {
		_, err := s.c.Apply(ctx, false, commands, client.IdempotencyKey(key))
		return err
	})
}
