package tools

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/progress"
)

// installDebianPackages installs those of the packages that are missing.
func (e *Ensurer) installDebianPackages(ctx context.Context, packages []string) error {
	missing := missingPackages(ctx, packages)
	if len(missing) == 0 {
		return nil
	}
	line := "apt-get install --no-install-recommends " + strings.Join(missing, " ")
	if os.Geteuid() != 0 {
		return fmt.Errorf("these Debian packages are missing, and installing them needs root: run %q", line)
	}
	return e.Progress.Do("install Debian packages: "+strings.Join(missing, " "), func(step *progress.Step) error {
		env := []string{"DEBIAN_FRONTEND=noninteractive"}
		if err := step.Run(ctx, "/", env, "apt-get", "update", "-qq"); err != nil {
			return err
		}
		return step.Run(ctx, "/", env, "apt-get", append([]string{"install", "-y", "-qq", "--no-install-recommends"}, missing...)...)
	})
}

func missingPackages(ctx context.Context, packages []string) []string {
	var missing []string
	for _, name := range slices.Compact(slices.Sorted(slices.Values(packages))) {
		out, err := exec.CommandContext(ctx, "dpkg-query", "-W", "-f=${db:Status-Abbrev}", name).Output() //nolint:gosec // names of this package
		if err != nil || !strings.HasPrefix(string(out), "ii") {
			missing = append(missing, name)
		}
	}
	return missing
}
