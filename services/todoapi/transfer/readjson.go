package transfer

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// readJSON reads a document as exports are, object by object. Members that it does not know are
// passed over; text that is not Unicode and names that come twice are refused.
func readJSON(body io.Reader, _ surroundings) (*world, error) {
	w := &world{}
	in := jsontext.NewDecoder(body)
	format, version := "", 0
	if in.PeekKind() != '{' {
		return nil, ofJSON(firstError(in), "the file is not one JSON object")
	}
	if _, err := in.ReadToken(); err != nil {
		return nil, ofJSON(err, "")
	}
	for in.PeekKind() == '"' {
		name, err := in.ReadToken()
		if err == nil {
			switch name.String() {
			case "format":
				err = readOne(in, &format)
			case "version":
				err = readOne(in, &version)
			case kindSettings:
				var chosen Settings
				if err = readOne(in, &chosen); err == nil {
					w.settings = &item[Settings]{chosen, w.open(kindSettings, kindSettings, kindSettings)}
				}
			case kindProjects:
				err = readMany(in, w, kindProjects, &w.projects, func(p Project) string { return p.Name })
			case kindSections:
				err = readMany(in, w, kindSections, &w.sections, func(s Section) string { return s.Name })
			case kindTags:
				err = readMany(in, w, kindTags, &w.tags, func(t Tag) string { return t.Name })
			case kindFilters:
				err = readMany(in, w, kindFilters, &w.filters, func(f Filter) string { return f.Name })
			case kindTasks:
				err = readMany(in, w, kindTasks, &w.tasks, func(t Task) string { return t.Title })
			case kindComments:
				err = readMany(in, w, kindComments, &w.comments, func(c Comment) string { return c.Text })
			default:
				err = in.SkipValue()
			}
		}
		if err != nil {
			return nil, ofJSON(err, "")
		}
	}
	if _, err := in.ReadToken(); err != nil {
		return nil, ofJSON(err, "")
	}
	if _, err := in.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, failure.New(failure.Invalid, "the file goes on after its end, at byte %d", in.InputOffset())
	}
	switch {
	case format != formatName:
		return nil, failure.New(failure.Invalid, "the file is no export of this platform: its member format is %q, not %q; name what it is by the query's format", format, formatName)
	case version != formatVersion:
		return nil, failure.New(failure.Invalid, "the file is of version %d, and this platform reads version %d", version, formatVersion)
	}
	return w, nil
}

// firstError returns why a document does not begin.
func firstError(in *jsontext.Decoder) error {
	_, err := in.ReadToken()
	return err
}

// readOne reads a value that the rest of the document depends on.
func readOne(in *jsontext.Decoder, into any) error {
	at := strings.TrimPrefix(string(in.StackPointer()), "/")
	raw, err := in.ReadValue()
	if err != nil {
		return err
	}
	if err := jsonv2.Unmarshal(raw, into); err != nil {
		return failure.New(failure.Invalid, "%s: %s", at, misfit(err))
	}
	return nil
}

// readMany reads a list of objects. One that does not fit is left out, and its line says why.
func readMany[T any](in *jsontext.Decoder, w *world, kind string, into *[]item[T], nameOf func(T) string) error {
	if in.PeekKind() != '[' {
		return failure.New(failure.Invalid, "%s: must be a list", kind)
	}
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	for n := 0; in.PeekKind() != ']'; n++ {
		raw, err := in.ReadValue()
		if err != nil {
			return err
		}
		if n >= mostOf[kind] {
			return tooMany(kind)
		}
		var value T
		fault := jsonv2.Unmarshal(raw, &value)
		if fault != nil {
			value = named[T](raw)
		}
		line := w.open(fmt.Sprintf("%s[%d]", kind, n), kind, nameOf(value))
		if fault != nil {
			line.refuse("%s", misfit(fault))
		}
		*into = append(*into, item[T]{value, line})
	}
	_, err := in.ReadToken()
	return err
}

// named is an object that does not fit with nothing but what people know it by.
func named[T any](raw jsontext.Value) T {
	var members map[string]jsontext.Value
	var value T
	if jsonv2.Unmarshal(raw, &members) != nil {
		return value
	}
	for name := range members {
		if name != "title" && name != "name" && name != "text" {
			delete(members, name)
		}
	}
	rest, err := jsonv2.Marshal(members)
	if err == nil {
		_ = jsonv2.Unmarshal(rest, &value) // a name that is no text is none
	}
	return value
}

// misfit says which member of an object does not fit.
func misfit(err error) string {
	fault, ok := errors.AsType[*jsonv2.SemanticError](err)
	if !ok || fault.JSONPointer == "" {
		return "has a value that does not fit"
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(fault.JSONPointer), "/"), "/", ".") + ": has a value that does not fit"
}

// ofJSON says in words for people why a document cannot be read.
func ofJSON(err error, otherwise string) error {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLong
	}
	if known, ok := errors.AsType[*failure.Error](err); ok {
		return known
	}
	if fault, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return failure.New(failure.Invalid, "the file is not JSON: the fault is at byte %d, in %s: %s", fault.ByteOffset, placeOf(fault.JSONPointer), strings.TrimPrefix(fault.Err.Error(), "jsontext: "))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return failure.New(failure.Invalid, "the file ends in the middle, or is empty")
	}
	if err == nil {
		return failure.New(failure.Invalid, "%s", otherwise)
	}
	return notArrived(err)
}

func placeOf(pointer jsontext.Pointer) string {
	if pointer == "" {
		return "the document"
	}
	return strings.ReplaceAll(strings.TrimPrefix(string(pointer), "/"), "/", ".")
}

// notArrived is a body that broke off.
func notArrived(err error) error {
	return failure.New(failure.Invalid, "the file did not arrive whole within %s: %s", uploadTime, reasonOf(err))
}

func reasonOf(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection ended"
	}
	return "it took too long, or the connection ended"
}
