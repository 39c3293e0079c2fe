package notification

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// horizon is how far ahead reminders get a job, so that the scheduler holds few.
	horizon = 24 * time.Hour
	// armInterval is how often the armer looks for reminders that came within the horizon.
	armInterval = 5 * time.Second
	// armBatch bounds the reminders of one pass, and armWidth the calls to the scheduler at a time.
	armBatch = 64
	armWidth = 16
	// armLease is longer than one pass can take, so that no other replica repeats it.
	armLease = time.Minute
)

// armer sets a Dapr job for each reminder of the near future. A job is only an alarm clock:
// one that is lost, doubled or rings for a reminder that is gone does no harm.
type armer struct {
	reminders reminderStore
	sidecar   scheduler
	now       func() time.Time
	metrics   *metrics
}

type scheduler interface {
	ScheduleJob(ctx context.Context, job dapr.Job) error
}

// runOnce arms one batch. An alarm that could not be set keeps its lease and is set later;
// until then the sweep stands in for it.
func (a *armer) runOnce(ctx context.Context) (more bool, err error) {
	now := a.now()
	alarms, err := a.reminders.claimUnarmed(ctx, now, now.Add(horizon), now.Add(armLease), armBatch)
	if err != nil || len(alarms) == 0 {
		return false, err
	}
	scheduleErr := a.schedule(ctx, alarms)
	if scheduleErr != nil {
		a.metrics.armFailures.Inc()
		return false, scheduleErr
	}
	a.metrics.armed.Add(float64(len(alarms)))
	return len(alarms) == armBatch, a.reminders.markArmed(ctx, alarms)
}

func (a *armer) schedule(ctx context.Context, alarms []Alarm) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(armWidth)
	for _, alarm := range alarms {
		group.Go(func() error {
			job, err := jobOf(alarm)
			if err != nil {
				return err
			}
			return a.sidecar.ScheduleJob(ctx, job)
		})
	}
	return group.Wait()
}

// jobOf returns the job that wakes for alarm. Its name holds the version, so that setting
// it twice is setting it once, and a new time is a new job.
func jobOf(alarm Alarm) (dapr.Job, error) {
	data, err := json.Marshal(alarm)
	if err != nil {
		return dapr.Job{}, failure.Wrap(failure.Internal, err, "encode the alarm")
	}
	return dapr.Job{Name: fmt.Sprintf("%s-%d", alarm.ID, alarm.Version), DueTime: alarm.At, Data: data}, nil
}
