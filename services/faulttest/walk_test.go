package faulttest

import (
	"fmt"
	"iter"
	"math/rand/v2"
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

// routes are at which points of a service one process after the other dies, in stretches with their numbers: at
// each, in any order, or, where TODOPLATFORM_FAULT_PAIRS is set, so that each follows each, itself too. That takes
// an hour, so its value is the stretch to begin with: 1, or one that failed or was broken off.
func routes(t *testing.T, points []string) iter.Seq2[int, []string] {
	t.Helper()
	points, first := slices.Sorted(slices.Values(points)), intFromEnv(t, "TODOPLATFORM_FAULT_PAIRS", 0)
	if first == 0 {
		rand.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
		return from(1, stretches(points))
	}
	return from(first, stretches(everyPair(points)))
}

func from(first int, stretches [][]string) iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		for n := first; n <= len(stretches); n++ {
			if !yield(n, stretches[n-1]) {
				return
			}
		}
	}
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
func stretches(route []string) (parts [][]string) {
	for len(route) > stretch+1 {
		parts = append(parts, route[:stretch+1])
		route = route[stretch:]
	}
	return append(parts, route)
}

func TestEachPointFollowsEach(t *testing.T) {
	points := strings.Split("abcdefghijk", "")
	times := map[string]int{}
	for _, at := range stretches(everyPair(points)) {
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
