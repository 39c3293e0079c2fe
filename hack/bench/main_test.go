package main

import (
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/hack/bench/internal/processes"
	"github.com/todoplatform/todoplatform/hack/bench/internal/seed"
)

func TestOptionsAreBounded(t *testing.T) {
	good := options{size: seed.Size{Users: 10, Tasks: 10, LargeUsers: 1, LargeTasks: 100}, rate: 10, duration: time.Second, sockets: 11}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*options){
		"no users":           func(o *options) { o.size.Users, o.size.LargeUsers = 0, 0 },
		"negative users":     func(o *options) { o.size.LargeUsers = -1 },
		"too many users":     func(o *options) { o.size.Users = maxUsers },
		"too many tasks":     func(o *options) { o.size.LargeTasks = maxTasks },
		"no rate":            func(o *options) { o.rate = 0 },
		"too high a rate":    func(o *options) { o.rate = maxRate + 1 },
		"too long":           func(o *options) { o.duration = 2 * time.Hour },
		"sockets of nobody":  func(o *options) { o.sockets = 12 },
		"negative durations": func(o *options) { o.duration = -1 },
		"too long an import": func(o *options) { o.imported = maxImported + 1 },
	} {
		o := good
		change(&o)
		if o.check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestCostIsWhatComesOnTopOfIdling(t *testing.T) {
	cpu := func(app, self time.Duration) map[string]time.Duration {
		return map[string]time.Duration{"todo-api": app, thisProgram: self}
	}
	idle := use{elapsed: 10 * time.Second, cpu: cpu(100*time.Millisecond, 0)}                                  // 10 ms a second
	reading := use{elapsed: time.Minute, cpu: cpu(600*time.Millisecond+11*time.Second, 5500*time.Millisecond)} // 5,500 reads
	writing := use{elapsed: time.Minute, cpu: cpu(600*time.Millisecond+16500*time.Millisecond, 0)}             // 1,650 writes
	table := costTable(idle, reading, writing)
	if len(table.Rows) != len(processes.Kinds())+2 {
		t.Errorf("%d rows", len(table.Rows))
	}
	for _, row := range table.Rows {
		want := [3]float64{}
		switch row.Name {
		case "todo-api", "all but this benchmark":
			want = [3]float64{10, 2, 10}
		case thisProgram:
			want = [3]float64{0, 1, 0}
		}
		if [3]float64(row.Values) != want {
			t.Errorf("%s: got %v, want %v", row.Name, row.Values, want)
		}
	}
}

func TestSharesOfTheMachine(t *testing.T) {
	u := use{machine: 100 * time.Second, busy: 60 * time.Second, cpu: map[string]time.Duration{
		"todo-api": 30 * time.Second, "Kafka": 10 * time.Second, thisProgram: 5 * time.Second,
	}}
	if cluster, self, others := u.shares(); cluster != 40 || self != 5 || others != 15 {
		t.Errorf("got %v, %v, %v", cluster, self, others)
	}
}
