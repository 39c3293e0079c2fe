// Package status is the command that shows a platform in its cluster as a tree.
package status

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/cli/cluster"
	"github.com/todoplatform/todoplatform/services/cli/exit"
)

// ErrNotReady says that the platform is not Ready; why has been printed.
var ErrNotReady = errors.New("the platform is not Ready")

// NewCommand makes the command `status`.
func NewCommand() *cobra.Command {
	var where cluster.Options
	var output string
	command := &cobra.Command{
		Use: "status [name]", Short: "Show a platform as a tree: conditions, services with their pods, topics, keys",
		Long: "Shows what the operator says of a platform and what its pods do.\n\n" +
			"The exit status is 0 if it is Ready, 1 if it is not, and 2 if that could not be found out.",
		Example: "  todoplatform status -n todo\n  todoplatform status -n todo -o json | jq -r .url",
		RunE: func(command *cobra.Command, _ []string) error {
			if output != "text" && output != "json" {
				return exit.Trouble(fmt.Errorf("--output: %q is neither text nor json", output))
			}
			var ready bool
			err := where.Within(command.Context(), func(ctx context.Context, c *cluster.Cluster) error {
				seen := viewOf(c.GatherWorkloads(ctx))
				ready = seen.Ready
				return seen.write(command.OutOrStdout(), output)
			})
			if err != nil {
				return exit.Trouble(err)
			}
			if !ready {
				return ErrNotReady
			}
			return nil
		},
	}
	where.Bind(command)
	command.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return command
}

func (v view) write(out io.Writer, output string) error {
	if output == "json" {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(v)
	}
	return v.tree().print(out, "")
}

// Print draws a snapshot as a tree.
func Print(out io.Writer, s *cluster.Snapshot) error { return viewOf(s).write(out, "text") }
