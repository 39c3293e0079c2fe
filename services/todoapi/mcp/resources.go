package mcp

import (
	"context"
	"encoding/json"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
)

const (
	jsonType   = "application/json"
	taskPrefix = "todo://tasks/"
)

// views are what people look at, as resources.
var views = []struct{ uri, name, description, filter string }{
	{"todo://views/today", "Today", "Open tasks that are due today or overdue", "today | overdue"},
	{"todo://views/upcoming", "Upcoming", "Open tasks of the next seven days", "next 7 days"},
	{"todo://views/overdue", "Overdue", "Open tasks that are overdue", "overdue"},
	{"todo://views/inbox", "Without a date", "Open tasks that have no due", "no date"},
}

// addResources adds the views, and the address of each task.
func (s *Service) addResources(server *sdk.Server, caller auth.Caller) {
	call := tool.Call{Caller: caller}
	for _, v := range views {
		server.AddResource(&sdk.Resource{URI: v.uri, Name: v.name, Description: v.description, MIMEType: jsonType},
			func(ctx context.Context, request *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
				found, err := s.tools.Find(ctx, call, tool.FindInput{Filter: v.filter, Limit: 50})
				return read(request.Params.URI, found, err)
			})
	}
	server.AddResourceTemplate(&sdk.ResourceTemplate{URITemplate: taskPrefix + "{id}", Name: "Task", Description: "A task with its subtasks and comments", MIMEType: jsonType},
		func(ctx context.Context, request *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
			shown, err := s.tools.Do(ctx, call, "show_task", idOf(request.Params.URI))
			return read(request.Params.URI, shown, err)
		})
}

// idOf is the input that names the task of an address.
func idOf(uri string) json.RawMessage {
	encoded, err := json.Marshal(map[string]string{"id": strings.TrimPrefix(uri, taskPrefix)})
	if err != nil { // a string is always encoded
		return json.RawMessage("{}")
	}
	return encoded
}

// read answers with a resource. What is not there, or has no such address, is not found.
func read(uri string, value any, err error) (*sdk.ReadResourceResult, error) {
	switch failure.KindOf(err) {
	case "":
	case failure.NotFound, failure.Invalid:
		return nil, sdk.ResourceNotFoundError(uri)
	default:
		return nil, failure.Public(err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, failure.Wrap(failure.Internal, err, "encode a resource")
	}
	return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: uri, MIMEType: jsonType, Text: string(text)}}}, nil
}

// prompts are what a person may begin with.
var prompts = []struct{ name, title, description, text string }{
	{"plan-day", "Plan my day", "Look at what is due and make a plan for today",
		"Read the resource todo://views/today and the free time of today. Propose an order for today with times. Change nothing before I agree."},
	{"review-week", "Review my week", "Look back at the week and ahead to the next one",
		"Summarize what I completed in the last seven days and what is due in the next seven. Name what keeps being put off, and propose for each whether to do, move or delete it. Change nothing before I agree."},
	{"capture", "Capture", "Make tasks of a text",
		"I will paste a text. List the tasks in it, one a line, with dates, @tags and p1 to p4 where the text says so, and add them once I agree."},
}

func addPrompts(server *sdk.Server) {
	for _, p := range prompts {
		server.AddPrompt(&sdk.Prompt{Name: p.name, Title: p.title, Description: p.description}, func(context.Context, *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
			return &sdk.GetPromptResult{Description: p.description, Messages: []*sdk.PromptMessage{{Role: "user", Content: &sdk.TextContent{Text: p.text}}}}, nil
		})
	}
}
