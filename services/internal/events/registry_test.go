package events_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/events"
)

var update = flag.Bool("update", false, "write the schemas anew, if they stay compatible")

// The schema of each type of change lies in schema/. It may grow; readers of yesterday
// must still understand what is written today.
func TestSchemasOfChanges(t *testing.T) {
	want := map[string]bool{}
	for _, entity := range events.Entities() {
		for _, kind := range entity.Types {
			t.Run(kind, func(t *testing.T) {
				if !strings.HasPrefix(kind, entity.Name+".") {
					t.Errorf("%s is no type of entity %s", kind, entity.Name)
				}
				file := filepath.Join("schema", kind+".json")
				want[kind+".json"] = true
				checkSchema(t, file, schemaOf(t, entity, kind))
			})
		}
	}
	for _, kind := range events.ReminderTypes() {
		t.Run(kind, func(t *testing.T) {
			want[kind+".json"] = true
			described := asSchema(t, reflect.TypeFor[events.Reminder]())
			checkSchema(t, filepath.Join("schema", kind+".json"), ofType(described, kind))
		})
	}
	files, err := filepath.Glob("schema/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !want[filepath.Base(file)] {
			t.Errorf("%s is of no type that there is: changes of it may still be read, so keep the type", file)
		}
	}
}

type schema = map[string]any

// schemaOf makes the JSON Schema of the changes of a type from the Go types.
func schemaOf(t *testing.T, entity events.Entity, kind string) schema {
	t.Helper()
	change := asSchema(t, reflect.TypeFor[events.Change]())
	properties := change["properties"].(schema)
	properties["entity"].(schema)["const"] = entity.Name
	for _, member := range []string{"before", "after"} {
		if entity.State == nil {
			delete(properties, member)
			continue
		}
		properties[member] = asSchema(t, reflect.TypeOf(entity.State))
	}
	if details := entity.Details[kind]; details != nil {
		properties["details"] = asSchema(t, reflect.TypeOf(details))
	} else {
		delete(properties, "details")
	}
	return ofType(change, kind)
}

// ofType says in a schema of which type of event it is.
func ofType(described schema, kind string) schema {
	described["properties"].(schema)["type"].(schema)["const"] = kind
	described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	described["title"] = kind
	return described
}

// asSchema returns the schema of a type with all that it refers to in place.
func asSchema(t *testing.T, of reflect.Type) schema {
	t.Helper()
	registry := huma.NewMapRegistry(refPrefix, huma.DefaultSchemaNamer)
	root := registry.Schema(of, true, "")
	sayNulls(registry)
	decoded := map[string]any{}
	for name, part := range map[string]any{"": root, "all": registry.Map()} {
		encoded, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(encoded, &value); err != nil {
			t.Fatal(err)
		}
		decoded[name] = value
	}
	return inPlace(decoded[""], decoded["all"].(schema)).(schema)
}

// sayNulls says in the schemas of structs where null stands in place of an object: a field that points to a
// struct and is always written. The library says it of all other pointers.
func sayNulls(registry huma.Registry) {
	for name, schema := range registry.Map() {
		described := registry.TypeFromRef(refPrefix + name)
		for described != nil && described.Kind() == reflect.Pointer {
			described = described.Elem()
		}
		if described == nil || described.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(described) {
			if property := schema.Properties[nullable(field)]; property != nil && property.Ref != "" {
				schema.Properties[nullable(field)] = &huma.Schema{OneOf: []*huma.Schema{{Ref: property.Ref}, {Type: "null"}}}
			}
		}
	}
}

// nullable is the name in JSON of a field that may be null in place of an object; empty if it may not.
func nullable(field reflect.StructField) string {
	name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	if field.Type.Kind() != reflect.Pointer || strings.Contains(options, "omit") {
		return ""
	}
	return name
}

// refPrefix begins the references in the schemas.
const refPrefix = "#/"

func inPlace(value any, all schema) any {
	switch value := value.(type) {
	case schema:
		if ref, ok := value["$ref"].(string); ok {
			return inPlace(all[strings.TrimPrefix(ref, refPrefix)], all)
		}
		if either := list(value["oneOf"]); len(either) == 2 { // an object or null
			object := inPlace(either[0], all).(schema)
			object["type"] = []any{object["type"], "null"}
			return object
		}
		copied := schema{}
		for name, member := range value {
			if name == "examples" || name == "additionalProperties" && member == false {
				continue // a reader passes over what it does not know
			}
			copied[name] = inPlace(member, all)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, member := range value {
			copied[i] = inPlace(member, all)
		}
		return copied
	}
	return value
}

func checkSchema(t *testing.T, file string, now schema) {
	t.Helper()
	text, err := json.MarshalIndent(now, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	known, err := os.ReadFile(file)
	if err == nil {
		var before schema
		if err := json.Unmarshal(known, &before); err != nil {
			t.Fatal(err)
		}
		for _, breach := range breaches("", before, now) {
			t.Errorf("readers of before would not understand this: %s", breach)
		}
	}
	if string(known) == string(text) || t.Failed() {
		return
	}
	if !*update {
		t.Fatalf("%s is not the schema of today: run go test ./services/internal/events -update", file)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// breaches lists where what now describes may be written that before rules out, or where
// a member is gone that before promised.
func breaches(at string, before, now schema) []string {
	var found []string
	if !slices.Equal(types(before), types(now)) && before["type"] != nil {
		found = append(found, fmt.Sprintf("%s was %v and is %v", at, before["type"], now["type"]))
	}
	if before["const"] != now["const"] || before["format"] != now["format"] {
		found = append(found, fmt.Sprintf("%s has another const or format", at))
	}
	required := list(now["required"])
	for _, name := range list(before["required"]) {
		if !slices.Contains(required, name) {
			found = append(found, fmt.Sprintf("%s.%v may be absent", at, name))
		}
	}
	members, _ := now["properties"].(schema)
	known, _ := before["properties"].(schema)
	for name, member := range known {
		still, ok := members[name].(schema)
		if !ok {
			found = append(found, at+"."+name+" is gone")
			continue
		}
		found = append(found, breaches(at+"."+name, member.(schema), still)...)
	}
	if items, ok := before["items"].(schema); ok {
		found = append(found, breaches(at+"[]", items, now["items"].(schema))...)
	}
	return found
}

func types(s schema) []string {
	var names []string
	for _, name := range append(list(s["type"]), s["type"]) {
		if text, ok := name.(string); ok {
			names = append(names, text)
		}
	}
	slices.Sort(names)
	return names
}

func list(value any) []any {
	items, _ := value.([]any)
	return items
}

func TestBreachesOfASchema(t *testing.T) {
	before := schema{"type": "object", "required": []any{"a"}, "properties": schema{
		"a": schema{"type": "string"}, "b": schema{"type": "array", "items": schema{"type": "integer"}}}}
	for name, c := range map[string]struct {
		change func(s schema)
		breach string
	}{
		"the same":             {func(schema) {}, ""},
		"one member more":      {func(s schema) { s["properties"].(schema)["c"] = schema{"type": "string"} }, ""},
		"one more is required": {func(s schema) { s["required"] = []any{"a", "b"} }, ""},
		"a member is gone":     {func(s schema) { delete(s["properties"].(schema), "b") }, ".b is gone"},
		"another type":         {func(s schema) { s["properties"].(schema)["a"] = schema{"type": "integer"} }, ".a was string and is integer"},
		"null as well":         {func(s schema) { s["properties"].(schema)["a"] = schema{"type": []any{"string", "null"}} }, ".a was string and is [string null]"},
		"required no more":     {func(s schema) { s["required"] = []any{} }, ".a may be absent"},
		"another item": {func(s schema) {
			s["properties"].(schema)["b"] = schema{"type": "array", "items": schema{"type": "string"}}
		}, ".b[] was integer and is string"},
	} {
		t.Run(name, func(t *testing.T) {
			now := inPlace(before, nil).(schema)
			c.change(now)
			if got := strings.Join(breaches("", before, now), "; "); got != c.breach {
				t.Errorf("got %q, want %q", got, c.breach)
			}
		})
	}
}

func TestChangesOfBeforeAreUnderstood(t *testing.T) {
	for name, c := range map[string]struct {
		encoded string
		want    events.Change
	}{
		"of a task": {
			`{"userId":"u","seq":2,"eventId":"e","type":"task.deleted","taskId":"t","before":{"version":3},"actor":"u","zone":"UTC","at":"2026-11-22T09:00:00Z"}`,
			events.Change{Type: "task.deleted", Entity: "task", ID: "t", Version: 3, By: events.Actor{Kind: events.ActorPerson, ID: "u"}},
		},
		"by a service": {
			`{"userId":"u","seq":2,"eventId":"e","type":"task.created","taskId":"t","after":{"version":1},"actor":"recurring-task","zone":"UTC","at":"2026-11-22T09:00:00Z"}`,
			events.Change{Type: "task.created", Entity: "task", ID: "t", Version: 1, By: events.Actor{Kind: events.ActorSystem, ID: "recurring-task"}},
		},
		"of a user": {
			`{"userId":"u","seq":1,"eventId":"e","type":"user.created","actor":"u","zone":"UTC","at":"2026-11-22T09:00:00Z"}`,
			events.Change{Type: "account.created", Entity: "account", ID: "u", By: events.Actor{Kind: events.ActorPerson, ID: "u"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := events.DecodeChange([]byte(c.encoded))
			if err != nil || got.Type != c.want.Type || got.Entity != c.want.Entity || got.ID != c.want.ID || got.Version != c.want.Version || got.By != c.want.By {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}
