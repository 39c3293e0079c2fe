package realtimesync

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
	todoclient "github.com/todoplatform/todoplatform/services/todoapi/client"
)

// BenchmarkOpenSocket opens sockets on the real platform, sixteen at a time: ticket, upgrade,
// hello and welcome.
func BenchmarkOpenSocket(b *testing.B) {
	p := newPlatform(b)
	limits := defaultLimits()
	limits.maxSocketsPerUser = limits.maxSockets
	s := p.replica(b, 0, limits)
	ann := p.signUp(b, "ann").socketOn(s)
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			socket, err := ann.Connect(b.Context(), nil)
			if err == nil {
				_, err = socket.Next(b.Context())
			}
			if err != nil {
				b.Error(err)
				return
			}
			b.Cleanup(func() { _ = socket.Close() }) // the drain may have been quicker
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sockets/s")
}

// BenchmarkResumeLongTasks has eight clients that missed 200 tasks with 16 KiB of notes come
// back at once. It ends when the last of them has every change.
func BenchmarkResumeLongTasks(b *testing.B) {
	const clients, tasks = 8, 200
	p := newPlatform(b)
	s := p.replica(b, 0, defaultLimits())
	ann := p.signUp(b, "ann")
	head := int64(0)
	notes := strings.Repeat("long ", 16<<10/5)
	for range tasks {
		if _, err := ann.CreateTask(b.Context(), todoclient.Draft{Title: "Long", Notes: notes}); err != nil {
			b.Fatal(err)
		}
		head++
	}
	for b.Loop() {
		var group errgroup.Group
		for range clients {
			group.Go(func() error { return ann.catchUp(b.Context(), s, head) })
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/resume")
}

// catchUp resumes from the start and reads up to change last.
func (p *person) catchUp(ctx context.Context, s *service, last int64) error {
	var none int64
	socket, err := p.socketOn(s).Connect(ctx, &none)
	if err != nil {
		return err
	}
	defer socket.Close() //nolint:errcheck // everything was read
	for {
		frame, err := socket.Next(ctx)
		if err != nil {
			return err
		}
		if change, ok := frame.(protocol.Change); ok && change.Seq >= last {
			return nil
		}
	}
}
