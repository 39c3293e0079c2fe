package processes

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestKindOf(t *testing.T) {
	for line, want := range map[string]string{
		"/todo-api": "todo-api",
		"/daprd --mode kubernetes --app-id audit --log-level info":  "daprd of audit",
		"/daprd --app-id=realtime-sync":                             "daprd of realtime-sync",
		"postgres: todo todoplatform 10.0.0.1(1) idle":              PostgreSQL,
		"/usr/lib/postgresql/18/bin/postgres -c x":                  PostgreSQL,
		"/usr/bin/java -Xmx512m kafka.Kafka /opt/kafka/config":      Kafka,
		"java -jar other.jar":                                       Other,
		"envoy -c /config/envoy.json":                               Envoy,
		"contour serve":                                             Contour,
		"/scheduler --port 1":                                       DaprControl,
		"/usr/bin/containerd-shim-runc-v2 -namespace k8s.io":        Kubernetes,
		"/home/dev/.cache/todoplatform/bin/cluster keep --name dev": Entry,
		"/home/dev/.cache/todoplatform/bin/cluster init --name dev": Other,
		"/manager --leader-elect":                                   Operator,
		"":                                                          Other,
	} {
		if got := KindOf(strings.Split(line, " ")); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

func TestParseStat(t *testing.T) {
	const stat = "42 (a ) (name) S 7 42 42 0 -1 4194560 1000 0 0 0 150 50 20 5 20 0 9 0 100 200000 300 18446744073709551615 1 1 0"
	got, err := parseStat(stat)
	if err != nil {
		t.Fatal(err)
	}
	if got.parent != 7 || got.cpu != 2250*time.Millisecond || got.resident != 300*int64(os.Getpagesize()) {
		t.Errorf("got %+v", got)
	}
	for _, broken := range []string{"", "42 (name", "42 (name) S 1", strings.Replace(stat, "150", "x", 1)} {
		if _, err := parseStat(broken); err == nil {
			t.Errorf("%q: no error", broken)
		}
	}
}

func TestParseMachine(t *testing.T) {
	busy, all, err := parseMachine("cpu  100 10 50 800 40 1 2 7 99 9")
	if err != nil || busy != 1700*time.Millisecond || all != 10100*time.Millisecond {
		t.Errorf("got %v of %v, %v", busy, all, err)
	}
	for _, broken := range []string{"", "cpu 1 2 3", "cpu0 1 2 3 4 5 6 7 8", "cpu 1 2 3 4 x 6 7 8"} {
		if _, _, err := parseMachine(broken); err == nil {
			t.Errorf("%q: no error", broken)
		}
	}
}

func TestDescends(t *testing.T) {
	all := map[int]process{1: {}, 10: {parent: 1}, 11: {parent: 10}, 12: {parent: 11}, 20: {parent: 1}, 30: {parent: 31}, 31: {parent: 30}}
	for id, want := range map[int]bool{10: true, 12: true, 20: false, 1: false, 30: false, 99: false} {
		if got := descends(all, id, 10); got != want {
			t.Errorf("process %d: %v", id, got)
		}
	}
}

func TestBelowSeesThisProcess(t *testing.T) {
	uses, err := Below(os.Getpid())
	if err != nil || uses[Other].ResidentBytes == 0 {
		t.Errorf("got %+v, %v", uses, err)
	}
}
