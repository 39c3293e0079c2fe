// Command bench measures a platform that runs on a local cluster: latency, the way of
// a change to other windows, and what each request costs which program.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/hack/bench/internal/seed"
)

// options are the flags of a run.
type options struct {
	name, namespace string
	size            seed.Size
	rate            float64
	duration        time.Duration
	sockets         int
	imported        int
	cost, saturate  bool
	label           string
	out, compare    string
}

// Bounds of the flags. What a person has typed wrongly must not run for hours.
const (
	maxUsers    = 12_000
	maxTasks    = 12_000_000
	maxRate     = 5000
	maxDuration = time.Hour
	maxSockets  = 10_000
	maxImported = 50_000 // an account has room for 100,000
)

func (o options) check() error {
	size := o.size
	switch {
	case size.Users < 0 || size.LargeUsers < 0 || size.Tasks < 0 || size.LargeTasks < 0:
		return fmt.Errorf("numbers of users and tasks must not be negative")
	case size.Users+size.LargeUsers < 1 || size.Users+size.LargeUsers > maxUsers:
		return fmt.Errorf("--users and --large-users together must be 1 to %d", maxUsers)
	case size.Users*size.Tasks+size.LargeUsers*size.LargeTasks > maxTasks:
		return fmt.Errorf("all users together must have at most %d tasks", maxTasks)
	case o.rate <= 0 || o.rate > maxRate:
		return fmt.Errorf("--rate must be above 0 and at most %d", maxRate)
	case o.duration < 0 || o.duration > maxDuration:
		return fmt.Errorf("--duration must be 0 to %s", maxDuration)
	case o.imported < 0 || o.imported > maxImported:
		return fmt.Errorf("--import must be 0 to %d", maxImported)
	case o.sockets < 0 || o.sockets > min(maxSockets, size.Users+size.LargeUsers):
		return fmt.Errorf("--sockets must be 0 to %d, and at most the number of users", maxSockets)
	}
	return nil
}

// settings are what makes the figures of two runs comparable.
func (o options) settings() map[string]string {
	return map[string]string{
		"users": fmt.Sprintf("%d × %d tasks, %d × %d tasks", o.size.Users, o.size.Tasks, o.size.LargeUsers, o.size.LargeTasks),
		"rate":  fmt.Sprint(o.rate), "duration": o.duration.String(), "sockets": fmt.Sprint(o.sockets),
	}
}

func command() *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use: "bench", Short: "Measure the platform on a local cluster", Args: cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return run(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.name, "name", "dev", "cluster that `make up` has started")
	flags.StringVar(&o.namespace, "namespace", "todo", "namespace of the platform")
	flags.IntVar(&o.size.Users, "users", 1000, "ordinary users to seed")
	flags.IntVar(&o.size.Tasks, "tasks", 1000, "tasks of each ordinary user")
	flags.IntVar(&o.size.LargeUsers, "large-users", 20, "users with many tasks to seed; a tenth of the requests are theirs")
	flags.IntVar(&o.size.LargeTasks, "large-tasks", 10_000, "tasks of each such user")
	flags.Float64Var(&o.rate, "rate", 100, "requests a second of the load")
	flags.DurationVar(&o.duration, "duration", time.Minute, "how long the load lasts; 0 leaves it out")
	flags.IntVar(&o.sockets, "sockets", 1000, "WebSockets of distinct users that are open meanwhile")
	flags.IntVar(&o.imported, "import", 10_000, "tasks that one user imports at once beside the others' load; 0 leaves it out")
	flags.BoolVar(&o.cost, "cost", true, "measure what reads and writes cost each program")
	flags.BoolVar(&o.saturate, "saturate", false, "raise the rate at the end until the platform no longer follows")
	flags.StringVar(&o.label, "label", "", "what is measured, for the report (default: the image of todo-api)")
	flags.StringVar(&o.out, "out", "", "file for the report as JSON")
	flags.StringVar(&o.compare, "compare", "", "report of an earlier run, printed beside this one's")
	return cmd
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // stop has nothing left to undo
	}
}
