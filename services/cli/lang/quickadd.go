package lang

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/preview"
	"github.com/todoplatform/todoplatform/services/internal/language/quickadd"
)

func quickAddCommand() *cobra.Command {
	return definition[preview.QuickAddRequest]{
		use:   "quick-add [tasks]",
		short: "Read tasks as people type them",
		long: "Reads each line of a text as a task and prints what it understood, with the spans in bytes and in UTF-16.\n" +
			"What it does not understand is title.\n\n" +
			"Prefixes: todoist is @tag #project, vikunja is *tag +project. Both know p1 to p4 and !1 to !4.\n\n" +
			"Fields of --batch: text, now, zone, locale, week-start, prefixes, ignore (a list of spans, of which start and end\ncount).",
		example: "  todoplatform lang quick-add 'Call mum next friday 9am p1 #Family @phone !30m' --zone Europe/Berlin\n" +
			"  todoplatform lang quick-add 'Paint the may pole tomorrow' --ignore 20-28\n" +
			`  echo '{"text":"Buy milk *errand +Home","prefixes":"vikunja"}' | todoplatform lang quick-add --batch`,
		flags: func(flags *pflag.FlagSet, in *preview.QuickAddRequest) {
			momentFlags(flags, &in.Moment)
			flags.StringVar((*string)(&in.Prefixes), "prefixes", string(quickadd.PrefixesTodoist), "signs before tags and projects: todoist or vikunja")
			flags.Var((*spans)(&in.Ignore), "ignore", "spans that stay text, in bytes as start-end, separated by commas")
		},
		argument: func(in *preview.QuickAddRequest, text string) { in.Text = text },
		run:      quickAdd,
	}.command()
}

func quickAdd(in preview.QuickAddRequest) (any, error) {
	return in.Answer(time.Now())
}

// spans is the flag for a list of ranges such as 5-13,20-24.
type spans []preview.Ignored

// Set adds the ranges of a text.
func (s *spans) Set(text string) error {
	for _, item := range strings.Split(text, ",") {
		start, end, found := strings.Cut(strings.TrimSpace(item), "-")
		from, err1 := strconv.Atoi(start)
		to, err2 := strconv.Atoi(end)
		if !found || err1 != nil || err2 != nil {
			return fmt.Errorf("%q is no span of bytes such as 5-13", item)
		}
		*s = append(*s, preview.Ignored{Start: from, End: to})
	}
	return nil
}

// String is the form that Set reads.
func (s *spans) String() string {
	items := make([]string, 0, len(*s))
	for _, item := range *s {
		items = append(items, fmt.Sprintf("%d-%d", item.Start, item.End))
	}
	return strings.Join(items, ",")
}

// Type names the value in the help text.
func (s *spans) Type() string { return "start-end" }
