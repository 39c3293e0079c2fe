package task

import (
	"reflect"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func newSchema() draftSchema {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	return draftSchema{registry, registry.Schema(reflect.TypeFor[Draft](), true, "Draft")}
}

func TestMerge(t *testing.T) {
	before := events.Task{
		Title: "Water plants", Notes: "all of them", Priority: 2, Tags: []string{"home"},
		Due: &events.Due{Date: "2026-12-01", Time: "09:00"}, Reminders: []events.TaskReminder{},
	}
	tests := []struct {
		name, patch string
		want        func(*Draft)
	}{
		{"nothing", `{}`, func(*Draft) {}},
		{"a field", `{"title":"Feed cat"}`, func(d *Draft) { d.Title = "Feed cat" }},
		{"null clears", `{"due":null,"notes":null,"tags":null}`, func(d *Draft) { d.Due, d.Notes, d.Tags = nil, "", nil }},
		{"a field inside", `{"due":{"time":"10:00"}}`, func(d *Draft) { d.Due = &events.Due{Date: "2026-12-01", Time: "10:00"} }},
		{"null inside", `{"due":{"time":null}}`, func(d *Draft) { d.Due = &events.Due{Date: "2026-12-01"} }},
		{"a list is replaced", `{"tags":["a","b"]}`, func(d *Draft) { d.Tags = []string{"a", "b"} }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := DraftOf(before)
			want.Reminders = nil // absent and empty mean the same
			test.want(&want)
			got, err := newSchema().merge(before, []byte(test.patch))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	tests := []struct{ name, patch, field string }{
		{"no JSON", `{`, ""},
		{"no object", `["title"]`, ""},
		{"null", `null`, ""},
		{"unknown field", `{"titel":"x"}`, "titel"},
		{"unknown field inside", `{"due":{"date":"2026-12-01","tz":"UTC"}}`, "due.tz"},
		{"read-only field", `{"version":7}`, "version"},
		{"wrong type", `{"priority":"high"}`, "priority"},
		{"out of range", `{"priority":5}`, "priority"},
		{"required field cleared", `{"title":null}`, ""}, // the message names it
		{"due without a date", `{"due":{"date":null}}`, "due"},
		{"too many tags", `{"tags":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19","20","21"]}`, "tags"},
		{"half a number", `{"priority":1.5}`, "priority"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := newSchema().merge(events.Task{Title: "a", Priority: 4, Due: &events.Due{Date: "2026-12-01"}}, []byte(test.patch))
			if failure.KindOf(err) != failure.Invalid || failure.Public(err).Field != test.field {
				t.Fatalf("got %v (field %q), want invalid %q", err, failure.Public(err).Field, test.field)
			}
		})
	}
}
