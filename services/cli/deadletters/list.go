package deadletters

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

func newList(shared *options) *cobra.Command {
	var output string
	command := &cobra.Command{
		Use:   "list",
		Short: "List the dead letters, one a line",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if output != "text" && output != "json" {
				return fmt.Errorf("--output: %q is neither text nor json", output)
			}
			return shared.run(command, func(ctx context.Context, box *box, topics []string) error {
				letters, truncated, err := box.letters(ctx, topics)
				if err != nil {
					return err
				}
				if truncated {
					command.PrintErrf("there are more: at most %d of each partition are listed\n", maxLetters)
				}
				if output == "json" {
					return listJSON(command.OutOrStdout(), letters)
				}
				return listText(command.OutOrStdout(), letters, time.Now())
			})
		},
	}
	command.Flags().StringVar(&output, "output", "text", "text, or json: an object a line")
	return command
}

func listJSON(out io.Writer, letters []letter) error {
	encoder := json.NewEncoder(out)
	for _, l := range letters {
		if err := encoder.Encode(l.entry()); err != nil {
			return err
		}
	}
	return nil
}

func listText(out io.Writer, letters []letter, now time.Time) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(letters) > 0 {
		_, _ = fmt.Fprintln(table, "PLACE\tEVENT\tTYPE\tUSER\tTIME\tAGE") // Flush reports what fails
	}
	for _, l := range letters {
		happened := "-"
		if !l.event.Time.IsZero() {
			happened = l.event.Time.UTC().Format(time.RFC3339)
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", l.place(), cmp.Or(l.event.ID, "-"), // Flush reports what fails
			cmp.Or(l.event.Type, "-"), cmp.Or(l.event.UserID, "-"), happened, now.Sub(l.kept).Round(time.Second))
	}
	return table.Flush()
}
