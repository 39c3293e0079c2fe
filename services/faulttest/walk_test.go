package faulttest

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
)

const (
	// crowd is how many people tell their stories while processes die.
	crowd = 12
	// stretch bounds the deaths that the same people live through.
	stretch = 80
)

// route is at which points one process after the other dies: at each of a service, in any order, or, where
// TODOPLATFORM_FAULT_PAIRS is set, so that each follows each, itself too.
func route(points []string) []string {
	points = slices.Clone(points)
	rand.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	if os.Getenv("TODOPLATFORM_FAULT_PAIRS") != "" {
		return everyPair(points)
	}
	return points
}

// everyPair goes through points so that each follows each once, itself too.
func everyPair(points []string) (route []string) {
	for i, first := range points {
		route = append(route, first)
		for _, second := range points[i+1:] {
			route = append(route, first, second)
		}
	}
	return append(route, points[0])
}

// stretches cuts a route into parts that each begin where the one before ends.
func stretches(route []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for from := 0; from == 0 || from < len(route)-1; from += stretch {
			if !yield(route[from:min(from+stretch+1, len(route))]) {
				return
			}
		}
	}
}

func TestEachPointFollowsEach(t *testing.T) {
	points := strings.Split("abcdefghijk", "")
	times := map[string]int{}
	for at := range stretches(everyPair(points)) {
		for i := range at[1:] {
			times[at[i]+at[i+1]]++
		}
	}
	for _, first := range points {
		for _, second := range points {
			if times[first+second] != 1 {
				t.Errorf("%s follows %s %d times", second, first, times[first+second])
			}
		}
	}
}

// walk has people tell their stories, again and again, while one process of a service after the other dies at
// the next of some points, and checks what came of them. It returns the points to which a process did not come.
func (p *platform) walk(t *testing.T, app string, at []string) (missed []string) {
	t.Helper()
	people := p.gather(t, app)
	c := p.children[app]
	first := c.arm(fault{users: users(app, people), at: at, trace: people[0].trace(app)})
	over := make(chan struct{})
	var telling sync.WaitGroup
	for _, s := range people {
		telling.Go(func() { s.tellUntil(t, over) })
	}
	missed = c.watch(first, at)
	close(over)
	telling.Wait()
	for _, s := range people {
		s.check(t)
		s.window.close()
	}
	if t.Failed() {
		t.Logf("%s died %s", app, strings.Join(at, ", then "))
	}
	t.Logf("%d processes of %s died at their points; not reached: %q", len(at)-len(missed), app, missed)
	return missed
}

// gather signs people up while a service is about to die.
func (p *platform) gather(t *testing.T, app string) []*story {
	t.Helper()
	people := make([]*story, crowd)
	var signing sync.WaitGroup
	for i := range people {
		signing.Go(func() { people[i] = p.begin(t, fmt.Sprintf("person %d of %s", i+1, app)) })
	}
	signing.Wait()
	if t.Failed() {
		t.FailNow() // somebody is missing
	}
	return people
}

// users are those whose points count. Calls of realtime-sync name tickets, not people: there all count.
func users(app string, people []*story) (ids []string) {
	if app == contract.RealtimeSync {
		return nil
	}
	for _, s := range people {
		ids = append(ids, s.user())
	}
	return ids
}
