package deadletters

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
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

var notificationLetters = contract.DeadLetterTopic(contract.TopicTaskEvents, contract.Notification)

// platform has dead letters and the commands that see to them.
type platform struct{ env *daprtest.Env }

func (p platform) getenv(name string) string {
	return map[string]string{"KAFKA_BROKERS": p.env.Broker(), brokers.EnvPrefix: p.env.TopicName("")}[name]
}

func newPlatform(t *testing.T) platform { t.Helper(); return platform{daprtest.New(t)} }

// kill puts events of one user on a dead-letter topic, in this order.
func (p platform) kill(t *testing.T, topic string, dead ...events.Event) {
	t.Helper()
	var records []kafka.Message
	for _, e := range dead {
		encoded, err := events.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, kafka.Message{Key: []byte(e.UserID), Value: encoded})
	}
	p.env.Write(t, topic, records...)
}

func (p platform) try(t *testing.T, args ...string) (output string, err error) {
	t.Helper()
	var out bytes.Buffer
	command := NewCommand(p.getenv)
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetArgs(args)
	err = command.ExecuteContext(t.Context())
	return out.String(), err
}

func (p platform) run(t *testing.T, args ...string) string {
	t.Helper()
	output, err := p.try(t, args...)
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return output
}

// listed returns the ids of the events that list names, in its order.
func (p platform) listed(t *testing.T) []string {
	t.Helper()
	ids := []string{}
	for line := range strings.Lines(p.run(t, "list", "--output", "json")) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.Event)
	}
	return ids
}

func deadEvents(count int) (dead []events.Event, ids []string) {
	user := uuid.NewString()
	for n := range count {
		dead = append(dead, events.Event{ID: uuid.NewString(), Source: contract.TodoAPI, Type: events.TypeTaskUpdated, UserID: user,
			Time: time.Date(2026, 12, 1, 9, n, 0, 0, time.UTC), Data: json.RawMessage(fmt.Sprintf(`{"text":"no. %d"}`, n))})
		ids = append(ids, dead[n].ID)
	}
	return dead, ids
}

// replayed returns the ids of the events on the topic from which the letters came.
func (p platform) replayed(t *testing.T) []string {
	t.Helper()
	ids := []string{}
	for _, record := range p.env.Records(t, contract.TopicTaskEvents) {
		e, err := events.Decode(record.Value)
		if err != nil || record.Key != e.UserID {
			t.Errorf("record %s under key %q: %v", record.Value, record.Key, err)
		}
		ids = append(ids, e.ID)
	}
	return ids
}

func TestAll(t *testing.T) {
	p := newPlatform(t)
	if got := p.run(t, "list"); got != "" {
		t.Errorf("an empty platform lists %q", got)
	}
	dead, ids := deadEvents(3)
	p.kill(t, notificationLetters, dead...)
	p.env.Write(t, contract.DeadLetterTopic(contract.TopicReminders, contract.Audit), kafka.Message{Value: []byte("no event")})

	text := p.run(t, "list", "--topic", notificationLetters)
	for _, want := range []string{"PLACE", notificationLetters + "/", ids[0], events.TypeTaskUpdated, dead[0].UserID, "2026-12-01T09:00:00Z"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "no. 0") {
		t.Errorf("the list tells what users wrote:\n%s", text)
	}
	if got := p.listed(t); len(got) != 4 || !slices.Contains(got, "") {
		t.Errorf("listed %q", got)
	}
	if got := p.run(t, "show", ids[1]); !strings.Contains(got, `"text": "no. 1"`) || strings.Contains(got, "no. 2") {
		t.Errorf("shows %s", got)
	}

	if got := p.run(t, "replay", "--all", "--topic", notificationLetters); got != "3 replayed\n" {
		t.Errorf("says %q", got)
	}
	if got := p.replayed(t); !slices.Equal(got, ids) {
		t.Errorf("replayed %q, want %q", got, ids)
	}
	if got := p.listed(t); !slices.Equal(got, []string{""}) {
		t.Errorf("left are %q, want what is no event", got)
	}
	if got := p.run(t, "drop", "--all"); got != "1 dropped\n" {
		t.Errorf("says %q", got)
	}
	if got := p.listed(t); len(got) != 0 {
		t.Errorf("left are %q", got)
	}
	late, lateIDs := deadEvents(1)
	p.kill(t, notificationLetters, late...)
	if got := p.listed(t); !slices.Equal(got, lateIDs) {
		t.Errorf("listed %q, want the one that came later", got)
	}
}

func TestSingleOnesAreTakenOutOfTheMiddle(t *testing.T) {
	p := newPlatform(t)
	dead, ids := deadEvents(5)
	p.kill(t, notificationLetters, dead...)
	p.run(t, "replay", ids[1], ids[3])
	if got := p.replayed(t); !slices.Equal(got, []string{ids[1], ids[3]}) {
		t.Errorf("replayed %q", got)
	}
	if got, want := p.listed(t), []string{ids[4], ids[0], ids[2]}; !slices.Equal(got, want) {
		t.Errorf("left are %q, want %q", got, want)
	}
	var first entry
	if err := json.Unmarshal([]byte(strings.SplitN(p.run(t, "list", "--output", "json"), "\n", 2)[0]), &first); err != nil {
		t.Fatal(err)
	}
	p.run(t, "drop", first.Place)
	if got, want := p.listed(t), []string{ids[0], ids[2]}; !slices.Equal(got, want) {
		t.Errorf("left are %q, want %q", got, want)
	}
	for _, record := range p.env.Records(t, notificationLetters) {
		if record.Key != dead[0].UserID {
			t.Errorf("a record lies under key %q", record.Key)
		}
	}
}

func TestNothingHappensWhenOneIsNotThere(t *testing.T) {
	p := newPlatform(t)
	dead, ids := deadEvents(2)
	p.kill(t, notificationLetters, dead...)
	unknown := uuid.NewString()
	if _, err := p.try(t, "drop", ids[0], unknown); err == nil || !strings.Contains(err.Error(), unknown) {
		t.Errorf("error %v", err)
	}
	if got := p.listed(t); !slices.Equal(got, ids) {
		t.Errorf("left are %q", got)
	}
}

func TestRefusesWhatIsUnclear(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"nothing chosen":    {[]string{"drop"}, "--all"},
		"chosen twice":      {[]string{"drop", "x", "--all"}, "--all"},
		"an unknown topic":  {[]string{"list", "--topic", "task-events"}, "task-events"},
		"an unknown output": {[]string{"list", "--output", "xml"}, "xml"},
	} {
		t.Run(name, func(t *testing.T) {
			command := NewCommand(func(string) string { return "" })
			command.SilenceUsage, command.SilenceErrors = true, true
			command.SetArgs(test.args)
			if err := command.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %s", err, test.says)
			}
		})
	}
}

// A command may end between any two of its steps: what is chosen or stays must not be lost.
func TestACommandThatEndsHalfWayLosesNothing(t *testing.T) {
	p := newPlatform(t)
	dead, ids := deadEvents(3)
	p.kill(t, notificationLetters, dead...)
	kafkaOf := brokers.Options{Getenv: p.getenv}
	cluster, err := kafkaOf.Connect("test")
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	box := &box{cluster}
	letters, _, err := box.letters(t.Context(), []string{notificationLetters})
	if err != nil {
		t.Fatal(err)
	}
	wanted := selection{args: []string{ids[1]}}
	selected, staying := split(letters, wanted.chosen)
	if err := box.replay(t.Context(), selected); err != nil {
		t.Fatal(err)
	}
	toTheEnd := kafka.BalancerFunc(func(kafka.Message, ...int) int { return selected[0].partition })
	if err := box.Publish(t.Context(), notificationLetters, toTheEnd, records(staying)); err != nil {
		t.Fatal(err)
	}
	// Here it ends, before the offset is committed.
	if got, want := p.listed(t), []string{ids[0], ids[1], ids[2], ids[0]}; !slices.Equal(got, want) {
		t.Errorf("left are %q, want %q", got, want)
	}
}
