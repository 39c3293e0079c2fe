// Package cli holds the commands of todoplatform, the platform's command line.
package cli

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/cli/audit"
	"github.com/todoplatform/todoplatform/services/cli/backup"
	"github.com/todoplatform/todoplatform/services/cli/bundle"
	"github.com/todoplatform/todoplatform/services/cli/deadletters"
	"github.com/todoplatform/todoplatform/services/cli/diagnose"
	"github.com/todoplatform/todoplatform/services/cli/events"
	"github.com/todoplatform/todoplatform/services/cli/lang"
	"github.com/todoplatform/todoplatform/services/cli/migrate"
	"github.com/todoplatform/todoplatform/services/cli/status"
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
	root.AddCommand(migrate.NewCommand(getenv), lang.NewCommand(), deadletters.NewCommand(getenv), events.NewCommand(getenv), audit.NewCommand(getenv),
		backup.NewCommand(getenv), status.NewCommand(), diagnose.NewCommand(getenv), bundle.NewCommand(getenv), version.NewCommand())
	return root
}

// plugin is the name under which kubectl finds the program, and runs it as `kubectl todoplatform`.
const plugin = "kubectl-todoplatform"

// NameAfter has help speak of the program as it was called.
func NameAfter(root *cobra.Command, called string) {
	if strings.TrimSuffix(filepath.Base(called), ".exe") == plugin {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl todoplatform"}
	}
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
