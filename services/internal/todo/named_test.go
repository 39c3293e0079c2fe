package todo

import (
	"slices"
	"testing"
)

func TestTasksAreNamedByWordsOfTheirTitles(t *testing.T) {
	tasks := []Task{{Title: "Milk"}, {Title: "Buy milk, eggs"}, {Title: "Shopping", Notes: "milk"}, {Title: "Straße (fegen)"}}
	for words, want := range map[string][]string{
		"milk": {"Milk"}, "buy MIL": {"Buy milk, eggs"}, "egg": {"Buy milk, eggs"}, "STRASSE fegen": {"Straße (fegen)"}, "ilk": nil, "bread": nil,
	} {
		var got []string
		for _, t := range Named(tasks, words) {
			got = append(got, t.Title)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q names %q, want %q", words, got, want)
		}
	}
}
