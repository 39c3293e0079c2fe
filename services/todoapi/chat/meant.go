package chat

import (
	"cmp"
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/language/intent"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
)

// meant finds the tasks that are to be acted on. Where it cannot be certain, answer asks.
func (t *turn) meant(said intent.Intent) (tasks []todo.Task, answer *reply, err error) {
	target := said.Target
	switch {
	case len(target.Positions) > 0:
		return t.at(t.kept.Shown, target.Positions)
	case target.Those, said.Verb == intent.Snooze && !target.Named() && len(t.kept.Spoken) == 1:
		return t.those()
	case target.Rest:
		return t.rest()
	case target.Words != "":
		return t.called(said)
	case target.Filter != "":
		found, err := t.tools.Find(t.ctx, t.call(), tool.FindInput{Filter: target.Filter, Status: statusOf(said), Limit: 500})
		if err == nil && len(found.Tasks) == 0 {
			return nil, &reply{Text: t.person.phrase("found.none", nil)}, nil
		}
		if target.First > 0 {
			found.Tasks = found.Tasks[:min(len(found.Tasks), target.First)]
		}
		return found.Tasks, nil, err
	}
	return nil, &reply{Text: t.person.phrase("ask.which.none", nil)}, nil
}

// statusOf says of which tasks a verb speaks that says nothing of it.
func statusOf(said intent.Intent) string {
	done := said.Target.Done
	switch {
	case done != nil && *done, done == nil && said.Verb == intent.Reopen:
		return "completed"
	case done == nil && (said.Verb == intent.Did || said.Verb == intent.Show):
		return "all"
	}
	return "open"
}

// present reads those of ids that are still there.
func (t *turn) present(ids []string) ([]todo.Task, error) {
	return t.tools.Tasks.GetPresent(t.ctx, t.caller, ids)
}

// those are the tasks that were spoken of last, or those that were listed.
func (t *turn) those() ([]todo.Task, *reply, error) {
	ids := t.kept.Spoken
	if len(ids) == 0 {
		ids = t.kept.Shown
	}
	tasks, err := t.present(ids)
	if err == nil && len(tasks) == 0 {
		return nil, &reply{Text: t.person.phrase("ask.which.none", nil)}, nil
	}
	return tasks, nil, err
}

// rest is what was listed last without what was spoken of since, and without what is done.
func (t *turn) rest() ([]todo.Task, *reply, error) {
	ids := slices.DeleteFunc(slices.Clone(t.kept.Shown), func(id string) bool { return slices.Contains(t.kept.Handled, id) })
	tasks, err := t.present(ids)
	tasks = slices.DeleteFunc(tasks, func(task todo.Task) bool { return task.CompletedAt != nil })
	if err == nil && len(tasks) == 0 {
		return nil, &reply{Text: t.person.phrase("none.rest", nil)}, nil
	}
	return tasks, nil, err
}

// called finds the task that words name. Several are asked about, and so are those that are only near.
func (t *turn) called(said intent.Intent) ([]todo.Task, *reply, error) {
	words := said.Target.Words
	found, err := t.tools.Find(t.ctx, t.call(), tool.FindInput{Words: words, Status: statusOf(said), Limit: 50})
	if err != nil {
		return nil, nil, err
	}
	named := todo.Named(found.Tasks, words)
	if said.Verb == intent.When || said.Verb == intent.Did {
		named = soonest(named, said.Verb)
	}
	switch len(named) {
	case 1:
		return named, nil, nil
	case 0:
		return t.otherwise(said)
	}
	ask := t.ask(intent.WhichTask, said, named, "")
	return nil, &ask, nil
}

// otherwise finds what words name of the tasks that the verb is not about, or what is like them.
func (t *turn) otherwise(said intent.Intent) ([]todo.Task, *reply, error) {
	var others string
	switch statusOf(said) {
	case "open":
		others = "completed"
	case "completed":
		others = "open"
	default:
		return t.near(said)
	}
	found, err := t.tools.Find(t.ctx, t.call(), tool.FindInput{Words: said.Target.Words, Status: others, Limit: 50})
	if err != nil {
		return nil, nil, err
	}
	named := soonest(todo.Named(found.Tasks, said.Target.Words), intent.Did)
	if len(named) == 0 {
		return t.near(said)
	}
	if said.Verb == intent.Delete {
		return named, nil, nil // it says what it would delete
	}
	told := t.settled(named)
	return nil, &told, nil
}

// settled tells that tasks are what they were to become, or are done where only open ones change.
func (t *turn) settled(tasks []todo.Task) reply {
	phrase := "settled.open"
	if tasks[0].CompletedAt != nil {
		phrase = "settled.done"
	}
	return t.spokenOf(t.person.counted(phrase, len(tasks), values{"title": title(tasks[0])}), tasks)
}

// soonest is the first of tasks to come, of those that are due, or the last one that is done.
func soonest(tasks []todo.Task, verb intent.Verb) []todo.Task {
	sorted := slices.Clone(tasks)
	slices.SortStableFunc(sorted, func(a, b todo.Task) int {
		if verb == intent.Did && a.CompletedAt != nil && b.CompletedAt != nil {
			return b.CompletedAt.Compare(*a.CompletedAt)
		}
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(a.ID, b.ID))
	})
	return sorted[:min(len(sorted), 1)]
}

// order sorts what is open by its due, before what is done.
func order(t todo.Task) string {
	switch {
	case t.CompletedAt != nil:
		return "b"
	case t.Due == nil:
		return "a9999"
	}
	return "a" + t.Due.Date + cmp.Or(t.Due.Time, "24:00")
}

// near asks about tasks whose titles are like words, of those that are open.
func (t *turn) near(said intent.Intent) ([]todo.Task, *reply, error) {
	similar, err := t.similar(said)
	if err != nil {
		return nil, nil, err
	}
	words := values{"words": escaped.Replace(said.Target.Words)}
	var ask reply
	switch {
	case len(similar) == 0:
		return nil, &reply{Text: t.person.phrase("none.words", words)}, nil
	case len(similar) == 1 && tells(said.Verb):
		return similar, nil, nil // the answer names it
	case len(similar) == 1:
		ask = t.ask(intent.Confirm, said, similar, t.person.phrase("none.words", words)+" ")
	default:
		ask = t.ask(intent.WhichTask, said, similar, t.person.phrase("near", words))
	}
	return nil, &ask, nil
}

// similar are the tasks whose titles are like the words that none has.
func (t *turn) similar(said intent.Intent) ([]todo.Task, error) {
	all, err := t.tools.Find(t.ctx, t.call(), tool.FindInput{Filter: "all", Status: statusOf(said), Limit: 500})
	return slices.DeleteFunc(all.Tasks, func(task todo.Task) bool { return !resembles(task.Title, said.Target.Words) }), err
}

// like lists the tasks whose titles are like the words that none has.
func (t *turn) like(said intent.Intent) (reply, error) {
	similar, err := t.similar(said)
	words := values{"words": escaped.Replace(said.Target.Words)}
	if err != nil || len(similar) == 0 {
		t.kept.list(nil)
		return reply{Text: t.person.phrase("none.words", words)}, err
	}
	shown := similar[:min(len(similar), maxChoices)]
	t.kept.list(idsOf(shown))
	return reply{Text: t.person.phrase("near", words) + t.listed(shown, 0), Parts: []Part{{Kind: Tasks, Tasks: cards(shown), Total: len(similar)}}}, nil
}

// resembles reports whether a title has a word that is like each long one of words, or like one of two.
func resembles(title, words string) bool {
	in := strings.Fields(todo.Folded(title))
	hits, long := 0, 0
	for _, word := range strings.Fields(todo.Folded(words)) {
		if len([]rune(word)) < 4 {
			continue
		}
		long++
		if slices.ContainsFunc(in, func(other string) bool { return alike(word, other) }) {
			hits++
		}
	}
	return long > 0 && 2*hits >= long
}

// alike reports whether two words differ in few letters.
func alike(a, b string) bool {
	x, y := []rune(a), []rune(b)
	most := max(len(x), len(y)) / 4
	if abs(len(x)-len(y)) > most+1 {
		return false
	}
	return distance(x, y) <= max(most, 1)
}

func abs(n int) int { return max(n, -n) }

// distance is how many letters have to be put in, left out, changed, or swapped with the next one
// (optimal string alignment).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					rows[i][j] = min(rows[i][j], 1+rows[i-2][j-2])
				}
			}
		}
	}
	return rows[len(a)][len(b)]
}
