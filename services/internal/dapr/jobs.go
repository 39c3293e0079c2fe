package dapr

import (
	"context"
	"errors"
	"strings"
	"time"

	commonv1 "github.com/dapr/dapr/pkg/proto/common/v1"
	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// jobRetryInterval is the pause between two deliveries of a job that was not
// handled. There is no last try: without a policy Dapr deletes a job after four.
const jobRetryInterval = 2 * time.Second

// Job is an alarm: the sidecar calls the handler of HandleJobs at DueTime or later,
// at least once, on one replica of the app that scheduled it.
type Job struct {
	Name    string // lower-case letters, digits and dashes; the same name replaces the job
	DueTime time.Time
	Data    []byte // handed to the handler unchanged
}

// ScheduleJob sets or replaces a job. While the scheduler is down it fails with
// failure.Unavailable when its deadline passes.
func (c *Client) ScheduleJob(ctx context.Context, job Job) error {
	data, err := anypb.New(wrapperspb.Bytes(job.Data))
	if err != nil {
		return failure.Wrap(failure.Internal, err, "encode job "+job.Name)
	}
	due := job.DueTime.UTC().Format(time.RFC3339Nano)
	ctx, cancel := context.WithTimeout(ctx, jobTimeout)
	defer cancel()
	_, err = c.sdk.GrpcClient().ScheduleJobAlpha1(ctx, &runtimev1.ScheduleJobRequest{
		Overwrite: true,
		Job: &runtimev1.Job{
			Name:    job.Name,
			DueTime: &due,
			Data:    data,
			FailurePolicy: &commonv1.JobFailurePolicy{Policy: &commonv1.JobFailurePolicy_Constant{
				Constant: &commonv1.JobFailurePolicyConstant{Interval: durationpb.New(jobRetryInterval)},
			}},
		},
	})
	return failure.Wrap(failure.Unavailable, err, "schedule job "+job.Name)
}

// DeleteJob removes a job; one that does not exist is no error.
func (c *Client) DeleteJob(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, jobTimeout)
	defer cancel()
	err := c.sdk.DeleteJobAlpha1(ctx, name)
	return failure.Wrap(failure.Unavailable, err, "delete job "+name)
}

// jobData is the other side of ScheduleJob's encoding.
func jobData(data *anypb.Any) ([]byte, error) {
	var value wrapperspb.BytesValue
	if data == nil || !strings.HasSuffix(data.GetTypeUrl(), string(value.ProtoReflect().Descriptor().FullName())) {
		return nil, errors.New("the job's data is not of the kind that ScheduleJob sends")
	}
	if err := data.UnmarshalTo(&value); err != nil {
		return nil, err
	}
	return value.GetValue(), nil
}
