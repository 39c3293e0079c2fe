// Package version tells which version of a command line this is.
package version

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// released is set by the linker when a release is built.
var released string

// NewCommand makes the command `version`.
func NewCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), cmd.Root().Name(), Own())
			return err
		},
	}
}

// Own is the version of this program.
func Own() string { return cmp.Or(released, built(), "(devel)") }

// built is the tag or commit that the compiler has noted, if it knew one.
func built() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return info.Main.Version
}
