package events_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

func TestEventSurvivesTheWire(t *testing.T) {
	want := events.Event{ID: "1", Source: "todo-api", Type: events.TypeTaskCreated, Subject: "task 1", UserID: "user 1",
		Time: time.Date(2026, 12, 1, 9, 0, 0, 123456789, time.UTC), Data: json.RawMessage(`{"title":"Küche ☕"}`)}
	encoded, err := events.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := events.Decode(encoded)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	// The attributes that CloudEvents 1.0 requires, by its names.
	var attributes map[string]any
	if err := json.Unmarshal(encoded, &attributes); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{"specversion": "1.0", "id": "1", "source": "todo-api", "type": "task.created",
		"subject": "task 1", "userid": "user 1", "time": "2026-12-01T09:00:00.123456789Z", "datacontenttype": "application/json"} {
		if attributes[name] != value {
			t.Errorf("attribute %s is %v, want %v", name, attributes[name], value)
		}
	}
}

func TestDecodeRefusesWhatIsNoEvent(t *testing.T) {
	for name, c := range map[string]struct{ encoded, want string }{
		"no JSON":    {"hello", "decode the event"},
		"no id":      {`{"source":"a","type":"b","userid":"c","time":"2026-12-01T09:00:00Z"}`, "id: "},
		"no user":    {`{"id":"1","source":"a","type":"b","time":"2026-12-01T09:00:00Z"}`, "userid: "},
		"wrong time": {`{"id":"1","source":"a","type":"b","userid":"c","time":"noon"}`, "decode the event"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := events.Decode([]byte(c.encoded))
			if failure.KindOf(err) != failure.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want invalid with %q", err, c.want)
			}
		})
	}
	if err := (events.Event{ID: "1", Data: json.RawMessage(`[1]`)}).DataInto(&events.Reminder{}); failure.KindOf(err) != failure.Invalid {
		t.Errorf("data of another shape: %v", err)
	}
}

// Browsers, other services and stored rows hold tasks in this shape.
func TestTaskShape(t *testing.T) {
	const shape = `{"id":"0195","version":3,"title":"Water plants","notes":"","priority":4,"tags":["home"],` +
		`"due":{"date":"2026-12-01","time":"09:00","zone":"Europe/Berlin"},"recurrence":{"rule":"FREQ=DAILY","anchor":"schedule"},` +
		`"reminders":[{"id":"r1","at":"2026-12-01T08:00:00Z"},{"id":"r2","minutesBefore":30}],` +
		`"series":{"id":"s1","occurrence":0,"start":{"date":"2026-12-01","time":"09:00","zone":"Europe/Berlin"}},` +
		`"completedAt":null,"createdAt":"2026-11-30T10:00:00Z","updatedAt":"2026-11-30T10:00:00Z",` +
		`"projectId":"0196","sectionId":"0197","parentId":"0198","start":"2026-11-30","deadline":"2026-12-24","durationMinutes":30,"notify":["email"],"usual":null,"position":"8V"}`
	var task todo.Task
	if err := json.Unmarshal([]byte(shape), &task); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(task)
	if err != nil || string(encoded) != shape {
		t.Errorf("got  %s\nwant %s, %v", encoded, shape, err)
	}
}
