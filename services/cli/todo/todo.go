// Package todo is the command line for people's tasks: `todo add`, `list`, `done`, `chat`, `watch`. It
// does all by the public API, with an API token.
package todo

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/cli/version"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// requestTime bounds a request.
const requestTime = 30 * time.Second

// command is what the commands have in common.
type command struct {
	config string // path of the file
	asJSON bool
}

// New makes the command `todo`.
func New() *cobra.Command {
	c := &command{}
	root := &cobra.Command{
		Use: "todo", Short: "Your tasks on the command line", SilenceUsage: true, SilenceErrors: true,
		Long: "Your tasks on the command line, through the API of your TodoPlatform.\n\n" +
			"Begin with `todo login https://todo.example.org`. Instead of the file that it writes, the environment\n" +
			"may hold " + envURL + " and " + envToken + ".",
	}
	root.PersistentFlags().StringVar(&c.config, "config", "", "file with address and token (default: todo/config.json in your configuration folder)")
	root.PersistentFlags().BoolVar(&c.asJSON, "json", false, "print JSON")
	root.AddCommand(c.login(), c.logout(), c.add(), c.list(), c.done(), c.chat(), c.watch(), version.NewCommand())
	return root
}

// client makes a client of the platform that the person has signed in to.
func (c *command) client() (*client.Client, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, err
	}
	api := client.New(cfg.URL, &http.Client{Timeout: requestTime})
	api.Grant.AccessToken = cfg.Token
	return api, nil
}

// print writes JSON, if that is asked for, or what text writes.
func (c *command) print(to io.Writer, value any, text func(io.Writer) error) error {
	if c.asJSON {
		return json.NewEncoder(to).Encode(value)
	}
	return text(to)
}

func (c *command) add() *cobra.Command {
	return &cobra.Command{
		Use: "add <task>...", Short: "Add a task, or one for each line of standard input with -", Args: cobra.MinimumNArgs(1),
		Example: "  todo add 'buy milk tomorrow #Home p1'\n  todo add - < tasks.txt",
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			request := client.QuickAdd{}
			request.Text = strings.Join(args, " ")
			if request.Text == "-" {
				text, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), maxInput))
				if err != nil {
					return fmt.Errorf("read standard input: %w", err)
				}
				request.Text = string(text)
			}
			added, err := api.QuickAdd(cmd.Context(), request)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), added, func(to io.Writer) error { return writeTasks(to, added) })
		},
		ValidArgsFunction: c.completePlaces,
	}
}

// maxInput is the longest text that is added at once, in bytes.
const maxInput = 256 << 10

func (c *command) list() *cobra.Command {
	query := client.TaskQuery{Status: "open", Limit: 50}
	list := &cobra.Command{
		Use: "list [filter]", Short: "List tasks by a filter", Args: cobra.MaximumNArgs(1),
		Example: "  todo list 'today | overdue'\n  todo list '@errands & p1' --sort priority\n  todo list --status completed --sort -completed",
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			query.Filter = cmp.Or(strings.Join(args, ""), "all")
			page, err := api.FindTasks(cmd.Context(), query)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), page, func(to io.Writer) error {
				if err := writeTasks(to, page.Items); err != nil || page.Next == "" {
					return err
				}
				_, err := fmt.Fprintf(to, "… there are more; see them with --limit\n")
				return err
			})
		},
		ValidArgsFunction: c.completePlaces,
	}
	list.Flags().StringVar(&query.Status, "status", query.Status, "open, completed or all")
	list.Flags().StringVar(&query.Sort, "sort", "due", "due, priority, created, updated, completed, title or manual; - before it turns it around")
	list.Flags().IntVar(&query.Limit, "limit", query.Limit, "most tasks to list, 1 to 200")
	return list
}

func (c *command) done() *cobra.Command {
	return &cobra.Command{
		Use: "done <title or id>...", Short: "Complete the task of a title, or of an id", Args: cobra.MinimumNArgs(1),
		Example: "  todo done buy milk",
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := c.client()
			if err != nil {
				return err
			}
			found, err := named(cmd.Context(), api, strings.Join(args, " "))
			if err != nil {
				return err
			}
			completed, err := api.CompleteTask(cmd.Context(), found.ID)
			if err != nil {
				return err
			}
			return c.print(cmd.OutOrStdout(), completed, func(to io.Writer) error {
				_, err := fmt.Fprintf(to, "done: %s\n", plain(completed.Title))
				return err
			})
		},
		ValidArgsFunction: c.completeTitles,
	}
}

// writeTasks writes a line for each task.
func writeTasks(to io.Writer, tasks []client.Task) error {
	for _, t := range tasks {
		if _, err := fmt.Fprintln(to, line(t)); err != nil {
			return err
		}
	}
	return nil
}

// line tells of a task.
func line(t client.Task) string {
	mark := "[ ]"
	if t.CompletedAt != nil {
		mark = "[x]"
	}
	words := []string{mark, plain(t.Title)}
	if t.Due != nil {
		words = append(words, strings.TrimSpace(t.Due.Date+" "+t.Due.Time))
	}
	if t.Priority < 4 {
		words = append(words, "p"+strconv.Itoa(t.Priority))
	}
	for _, tag := range t.Tags {
		words = append(words, "@"+plain(tag))
	}
	return strings.Join(words, "  ")
}

// plain is a text without what would steer a terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}

// errSignIn says how to begin.
var errSignIn = errors.New("sign in first, with `todo login https://todo.example.org`")
