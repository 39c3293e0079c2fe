package document

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// SayNulls says in the schemas of structs, whose references begin with prefix, where null stands in place of an object: a field that points
// to a struct and is always written. The library says it of all other pointers. Nothing that is read
// from a caller may have such a field: its validation takes anything for null.
func SayNulls(registry huma.Registry, prefix string) {
	for name, schema := range registry.Map() {
		described := registry.TypeFromRef(prefix + name)
		for described != nil && described.Kind() == reflect.Pointer {
			described = described.Elem()
		}
		if described == nil || described.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(described) {
			if property := schema.Properties[nullable(field)]; property != nil && property.Ref != "" {
				schema.Properties[nullable(field)] = &huma.Schema{
					Description: property.Description, OneOf: []*huma.Schema{{Ref: property.Ref}, {Type: "null"}},
				}
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
