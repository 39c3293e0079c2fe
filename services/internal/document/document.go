// Package document holds JSON that passes through a service: a Document is handed on as
// the bytes that it came in, and a Field is one named member of a merge patch.
package document

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// Document is the JSON of a T that nobody on its way has decoded.
type Document[T any] struct{ raw json.RawMessage }

// Of returns the document with the JSON raw.
func Of[T any](raw json.RawMessage) Document[T] { return Document[T]{raw} }

// Value decodes the document.
func (d Document[T]) Value() (T, error) {
	var value T
	err := json.Unmarshal(d.raw, &value)
	return value, err
}

// MarshalJSON returns the bytes as they came.
func (d Document[T]) MarshalJSON() ([]byte, error) {
	if d.raw == nil {
		return []byte("null"), nil
	}
	return d.raw, nil
}

// UnmarshalJSON keeps the bytes.
func (d *Document[T]) UnmarshalJSON(raw []byte) error {
	d.raw = slices.Clone(raw)
	return nil
}

// Schema is that of T.
func (Document[T]) Schema(registry huma.Registry) *huma.Schema {
	return registry.Schema(reflect.TypeFor[T](), true, "")
}

// Field is a member of a merge patch (RFC 7396): absent, null, or a value. Its zero value
// is absent and, with omitzero, is left out of JSON.
type Field[T any] struct {
	named, cleared bool
	value          T
}

// Set returns a field with a value.
func Set[T any](value T) Field[T] { return Field[T]{named: true, value: value} }

// Clear returns a field that is null.
func Clear[T any]() Field[T] { return Field[T]{named: true, cleared: true} }

// Get returns the value; ok is false when the field is absent or null.
func (f Field[T]) Get() (value T, ok bool) { return f.value, f.named && !f.cleared }

// IsClear reports whether the field is null.
func (f Field[T]) IsClear() bool { return f.cleared }

// IsZero reports whether the field is absent.
func (f Field[T]) IsZero() bool { return !f.named }

// MarshalJSON writes the value or null.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	if value, ok := f.Get(); ok {
		return json.Marshal(value)
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads a value or null.
func (f *Field[T]) UnmarshalJSON(raw []byte) error {
	*f = Clear[T]()
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	f.cleared = false
	return json.Unmarshal(raw, &f.value)
}

// Schema is that of T, and null where a tag nullable says so.
func (Field[T]) Schema(registry huma.Registry) *huma.Schema {
	return huma.SchemaFromType(registry, reflect.TypeFor[T]()) // of its own: a tag may change it
}
