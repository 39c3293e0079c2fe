package todo

import "time"

// Project is a list of tasks, perhaps below another one.
type Project struct {
	ID         string     `json:"id" format:"uuid"`
	Version    int64      `json:"version" doc:"Counts the changes of the project"`
	Name       string     `json:"name"`
	Colour     string     `json:"colour"`
	Favourite  bool       `json:"favourite" doc:"Whether it is shown above the others"`
	ParentID   *string    `json:"parentId" doc:"The project that this one is below"`
	Position   string     `json:"position" doc:"Order key: projects of one parent sort by it, byte by byte"`
	ArchivedAt *time.Time `json:"archivedAt" doc:"Since when the project is hidden, and its tasks from lists"`
	CreatedAt  time.Time  `json:"createdAt"`
	UpdatedAt  time.Time  `json:"updatedAt"`
}

// Section is a part of a project.
type Section struct {
	ID        string    `json:"id" format:"uuid"`
	Version   int64     `json:"version" doc:"Counts the changes of the section"`
	ProjectID string    `json:"projectId"`
	Name      string    `json:"name"`
	Position  string    `json:"position" doc:"Order key: sections of one project sort by it, byte by byte"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}
