package notification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// horizon is how far ahead reminders get a job, so that the scheduler holds few.
	horizon = 24 * time.Hour
	// armInterval is how often the armer looks for reminders that came within the horizon, or
	// whose replica was killed while it set their alarms: with armLease, those wait 9 seconds.
	armInterval = 2 * time.Second
	// armBatch bounds the reminders of one pass, and armWidth the calls to the scheduler at a time.
	armBatch = 64
	armWidth = 16
	// armLease is how long a pass keeps others from its reminders. One that takes longer is
	// repeated by somebody, which does no harm; armTimeout, for the scheduler, makes that rare.
	armLease   = 7 * time.Second
	armTimeout = 4 * time.Second
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
	alarms, err := a.reminders.claimUnarmed(ctx, now, now.Add(horizon), armLease, armBatch)
	if err != nil || len(alarms) == 0 {
		return false, err
	}
	set, scheduleErr := a.schedule(ctx, alarms)
	if scheduleErr != nil {
		a.metrics.armFailures.Inc()
	}
	a.metrics.armed.Add(float64(len(set)))
	if len(set) > 0 { // those of a slow scheduler count, or there would be no end of them
		err = a.reminders.markArmed(ctx, set)
	}
	return len(set) == armBatch, errors.Join(scheduleErr, err)
}

// schedule sets the alarms and returns those that are set.
func (a *armer) schedule(ctx context.Context, alarms []Alarm) ([]Alarm, error) {
	ctx, cancel := context.WithTimeout(ctx, armTimeout)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(armWidth)
	isSet := make([]bool, len(alarms))
	for i, alarm := range alarms {
		group.Go(func() error {
			job, err := jobOf(alarm)
			if err != nil {
				return err
			}
			err = a.sidecar.ScheduleJob(ctx, job)
			isSet[i] = err == nil
			return err
		})
	}
	err := group.Wait()
	var set []Alarm
	for i, alarm := range alarms {
		if isSet[i] {
			set = append(set, alarm)
		}
	}
	return set, err
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
