// Package cli holds the commands of todoplatform, the platform's command line.
package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/cli/audit"
	"github.com/todoplatform/todoplatform/services/cli/deadletters"
	"github.com/todoplatform/todoplatform/services/cli/events"
	"github.com/todoplatform/todoplatform/services/cli/lang"
	"github.com/todoplatform/todoplatform/services/cli/migrate"
	"github.com/todoplatform/todoplatform/services/cli/version"
)

// New makes the command line with all its commands. getenv reads the environment.
func New(getenv func(string) string) *cobra.Command {
	root := &cobra.Command{
		Use:           "todoplatform",
		Short:         "Tend a TodoPlatform",
		SilenceErrors: true, // main prints it, once
		SilenceUsage:  true, // an error at work is no error in usage
	}
	root.AddCommand(migrate.NewCommand(getenv), lang.NewCommand(), deadletters.NewCommand(getenv), events.NewCommand(getenv), audit.NewCommand(getenv), version.NewCommand())
	return root
}

// ExitStatus returns with which status the program ends after an error of a command, or nil: 1 for an
// error that names no other.
func ExitStatus(err error) int {
	if err == nil {
		return 0
	}
	if status, ok := errors.AsType[interface {
		error
		ExitStatus() int
	}](err); ok {
		return status.ExitStatus()
	}
	return 1
}
