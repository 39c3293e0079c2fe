package filter

// Schema says where PostgreSQL keeps what a filter looks at: for each field of Task an
// expression over the row, as it is to stand in the SQL. Types are given with the
// fields; those marked so may be null.
type Schema struct {
	Title     string // text
	Notes     string // text
	Priority  string // smallint
	Tags      string // text[]
	Project   string // uuid, may be null
	Section   string // uuid, may be null
	DueDate   string // date, may be null
	DueTime   string // time, may be null
	DueZone   string // text, may be null: the IANA zone of DueTime
	Deadline  string // date, may be null
	Start     string // date, may be null
	Created   string // timestamptz
	Completed string // timestamptz, may be null
	Rule      string // text, may be null
	Paused    string // boolean
	Parent    string // any type, may be null
	Reminders string // jsonb array
}

// TaskTable is the table task of todo-api.
var TaskTable = Schema{
	Title:     "task.title",
	Notes:     "task.notes",
	Priority:  "task.priority",
	Tags:      "task.tags",
	Project:   "task.project_id",
	Section:   "task.section_id",
	DueDate:   "task.due_date",
	DueTime:   "task.due_time",
	DueZone:   "task.due_zone",
	Deadline:  "task.deadline",
	Start:     "task.start_date",
	Created:   "task.created_at",
	Completed: "task.completed_at",
	Rule:      "task.rule",
	Paused:    "task.paused",
	Parent:    "task.parent_id",
	Reminders: "task.reminders",
}
