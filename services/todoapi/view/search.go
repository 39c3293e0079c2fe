package view

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

// Search asks for tasks by words of title, tags, notes and comments.
type Search struct {
	Text   string // each of its words must begin one of the task, whatever its case and accents
	Status string // open, completed or all
	Limit  int    // most tasks on the page, 1 to 200
	Cursor string // Next of the page before of the same search; "" for the first page
}

// hit is where a page of a search ends.
type hit struct {
	Rank string `json:"rank"`
	ID   string `json:"id"`
}

// Search finds the caller's tasks, the best hits first.
func (s *Service) Search(ctx context.Context, caller auth.Caller, search Search) (task.Page, error) {
	after, err := readHit(search.Cursor)
	if err != nil {
		return task.Page{}, err
	}
	var answer struct {
		Items document.Document[[]todo.Task] `json:"items"`
		Next  *hit                           `json:"next"`
	}
	err = s.DB.Call(ctx, "search_tasks", map[string]any{
		"userId": caller.UserID, "query": search.Text, "status": search.Status, "after": after, "limit": search.Limit, "bytes": maxPageBytes,
	}, &answer)
	if err != nil || answer.Next == nil {
		return task.Page{Items: answer.Items}, err
	}
	next, err := json.Marshal(answer.Next)
	if err != nil {
		return task.Page{}, failure.Wrap(failure.Internal, err, "encode the cursor")
	}
	return task.Page{Items: answer.Items, Next: base64.RawURLEncoding.EncodeToString(next)}, nil
}

func readHit(cursor string) (*hit, error) {
	if cursor == "" {
		return nil, nil
	}
	var h hit
	var rank float32
	decoded, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(decoded, &h) != nil || json.Unmarshal([]byte(h.Rank), &rank) != nil || uuid.Validate(h.ID) != nil {
		return nil, failure.InvalidField("query.cursor", "is not a cursor of a search; use next of the page before, or none")
	}
	return &h, nil
}

// searchRoute adds search to api.
func (s *Service) searchRoute(api huma.API, verify httpapi.Verify) {
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "search-tasks", Method: http.MethodGet, Path: "/search",
		Summary: "Search tasks by words of title, tags, notes and comments, the best hits first", Tags: []string{"Tasks"}}, verify, auth.ScopeTasksRead), s.search)
}

type searchInput struct {
	Text   string `query:"q" required:"true" minLength:"1" maxLength:"200" example:"plan uberw" doc:"Each word must begin one of the task; case and accents do not matter"`
	Status string `query:"status" enum:"open,completed,all" default:"all" doc:"Which tasks to search"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most tasks on a page; a page of long tasks holds fewer"`
	Cursor string `query:"cursor" maxLength:"200" pattern:"^[A-Za-z0-9_-]*$" patternDescription:"next of the page before" doc:"next of the page before, of the same search"`
}

func (s *Service) search(ctx context.Context, in *searchInput) (*listOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	page, err := s.Search(ctx, caller, Search(*in))
	return &listOutput{page}, err
}
