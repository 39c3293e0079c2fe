package lang

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/internal/language/preview"
)

type sayInput struct {
	preview.Moment
	Text string `json:"text"`

	Projects []string `json:"projects"`
	Sections []string `json:"sections"`
	Tags     []string `json:"tags"`

	Shown  int             `json:"shown"`
	Spoken int             `json:"spoken"`
	Last   intent.Verb     `json:"last"`
	Asked  intent.Question `json:"asked"`
}

func sayCommand() *cobra.Command {
	return definition[sayInput]{
		use:   "say [utterance]",
		short: "Read what people say to the chatbot",
		long: "Reads an utterance as the chatbot does and prints what it wants: a verb, the tasks that are meant, and what is to\n" +
			"become of them. What is not understood as a whole is \"unknown\", with something near that is understood.\n\n" +
			"Fields of --batch: text, now, zone, locale, week-start, projects, sections, tags, shown, spoken, last, asked.",
		example: "  todoplatform lang say 'move everything due today to tomorrow' --zone Europe/Berlin\n" +
			"  todoplatform lang say 'complete the second one' --shown 3\n" +
			"  todoplatform lang say 'verschiebe den Zahnarzt auf Freitag' --locale de\n" +
			`  echo '{"text":"no, saturday","last":"change"}' | todoplatform lang say --batch`,
		flags: func(flags *pflag.FlagSet, in *sayInput) {
			momentFlags(flags, &in.Moment)
			flags.StringArrayVar(&in.Projects, "project", nil, "a project that exists; may be repeated")
			flags.StringArrayVar(&in.Sections, "section", nil, "a section that exists; may be repeated")
			flags.StringArrayVar(&in.Tags, "tag", nil, "a tag that exists; may be repeated")
			flags.IntVar(&in.Shown, "shown", 0, "how many tasks were listed last")
			flags.IntVar(&in.Spoken, "spoken", 0, "how many tasks were spoken of last")
			flags.StringVar((*string)(&in.Last), "last", "", "verb of what was done last, such as add or change")
			flags.StringVar((*string)(&in.Asked), "asked", "", "the question that is open: confirm or which")
		},
		argument: func(in *sayInput, text string) { in.Text = text },
		run:      readSaid,
	}.command()
}

func readSaid(in sayInput) (any, error) {
	now, locale, weekStart, err := in.Read(time.Now())
	if err != nil {
		return nil, err
	}
	if len(in.Text) > intent.MaxText {
		return nil, tooLong(intent.MaxText)
	}
	return intent.Parse(in.Text, intent.Options{
		Now: now, Locale: locale, WeekStart: weekStart,
		Names: intent.Names{Projects: in.Projects, Sections: in.Sections, Tags: in.Tags},
		Talk:  intent.Talk{Shown: in.Shown, Spoken: in.Spoken, Last: in.Last, Asked: in.Asked},
	}), nil
}
