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

	// passedOver says what of the file as a whole was not read.
	passedOver []string
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

// addProject adds a project of a file in its turn.
func (w *world) addProject(at string, p Project) (*Line, error) {
	if len(w.projects) == mostOf[kindProjects] {
		return nil, tooMany(kindProjects)
	}
	line := w.open(at, kindProjects, p.Name)
	w.projects = append(w.projects, item[Project]{p, line})
	return line, nil
}

// addSection adds a section of a file in its turn.
func (w *world) addSection(at string, s Section) (*Line, error) {
	if len(w.sections) == mostOf[kindSections] {
		return nil, tooMany(kindSections)
	}
	line := w.open(at, kindSections, s.Name)
	w.sections = append(w.sections, item[Section]{s, line})
	return line, nil
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
