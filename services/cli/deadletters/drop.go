package deadletters

import (
	"context"

	"github.com/spf13/cobra"
)

func newDrop(shared *options) *cobra.Command {
	var wanted selection
	command := &cobra.Command{
		Use:   "drop (<event id or place>... | --all)",
		Short: "Take dead letters off for good",
	}
	wanted.bind(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		return shared.run(command, func(ctx context.Context, box *box, topics []string) error {
			nothing := func(context.Context, []letter) error { return nil }
			return takeAll(ctx, command, box, topics, &wanted, "dropped", nothing)
		})
	}
	return command
}
