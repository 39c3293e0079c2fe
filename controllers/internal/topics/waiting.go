package topics

import (
	"context"

	"github.com/todoplatform/todoplatform/api/waiting"
)

func (b *brokers) Waiting(ctx context.Context, group, topic string) (int64, error) {
	spans, err := waiting.Spans(ctx, b.client, group, []string{topic})
	return waiting.Count(spans), err
}
