package filter

import (
	"math/rand/v2"
	"testing"
)

const benchmarkText = "(today | overdue | next 7 days) & !@waiting & (##Work | #Home) & created > 30 days ago & search: milk, p1"

func BenchmarkParse(b *testing.B) {
	options := thursday(b)
	for b.Loop() {
		if _, err := Parse(benchmarkText, options); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSQL binds a filter and writes its SQL.
func BenchmarkSQL(b *testing.B) {
	options := thursday(b)
	filter, err := Parse(benchmarkText, options)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sqlOf(b, filter, options)
	}
}

// BenchmarkMatch looks at one task.
func BenchmarkMatch(b *testing.B) {
	options := thursday(b)
	filter, err := Parse(benchmarkText, options)
	if err != nil {
		b.Fatal(err)
	}
	query, err := filter.Bind(options)
	if err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(9, 10))
	tasks := make([]Task, 1000)
	for i := range tasks {
		tasks[i] = someTask(random, options.Now)
	}
	for i := 0; b.Loop(); i++ {
		query.Match(&tasks[i%len(tasks)])
	}
}
