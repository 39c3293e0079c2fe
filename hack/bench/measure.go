package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/hack/bench/internal/load"
	"github.com/todoplatform/todoplatform/hack/bench/internal/processes"
	"github.com/todoplatform/todoplatform/hack/bench/internal/report"
	"github.com/todoplatform/todoplatform/hack/bench/internal/sockets"
	"github.com/todoplatform/todoplatform/hack/bench/internal/target"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

const (
	warmUpTime = 10 * time.Second
	warmUpRate = 20
	// settleTime is how long after the last request its consequences are waited for.
	settleTime = 5 * time.Second

	// framesTime is how long after the load frames are waited for: a frame that comes later
	// counts as one that never came.
	framesTime = 30 * time.Second

	// calmTime is how long sockets take to become as quiet as those that have been open for
	// long: realtime-sync may look often for what they missed in their first half minute.
	calmTime = 65 * time.Second

	// costTime and settleTime are a minute, so that what happens at intervals weighs the same in
	// each phase.
	costTime  = time.Minute - settleTime
	readRate  = 100
	writeRate = 30

	// importRate is what others ask meanwhile: what the platform has room for beside an import.
	importRate = 50
	importTime = 100 * time.Second // in which 10,000 tasks are let in
	deleteTime = 40 * time.Second  // in which the events of 5,000 are published
	// maxReminders come up meanwhile, each of another user; to set them takes less than remindTime.
	maxReminders = 100
	remindTime   = 15 * time.Second

	// viewRate is what twenty people ask who do nothing but go from view to view.
	viewRate     = 50
	maxSnapshots = 20

	// talkRate is how many messages a second all people together say to the chatbot.
	talkRate = 20

	muchByOthers = 10 // percent of the machine

	stepTime    = 10 * time.Second
	firstRate   = 50
	rateStep    = 50
	maxSteps    = 40
	goodLatency = time.Second // p99
	goodErrors  = 1           // percent
	megabyte    = 1 << 20
)

// warmUp lets connection pools, caches and compilers begin, and fails when nothing works.
func (b *bench) warmUp(ctx context.Context) error {
	b.printf("warming up for %s", warmUpTime)
	record := b.load.Run(ctx, warmUpRate, warmUpTime, load.Usual())
	if failed := record.Failed(); failed > warmUpRate*int(warmUpTime.Seconds())/2 {
		return fmt.Errorf("%d of the first requests failed: %v", failed, record.Errors())
	}
	return nil
}

// openSockets opens the sockets and says what they take of realtime-sync.
func (b *bench) openSockets(ctx context.Context) error {
	if b.options.sockets == 0 {
		return nil
	}
	b.printf("opening %d sockets", b.options.sockets)
	before, err := processes.Below(b.cluster.Keeper)
	if err != nil {
		return err
	}
	set, opening := sockets.Open(ctx, b.cluster.URL, target.Client(0), b.users[:b.options.sockets], b.lag)
	if opening.Opened == 0 {
		return fmt.Errorf("no socket could be opened: %w", opening.FirstError)
	}
	if opening.FirstError != nil {
		b.printf("sockets were refused, the first because: %v", opening.FirstError)
	}
	b.sockets = set
	b.printf("letting them calm down for %s", calmTime)
	sleep(ctx, calmTime)
	after, err := processes.Below(b.cluster.Keeper)
	if err != nil {
		return err
	}
	now := after[contract.RealtimeSync].ResidentBytes
	grown := now - before[contract.RealtimeSync].ResidentBytes
	table := report.Table{Title: "Sockets", Columns: []string{"value"}}
	table.Add("opened", float64(opening.Opened))
	table.Add("refused", float64(b.options.sockets-opening.Opened))
	table.Add("opened a second", float64(opening.Opened)/opening.Elapsed.Seconds())
	table.Add("memory of realtime-sync (MiB)", float64(now)/megabyte)
	table.Add("its growth for each socket (KiB)", float64(grown)/1024/float64(opening.Opened))
	times := report.NewLatencies("Opening a socket")
	times.AddSamples("ticket to welcome", &opening.Times)
	b.report.Tables = append(b.report.Tables, table, times)
	return nil
}

// measureLoad sends the usual mix at the rate of the flags.
func (b *bench) measureLoad(ctx context.Context) error {
	if b.duration == 0 {
		return nil
	}
	b.printf("sending %g requests a second for %s", b.rate, b.duration)
	b.lag.Restart()
	var record *load.Record
	used, err := measureUse(b.cluster.Keeper, func() { record = b.load.Run(ctx, b.rate, b.duration, load.Usual()) })
	if err != nil {
		return err
	}
	b.awaitFrames(ctx)

	latencies := latenciesOf("Latency", record)
	addOperations(&latencies, record)
	latencies.AddSamples("list, large users", &record.Large)
	lag := b.lag.Result()
	latencies.AddSamples("answer to frame", &lag.Answer)
	latencies.AddSamples("commit to frame", &lag.Commit)

	counts := report.Table{Title: "Requests", Columns: []string{"value"}}
	counts.Add("answered a second", float64(int(b.rate*b.duration.Seconds())-record.Failed())/record.Elapsed.Seconds())
	counts.Add("failed", float64(record.Failed()))
	for _, fault := range slices.Sorted(maps.Keys(record.Errors())) {
		counts.Add("  "+fault, float64(record.Errors()[fault]))
	}
	if b.sockets != nil {
		counts.Add("frames that never came", float64(b.lag.Waiting()))
	}
	b.report.Tables = append(b.report.Tables, latencies, counts)
	b.noteShares("load", used)
	return nil
}

// latenciesOf begins a table with all reads and all writes of a run.
func latenciesOf(title string, record *load.Record) report.Table {
	latencies := report.NewLatencies(title)
	latencies.AddSamples("read", record.Joined(func(o load.Operation) bool { return !o.Writes() }))
	latencies.AddSamples("write", record.Joined(load.Operation.Writes))
	return latencies
}

func addOperations(latencies *report.Table, record *load.Record) {
	for _, operation := range load.Operations() {
		latencies.AddSamples("  "+string(operation), record.Latencies[operation])
	}
}

// measureViews has large users go from view to view.
func (b *bench) measureViews(ctx context.Context) error {
	if b.duration == 0 || b.size.LargeUsers == 0 {
		return nil
	}
	b.printf("reading %d views of large users a second for %s", viewRate, b.duration)
	var record *load.Record
	used, err := measureUse(b.cluster.Keeper, func() {
		record = b.load.OfLargeUsers().Run(ctx, viewRate, b.duration, load.Views())
	})
	if err != nil {
		return err
	}
	if failed := record.Failed(); failed > 0 {
		b.printf("%d of the requests failed: %v", failed, record.Errors())
	}
	latencies := latenciesOf("Views of large users", record)
	addOperations(&latencies, record)
	b.report.Tables = append(b.report.Tables, latencies)
	b.noteShares("views", used)
	return nil
}

// measureTalk has people ask the chatbot.
func (b *bench) measureTalk(ctx context.Context) error {
	if b.duration == 0 {
		return nil
	}
	b.printf("saying %d things a second to the chatbot for %s", talkRate, b.duration)
	record := b.load.Run(ctx, talkRate, b.duration, load.Talk())
	if failed := record.Failed(); failed > 0 {
		b.printf("%d of the requests failed: %v", failed, record.Errors())
	}
	latencies := report.NewLatencies("Chatbot")
	addOperations(&latencies, record)
	b.report.Tables = append(b.report.Tables, latencies)
	return nil
}

// measureSnapshot has large users read all that a new window needs, one after the other.
func (b *bench) measureSnapshot(ctx context.Context) error {
	if b.duration == 0 || b.size.LargeUsers == 0 {
		return nil
	}
	b.printf("reading snapshots of large users")
	wire := target.NewWire()
	times := &report.Samples{}
	tasks, snapshots := 0, 0
	for _, user := range b.users {
		if !user.Large || snapshots == maxSnapshots {
			continue
		}
		began := time.Now()
		read, err := user.Snapshot(ctx, client.New(b.cluster.URL, wire.Client))
		if err != nil {
			return fmt.Errorf("read a snapshot: %w", err)
		}
		times.Add(time.Since(began))
		tasks, snapshots = tasks+read, snapshots+1
	}
	latencies := report.NewLatencies("Snapshot of a large user")
	latencies.AddSamples("all pages", times)
	sizes := report.Table{Title: "Size of a snapshot", Columns: []string{"value"}}
	sizes.Add("open tasks", float64(tasks)/float64(snapshots))
	sizes.Add("on the wire, compressed (KiB)", float64(wire.Bytes())/1024/float64(snapshots))
	b.report.Tables = append(b.report.Tables, latencies, sizes)
	return nil
}

// awaitFrames waits until each answered write has its frame, or no longer.
func (b *bench) awaitFrames(ctx context.Context) {
	for deadline := time.Now().Add(framesTime); b.lag.Waiting() > 0 && ctx.Err() == nil && time.Now().Before(deadline); {
		sleep(ctx, 100*time.Millisecond)
	}
}

// measureCost counts CPU time of every program while nothing happens, while there are
// only reads, and while there are only writes.
func (b *bench) measureCost(ctx context.Context) error {
	if !b.cost {
		return nil
	}
	b.printf("measuring CPU time: a minute idle, a minute of %d reads a second, a minute of %d writes a second", readRate, writeRate)
	idle, err := measureUse(b.cluster.Keeper, func() { sleep(ctx, costTime+settleTime) })
	if err != nil {
		return err
	}
	var reads, writes *load.Record
	reading, err := measureUse(b.cluster.Keeper, func() {
		reads = b.load.Run(ctx, readRate, costTime, load.OnlyLists())
		sleep(ctx, settleTime)
	})
	if err != nil {
		return err
	}
	writing, err := measureUse(b.cluster.Keeper, func() {
		writes = b.load.Run(ctx, writeRate, costTime, load.OnlyWrites())
		sleep(ctx, settleTime)
	})
	if err != nil {
		return err
	}
	if failed := reads.Failed() + writes.Failed(); failed > 0 {
		b.printf("%d of the requests failed: reads %v, writes %v", failed, reads.Errors(), writes.Errors())
	}
	b.report.Tables = append(b.report.Tables, costTable(idle, reading, writing))
	b.noteShares("idle", idle)
	b.noteShares("only reads", reading)
	b.noteShares("only writes", writing)
	return nil
}

// use is the CPU time of each kind of process within a time.
type use struct {
	elapsed       time.Duration
	cpu           map[string]time.Duration
	machine, busy time.Duration // of all processors, and what anybody used of it
}

// thisProgram is the kind of the benchmark itself.
const thisProgram = "this benchmark"

// measureUse measures what is used during phase.
func measureUse(root int, phase func()) (use, error) {
	start := time.Now()
	before, err := useUntilNow(root)
	if err != nil {
		return use{}, err
	}
	phase()
	after, err := useUntilNow(root)
	if err != nil {
		return use{}, err
	}
	for kind := range after.cpu {
		after.cpu[kind] -= before.cpu[kind]
	}
	return use{time.Since(start), after.cpu, after.machine - before.machine, after.busy - before.busy}, nil
}

func useUntilNow(root int) (use, error) {
	below, err := processes.Below(root)
	if err != nil {
		return use{}, err
	}
	u := use{cpu: map[string]time.Duration{}}
	for kind, of := range below {
		u.cpu[kind] = of.CPU
	}
	if u.cpu[thisProgram], err = processes.Self(); err != nil {
		return use{}, err
	}
	u.busy, u.machine, err = processes.Machine()
	return u, err
}

// shares are the percents of the machine that cluster, benchmark and others used.
func (u use) shares() (cluster, self, others float64) {
	percent := func(d time.Duration) float64 { return 100 * float64(d) / float64(max(u.machine, 1)) }
	var all time.Duration
	for _, cpu := range u.cpu {
		all += cpu
	}
	self = percent(u.cpu[thisProgram])
	return percent(all) - self, self, max(percent(u.busy-all), 0)
}

// noteShares adds a line on who used the machine, and warns when figures are worth
// little because something ran beside.
func (b *bench) noteShares(phase string, u use) {
	cluster, self, others := u.shares()
	b.processors.Add(phase, cluster, self, others)
	if others > muchByOthers {
		b.printf("warning: other programs used %.0f %% of this machine during %s", others, phase)
	}
}

// costTable says what one read and one write cost above what is used when nothing happens.
func costTable(idle, reading, writing use) report.Table {
	table := report.Table{Title: "CPU (ms)", Columns: []string{"idle a second", "a read", "a write"}}
	const reads, writes = readRate * int64(costTime/time.Second), writeRate * int64(costTime/time.Second)
	var sums [3]float64
	for _, kind := range append(processes.Kinds(), thisProgram) {
		still := report.Millis(idle.cpu[kind]) / idle.elapsed.Seconds()
		values := []float64{
			still,
			(report.Millis(reading.cpu[kind]) - still*reading.elapsed.Seconds()) / float64(reads),
			(report.Millis(writing.cpu[kind]) - still*writing.elapsed.Seconds()) / float64(writes),
		}
		table.Add(kind, values...)
		for i, value := range values {
			if kind != thisProgram {
				sums[i] += value
			}
		}
	}
	table.Add("all but this benchmark", sums[:]...)
	return table
}

// measureImport has one user import many tasks, and then delete thousands of them by one act, and
// measures what the others feel of it.
func (b *bench) measureImport(ctx context.Context) error {
	if b.imported == 0 {
		return nil
	}
	busy, project := b.users[len(b.users)-1], ""
	importing := func(ctx context.Context) (err error) {
		project, err = busy.Import(ctx, b.imported)
		return err
	}
	if err := b.measureBeside(ctx, fmt.Sprintf("an import of %d", b.imported), importTime, importing); err != nil {
		return err
	}
	deleting := func(ctx context.Context) error { return busy.DeleteProject(ctx, project) }
	return b.measureBeside(ctx, fmt.Sprintf("a deletion of %d", min(b.imported, load.MaxDeleted)), deleteTime, deleting)
}

// measureBeside measures what others feel of an act of one user, their reminders too.
func (b *bench) measureBeside(ctx context.Context, what string, duration time.Duration, act func(context.Context) error) error {
	b.printf("sending %d requests a second for %s beside %s", importRate, duration, what)
	b.lag.Restart()
	reminders, err := b.remind(ctx, time.Now(), duration)
	if err != nil {
		return err
	}
	var took time.Duration
	var acting sync.WaitGroup
	var failed error
	acting.Go(func() {
		began := time.Now()
		failed = act(ctx)
		took = time.Since(began)
	})
	record := b.load.Run(ctx, importRate, duration, load.Usual())
	acting.Wait()
	if failed != nil {
		b.printf("it was cut off: %v", failed)
	}
	b.awaitFrames(ctx)
	latencies := latenciesOf("Beside "+what, record)
	lag := b.lag.Result()
	latencies.AddSamples("answer to frame", &lag.Answer)
	latencies.AddSamples("reminder to frame", &lag.Reminder)
	counts := report.Table{Title: "Beside " + what + ", in all", Columns: []string{"value"}}
	counts.Add("seconds until it was answered", took.Seconds())
	counts.Add("requests of others that failed", float64(record.Failed()))
	counts.Add("frames of others that never came", float64(b.lag.Waiting()))
	counts.Add("reminders of others that never came", float64(reminders-len(lag.Reminder.Sorted())))
	b.report.Tables = append(b.report.Tables, latencies, counts)
	return nil
}

// remind has reminders of users with sockets come up within a time, the first when all of them are
// set, and returns how many.
func (b *bench) remind(ctx context.Context, from time.Time, during time.Duration) (int, error) {
	many := min(maxReminders, b.options.sockets)
	for i := range many {
		at := from.Add(remindTime + (during-remindTime)*time.Duration(i)/time.Duration(many)).UTC().Truncate(time.Millisecond)
		if err := b.users[i].Remind(ctx, at); err != nil {
			return 0, fmt.Errorf("add a reminder: %w", err)
		}
	}
	return many, nil
}

// saturateLoad raises the rate until the platform no longer follows.
func (b *bench) saturateLoad(ctx context.Context) error {
	if !b.saturate {
		return nil
	}
	steps := report.Table{Title: "Rising load", Columns: []string{"answered a second", "p50 (ms)", "p99 (ms)", "failed (%)"}}
	highest := 0.0
	for step := range maxSteps {
		rate := float64(firstRate + step*rateStep)
		b.printf("sending %g requests a second for %s", rate, stepTime)
		record := b.load.Run(ctx, rate, stepTime, load.Usual())
		all := record.Joined(func(load.Operation) bool { return true }).Sorted()
		p99, failed := report.Percentile(all, 99), float64(record.Failed())*100/float64(max(len(all), 1))
		steps.Add(fmt.Sprintf("%g a second", rate), float64(len(all)-record.Failed())/record.Elapsed.Seconds(),
			report.Millis(report.Percentile(all, 50)), report.Millis(p99), failed)
		if err := ctx.Err(); err != nil {
			return err
		}
		if p99 > goodLatency || failed > goodErrors {
			break
		}
		highest = rate
	}
	most := report.Table{Title: "Highest good rate", Columns: []string{"value"}}
	most.Add(fmt.Sprintf("requests a second with p99 ≤ %s and at most %d %% failed", goodLatency, goodErrors), highest)
	b.report.Tables = append(b.report.Tables, steps, most)
	return nil
}

// finish adds what became of the sockets and of the machine meanwhile.
func (b *bench) finish(context.Context) error {
	if b.sockets != nil {
		lost := b.sockets.Lost()
		table := report.Table{Title: "Sockets lost", Columns: []string{"value"}}
		total := 0
		for _, reason := range slices.Sorted(maps.Keys(lost)) {
			table.Add("  "+reason, float64(lost[reason]))
			total += lost[reason]
		}
		table.Add("all", float64(total))
		b.report.Tables = append(b.report.Tables, table)
	}
	if len(b.processors.Rows) > 0 {
		b.report.Tables = append(b.report.Tables, b.processors)
	}
	return nil
}

// sleep returns early when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
