// Package events are the commands that show what the services tell each other.
package events

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/brokers"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

// NewCommand makes `todoplatform events`.
func NewCommand(getenv func(string) string) *cobra.Command {
	root := &cobra.Command{
		Use:   "events",
		Short: "Look at the events of the platform",
		Long:  "Shows what the services tell each other by the topics of the platform.\n\nEnvironment:\n" + brokers.Variables(),
	}
	root.AddCommand(newTail(&brokers.Options{Getenv: getenv}))
	return root
}

// told are the topics that together carry each event once: task-updates repeats task-events.
func told() []string { return []string{contract.TopicTaskEvents, contract.TopicReminders} }

// options are what tail is told.
type options struct {
	topics []string
	user   string
	types  []string
	since  time.Duration
	follow bool
	output string
}

func newTail(kafka *brokers.Options) *cobra.Command {
	var o options
	command := &cobra.Command{
		Use:   "tail",
		Short: "Print the events of the last minutes, and with --follow those to come",
		Long: "Prints the events of the last minutes, one a line, those of one user in their order. As text it tells who did\n" +
			"what to which object and nothing that users wrote; --output json prints events whole, as CloudEvents. What is no\n" +
			"event is named with its place. It reads beside the services: no consumer group knows of it.",
		Example: "  todoplatform events tail --follow\n" +
			"  todoplatform events tail --since 1h --user 01a2b3c4-… --type 'task.*'\n" +
			"  todoplatform events tail --type reminder.failed --output json",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			cluster, err := kafka.Connect("todoplatform-events")
			if err != nil {
				return err
			}
			defer cluster.Close()
			print := printers[o.output]
			return tail(command.Context(), cluster, o, func(l line) error { return print(command.OutOrStdout(), l) })
		},
	}
	flags := command.Flags()
	kafka.Bind(flags)
	flags.StringSliceVar(&o.topics, "topic", told(), "topics to read")
	flags.StringVar(&o.user, "user", "", "only events of the user with this id")
	flags.StringSliceVar(&o.types, "type", nil, "only these types: task.created, or task.* for all of an entity")
	flags.DurationVar(&o.since, "since", 10*time.Minute, "begin this long ago")
	flags.BoolVarP(&o.follow, "follow", "f", false, "go on with what comes, until interrupted")
	flags.StringVar(&o.output, "output", "text", "text, or json: an event a line")
	return command
}

// check refuses what cannot be meant.
func (o *options) check() error {
	for _, topic := range o.topics {
		if !slices.Contains(contract.Topics(), topic) {
			return fmt.Errorf("--topic: %q is none of %s", topic, strings.Join(contract.Topics(), ", "))
		}
	}
	if o.user != "" {
		id, err := uuid.Parse(o.user)
		if err != nil {
			return fmt.Errorf("--user: %q is no id of a user, which is a UUID", o.user)
		}
		o.user = id.String()
	}
	for _, pattern := range o.types {
		if !events.Pattern(pattern).CoversAny(events.Types()) {
			return fmt.Errorf("--type: no event is of the type %q; give one such as task.created, or task.* for all of an entity", pattern)
		}
	}
	if o.since < 0 {
		return fmt.Errorf("--since: %s is in the future", o.since)
	}
	if printers[o.output] == nil {
		return fmt.Errorf("--output: %q is neither text nor json", o.output)
	}
	return nil
}

// wants says whether an event is to be printed. What is no event is told to who asks for all.
func (o *options) wants(l line) bool {
	if l.err != nil {
		return o.user == "" && len(o.types) == 0
	}
	return (o.user == "" || l.event.UserID == o.user) &&
		(len(o.types) == 0 || slices.ContainsFunc(o.types, func(p string) bool { return events.Pattern(p).Covers(l.event.Type) }))
}

// tail prints what the topics hold from some time ago on, and with follow what comes, until ctx ends.
func tail(ctx context.Context, cluster *brokers.Cluster, o options, print func(line) error) error {
	spans, err := spansSince(ctx, cluster, o.topics, time.Now().Add(-o.since))
	if err != nil {
		return err
	}
	return read(ctx, cluster, spans, o.follow, func(l line) error {
		if !o.wants(l) {
			return nil
		}
		return print(l)
	})
}
