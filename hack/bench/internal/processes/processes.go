// Package processes reads from /proc what the programs of a local cluster take of
// this machine. Their processes are visible here because a node is a set of namespaces.
package processes

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
)

// tick is the unit of CPU times in /proc/<pid>/stat: Linux gives all programs 100 a second.
const tick = 10 * time.Millisecond

// Kinds of processes besides the apps and their sidecars.
const (
	PostgreSQL  = "PostgreSQL"
	Kafka       = "Kafka"
	Envoy       = "Envoy"
	Contour     = "Contour"
	Operator    = "operator"
	DaprControl = "Dapr control plane"
	Kubernetes  = "Kubernetes"
	Entry       = "way from localhost to Envoy"
	Other       = "other"
)

// Sidecar is the kind of the daprd of an app.
func Sidecar(app string) string { return "daprd of " + app }

// Kinds lists every kind in the order of a report.
func Kinds() []string {
	kinds := contract.Services()
	for _, app := range contract.Services() {
		kinds = append(kinds, Sidecar(app))
	}
	return append(kinds, PostgreSQL, Kafka, Envoy, Contour, Operator, DaprControl, Kubernetes, Entry, Other)
}

// Use is what the processes of one kind take.
type Use struct {
	// CPU is the time that they, and the children they have outlived, have used since they began.
	CPU time.Duration
	// ResidentBytes is their memory that is not swapped out; what they share counts for each.
	ResidentBytes int64
}

// Below returns the use of root and all its descendants by kind.
func Below(root int) (map[string]Use, error) {
	all, err := list("/proc")
	if err != nil {
		return nil, err
	}
	if _, alive := all[root]; !alive {
		return nil, fmt.Errorf("process %d, which keeps the cluster running, does not live", root)
	}
	uses := map[string]Use{}
	for id, p := range all {
		if !descends(all, id, root) {
			continue
		}
		kind := KindOf(p.arguments)
		use := uses[kind]
		use.CPU += p.cpu
		use.ResidentBytes += p.resident
		uses[kind] = use
	}
	return uses, nil
}

// Self returns the CPU time of this process.
func Self() (time.Duration, error) {
	p, err := read(filepath.Join("/proc", "self"))
	return p.cpu, err
}

// Machine returns for how long the processors of this machine have been busy, and for
// how long they could have been, since it started.
func Machine() (busy, all time.Duration, err error) {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0, fmt.Errorf("read the time of the processors: %w", err)
	}
	first, _, _ := strings.Cut(string(stat), "\n")
	return parseMachine(first)
}

// parseMachine reads the first line of proc_stat(5): user, nice, system, idle, iowait,
// irq, softirq, steal, and then guests, which user and nice have already.
func parseMachine(line string) (busy, all time.Duration, err error) {
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, 0, fmt.Errorf("%q is not the time of the processors", line)
	}
	for i, field := range fields[1:9] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("read the time of the processors: %w", err)
		}
		all += time.Duration(ticks) * tick
		if i != 3 && i != 4 {
			busy += time.Duration(ticks) * tick
		}
	}
	return busy, all, nil
}

type process struct {
	parent    int
	cpu       time.Duration
	resident  int64
	arguments []string
}

func list(proc string) (map[int]process, error) {
	entries, err := os.ReadDir(proc)
	if err != nil {
		return nil, fmt.Errorf("list the processes: %w", err)
	}
	all := map[int]process{}
	for _, entry := range entries {
		id, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		p, err := read(filepath.Join(proc, entry.Name()))
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, errGone) {
			continue // it ended meanwhile
		}
		if err != nil {
			return nil, err
		}
		all[id] = p
	}
	return all, nil
}

var errGone = errors.New("the process ended")

func read(folder string) (process, error) {
	stat, err := os.ReadFile(filepath.Join(folder, "stat")) //nolint:gosec // a file of the kernel
	if err != nil {
		return process{}, gone(err)
	}
	p, err := parseStat(string(stat))
	if err != nil {
		return process{}, err
	}
	line, err := os.ReadFile(filepath.Join(folder, "cmdline")) //nolint:gosec // a file of the kernel
	if err != nil {
		return process{}, gone(err)
	}
	p.arguments = strings.Split(string(bytes.TrimRight(line, "\x00")), "\x00")
	return p, nil
}

// gone tells a process that ended while it was read, for which reads fail with ESRCH.
func gone(err error) error {
	if strings.Contains(err.Error(), "no such process") {
		return errGone
	}
	return err
}

// parseStat reads the fields of proc_pid_stat(5) that count here. The second is the
// program's name in parentheses, which may contain both spaces and parentheses.
func parseStat(stat string) (process, error) {
	end := strings.LastIndexByte(stat, ')')
	fields := strings.Fields(stat[end+1:]) // from the third on
	if end < 0 || len(fields) < 22 {
		return process{}, fmt.Errorf("%q is not the state of a process", stat)
	}
	var numbers [22]int64
	for _, i := range []int{1, 11, 12, 13, 14, 21} {
		number, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return process{}, fmt.Errorf("read the state of a process: %w", err)
		}
		numbers[i] = number
	}
	ticks := numbers[11] + numbers[12] + numbers[13] + numbers[14]
	return process{
		parent: int(numbers[1]), cpu: time.Duration(ticks) * tick, resident: numbers[21] * int64(os.Getpagesize()),
	}, nil
}

// descends reports whether a process is root or below it. The bound keeps ids that
// were used again meanwhile from making a circle.
func descends(all map[int]process, id, root int) bool {
	for range 100 {
		if id == root {
			return true
		}
		p, ok := all[id]
		if !ok || p.parent == 0 {
			return false
		}
		id = p.parent
	}
	return false
}

// programs says the kind of a program by the name of its binary.
var programs = map[string]string{
	"envoy": Envoy, "contour": Contour, "manager": Operator, "pause": Kubernetes,
	"sentry": DaprControl, "injector": DaprControl, "scheduler": DaprControl, "placement": DaprControl, "operator": DaprControl,
	"etcd": Kubernetes, "kubelet": Kubernetes, "containerd": Kubernetes, "containerd-shim-runc-v2": Kubernetes,
	"kube-apiserver": Kubernetes, "kube-controller-manager": Kubernetes, "kube-scheduler": Kubernetes, "kube-proxy": Kubernetes,
	"coredns": Kubernetes,
}

// KindOf says what a process is by its command line.
func KindOf(arguments []string) string {
	name := filepath.Base(arguments[0])
	switch {
	case slices.Contains(contract.Services(), name):
		return name
	case name == "daprd":
		return Sidecar(flag(arguments, "--app-id"))
	case strings.HasPrefix(arguments[0], "postgres:") || name == "postgres":
		return PostgreSQL
	case name == "java" && slices.Contains(arguments, "kafka.Kafka"):
		return Kafka
	case name == "cluster" && slices.Contains(arguments, "keep"):
		return Entry
	}
	if kind, ok := programs[name]; ok {
		return kind
	}
	return Other
}

// flag returns the value of --name value or --name=value.
func flag(arguments []string, name string) string {
	for i, argument := range arguments {
		if value, ok := strings.CutPrefix(argument, name+"="); ok {
			return value
		}
		if argument == name && i+1 < len(arguments) {
			return arguments[i+1]
		}
	}
	return ""
}
