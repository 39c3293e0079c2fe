package calls

import "github.com/todoplatform/todoplatform/services/internal/todo"

// ListDueRequest asks what of a user's tasks is overdue now and what is due later on a day, in the
// user's zone.
type ListDueRequest struct {
	UserID string `json:"userId"`
	Day    string `json:"day"`   // YYYY-MM-DD
	Limit  int    `json:"limit"` // most tasks of each of the two
}

// ListDueReply tells it. Of a day that is over there is nothing.
type ListDueReply struct {
	Overdue DueTasks `json:"overdue"`
	Today   DueTasks `json:"today"` // without those that are overdue
}

// DueTasks are so many tasks, of which the first ones are named, by due.
type DueTasks struct {
	Total int       `json:"total"`
	Tasks []DueTask `json:"tasks"`
}

// DueTask is one of them.
type DueTask struct {
	Title string   `json:"title"`
	Due   todo.Due `json:"due"`
}
