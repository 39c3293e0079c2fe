package topics

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"
)

func (b *brokers) Groups(ctx context.Context) ([]string, error) {
	answer, err := b.client.ListGroups(ctx, &kafka.ListGroupsRequest{})
	if err == nil {
		err = answer.Error
	}
	if err != nil {
		return nil, fmt.Errorf("list the consumer groups: %w", cause(err))
	}
	var names []string
	for _, group := range answer.Groups {
		names = append(names, group.GroupID)
	}
	return names, nil
}

func (b *brokers) DropGroup(ctx context.Context, name string) (dropped bool, err error) {
	answer, err := b.client.DeleteGroups(ctx, &kafka.DeleteGroupsRequest{GroupIDs: []string{name}})
	if err == nil {
		err = answer.Errors[name]
	}
	switch {
	case errors.Is(err, kafka.NonEmptyGroup), errors.Is(err, kafka.GroupIdNotFound):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("delete consumer group %s: %w", name, cause(err))
	}
	return true, nil
}
