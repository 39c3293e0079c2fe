package events

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/brokers"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
	"github.com/todoplatform/todoplatform/services/internal/events"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

// platform has topics and the commands that look at them.
type platform struct{ env *daprtest.Env }

func (p platform) getenv(name string) string {
	return map[string]string{"KAFKA_BROKERS": p.env.Broker(), brokers.EnvPrefix: p.env.TopicName("")}[name]
}

// command makes the command with arguments, which prints to out.
func (p platform) run(ctx context.Context, out io.Writer, args ...string) error {
	command := NewCommand(p.getenv)
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetOut(out)
	command.SetErr(out)
	command.SetArgs(append([]string{"tail"}, args...))
	return command.ExecuteContext(ctx)
}

// lines returns what the command prints.
func (p platform) lines(t *testing.T, args ...string) []string {
	t.Helper()
	var out bytes.Buffer
	if err := p.run(t.Context(), &out, args...); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

// tell puts an event of a user on a topic.
func (p platform) tell(t *testing.T, topic, user, kind string, data any) (id string) {
	t.Helper()
	encoded, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	id = uuid.NewString()
	record, err := events.Encode(events.Event{ID: id, Source: contract.TodoAPI, Type: kind, Subject: "s", UserID: user, Time: time.Now(), Data: encoded})
	if err != nil {
		t.Fatal(err)
	}
	p.env.Write(t, topic, kafka.Message{Key: []byte(user), Value: record})
	return id
}

func TestTail(t *testing.T) {
	p := platform{daprtest.New(t)}
	ann, ben := uuid.NewString(), uuid.NewString()
	change := func(n int) any {
		return map[string]any{"seq": n, "by": map[string]any{"kind": "person"}, "after": map[string]any{"title": "a secret"}}
	}
	created := p.tell(t, contract.TopicTaskEvents, ann, events.TypeTaskCreated, change(1))
	p.tell(t, contract.TopicTaskEvents, ben, events.TypeProjectCreated, change(1))
	p.tell(t, contract.TopicTaskEvents, ann, events.TypeTaskCompleted, change(2))
	p.tell(t, contract.TopicReminders, ann, events.TypeReminderSent, map[string]any{"seq": 1, "channel": "email"})
	p.env.Write(t, contract.TopicReminders, kafka.Message{Key: []byte(ben), Value: []byte("hello")})

	for name, test := range map[string]struct {
		args []string
		want []string // what each line holds, in order
	}{
		"all, the oldest first": {nil, []string{
			"task.created           user=" + ann + " subject=s seq=1 by=person", "project.created        user=" + ben, "task.completed         user=" + ann,
			"reminder.sent          user=" + ann + " subject=s seq=1 channel=email", contract.TopicReminders + "/"}},
		"of a user":        {[]string{"--user", strings.ToUpper(ann)}, []string{"task.created", "task.completed", "reminder.sent"}},
		"of a type":        {[]string{"--type", "task.completed"}, []string{"task.completed"}},
		"of some types":    {[]string{"--type", "task.*,reminder.sent"}, []string{"task.created", "task.completed", "reminder.sent"}},
		"of a topic":       {[]string{"--topic", contract.TopicReminders}, []string{"reminder.sent", "is no event"}},
		"of a user, whole": {[]string{"--user", ben, "--output", "json"}, []string{`"title":"a secret"`}},
		"of just now":      {[]string{"--since", "0s"}, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			lines := p.lines(t, test.args...)
			if len(lines) != len(test.want) {
				t.Fatalf("prints %d lines, want %d:\n%s", len(lines), len(test.want), strings.Join(lines, "\n"))
			}
			for i, want := range test.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("line %d is %q, want one with %q", i, lines[i], want)
				}
			}
			if text := strings.Join(lines, "\n"); strings.Contains(text, "secret") && !strings.Contains(name, "whole") {
				t.Errorf("tells what users wrote: %s", text)
			}
		})
	}

	t.Run("as JSON it is the event", func(t *testing.T) {
		event, err := events.Decode([]byte(p.lines(t, "--output", "json", "--type", events.TypeTaskCreated)[0]))
		if err != nil || event.ID != created {
			t.Errorf("got %+v, %v", event, err)
		}
	})
}

func TestTailFollows(t *testing.T) {
	p := platform{daprtest.New(t)}
	ann := uuid.NewString()
	p.tell(t, contract.TopicTaskEvents, ann, events.TypeTaskCreated, map[string]any{"seq": 1})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	lines := bufio.NewScanner(out)
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx, in, "--follow", "--user", ann) }()
	for n := 1; n <= 3; n++ {
		if !lines.Scan() {
			t.Fatalf("ends before line %d: %v", n, lines.Err())
		}
		if want := fmt.Sprintf("seq=%d", n); !strings.Contains(lines.Text(), want) {
			t.Fatalf("prints %q, want %s", lines.Text(), want)
		}
		p.tell(t, contract.TopicTaskEvents, ann, events.TypeTaskUpdated, map[string]any{"seq": n + 1})
	}
	cancel()
	go func() { _, _ = io.Copy(io.Discard, out) }() // what came last
	if err := <-ended; err != nil {
		t.Errorf("an interrupt ends it with %v", err)
	}
}

func TestTailRefusesWhatIsUnclear(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"an unknown topic":  {[]string{"--topic", "tasks"}, "task-events"},
		"no user id":        {[]string{"--user", "ann"}, "UUID"},
		"an unknown type":   {[]string{"--type", "task.eaten"}, "task.*"},
		"an unknown output": {[]string{"--output", "xml"}, "xml"},
		"the future":        {[]string{"--since", "-1h"}, "future"},
		"no broker":         {nil, "KAFKA_BROKERS"},
	} {
		t.Run(name, func(t *testing.T) {
			command := NewCommand(func(string) string { return "" })
			command.SilenceUsage, command.SilenceErrors = true, true
			command.SetArgs(append([]string{"tail"}, test.args...))
			if err := command.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %s", err, test.says)
			}
		})
	}
}
