package todoapi

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/cli/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/chat"
	"github.com/todoplatform/todoplatform/services/todoapi/chat/model"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/test/scripted"
)

// toolUse is one use of a tool by an agent of a user who has tasks.
type toolUse struct {
	start  []string // of the tasks, as in dialogues
	before string   // a tool that was used on them before
	input  func(ids []string, group string) map[string]any
	// answer is in what the tool says, and seen is what the API shows then: all tasks where see is nil.
	answer string
	see    func(t *testing.T, c *client.Client, ids []string) []string
	seen   []string
	// words do the same, said one after the other, and told is in the last answer to them.
	words []string
	told  string
}

// onAll is the input of tools that need no more than the tasks.
func onAll(ids []string, _ string) map[string]any { return map[string]any{"ids": ids} }

func inputOf(input map[string]any) func([]string, string) map[string]any {
	return func([]string, string) map[string]any { return input }
}

var toolUses = map[string]toolUse{
	"add_tasks": {
		input: inputOf(map[string]any{"text": "milk tomorrow p1 @shop #Home"}),
		seen:  []string{"[ ] milk (2026-11-27, p1, @shop, #Home)"}, words: []string{"add milk tomorrow p1 @shop #Home"}, told: "Added",
	},
	"find_tasks": {
		start: []string{"+ milk tomorrow", "+ eggs"}, input: inputOf(map[string]any{"filter": "tomorrow"}),
		answer: `"total":1`, seen: []string{"[ ] eggs", "[ ] milk (2026-11-27)"}, words: []string{"show tomorrow's tasks"}, told: "milk",
	},
	"show_task": {
		start: []string{`+ milk\n  oat milk`}, input: func(ids []string, _ string) map[string]any { return map[string]any{"id": ids[0]} },
		answer: `"title":"oat milk"`, seen: []string{"[ ] milk", "[ ] oat milk"}, words: []string{"details of milk"}, told: "oat milk",
	},
	"change_tasks": {
		start: []string{"+ milk", "+ eggs"},
		input: func(ids []string, _ string) map[string]any {
			return map[string]any{"ids": ids, "changes": map[string]any{"date": "2026-11-30", "priority": 2}}
		},
		seen: []string{"[ ] eggs (2026-11-30, p2)", "[ ] milk (2026-11-30, p2)"}, words: []string{"move milk to monday", "make it p2", "move eggs to monday", "make it p2"}, told: "eggs",
	},
	"complete_tasks": {start: []string{"+ milk"}, input: onAll, seen: []string{"[x] milk"}, words: []string{"complete milk"}, told: "Completed"},
	"reopen_tasks":   {start: []string{"x milk"}, input: onAll, seen: []string{"[ ] milk"}, words: []string{"reopen milk"}, told: "Reopened"},
	"delete_tasks": {
		start: []string{"+ milk p1", "+ eggs"}, input: inputOf(map[string]any{"filter": "p1"}), seen: []string{"[ ] eggs"}, words: []string{"delete my p1 tasks", "yes"}, told: "Deleted",
	},
	"skip_occurrences": {
		start: []string{"+ laundry every thursday"}, input: onAll, seen: []string{"[ ] laundry (2026-12-03, FREQ=WEEKLY;BYDAY=TH)"}, words: []string{"skip the laundry this time"}, told: "Skipped",
	},
	"pause_tasks": {
		start: []string{"+ laundry every thursday"}, input: onAll, seen: []string{"[ ] laundry (2026-11-26, FREQ=WEEKLY;BYDAY=TH, paused)"}, words: []string{"pause the laundry"}, told: "Paused",
	},
	"resume_tasks": {
		start: []string{"+ laundry every thursday"}, before: "pause_tasks", input: onAll,
		seen: []string{"[ ] laundry (2026-11-26, FREQ=WEEKLY;BYDAY=TH)"}, words: []string{"pause the laundry", "resume the laundry"}, told: "Resumed",
	},
	"remind": {
		start: []string{"+ milk tomorrow 3pm"},
		input: func(ids []string, _ string) map[string]any { return map[string]any{"ids": ids, "minutesBefore": 10} },
		seen:  []string{"[ ] milk (2026-11-27 15:00, reminds 10 min before)"}, words: []string{"remind me of milk 10 minutes before"}, told: "10 minutes before",
	},
	"snooze": {
		start: []string{"+ milk"},
		input: func(ids []string, _ string) map[string]any {
			return map[string]any{"ids": ids, "until": "2026-11-27T08:00:00Z"}
		},
		seen: []string{"[ ] milk (reminds 2026-11-27T08:00Z)"}, words: []string{"snooze milk until tomorrow at 9"}, told: "tomorrow at 09:00",
	},
	"comment": {
		start: []string{"+ milk"},
		input: func(ids []string, _ string) map[string]any {
			return map[string]any{"id": ids[0], "text": "from the farm"}
		},
		see: commentsOf, seen: []string{"from the farm"}, words: []string{"comment on milk: from the farm"}, told: "Added the comment",
	},
	"add_project": {
		input: inputOf(map[string]any{"name": "Garden"}), seen: []string{"Garden"}, words: []string{"create a project Garden"}, told: "Garden",
		see: func(t *testing.T, c *client.Client, _ []string) []string {
			t.Helper()
			projects, _ := names(t, c)
			return projects
		},
	},
	"list_projects": {start: []string{"+ milk #Home"}, input: inputOf(nil), answer: `"name":"Home"`, seen: []string{"[ ] milk (#Home)"}, words: []string{"list my projects"}, told: "Home"},
	"list_tags":     {start: []string{"+ milk @shop"}, input: inputOf(nil), answer: `"name":"shop"`, seen: []string{"[ ] milk (@shop)"}, words: []string{"list my tags"}, told: "shop"},
	"list_filters":  {input: inputOf(nil), answer: `"name":"Urgent"`, seen: []string{"nothing"}, words: []string{"list my filters"}, told: "Urgent: p1"},
	"summarize_days": {
		start: []string{"+ milk today", "+ eggs tomorrow"}, input: inputOf(map[string]any{"from": "2026-11-26", "until": "2026-11-26"}),
		answer: `"title":"milk"`, seen: []string{"[ ] eggs (2026-11-27)", "[ ] milk (2026-11-26)"}, words: []string{"what does my day look like?"}, told: "milk",
	},
	"find_free_time": {
		start: []string{"+ milk tomorrow 9:00"}, input: inputOf(map[string]any{"from": "2026-11-27", "until": "2026-11-27"}),
		answer: `"from":"2026-11-27T09:30:00+01:00"`, seen: []string{"[ ] milk (2026-11-27 09:00)"}, words: []string{"when am I free tomorrow?"}, told: "09:30",
	},
	"undo": {
		start: []string{"+ milk"}, before: "complete_tasks", seen: []string{"[ ] milk"}, words: []string{"complete milk", "undo"}, told: "Taken back",
		input: func(_ []string, group string) map[string]any { return map[string]any{"group": group} },
	},
}

// door is a way to the tools: it uses one, and says yes where a person is asked.
type door func(name string, input map[string]any) (answer string, failed bool)

// Each tool is used by an outside agent, by a language model, by words to the chatbot, and by words on the
// command line, and what it did is seen through the API.
func TestEachTool(t *testing.T) {
	h, says := newModelHarness(t, model.Config{Name: "scripted-1", DailyTokens: 1_000_000})
	listed, err := h.agent(t, h.user(t), "tasks:read").ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, tool := range listed.Tools {
		there[tool.Name] = true
		if _, ok := toolUses[tool.Name]; !ok {
			t.Errorf("%s is not used here", tool.Name)
		}
	}
	for name, use := range toolUses {
		t.Run(name, func(t *testing.T) {
			if !there[name] {
				t.Fatal("there is no such tool")
			}
			c := h.user(t)
			t.Run("by an agent", func(t *testing.T) { h.useTool(t, c, h.agentDoor(t, c), name, use) })
			c = h.user(t)
			t.Run("by a language model", func(t *testing.T) { h.useTool(t, c, modelDoor(t, says, c), name, use) })
			says.SaysInTurn(scripted.Saying("I was asked."))
			for door, say := range map[string]func(*testing.T, *client.Client, []string) string{"in words": sayAll, "on the command line": h.sayOnTheCommandLine} {
				t.Run(door, func(t *testing.T) { h.sayTool(t, use, say) })
			}
			if asked := len(says.Requests()); asked > 0 {
				t.Errorf("the language model was asked %d times", asked)
			}
		})
	}
}

func (h *harness) agentDoor(t *testing.T, c *client.Client) door {
	t.Helper()
	session := h.agent(t, c, "tasks:read", "tasks:write")
	return func(name string, input map[string]any) (string, bool) {
		t.Helper()
		return use(t, session, name, input)
	}
}

func modelDoor(t *testing.T, says *scripted.Model, c *client.Client) door {
	t.Helper()
	k := newTalk(t, c)
	return func(name string, input map[string]any) (string, bool) {
		t.Helper()
		says.SaysInTurn(scripted.Calling(t, name, input), scripted.Saying("Done."))
		answer := k.say(odd)
		if slices.ContainsFunc(answer.Parts, func(p chat.Part) bool { return p.Kind == chat.Consent }) {
			k.say("yes")
			return "{}", false
		}
		told := says.Requests()[1].Last()
		return told, strings.HasPrefix(told, `{"error"`)
	}
}

// sayAll says words to the chatbot, in one conversation, and returns the last answer.
func sayAll(t *testing.T, c *client.Client, words []string) (told string) {
	t.Helper()
	k := newTalk(t, c)
	for _, text := range words {
		told = k.say(text).Text
	}
	return told
}

// sayOnTheCommandLine says them by the command line, and returns all that it prints.
func (h *harness) sayOnTheCommandLine(t *testing.T, c *client.Client, words []string) string {
	t.Helper()
	made, err := c.CreateToken(t.Context(), client.TokenDraft{Name: "shell", Scopes: []string{"tasks:read", "tasks:write"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TODO_URL", h.url)
	t.Setenv("TODO_TOKEN", made.Secret)
	var out strings.Builder
	command := todo.New()
	command.SetArgs([]string{"--config", filepath.Join(t.TempDir(), "config.json"), "chat"})
	command.SetIn(strings.NewReader(strings.Join(words, "\n") + "\n"))
	command.SetOut(&out)
	command.SetErr(io.Discard)
	if err := command.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// sayTool has words do what a tool does.
func (h *harness) sayTool(t *testing.T, of toolUse, say func(*testing.T, *client.Client, []string) string) {
	t.Helper()
	c := h.user(t)
	ids := prepareUse(t, c, of)
	if told := say(t, c, of.words); !strings.Contains(told, of.told) {
		t.Errorf("it tells %q, want %q", told, of.told)
	}
	of.check(t, c, ids)
}

func (h *harness) useTool(t *testing.T, c *client.Client, use door, name string, of toolUse) {
	t.Helper()
	ids := prepareUse(t, c, of)
	var before struct{ Group string }
	if of.before != "" {
		done, failed := use(of.before, onAll(ids, ""))
		if err := json.Unmarshal([]byte(done), &before); failed || err != nil {
			t.Fatalf("%s: %s, %v", of.before, done, err)
		}
	}
	answer, failed := use(name, of.input(ids, before.Group))
	if failed || !strings.Contains(answer, of.answer) {
		t.Fatalf("it answers %s, want %s", answer, of.answer)
	}
	of.check(t, c, ids)
}

// prepareUse gives a user the tasks and the filter that a use begins with, and returns the ids of the tasks.
func prepareUse(t *testing.T, c *client.Client, of toolUse) []string {
	t.Helper()
	if err := c.Do(t.Context(), http.MethodPost, "/filters", map[string]string{"name": "Urgent", "query": "p1"}, nil); err != nil {
		t.Fatal(err)
	}
	for _, text := range of.start {
		if err := prepare(t, c, line{mark: text[:1], text: text[2:]}); err != nil {
			t.Fatal(err)
		}
	}
	return idsOfAll(t, c)
}

// check looks at what there is after a use.
func (of toolUse) check(t *testing.T, c *client.Client, ids []string) {
	t.Helper()
	see := of.see
	if see == nil {
		see = func(t *testing.T, c *client.Client, _ []string) []string {
			t.Helper()
			return state(t, c)
		}
	}
	if got := see(t, c, ids); !slices.Equal(got, of.seen) {
		t.Errorf("there is %q, want %q", got, of.seen)
	}
}

// idsOfAll are the ids of all tasks of a user, the oldest first.
func idsOfAll(t *testing.T, c *client.Client) []string {
	t.Helper()
	page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: "all", Status: "all", Sort: "created", Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, task := range page.Items {
		ids = append(ids, task.ID)
	}
	return ids
}

func commentsOf(t *testing.T, c *client.Client, ids []string) (texts []string) {
	t.Helper()
	var listed struct{ Items []client.Comment }
	if err := c.Do(t.Context(), http.MethodGet, "/tasks/"+ids[0]+"/comments", nil, &listed); err != nil {
		t.Fatal(err)
	}
	for _, comment := range listed.Items {
		texts = append(texts, comment.Text)
	}
	return texts
}
