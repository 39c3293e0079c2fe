// Package backup holds the commands that make backups of embedded PostgreSQL and take them in again. The
// operator runs them in Pods, before and after the programs of PostgreSQL that dump and restore.
package backup

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/api/contract"
)

// timeout bounds each command. Kubernetes bounds all that a backup does.
const timeout = 90 * time.Minute

// NewCommand makes `todoplatform backup`.
func NewCommand(getenv func(string) string) *cobra.Command {
	command := &cobra.Command{
		Use:    "backup",
		Short:  "Make a backup of embedded PostgreSQL, or take one in (run by the operator)",
		Hidden: true, // without the folders and variables that the operator gives it does nothing
	}
	add := func(use, short string, run func(context.Context, *cobra.Command) error) {
		command.AddCommand(&cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(command *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(command.Context(), timeout)
			defer cancel()
			return run(ctx, command)
		}})
	}
	add("collect", "Copy the Secrets that a backup holds, and wait for the database", func(ctx context.Context, _ *cobra.Command) error {
		if err := collect(contract.BackupSecretsMount, contract.BackupSecrets); err != nil {
			return err
		}
		return reach(ctx, getenv(contract.EnvBackupDatabaseAddress))
	})
	add("store", "Store a dump and the Secrets as a backup, and remove old ones", func(ctx context.Context, command *cobra.Command) error {
		storing, err := storingFromEnv(getenv)
		if err != nil {
			return err
		}
		return storing.run(ctx, command.Printf)
	})
	add("fetch", "Fetch a backup, check it, hand over what it holds, and wait for the database", func(ctx context.Context, command *cobra.Command) error {
		fetching, err := fetchingFromEnv(getenv)
		if err != nil {
			return err
		}
		if err := fetching.run(ctx, command.Printf); err != nil {
			return err
		}
		return reach(ctx, getenv(contract.EnvBackupDatabaseAddress))
	})
	return command
}
