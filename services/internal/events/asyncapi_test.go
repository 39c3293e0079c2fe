package events_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/events/conform"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

const asyncAPIFile = "asyncapi.json"

// asyncapi.json describes the topics for who reads them from outside, made of the registry and of who
// publishes and subscribes.
func TestAsyncAPI(t *testing.T) {
	text, err := json.MarshalIndent(asyncAPI(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	known, err := os.ReadFile(asyncAPIFile)
	if err == nil && string(known) == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s does not describe the topics of today: run go test ./services/internal/events -update", asyncAPIFile)
	}
	if err := os.WriteFile(asyncAPIFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What the document gives as examples is what its schemas describe, and CloudEvents.
func TestExamplesConform(t *testing.T) {
	for kind, event := range exampleEvents(t) {
		encoded, err := events.Encode(event)
		if err != nil {
			t.Fatal(err)
		}
		if err := conform.Check(t.Context(), encoded); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestConformRefuses(t *testing.T) {
	good := exampleEvents(t)[events.TypeTaskUpdated]
	for name, spoil := range map[string]func(e *events.Event){
		"no id":           func(e *events.Event) { e.ID = "" },
		"an unknown type": func(e *events.Event) { e.Type = "task.eaten" },
		"data of another": func(e *events.Event) { e.Data = []byte(`{"type":"task.updated"}`) },
		"a priority of five": func(e *events.Event) {
			e.Data = []byte(strings.ReplaceAll(string(e.Data), `"priority":2`, `"priority":5`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			bad := good
			spoil(&bad)
			encoded, err := events.Encode(bad)
			if err != nil {
				t.Fatal(err)
			}
			if err := conform.Check(t.Context(), encoded); err == nil {
				t.Errorf("%s passes", encoded)
			}
		})
	}
}

// asyncAPI makes the document (AsyncAPI 3.0.0).
func asyncAPI(t *testing.T) schema {
	examples := exampleEvents(t)
	messages, kinds := schema{}, events.Types()
	for _, kind := range kinds {
		messages[kind] = message(t, kind, examples[kind])
	}
	channels := schema{}
	for _, topic := range contract.Topics() {
		channels[topic] = schema{
			"address": topic, "title": topic, "description": topics[topic], "messages": messageRefs(topic),
			"servers": []any{schema{"$ref": "#/servers/kafka"}},
		}
	}
	return schema{
		"asyncapi": "3.0.0",
		"info": schema{
			"title": "Events of TodoPlatform", "version": "1",
			"description": "What the services of a platform tell each other by Kafka. A record is one CloudEvent 1.0 in JSON, its key the id of the user whose data it is: events of one user keep their order. " +
				"Events come at least once; one that comes again has the same id. Of changes, seq tells what is missing. Types and their members may be added; none is removed, and what there is keeps its meaning, so pass over what you do not know.",
			"license": schema{"name": "Apache 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
			"contact": schema{"name": "TodoPlatform", "url": "https://github.com/todoplatform/todoplatform"},
		},
		"defaultContentType": events.ContentType,
		"servers": schema{"kafka": schema{
			"host": "{brokers}", "protocol": "kafka", "description": "The brokers that the TodoPlatform resource names.",
			"variables": schema{"brokers": schema{"description": "host:port of a broker", "default": "kafka-0.kafka:9092"}},
		}},
		"channels":   channels,
		"operations": operations(),
		"components": schema{"messages": messages, "schemas": schema{"CloudEvent": envelope()}},
	}
}

var topics = map[string]string{
	contract.TopicTaskEvents:  "Every change of what users have, for services that act on it, once a service. What one cannot handle lies on " + contract.DeadLetterTopic(contract.TopicTaskEvents, "<service>") + ".",
	contract.TopicTaskUpdates: "The same changes as " + contract.TopicTaskEvents + ", for each replica that tells browsers.",
	contract.TopicReminders:   "Each step in the life of a reminder. What one cannot handle lies on " + contract.DeadLetterTopic(contract.TopicReminders, "<service>") + ".",
}

func messageRefs(topic string) schema {
	refs := schema{}
	for _, kind := range events.Types() {
		if slices.Contains(events.ReminderTypes(), kind) == (topic == contract.TopicReminders) {
			refs[kind] = schema{"$ref": "#/components/messages/" + kind}
		}
	}
	return refs
}

// operations are what each service does with each topic.
func operations() schema {
	all := schema{}
	add := func(app, action, verb, topic string) {
		all[app+"."+verb+"."+topic] = schema{
			"action": action, "channel": schema{"$ref": "#/channels/" + topic}, "title": app + " " + verb + " " + topic,
			"summary": "What " + app + " " + verb + ".",
		}
	}
	for app, published := range contract.Publications() {
		for _, topic := range published {
			add(app, "send", "publishes", topic)
		}
	}
	for _, s := range contract.Subscriptions() {
		add(s.App, "receive", "consumes", s.Topic)
	}
	return all
}

// envelope is what all events have around their data.
func envelope() schema {
	text := func(description string) schema { return schema{"type": "string", "description": description} }
	return schema{
		"type":     "object",
		"required": []any{"specversion", "id", "source", "type", "userid", "time", "datacontenttype", "data"},
		"properties": schema{
			"specversion": schema{"const": "1.0"},
			"id":          text("Unique for ever; the same at each repetition"),
			"source":      text("The service that tells it"),
			"type":        text("<entity>.<verb>"),
			"subject":     text("Id of what it is about"),
			"userid":      schema{"type": "string", "format": "uuid", "description": "Whose data it is"},
			"time":        schema{"type": "string", "format": "date-time", "description": "When it happened"},
			"datacontenttype": schema{
				"const": "application/json",
			},
			"data": schema{"type": "object"},
		},
	}
}

func message(t *testing.T, kind string, example events.Event) schema {
	encoded, err := events.Encode(example)
	if err != nil {
		t.Fatal(err)
	}
	var payload any
	if err := json.Unmarshal(encoded, &payload); err != nil {
		t.Fatal(err)
	}
	return schema{
		"name": kind, "title": kind, "contentType": events.ContentType,
		"payload": schema{"allOf": []any{
			schema{"$ref": "#/components/schemas/CloudEvent"},
			schema{"type": "object", "properties": schema{"type": schema{"const": kind}, "data": schema{"$ref": "schema/" + kind + ".json"}}},
		}},
		"bindings": schema{"kafka": schema{"key": schema{"type": "string", "format": "uuid", "description": "Id of the user"}, "bindingVersion": "0.5.0"}},
		"examples": []any{schema{"name": kind, "payload": payload}},
	}
}

const (
	exampleUser   = "0190d3f0-0000-7000-8000-000000000001"
	exampleObject = "0190d3f0-0000-7000-8000-000000000002"
	exampleEvent  = "0190d3f0-0000-7000-8000-000000000003"
)

var exampleTime = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)

// exampleEvents makes one of each type.
func exampleEvents(t *testing.T) map[string]events.Event {
	t.Helper()
	all := map[string]events.Event{}
	for _, entity := range events.Entities() {
		for _, kind := range entity.Types {
			all[kind] = exampleOf(t, contract.TodoAPI, kind, exampleChange(t, entity, kind))
		}
	}
	for _, kind := range events.ReminderTypes() {
		reminder := events.Reminder{UserID: exampleUser, Seq: 7, EventID: exampleEvent, Type: kind, ReminderID: "due", TaskID: exampleObject, Title: "Water plants", At: exampleTime}
		switch kind {
		case events.TypeReminderSent:
			reminder.Channel = "email"
		case events.TypeReminderFailed:
			reminder.Channel, reminder.Error = "email", "the mail server refuses the message"
		}
		all[kind] = exampleOf(t, contract.Notification, kind, reminder)
	}
	return all
}

func exampleOf(t *testing.T, source, kind string, data any) events.Event {
	t.Helper()
	return events.Event{ID: exampleEvent, Source: source, Type: kind, Subject: exampleObject, UserID: exampleUser, Time: exampleTime, Data: encode(t, data)}
}

// exampleChange has a state before unless it creates, and one after unless it deletes.
func exampleChange(t *testing.T, entity events.Entity, kind string) events.Change {
	change := events.Change{
		UserID: exampleUser, Seq: 42, EventID: exampleEvent, Type: kind, Entity: entity.Name, ID: exampleObject, Version: 3,
		By: events.Actor{Kind: events.ActorPerson, ID: exampleUser, Client: "web"}, At: exampleTime, Zone: "Europe/Berlin",
	}
	if entity.Details[kind] != nil {
		details, ok := exampleDetails()[kind]
		if !ok {
			t.Fatalf("give an example of the details of %s", kind)
		}
		change.Details = encode(t, details)
	}
	if entity.State == nil {
		return change
	}
	state, ok := exampleStates()[entity.Name]
	if !ok {
		t.Fatalf("give an example of the entity %s", entity.Name)
	}
	verb := strings.TrimPrefix(kind, entity.Name+".")
	if verb != "created" && verb != "restored" {
		change.Before = encode(t, state)
	}
	if verb != "deleted" && verb != "revoked" {
		change.After = encode(t, state)
	}
	return change
}

func exampleDetails() map[string]any {
	return map[string]any{events.TypeSignInFailed: events.FailedSignIns{Count: 3}, events.TypeAccountExported: events.Export{Form: "json"}}
}

func exampleStates() map[string]any {
	project := exampleUser
	before := 30
	due := todo.Due{Date: "2026-12-01", Time: "09:00", Zone: "Europe/Berlin"}
	return map[string]any{
		events.EntityComment:  todo.Comment{ID: exampleObject, Version: 3, TaskID: exampleUser, Text: "The **fern** too", CreatedAt: exampleTime, UpdatedAt: exampleTime},
		events.EntityFilter:   todo.Filter{ID: exampleObject, Version: 3, Name: "Now", Query: "today | overdue", Colour: "blue", Position: "V", CreatedAt: exampleTime, UpdatedAt: exampleTime},
		events.EntityProject:  todo.Project{ID: exampleObject, Version: 3, Name: "Home", Colour: "green", Position: "V", CreatedAt: exampleTime, UpdatedAt: exampleTime},
		events.EntitySection:  todo.Section{ID: exampleObject, Version: 3, ProjectID: project, Name: "Garden", Position: "V", CreatedAt: exampleTime, UpdatedAt: exampleTime},
		events.EntitySettings: todo.Settings{Version: 3, Zone: "Europe/Berlin", Locale: "en-GB", WeekStart: 1, DayStart: todo.DefaultDayStart},
		events.EntityTag:      todo.Tag{ID: exampleObject, Version: 3, Name: "plants", Colour: "green", CreatedAt: exampleTime, UpdatedAt: exampleTime},
		events.EntityTask: todo.Task{
			ID: exampleObject, Version: 3, Title: "Water plants", Priority: 2, Tags: []string{"plants"}, Due: &due,
			Recurrence: &todo.Recurrence{Rule: "FREQ=WEEKLY;BYDAY=TU", Anchor: todo.AnchorSchedule},
			Reminders:  []todo.Reminder{{ID: exampleEvent, MinutesBefore: &before}}, Series: &todo.Series{ID: exampleEvent, Start: due},
			CreatedAt: exampleTime, UpdatedAt: exampleTime, ProjectID: &project, Position: "V",
		},
		events.EntityToken:   todo.Token{ID: exampleObject, Name: "backup script", Scopes: []string{"tasks:read"}, CreatedAt: exampleTime},
		events.EntityWebhook: todo.Webhook{ID: exampleObject, Version: 3, URL: "https://example.com/hooks/todo", Types: []string{"task.*"}, Format: todo.WebhookSigned, Enabled: true, CreatedAt: exampleTime, UpdatedAt: exampleTime},
	}
}

func encode(t *testing.T, value any) []byte {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}
