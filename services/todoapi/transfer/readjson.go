package transfer

import (
	"cmp"
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
	err := readMembers(in, func(name string) error {
		switch name {
		case "format":
			return readOne(in, &format)
		case "version":
			return readOne(in, &version)
		case kindSettings:
			var chosen Settings
			if err := readOne(in, &chosen); err != nil {
				return err
			}
			w.settings = &item[Settings]{chosen, w.open(kindSettings, kindSettings, kindSettings)}
			return nil
		case kindProjects:
			return readMany(in, w, kindProjects, &w.projects, func(p Project) string { return p.Name })
		case kindSections:
			return readMany(in, w, kindSections, &w.sections, func(s Section) string { return s.Name })
		case kindTags:
			return readMany(in, w, kindTags, &w.tags, func(t Tag) string { return t.Name })
		case kindFilters:
			return readMany(in, w, kindFilters, &w.filters, func(f Filter) string { return f.Name })
		case kindTasks:
			return readMany(in, w, kindTasks, &w.tasks, func(t Task) string { return t.Title })
		case kindComments:
			return readMany(in, w, kindComments, &w.comments, func(c Comment) string { return c.Text })
		}
		return in.SkipValue()
	})
	if err == nil {
		err = readEnd(in)
	}
	switch {
	case err != nil:
		return nil, ofJSON(err)
	case format != formatName:
		return nil, failure.New(failure.Invalid, "the file is no export of this platform: its member format is %q, not %q; name what it is by the query's format", format, formatName)
	case version != formatVersion:
		return nil, failure.New(failure.Invalid, "the file is of version %d, and this platform reads version %d", version, formatVersion)
	}
	return w, nil
}

// readMembers reads an object; member reads the value of each of its members.
func readMembers(in *jsontext.Decoder, member func(name string) error) error {
	if kind := in.PeekKind(); kind != '{' && kind != jsontext.KindInvalid {
		return failure.New(failure.Invalid, "%s is not one JSON object", cmp.Or(placeOf(in.StackPointer()), "the file"))
	}
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	for in.PeekKind() == '"' {
		name, err := in.ReadToken()
		if err != nil {
			return err
		}
		if err := member(name.String()); err != nil {
			return err
		}
	}
	_, err := in.ReadToken()
	return err
}

// eachElement reads a list, of which element reads each one, by its number from 0. null is a list
// without any.
func eachElement(in *jsontext.Decoder, element func(n int) error) error {
	switch in.PeekKind() {
	case 'n':
		return in.SkipValue()
	case '[', jsontext.KindInvalid:
	default:
		return failure.New(failure.Invalid, "%s: must be a list", cmp.Or(placeOf(in.StackPointer()), "the file"))
	}
	if _, err := in.ReadToken(); err != nil {
		return err
	}
	for n := 0; in.PeekKind() != ']'; n++ {
		if err := element(n); err != nil {
			return err
		}
	}
	_, err := in.ReadToken()
	return err
}

// maxObjectBytes bounds the text of one object: what has more of it would not be imported, and
// takes much more memory when it is read.
const maxObjectBytes = 2 << 20

// readObjects reads a list of objects; use gets each one and where it is. One that does not fit is
// left out, and its line says why.
func readObjects[T any](in *jsontext.Decoder, w *world, kind string, use func(at string, value T) error) error {
	place := placeOf(in.StackPointer())
	return eachElement(in, func(n int) error {
		raw, err := in.ReadValue()
		if err != nil {
			return err
		}
		at := fmt.Sprintf("%s[%d]", place, n)
		var value T
		if len(raw) > maxObjectBytes {
			err = failure.New(failure.Invalid, "is longer than %d MiB", maxObjectBytes>>20)
		} else {
			err = jsonv2.Unmarshal(raw, &value)
		}
		if err != nil {
			return w.misfit(at, kind, raw, err)
		}
		return use(at, value)
	})
}

// readEnd makes sure that nothing comes after a document.
func readEnd(in *jsontext.Decoder) error {
	if _, err := in.ReadToken(); !errors.Is(err, io.EOF) {
		return failure.New(failure.Invalid, "the file goes on after its end, at byte %d", in.InputOffset())
	}
	return nil
}

// readOne reads a value that the rest of the document depends on.
func readOne(in *jsontext.Decoder, into any) error {
	at := placeOf(in.StackPointer())
	raw, err := in.ReadValue()
	if err != nil {
		return err
	}
	if err := jsonv2.Unmarshal(raw, into); err != nil {
		return failure.New(failure.Invalid, "%s: %s", at, misfit(err))
	}
	return nil
}

// readMany reads a list of objects as they are here.
func readMany[T any](in *jsontext.Decoder, w *world, kind string, into *[]item[T], nameOf func(T) string) error {
	return readObjects(in, w, kind, func(at string, value T) error {
		if len(*into) >= mostOf[kind] {
			return tooMany(kind)
		}
		*into = append(*into, item[T]{value, w.open(at, kind, nameOf(value))})
		return nil
	})
}

// maxMisfits bounds the objects of a file that do not fit.
const maxMisfits = 100_000

// misfit opens the line of an object that does not fit, under what people know it by.
func (w *world) misfit(at, kind string, raw jsontext.Value, fault error) error {
	if w.misfits++; w.misfits > maxMisfits {
		return failure.New(failure.Invalid, "the file has more than %d objects with values that do not fit", maxMisfits)
	}
	var members map[string]jsontext.Value
	if len(raw) <= maxObjectBytes {
		_ = jsonv2.Unmarshal(raw, &members) // what is no object has no name
	}
	name := ""
	for _, member := range []string{"title", "name", "text", "content", "displayName"} {
		if jsonv2.Unmarshal(members[member], &name) == nil { // a name that is no text is none
			break
		}
	}
	w.open(at, kind, name).refuse("%s", misfit(fault))
	return nil
}

// misfit says which member of an object does not fit.
func misfit(err error) string {
	if known, ok := errors.AsType[*failure.Error](err); ok {
		return known.Message
	}
	fault, ok := errors.AsType[*jsonv2.SemanticError](err)
	if !ok || fault.JSONPointer == "" {
		return "has a value that does not fit"
	}
	return placeOf(fault.JSONPointer) + ": has a value that does not fit"
}

// ofJSON says in words for people why a document cannot be read.
func ofJSON(err error) error {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLong
	}
	if fault, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return failure.New(failure.Invalid, "the file is not JSON: the fault is at byte %d, in %s: %s", fault.ByteOffset, cmp.Or(placeOf(fault.JSONPointer), "the document"), strings.TrimPrefix(fault.Err.Error(), "jsontext: "))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return failure.New(failure.Invalid, "the file ends in the middle, or is empty")
	}
	return notArrived(err)
}

// placeOf writes where in a document something is, such as tasks[3].due.
func placeOf(pointer jsontext.Pointer) string {
	var place strings.Builder
	for name := range pointer.Tokens() {
		if _, isNumber := numberOf(name); isNumber {
			place.WriteString("[" + name + "]")
			continue
		}
		if place.Len() > 0 {
			place.WriteByte('.')
		}
		place.WriteString(name)
	}
	return place.String()
}

// notArrived is a body that broke off.
func notArrived(err error) error {
	if known, ok := errors.AsType[*failure.Error](err); ok {
		return known
	}
	return failure.New(failure.Invalid, "the file did not arrive whole within %s: %s", uploadTime, reasonOf(err))
}

func reasonOf(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection ended"
	}
	return "it took too long, or the connection ended"
}
