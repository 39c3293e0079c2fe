package deadletters

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newShow(shared *options) *cobra.Command {
	return &cobra.Command{
		Use:   "show <event id or place>",
		Short: "Show one dead letter in full",
		Long:  "Shows one dead letter in full, as JSON. It holds what its user wrote.",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return shared.run(command, func(ctx context.Context, box *box, topics []string) error {
				letters, _, err := box.letters(ctx, topics)
				if err != nil {
					return err
				}
				wanted := selection{args: args}
				if err := wanted.check(letters); err != nil {
					return err
				}
				encoder := json.NewEncoder(command.OutOrStdout())
				encoder.SetIndent("", "  ")
				for _, l := range letters { // an event may be a dead letter of several services
					if wanted.chosen(l) {
						if err := encoder.Encode(l.whole()); err != nil {
							return err
						}
					}
				}
				return nil
			})
		},
	}
}

// check reports what was asked for and is not there.
func (s *selection) check(letters []letter) error {
	if missing := s.missing(letters); len(missing) > 0 {
		return fmt.Errorf("no dead letter is %s", strings.Join(missing, ", "))
	}
	return nil
}
