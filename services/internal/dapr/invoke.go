package dapr

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	sdk "github.com/dapr/go-sdk/client"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// reply is what an invoked method sends back. A failure travels inside a
// successful answer, because daprd keeps no details of a failed one.
type reply struct {
	OK    json.RawMessage `json:"ok,omitempty"`
	Error *replyError     `json:"error,omitempty"`
}

type replyError struct {
	Kind    failure.Kind `json:"kind"`
	Field   string       `json:"field,omitempty"`
	Message string       `json:"message"`
	Code    string       `json:"code,omitempty"`
	Scope   string       `json:"scope,omitempty"`
}

// Invoke calls method of another service with in and decodes its answer into out;
// both are JSON, and out may be nil. A failure of the callee comes back with its
// kind, field, message, code and scope; a call that did not get through is failure.Unavailable.
func (c *Client) Invoke(ctx context.Context, app, method string, in, out any) error {
	request, err := json.Marshal(in)
	if err != nil {
		return failure.Wrap(failure.Internal, err, "encode the request of "+method)
	}
	ctx, cancel := context.WithTimeout(ctx, invokeTimeout)
	defer cancel()
	answer, err := c.sdk.InvokeMethodWithContent(ctx, app, method, http.MethodPost,
		&sdk.DataContent{ContentType: jsonContentType, Data: request})
	if err != nil {
		return failure.Wrap(failure.Unavailable, err, "invoke "+method+" of "+app)
	}
	return decodeReply(answer, method, out)
}

// What a successful answer has around the reply, as encodeReply writes it.
var (
	okBefore = []byte(`{"ok":`)
	okAfter  = []byte(`}`)
)

func decodeReply(answer []byte, method string, out any) error {
	if result, ok := bytes.CutPrefix(answer, okBefore); ok && out != nil { // a large one is read once
		result = bytes.TrimSuffix(result, okAfter)
		return failure.Wrap(failure.Internal, json.Unmarshal(result, out), "decode the answer of "+method)
	}
	var r reply
	if err := json.Unmarshal(answer, &r); err != nil {
		return failure.Wrap(failure.Internal, err, "decode the answer of "+method)
	}
	if r.Error != nil {
		e := r.Error
		return &failure.Error{Kind: e.Kind, Field: e.Field, Message: e.Message, Code: e.Code, Scope: e.Scope}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(r.OK, out); err != nil {
		return failure.Wrap(failure.Internal, err, "decode the answer of "+method)
	}
	return nil
}

// encodeReply is the other side of decodeReply.
func encodeReply(result any, err error) ([]byte, error) {
	if err != nil {
		public := failure.Public(err)
		return json.Marshal(reply{Error: &replyError{Kind: public.Kind, Field: public.Field, Message: public.Message, Code: public.Code, Scope: public.Scope}})
	}
	ok, err := encodeResult(result)
	if err != nil {
		return nil, err
	}
	return slices.Concat(okBefore, ok, okAfter), nil
}

// encodeResult leaves out the reflection and the escapes of the library for what is JSON
// already: it may be long.
func encodeResult(result any) ([]byte, error) {
	raw, encoded := result.(json.RawMessage)
	if !encoded || raw == nil {
		return json.Marshal(result)
	}
	var compact bytes.Buffer
	compact.Grow(len(raw))
	if err := json.Compact(&compact, raw); err != nil {
		return nil, err
	}
	return compact.Bytes(), nil
}
