package filter

// Schema says where PostgreSQL keeps what a filter looks at: for each field of Task an
// expression over the row, as it is to stand in the SQL. Types are given with the
// fields; those marked so may be null.
type Schema struct {
	Title     string // text
	Notes     string // text
	Priority  string // smallint
	Tags      string // text[]
	Project   string // text[], may be null: names from the outermost project to that of the task
	Section   string // text, may be null
	DueDate   string // date, may be null
	DueTime   string // time, may be null
	DueZone   string // text, may be null: the IANA zone of DueTime
	Created   string // timestamptz
	Completed string // timestamptz, may be null
	Rule      string // text, may be null
	Parent    string // any type, may be null
	Reminders string // jsonb array
}

// TaskTable is the table task of todo-api. It has no columns for projects, sections
// and subtasks until it keeps them; filters by these expect the names given here.
var TaskTable = Schema{
	Title:     "task.title",
	Notes:     "task.notes",
	Priority:  "task.priority",
	Tags:      "task.tags",
	Project:   "task.project_path",
	Section:   "task.section",
	DueDate:   "task.due_date",
	DueTime:   "task.due_time",
	DueZone:   "task.due_zone",
	Created:   "task.created_at",
	Completed: "task.completed_at",
	Rule:      "task.rule",
	Parent:    "task.parent_id",
	Reminders: "task.reminders",
}
