package transfer

import (
	"fmt"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

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

	// passedOver says what of the file as a whole was not read.
	passedOver []string
	misfits    int // objects with values that do not fit
}

// Most objects of each kind in a file: what an account may have, of comments somewhat less.
var mostOf = map[string]int{
	kindProjects: 500, kindSections: 50_000, kindTags: 1_000, kindFilters: 200, kindTasks: 100_000, kindComments: 200_000,
}

// tooMany refuses a file with more of a kind than there can be.
func tooMany(kind string) error {
	return failure.New(failure.Invalid, "the file has more than %d %s; import it in parts", mostOf[kind], kind)
}

// addTask adds a task of a file in its turn.
func (w *world) addTask(at string, t Task) (*Line, error) {
	if len(w.tasks) == mostOf[kindTasks] {
		return nil, tooMany(kindTasks)
	}
	line := w.open(at, kindTasks, t.Title)
	w.tasks = append(w.tasks, item[Task]{t, line})
	return line, nil
}

// lastTask is the task that was added last, until another one is.
func (w *world) lastTask() *Task { return &w.tasks[len(w.tasks)-1].value }

// maxPassedOver bounds what is said of the file as a whole.
const maxPassedOver = 100

// passOver says what of the file as a whole was not read.
func (w *world) passOver(what string, args ...any) {
	if len(w.passedOver) < maxPassedOver {
		w.passedOver = append(w.passedOver, fmt.Sprintf(what, args...))
	}
}

// passOverSome notes that so many things in the file were not read, if any.
func (w *world) passOverSome(n int, what string) {
	if n > 0 {
		w.passOver("%d %s", n, what)
	}
}

// addTag adds a tag of a file in its turn.
func (w *world) addTag(at string, t Tag) error {
	if len(w.tags) == mostOf[kindTags] {
		return tooMany(kindTags)
	}
	w.tags = append(w.tags, item[Tag]{t, w.open(at, kindTags, t.Name)})
	return nil
}

// addProject adds a project of a file in its turn.
func (w *world) addProject(at string, p Project) error {
	if len(w.projects) == mostOf[kindProjects] {
		return tooMany(kindProjects)
	}
	w.projects = append(w.projects, item[Project]{p, w.open(at, kindProjects, p.Name)})
	return nil
}

// addSection adds a section of a file in its turn.
func (w *world) addSection(at string, s Section) error {
	if len(w.sections) == mostOf[kindSections] {
		return tooMany(kindSections)
	}
	w.sections = append(w.sections, item[Section]{s, w.open(at, kindSections, s.Name)})
	return nil
}

// addComment adds a comment of a file in its turn.
func (w *world) addComment(at string, c Comment) (*Line, error) {
	if len(w.comments) == mostOf[kindComments] {
		return nil, tooMany(kindComments)
	}
	line := w.open(at, kindComments, c.Text)
	w.comments = append(w.comments, item[Comment]{c, line})
	return line, nil
}
