package filter

import (
	"slices"
	"strconv"
	"strings"
)

// Filter selects tasks: one condition, or others put together. It is the syntax tree
// of a text, and its JSON is stable.
type Filter struct {
	Kind Kind `json:"kind"`
	// Of are the parts of List, Or, And (two or more) and Not (one).
	Of []Filter `json:"of,omitempty"`
	// Operator and Date compare Due, Created and Completed with words for a date.
	// Completed may lack both and then means any completed task.
	Operator Operator `json:"operator,omitempty"`
	Date     string   `json:"date,omitempty"`
	// Name is the pattern of Tag, Project, ProjectTree and Section: * stands for any
	// characters, \* and \\ for themselves.
	Name string `json:"name,omitempty"`
	// Text is what Search looks for.
	Text string `json:"text,omitempty"`
	// Number is the Priority, 1 to 4, or how many NextDays.
	Number int `json:"number,omitempty"`
}

// Kind is what a Filter selects by.
type Kind string

// The kinds of filters.
const (
	List Kind = "list" // filters whose tasks are shown one list after the other
	Or   Kind = "or"
	And  Kind = "and"
	Not  Kind = "not"

	All         Kind = "all"
	Due         Kind = "due"
	Deadline    Kind = "deadline"
	Start       Kind = "start"
	Created     Kind = "created"
	Completed   Kind = "completed"
	Overdue     Kind = "overdue"
	NextDays    Kind = "next-days" // from today on
	NoDate      Kind = "no-date"
	NoDeadline  Kind = "no-deadline"
	Priority    Kind = "priority"
	Tag         Kind = "tag"
	NoTags      Kind = "no-tags"
	Project     Kind = "project"
	ProjectTree Kind = "project-tree" // a project with those below it
	Section     Kind = "section"
	Recurring   Kind = "recurring"
	Paused      Kind = "paused"
	Subtask     Kind = "subtask"
	Reminders   Kind = "reminders"
	Search      Kind = "search"
)

// Operator compares a date of a task with the days or the time that words mean.
type Operator string

// The operators.
const (
	On     Operator = "="  // within
	Before Operator = "<"  // before the first of
	After  Operator = ">"  // after the last of
	Until  Operator = "<=" // within or before
	From   Operator = ">=" // within or after
)

// lowestPriority is that of a task without a priority.
const lowestPriority = 4

// Lists gives the filters of a list, or f itself when it is none.
func (f Filter) Lists() []Filter {
	if f.Kind == List {
		return f.Of
	}
	return []Filter{f}
}

// Uses reports whether a condition of one of some kinds is in f.
func (f Filter) Uses(kinds ...Kind) bool {
	return slices.Contains(kinds, f.Kind) || slices.ContainsFunc(f.Of, func(part Filter) bool { return part.Uses(kinds...) })
}

// String is the canonical text, which Parse reads back as f.
func (f Filter) String() string {
	var b strings.Builder
	f.print(&b)
	return b.String()
}

func (f Filter) print(b *strings.Builder) {
	switch f.Kind {
	case List:
		f.join(b, ", ")
	case Or:
		f.join(b, " | ")
	case And:
		f.join(b, " & ")
	case Not:
		b.WriteByte('!')
		f.join(b, "")
	default:
		b.WriteString(f.term())
	}
}

func (f Filter) join(b *strings.Builder, separator string) {
	for i, part := range f.Of {
		if i > 0 {
			b.WriteString(separator)
		}
		f.part(b, part)
	}
}

// strength orders the kinds by how tightly they bind.
var strength = map[Kind]int{List: 1, Or: 2, And: 3, Not: 4}

// part prints a part of f, in parentheses where it binds less tightly.
func (f Filter) part(b *strings.Builder, part Filter) {
	if inner, combined := strength[part.Kind]; combined && inner < strength[f.Kind] {
		b.WriteByte('(')
		part.print(b)
		b.WriteByte(')')
		return
	}
	part.print(b)
}

// term prints one condition.
func (f Filter) term() string {
	switch f.Kind {
	case Due, Deadline, Start, Created, Completed:
		return f.comparison()
	case NextDays:
		return "next " + strconv.Itoa(f.Number) + " days"
	case Priority:
		if f.Number == lowestPriority {
			return "no priority"
		}
		return "p" + strconv.Itoa(f.Number)
	case Tag:
		return "@" + escape(f.Name, false)
	case Project:
		name := escape(f.Name, false)
		if strings.HasPrefix(name, "#") {
			name = `\` + name
		}
		return "#" + name
	case ProjectTree:
		return "##" + escape(f.Name, false)
	case Section:
		return "/" + escape(f.Name, false)
	case Search:
		return "search: " + escape(f.Text, true)
	default:
		return strings.ReplaceAll(string(f.Kind), "-", " ")
	}
}

func (f Filter) comparison() string {
	date := escape(f.Date, true)
	switch {
	case f.Date == "":
		return string(f.Kind)
	case f.Kind == Due && f.Operator == On && isOnlyDate(date):
		return date
	case f.Operator == On:
		return string(f.Kind) + ": " + date
	case f.Operator == Before:
		return string(f.Kind) + " before: " + date
	case f.Operator == After:
		return string(f.Kind) + " after: " + date
	default:
		return string(f.Kind) + " " + string(f.Operator) + " " + date
	}
}

// isOnlyDate reports whether the words for a date can be nothing else.
func isOnlyDate(term string) bool {
	if strings.ContainsAny(term[:1], "@#/!") {
		return false
	}
	if _, known := keyword(term); known {
		return false
	}
	_, _, known := splitField(term)
	return !known
}
