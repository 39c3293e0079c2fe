package load

import "math/rand/v2"

// Operation is one kind of request.
type Operation string

// The operations of people's windows.
const (
	List     Operation = "list"     // the first 50 open tasks
	Get      Operation = "get"      // one task
	Changes  Operation = "changes"  // what happened since a window was closed
	Sync     Operation = "sync"     // all open tasks, as a new window reads them
	Create   Operation = "create"   // a task
	Patch    Operation = "patch"    // the title of a task
	Complete Operation = "complete" // a task

	Filter Operation = "filter" // the first 50 tasks of a condition that people keep
	Search Operation = "search" // the best 50 tasks for words
	Counts Operation = "counts" // how many tasks each view has
	Agenda Operation = "agenda" // what is due in the next two weeks, occurrences to come included

	Say Operation = "say" // something to the chatbot
)

// Operations lists all of them in the order of a report.
func Operations() []Operation {
	return []Operation{List, Get, Changes, Sync, Create, Patch, Complete, Filter, Search, Counts, Agenda, Say}
}

// Writes reports whether o changes data.
func (o Operation) Writes() bool { return o == Create || o == Patch || o == Complete }

// Mix says how many of the requests are of which kind.
type Mix []Share

// Share is a part of a mix.
type Share struct {
	Operation Operation
	Weight    int
}

// Usual is what people do: 70 % reads and 30 % writes.
func Usual() Mix {
	return Mix{{List, 35}, {Get, 20}, {Changes, 14}, {Sync, 1}, {Create, 10}, {Patch, 10}, {Complete, 10}}
}

// OnlyLists reads pages of 50 tasks.
func OnlyLists() Mix { return Mix{{List, 1}} }

// OnlyWrites has the writes of Usual.
func OnlyWrites() Mix { return Mix{{Create, 1}, {Patch, 1}, {Complete, 1}} }

// Views is what a window asks as people go from view to view.
func Views() Mix { return Mix{{Filter, 40}, {Search, 30}, {Counts, 15}, {Changes, 13}, {Agenda, 2}} }

// Talk is what people ask the chatbot.
func Talk() Mix { return Mix{{Say, 1}} }

func (m Mix) pick(random *rand.Rand) Operation {
	total := 0
	for _, share := range m {
		total += share.Weight
	}
	n := random.IntN(total)
	for _, share := range m {
		if n -= share.Weight; n < 0 {
			return share.Operation
		}
	}
	return m[len(m)-1].Operation
}
