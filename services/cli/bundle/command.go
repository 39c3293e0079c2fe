// Package bundle is the command that collects what somebody needs who helps with a platform, without secrets.
package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/cli/brokers"
	"github.com/todoplatform/todoplatform/services/cli/cluster"
	"github.com/todoplatform/todoplatform/services/cli/diagnose"
	"github.com/todoplatform/todoplatform/services/cli/exit"
)

// NewCommand makes the command `bundle`. getenv reads the environment.
func NewCommand(getenv func(string) string) *cobra.Command {
	var where cluster.Options
	kafka := &brokers.Options{Getenv: getenv}
	var file string
	command := &cobra.Command{
		Use: "bundle [name]", Short: "Collect manifests, status, events, logs and findings into a file to hand on",
		Long: "Writes an archive with all that status and diagnose show, every object of the platform, the events of its namespace,\n" +
			fmt.Sprintf("and the last %d lines of each container, also of the one before it was restarted.\n\n", maxLines) +
			"Secrets are listed with the names of their keys alone. Their values, passwords in URLs, tokens and private keys are\n" +
			"taken out of everything else; without the right to read Secrets, what looks like one is. Have a look before you hand it on.\n\n" +
			"Environment:\n" + brokers.Variables(),
		Example: "  todoplatform bundle -n todo -o todo.tar.gz",
		RunE: func(command *cobra.Command, _ []string) error {
			return exit.Trouble(where.Within(command.Context(), func(ctx context.Context, c *cluster.Cluster) error {
				s := c.Gather(ctx)
				diagnose.CountQueues(ctx, s, kafka)
				return save(file, command.OutOrStdout(), func(out io.Writer) error {
					return write(ctx, out, c, s, time.Now().UTC())
				})
			}))
		},
	}
	where.Bind(command)
	kafka.Bind(command.Flags())
	command.Flags().StringVarP(&file, "output", "o", "", "file to write, - for standard output")
	if err := command.MarkFlagRequired("output"); err != nil {
		panic(err) // there is no such flag
	}
	return command
}

// save writes a file that nobody else may read, or nothing: a file that is there is not replaced.
func save(file string, stdout io.Writer, write func(io.Writer) error) error {
	if file == "-" {
		return write(stdout)
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the caller names it
	if err != nil {
		return err
	}
	if err := errors.Join(write(out), out.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", file, err), os.Remove(file))
	}
	return nil
}
