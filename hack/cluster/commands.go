package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/tools"
)

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "cluster",
		Short:         "Real Kubernetes clusters on this machine, for development and tests",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(toolsCommand())
	return root
}

func toolsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "tools [set ...]",
		Short: "Build or fetch the programs that clusters and tests run",
		Long:  "Builds or fetches the named sets, or all of them: " + strings.Join(tools.Names(), ", "),
		RunE: func(cmd *cobra.Command, args []string) error {
			layout, err := cache.Find()
			if err != nil {
				return err
			}
			repository, err := findRepository()
			if err != nil {
				return err
			}
			ensurer := tools.Ensurer{
				Cache:    layout,
				Sources:  filepath.Join(repository, "hack", "tools"),
				Progress: progress.New(os.Stdout, layout.Path("logs")),
			}
			return ensurer.Ensure(cmd.Context(), args...)
		},
	}
}

// findRepository returns the root of the repository that the working folder lies in.
func findRepository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "hack", "tools")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the working folder is not inside the TodoPlatform repository: change into it")
}
