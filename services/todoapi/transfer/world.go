package transfer

import "github.com/todoplatform/todoplatform/services/internal/failure"

// item is an object of a file and the line of the report that is about it.
type item[T any] struct {
	value T
	line  *Line
}

// world is what a file holds, in whatever form it was written. Objects refer to each other by
// the ids of the file, which mean nothing outside of it.
type world struct {
	ledger

	settings *item[Settings]
	projects []item[Project]
	sections []item[Section]
	tags     []item[Tag]
	filters  []item[Filter]
	tasks    []item[Task]
	comments []item[Comment]
}

// Most objects of each kind in a file: what an account may have, of comments somewhat less.
var mostOf = map[string]int{
	kindProjects: 500, kindSections: 50_000, kindTags: 1_000, kindFilters: 200, kindTasks: 100_000, kindComments: 200_000,
}

// tooMany refuses a file with more of a kind than there can be.
func tooMany(kind string) error {
	return failure.New(failure.Invalid, "the file has more than %d %s; import it in parts", mostOf[kind], kind)
}
