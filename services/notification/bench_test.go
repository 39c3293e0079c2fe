package notification

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/daprtest"
)

// How late reminders, ten a person, are told on the page's topic, by how far they overtake each other, and what
// memory the service takes meanwhile: due evenly over a minute, those of one person one after the other, or
// all at once. Of one person, none may overtake another.
func BenchmarkReminders(b *testing.B) {
	for _, c := range []struct {
		name      string
		reminders int
		spread    time.Duration
	}{
		{"1 in a minute", 1, time.Minute},
		{"1000 in a minute", 1000, time.Minute},
		{"10000 in a minute", 10_000, time.Minute},
		{"10000 at once", 10_000, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := newHarness(b, func(h *harness) { h.cfg.SMTP = SMTPConfig{} })
			for b.Loop() {
				tellMany(b, h, c.reminders, c.spread)
			}
		})
	}
}

func tellMany(b *testing.B, h *harness, reminders int, spread time.Duration) {
	first := time.Now().Add(time.Minute) // time enough to set their alarms
	if _, err := h.db.Exec(b.Context(), `INSERT INTO notification.reminders (user_id, task_id, reminder_id, fire_at, title, state, updated_at)
		SELECT md5((n / 10)::text)::uuid, gen_random_uuid(), n::text, $1::timestamptz + n * $2::interval / $3, 'Many', 'scheduled', now() FROM generate_series(1, $3::integer) n`,
		first, spread, reminders); err != nil {
		b.Fatal(err)
	}
	count := func(statement string) (n int) {
		if err := h.db.QueryRow(b.Context(), statement).Scan(&n); err != nil {
			b.Fatal(err)
		}
		return n
	}
	daprtest.Eventually(b, time.Minute, "the alarms are set, or it is time", func() bool {
		return time.Now().After(first) || count(`SELECT count(*) FROM notification.reminders WHERE armed_version < version AND title = 'Many'`) == 0
	})
	unarmed := count(`SELECT count(*) FROM notification.reminders WHERE armed_version < version AND title = 'Many'`)
	var most uint64
	daprtest.Eventually(b, 3*time.Minute, "all are told", func() bool {
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		most = max(most, memory.HeapInuse+memory.StackInuse)
		time.Sleep(200 * time.Millisecond) // counting costs what is measured
		return time.Now().After(first.Add(spread)) && count(`SELECT (SELECT count(*) FROM notification.reminders WHERE state = 'scheduled' AND title = 'Many') + (SELECT count(*) FROM notification.outbox)`) == 0
	})
	told := toldReminders(b, h)
	if len(told) != reminders {
		b.Errorf("%d are told, want %d", len(told), reminders)
	}
	for user, own := range ofEach(told) {
		if most := overtaken(own); most > 0 {
			b.Errorf("of %s, one is overtaken by one that is due %s later", user, most)
		}
	}
	slices.SortStableFunc(told, func(a, b toldReminder) int { return a.told.Compare(b.told) })
	var late []time.Duration
	for _, one := range told {
		late = append(late, one.told.Sub(one.due))
	}
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2].Milliseconds()), "p50-ms-late")
	b.ReportMetric(float64(late[len(late)*99/100].Milliseconds()), "p99-ms-late")
	b.ReportMetric(float64(late[len(late)-1].Milliseconds()), "max-ms-late")
	b.ReportMetric(float64(overtaken(told).Milliseconds()), "max-ms-overtaken")
	b.ReportMetric(float64(most)/(1<<20), "MiB")
	b.ReportMetric(float64(unarmed), "without-alarm")
}
