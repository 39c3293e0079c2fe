package notification

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/notification/speech"
	"github.com/todoplatform/todoplatform/services/notification/webhook"
)

// tags are the emojis of ntfy by what happened; others have none.
var tags = map[string]string{"completed": "white_check_mark", "created": "heavy_plus_sign", "updated": "pencil2", "deleted": "wastebasket", "tested": "bell"}

// noteSpeaker writes dates in notes: they go to a place, whose readers may speak any language.
var noteSpeaker = speech.To("en-GB")

// noted is what a note tells of an object of any kind.
type noted struct {
	Title     string    `json:"title"`
	Name      string    `json:"name"`
	Text      string    `json:"text"`
	Due       *todo.Due `json:"due"`
	Priority  int       `json:"priority"`
	ProjectID *string   `json:"projectId"`
}

// noteOf says a change in a few words; project is the name of the project that it is in.
func noteOf(change events.Change, object noted, project, link string) webhook.Note {
	_, verb, _ := strings.Cut(change.Type, ".")
	entity := strings.ToUpper(change.Entity[:1]) + change.Entity[1:]
	note := webhook.Note{
		What: entity + " " + strings.ReplaceAll(verb, "_", " "), Name: oneLine(object.Title + object.Name + object.Text),
		Urgent: change.Entity == events.EntityTask && object.Priority == 1, Tag: tags[verb],
	}
	if due := dueText(noteSpeaker, object.Due, change.Zone); due != "" {
		note.Details = append(note.Details, "Due: "+due)
	}
	if project != "" {
		note.Details = append(note.Details, "Project: "+oneLine(project))
	}
	if link != "" && change.Entity == events.EntityTask {
		note.Link = strings.TrimSuffix(link, "/") + "/today?task=" + change.ID
	}
	return note
}

// note says a change in a few words, and asks how its project is called.
func (f *forwarder) note(ctx context.Context, change events.Change) (webhook.Note, error) {
	state := change.After
	if len(state) == 0 {
		state = change.Before
	}
	var object noted
	if len(state) > 0 {
		if err := json.Unmarshal(state, &object); err != nil {
			return webhook.Note{}, failure.Wrap(failure.Invalid, err, "read the object of change "+change.EventID)
		}
	}
	project, err := f.projectName(ctx, change.UserID, object.ProjectID)
	return noteOf(change, object, project, f.link), err
}

// projectName is empty where there is no project, or none any more.
func (f *forwarder) projectName(ctx context.Context, user string, id *string) (string, error) {
	if id == nil {
		return "", nil
	}
	found, err := calls.NameProject.Call(ctx, f.todoAPI, calls.NameProjectRequest{UserID: user, ID: *id})
	switch failure.KindOf(err) {
	case "":
		return found.Name, nil
	case failure.Unavailable:
		return "", err
	}
	slog.DebugContext(ctx, "a project has no name", "user", user, "project", *id, "error", err)
	return "", nil
}
