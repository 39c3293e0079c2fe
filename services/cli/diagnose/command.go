// Package diagnose is the command that tells what is wrong with a platform, and what to do.
package diagnose

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/cli/brokers"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
	"github.com/todoplatform/todoplatform/services/cli/exit"
)

// ErrFound says that something is wrong; what it is has been printed.
var ErrFound = errors.New("something is wrong with the platform")

// NewCommand makes the command `diagnose`. getenv reads the environment.
func NewCommand(getenv func(string) string) *cobra.Command {
	var where cluster.Options
	kafka := &brokers.Options{Getenv: getenv}
	var output string
	command := &cobra.Command{
		Use: "diagnose [name]", Short: "Tell what is wrong with a platform, and what to do",
		Long: "Looks at the platform, its pods and volumes, the operator, Dapr, clocks, certificates and the warnings of the last\n" +
			"hour, and lists what is wrong, the worst first: what was seen, why it matters, and the command to run next.\n" +
			"It reads alone. What you have no right to read is named at the end.\n\n" +
			"Dead letters and events that wait are looked at where Kafka can be reached.\n\n" +
			"The exit status is 0 if nothing worse than notes was found, 1 if something was, and 2 if it could not look.\n\n" +
			"Environment:\n" + brokers.Variables(),
		Example: "  todoplatform diagnose -n todo\n  todoplatform diagnose -n todo -o json | jq '.findings[] | select(.severity == \"critical\")'",
		RunE: func(command *cobra.Command, _ []string) error {
			if output != "text" && output != "json" {
				return exit.Trouble(fmt.Errorf("--output: %q is neither text nor json", output))
			}
			var findings []Finding
			err := where.Within(command.Context(), func(ctx context.Context, c *cluster.Cluster) error {
				s := c.Gather(ctx)
				CountQueues(ctx, s, kafka)
				findings = Find(s)
				if output == "json" {
					encoder := json.NewEncoder(command.OutOrStdout())
					encoder.SetIndent("", "  ")
					return encoder.Encode(report{Namespace: s.Platform.Namespace, Name: s.Platform.Name, Findings: append([]Finding{}, findings...), Unread: s.Unread})
				}
				return Print(command.OutOrStdout(), s, findings)
			})
			if err != nil {
				return exit.Trouble(err)
			}
			if bad(findings) {
				return ErrFound
			}
			return nil
		},
	}
	where.Bind(command)
	kafka.Bind(command.Flags())
	command.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return command
}

// report is what programs are told.
type report struct {
	Namespace string           `json:"namespace"`
	Name      string           `json:"name"`
	Findings  []Finding        `json:"findings"`
	Unread    []cluster.Unread `json:"unread,omitempty"`
}
