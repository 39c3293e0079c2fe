package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"

	runtime "github.com/dapr/dapr/pkg/proto/runtime/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// The phases of a call to the sidecar.
const (
	before = "before"
	after  = "after"
)

// point is a moment in the work of a service: before or after a call to its sidecar. All that a service
// does to the world outside it does by such calls, so between two points nothing happens.
type point struct{ phase, call string }

func (p point) String() string { return p.phase + " " + p.call }

// callOf names a call by what it is for.
func callOf(method string, request any) string {
	switch r := request.(type) {
	case *runtime.InvokeBindingRequest:
		var params []string
		if json.Unmarshal([]byte(r.GetMetadata()["params"]), &params) == nil && len(params) > 0 {
			return params[0]
		}
	case *runtime.PublishEventRequest:
		return "publish to " + r.GetTopic()
	case *runtime.InvokeServiceRequest:
		return "invoke " + r.GetId() + " " + r.GetMessage().GetMethod()
	}
	return path.Base(method)
}

// about says whether a call is about one of some users: its request or its answer names them.
func about(users []string, messages ...any) bool {
	for _, m := range messages {
		message, ok := m.(proto.Message)
		if !ok {
			continue
		}
		encoded, err := proto.Marshal(message)
		if err == nil && slices.ContainsFunc(users, func(user string) bool { return bytes.Contains(encoded, []byte(user)) }) {
			return true
		}
	}
	return false
}

// kills is what a service is wrapped in: it tells which points were passed for some users, and kills the
// process at one of them.
type kills struct {
	users []string // the empty one is everybody
	at    string   // the point; empty: none
	trace string   // file that takes the points

	mu     sync.Mutex
	passed map[string]bool
}

func (k *kills) around(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	call := callOf(method, request)
	if about(k.users, request) {
		k.pass(point{before, call})
	}
	err := invoke(ctx, method, request, reply, conn, options...)
	if err == nil && about(k.users, request, reply) {
		k.pass(point{after, call})
	}
	return err
}

// pass kills the process if it is its point.
func (k *kills) pass(p point) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.passed[p.String()] {
		k.passed[p.String()] = true
		if err := appendLine(k.trace, p.String()); err != nil {
			fmt.Fprintln(os.Stderr, "trace a point:", err)
		}
	}
	if p.String() == k.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // it cannot fail for oneself
		select {}
	}
}

func appendLine(file, line string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// points reads a trace.
func points(file string) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil // nothing was passed yet
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}
