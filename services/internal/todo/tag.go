package todo

import "time"

// Tag is what people know of a tag besides the name by which tasks have it.
type Tag struct {
	ID        string    `json:"id" format:"uuid"`
	Version   int64     `json:"version" doc:"Counts the changes of the tag"`
	Name      string    `json:"name"`
	Colour    string    `json:"colour"`
	Favourite bool      `json:"favourite" doc:"Whether it is shown above the others"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// Comment is what was said about a task.
type Comment struct {
	ID        string    `json:"id" format:"uuid"`
	Version   int64     `json:"version" doc:"Counts the changes of the comment"`
	TaskID    string    `json:"taskId"`
	Text      string    `json:"text" doc:"Markdown"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// Filter is one that a person keeps, in the language of package filter.
type Filter struct {
	ID        string    `json:"id" format:"uuid"`
	Version   int64     `json:"version" doc:"Counts the changes of the filter"`
	Name      string    `json:"name"`
	Query     string    `json:"query" example:"(today | overdue) & !@waiting"`
	Colour    string    `json:"colour"`
	Favourite bool      `json:"favourite" doc:"Whether it is shown above the others"`
	Position  string    `json:"position" doc:"Order key: filters sort by it, byte by byte"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}
