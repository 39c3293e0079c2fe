package deadletters

import (
	"context"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"
)

func newReplay(shared *options) *cobra.Command {
	var wanted selection
	command := &cobra.Command{
		Use:   "replay (<event id or place>... | --all)",
		Short: "Publish dead letters again and take them off",
		Long: "Publishes dead letters to the topic they came from, as they are and under their key, and\n" +
			"takes them off. Every service that listens there gets them; those that handled them before\n" +
			"notice. If the command ends half-way, some may be replayed again by the next.",
	}
	wanted.bind(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		return shared.run(command, func(ctx context.Context, box *box, topics []string) error {
			return takeAll(ctx, command, box, topics, &wanted, "replayed", box.replay)
		})
	}
	return command
}

// replay publishes letters of one dead-letter topic to the topic they came from.
func (b *box) replay(ctx context.Context, letters []letter) error {
	events := make([]kafka.Message, 0, len(letters))
	for _, l := range letters {
		events = append(events, kafka.Message{Key: l.record.Key, Value: l.record.Value})
	}
	// The partition of a key is reckoned as sidecars do: a user's events stay together.
	return b.Publish(ctx, origins()[letters[0].topic], &kafka.Hash{}, events)
}

// takeAll takes the wanted dead letters off, a bounded number of them at a time.
func takeAll(ctx context.Context, command *cobra.Command, box *box, topics []string, wanted *selection, done string,
	do func(context.Context, []letter) error,
) error {
	total := 0
	defer func() { command.Printf("%d %s\n", total, done) }()
	for {
		letters, truncated, err := box.letters(ctx, topics)
		if err != nil {
			return err
		}
		if err := wanted.check(letters); err != nil {
			return err
		}
		taken, err := box.take(ctx, letters, wanted.chosen, do)
		total += taken
		if err != nil || !wanted.all || !truncated {
			return err
		}
	}
}
