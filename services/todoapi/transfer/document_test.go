package transfer

import (
	"reflect"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// What the platform gets to know of an object must not get lost on its way out and in.
func TestDocumentsHoldAllThatObjectsHave(t *testing.T) {
	leftOut := map[string]bool{"version": true, "updatedAt": true}
	for _, pair := range [][2]any{
		{todo.Settings{}, Settings{}}, {todo.Project{}, Project{}}, {todo.Section{}, Section{}}, {todo.Tag{}, Tag{}},
		{todo.Filter{}, Filter{}}, {todo.Task{}, Task{}}, {todo.Comment{}, Comment{}},
	} {
		exported := namesOf(pair[1])
		for name := range namesOf(pair[0]) {
			if !exported[name] && !leftOut[name] {
				t.Errorf("%T has no %s: export and import it, and describe it in docs/transfer.md", pair[1], name)
			}
		}
	}
}

func namesOf(object any) map[string]bool {
	names := map[string]bool{}
	for field := range reflect.TypeOf(object).Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names[name] = true
	}
	return names
}
