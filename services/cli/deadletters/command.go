// Package deadletters are the commands that show what no service could handle, and
// bring it back or do away with it.
//
// A dead letter counts as there until the consumer group of this package has passed
// it. When single ones are taken out of the middle, those before them that stay are
// appended to the end of the topic again before the group passes on. So nothing is
// lost when a command ends half-way: at worst a dead letter is there twice, or an
// event that was replayed is still there and is replayed again, which services notice.
package deadletters

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/brokers"
)

// NewCommand makes `todoplatform dead-letters`.
func NewCommand(getenv func(string) string) *cobra.Command {
	shared := &options{kafka: brokers.Options{Getenv: getenv}}
	command := &cobra.Command{
		Use:   "dead-letters",
		Short: "See to the events that no service could handle",
		Long: "Lists, shows, replays and drops what lies on the dead-letter topics of the platform.\n\n" +
			"Environment:\n" + brokers.Variables(),
	}
	flags := command.PersistentFlags()
	shared.kafka.Bind(flags)
	flags.StringSliceVar(&shared.topics, "topic", nil, "only these dead-letter topics; default: all of the platform")
	flags.DurationVar(&shared.timeout, "timeout", 2*time.Minute, "give up after this long")
	command.AddCommand(newList(shared), newShow(shared), newReplay(shared), newDrop(shared))
	return command
}

// options is what all commands are told.
type options struct {
	kafka   brokers.Options
	topics  []string
	timeout time.Duration
}

// origins maps each dead-letter topic of the platform to the topic its events came from.
func origins() map[string]string {
	all := map[string]string{}
	for _, s := range contract.Subscriptions() {
		if s.DeadLetter {
			all[contract.DeadLetterTopic(s.Topic, s.App)] = s.Topic
		}
	}
	return all
}

// wanted lists the dead-letter topics to work on.
func (o *options) wanted() ([]string, error) {
	all := origins()
	if len(o.topics) == 0 {
		var names []string
		for name := range all {
			names = append(names, name)
		}
		slices.Sort(names)
		return names, nil
	}
	for _, name := range o.topics {
		if all[name] == "" {
			return nil, fmt.Errorf("--topic: %q is no dead-letter topic of the platform", name)
		}
	}
	return o.topics, nil
}

// run connects and has work done on the wanted topics.
func (o *options) run(command *cobra.Command, work func(ctx context.Context, box *box, topics []string) error) error {
	topics, err := o.wanted()
	if err != nil {
		return err
	}
	cluster, err := o.kafka.Connect("todoplatform-dead-letters")
	if err != nil {
		return err
	}
	box := &box{cluster}
	defer box.Close()
	ctx, cancel := context.WithTimeout(command.Context(), o.timeout)
	defer cancel()
	return work(ctx, box, topics)
}

// selection is which dead letters a command is about.
type selection struct {
	all  bool
	args []string // event ids or places
}

// bind adds --all to a command that takes event ids or places as arguments.
func (s *selection) bind(command *cobra.Command) {
	command.Flags().BoolVar(&s.all, "all", false, "all dead letters")
	command.Args = func(_ *cobra.Command, args []string) error {
		if s.all == (len(args) > 0) {
			return errors.New("give event ids (or places, as list prints them), or --all")
		}
		s.args = args
		return nil
	}
}

func (s *selection) chosen(l letter) bool {
	return s.all || slices.Contains(s.args, l.place()) || l.event.ID != "" && slices.Contains(s.args, l.event.ID)
}

// missing lists what was asked for and is not among letters.
func (s *selection) missing(letters []letter) []string {
	var missing []string
	for _, arg := range s.args {
		one := selection{args: []string{arg}}
		if !slices.ContainsFunc(letters, one.chosen) {
			missing = append(missing, arg)
		}
	}
	return missing
}
