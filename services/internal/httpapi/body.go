package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// jsonType is the content type of bodies in which null is a value. In a merge patch it
// clears a field (RFC 7396).
const jsonType = "application/json"

// bodyReadTimeout bounds how long a body may take to arrive.
const bodyReadTimeout = 5 * time.Second

// checkBody refuses what the decoder would let pass as something else: text that is not
// Unicode, which it turns into replacement characters so that two passwords become one,
// and null for what cannot be null, which it takes for absent.
func checkBody(api huma.API, limit int64) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		content := ctx.Operation().RequestBody
		if content == nil {
			next(ctx)
			return
		}
		_ = ctx.SetReadDeadline(time.Now().Add(bodyReadTimeout)) // else the server's own bound counts
		body, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), limit))
		if err != nil {
			_ = huma.WriteErr(api, ctx, http.StatusRequestTimeout, "the body did not arrive within "+bodyReadTimeout.String()) // nor may the answer
			return
		}
		if int64(len(body)) == limit {
			next(bodyContext{ctx, bytes.NewReader(body)}) // it will be refused as too long
			return
		}
		faults := faultyText(body)
		if media := content.Content[jsonType]; len(faults) == 0 && media != nil && media.Schema != nil {
			faults = needlessNulls(api.OpenAPI().Components.Schemas, media.Schema, body)
		}
		if len(faults) > 0 {
			_ = huma.WriteErr(api, ctx, http.StatusUnprocessableEntity, "validation failed", faults...) // a client that hung up needs no answer
			return
		}
		next(bodyContext{ctx, bytes.NewReader(body)})
	}
}

// request is huma.Context under a name that leaves its method Context free.
type request = huma.Context

// bodyContext is a request whose body was read already.
type bodyContext struct {
	request
	body io.Reader
}

// BodyReader implements huma.Context.
func (c bodyContext) BodyReader() io.Reader { return c.body }

// Unwrap leads to the request, for what the library knows of its server.
func (c bodyContext) Unwrap() huma.Context { return c.request }

// faultyText finds the first string of a JSON document that is not Unicode: bytes that are
// not UTF-8 (RFC 8259 section 8.1), or an escaped half of a surrogate pair (section 8.2).
func faultyText(document []byte) []error {
	if isText(document) {
		return nil
	}
	at := jsonPlace{}
	decoder := json.NewDecoder(bytes.NewReader(document))
	for begin := int64(0); ; begin = decoder.InputOffset() {
		token, err := decoder.Token()
		if err != nil {
			return nil // no JSON, which is refused with a better reason
		}
		switch token := token.(type) {
		case json.Delim:
			at.delimiter(token)
			continue
		case string:
			if !isText(document[begin:decoder.InputOffset()]) {
				return []error{&huma.ErrorDetail{Location: at.String(), Message: "must be Unicode text: it has bytes that are not UTF-8, half of a surrogate pair, or the character U+0000"}}
			}
			if at.isName() {
				at.name(token)
				continue
			}
		}
		at.value()
	}
}

// isText reports whether a piece of JSON is UTF-8 and escapes whole characters, and not U+0000,
// which the database cannot take.
func isText(piece []byte) bool {
	if !utf8.Valid(piece) {
		return false
	}
	for i := 0; i < len(piece); i++ {
		if piece[i] != '\\' {
			continue
		}
		unit, ok := escapedUnit(piece[i:])
		switch {
		case !ok:
			i++ // the character that is escaped
		case unit == 0:
			return false
		case !utf16.IsSurrogate(unit):
			i += 5
		default:
			low, ok := escapedUnit(piece[i+6:])
			if !ok || utf16.DecodeRune(unit, low) == utf8.RuneError {
				return false
			}
			i += 11
		}
	}
	return true
}

// escapedUnit reads the UTF-16 code unit with which a piece begins, such as \u00e4.
func escapedUnit(piece []byte) (rune, bool) {
	if len(piece) < 6 || piece[0] != '\\' || piece[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(piece[2:6]), 16, 16)
	return rune(unit), err == nil
}

// jsonPlace is where in a document a decoder is.
type jsonPlace []jsonLevel

// jsonLevel is an object or a list that is open: the name or number of the value in turn.
type jsonLevel struct {
	isList  bool
	named   bool
	current string
	number  int
}

func (p *jsonPlace) delimiter(d json.Delim) {
	switch d {
	case '{', '[':
		*p = append(*p, jsonLevel{isList: d == '['})
	default:
		*p = (*p)[:len(*p)-1]
		p.value()
	}
}

// isName tells that the string in turn is the name of a field.
func (p *jsonPlace) isName() bool {
	last := len(*p) - 1
	return last >= 0 && !(*p)[last].isList && !(*p)[last].named
}

func (p *jsonPlace) name(name string) {
	level := &(*p)[len(*p)-1]
	level.named, level.current = true, name
}

// value passes over a value that is done.
func (p *jsonPlace) value() {
	if len(*p) == 0 {
		return
	}
	level := &(*p)[len(*p)-1]
	level.named = false
	level.number++
}

// String writes the place as problems do: body.reminders[0].id.
func (p *jsonPlace) String() string {
	path := []byte("body")
	for _, level := range *p {
		switch {
		case level.isList:
			path = fmt.Appendf(path, "[%d]", level.number)
		case level.named:
			path = append(append(path, '.'), level.current...)
		}
	}
	return string(path)
}

// needlessNulls finds where a document says null although its schema knows none. What is
// wrong otherwise is left to the validation.
func needlessNulls(schemas huma.Registry, schema *huma.Schema, document []byte) []error {
	var value any
	if !bytes.Contains(document, []byte("null")) || json.Unmarshal(document, &value) != nil {
		return nil
	}
	return appendNulls(nil, schemas, schema, "body", value)
}

func appendNulls(faults []error, schemas huma.Registry, schema *huma.Schema, path string, value any) []error {
	for schema != nil && schema.Ref != "" {
		schema = schemas.SchemaFromRef(schema.Ref)
	}
	if schema == nil {
		return faults
	}
	switch value := value.(type) {
	case nil:
		if schema.Type != "" && !schema.Nullable {
			faults = append(faults, &huma.ErrorDetail{Location: path, Message: "must not be null; leave it out instead"})
		}
	case map[string]any:
		names := make([]string, 0, len(value))
		for name := range value {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			faults = appendNulls(faults, schemas, schema.Properties[name], path+"."+name, value[name])
		}
	case []any:
		for i, item := range value {
			faults = appendNulls(faults, schemas, schema.Items, fmt.Sprintf("%s[%d]", path, i), item)
		}
	}
	return faults
}

// decodeJSON decodes a body, and says in words for people what does not fit.
func decodeJSON(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fmt.Errorf("is not JSON: the fault is at byte %d", syntax.Offset)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("has a value that does not fit at %s", kind.Field)
	}
	return errors.New("has a value that does not fit its field")
}
