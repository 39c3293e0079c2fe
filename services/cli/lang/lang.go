// Package lang holds the commands that show how the platform understands the words
// of tasks. Their input and output fields are a contract, described in
// docs/language.md.
package lang

import "github.com/spf13/cobra"

// NewCommand makes `todoplatform lang` with its commands.
func NewCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "lang",
		Short: "Show how the words of tasks are understood",
		Long: "Reads recurrences, dates, new tasks, filters and what people say to the chatbot as the platform does, and prints what it understood.\n\n" +
			"Each command takes one text as its argument and prints one JSON object. With --batch it reads one JSON\n" +
			"object a line on standard input and prints one line for each; flags are then the defaults of the fields.\n" +
			"A text that is not understood gives {\"error\": {\"message\", \"position\", \"expected\"}}; position is a byte\n" +
			"offset in the text, or null when the fault is not in the text.",
	}
	command.AddCommand(recurCommand(), datesCommand(), quickAddCommand(), filterCommand(), sayCommand())
	return command
}
