package todo

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// answer is what the chatbot says, as far as a terminal shows it.
type answer struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

func (c *command) chat() *cobra.Command {
	return &cobra.Command{
		Use: "chat [words]...", Short: "Talk with the chatbot", Args: cobra.ArbitraryArgs,
		Long:    "Says the words, or, without any, each line of standard input until it ends.",
		Example: "  todo chat what is due this week\n  todo chat",
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			conversation := uuid.NewString()
			if len(args) > 0 {
				return c.say(cmd, api, conversation, strings.Join(args, " "))
			}
			for lines := bufio.NewScanner(cmd.InOrStdin()); ; {
				cmd.PrintErr("> ")
				if !lines.Scan() {
					cmd.PrintErrln()
					return lines.Err()
				}
				if text := strings.TrimSpace(lines.Text()); text != "" {
					if err := c.say(cmd, api, conversation, text); err != nil {
						return err
					}
				}
			}
		},
	}
}

// say says something and prints the answer.
func (c *command) say(cmd *cobra.Command, api *client.Client, conversation, text string) error {
	said, err := ask(cmd.Context(), api, conversation, text)
	if err != nil {
		return err
	}
	return c.print(cmd.OutOrStdout(), said, func(to io.Writer) error {
		_, err := fmt.Fprintln(to, unmarked(said.Text))
		return err
	})
}

func ask(ctx context.Context, api *client.Client, conversation, text string) (said answer, err error) {
	err = api.Do(ctx, http.MethodPost, "/chat/conversations/"+conversation+"/messages", map[string]string{"id": uuid.NewString(), "text": text}, &said)
	return said, err
}

// unmarked is the text of an answer without the marks of Markdown that the chatbot makes.
func unmarked(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
		case strings.HasPrefix(text[i:], "**"):
			i++
			continue
		}
		b.WriteByte(text[i])
	}
	var lines []string
	for line := range strings.SplitSeq(b.String(), "\n") {
		lines = append(lines, plain(line))
	}
	return strings.Join(lines, "\n")
}
