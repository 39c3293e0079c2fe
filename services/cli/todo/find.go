package todo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// maxCompleted bounds what is offered to be completed.
const maxCompleted = 100

// named finds the one open task that a text names: by its id, its title, or words of its title.
func named(ctx context.Context, api *client.Client, text string) (client.Task, error) {
	if uuid.Validate(text) == nil {
		return api.GetTask(ctx, text)
	}
	var page client.TaskPage
	if err := api.Do(ctx, http.MethodGet, "/search?"+url.Values{"q": {text}, "status": {"open"}}.Encode(), nil, &page); err != nil {
		return client.Task{}, err
	}
	found := todo.Named(page.Items, text) // the search finds words of notes as well
	switch len(found) {
	case 0:
		return client.Task{}, fmt.Errorf("no open task is called %q", text)
	case 1:
		return found[0], nil
	}
	var lines []string
	for _, t := range found[:min(len(found), 10)] {
		lines = append(lines, "  "+t.ID+"  "+line(t))
	}
	return client.Task{}, fmt.Errorf("%d open tasks are called so; name one by its id:\n%s", len(found), strings.Join(lines, "\n"))
}

// completeTitles offers the titles of open tasks.
func (c *command) completeTitles(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	api, err := c.client()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	page, err := api.FindTasks(cmd.Context(), client.TaskQuery{Filter: "all", Status: "open", Limit: maxCompleted})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var titles []string
	for _, t := range page.Items {
		titles = append(titles, plain(t.Title))
	}
	return titles, cobra.ShellCompDirectiveNoFileComp
}

// completePlaces offers tags and projects, as they are written in lines and filters.
func (c *command) completePlaces(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	api, err := c.client()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	projects, _, err := api.Projects(cmd.Context())
	if err == nil {
		for _, p := range projects {
			names = append(names, "#"+plain(p.Name))
		}
	}
	var tags struct{ Items []client.Tag }
	if err := api.Do(cmd.Context(), http.MethodGet, "/tags", nil, &tags); err == nil {
		for _, t := range tags.Items {
			names = append(names, "@"+plain(t.Name))
		}
	}
	var fitting []string
	for _, name := range names {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(begun)) {
			fitting = append(fitting, name)
		}
	}
	return fitting, cobra.ShellCompDirectiveNoFileComp
}
