// Package webhook owns webhooks: to which addresses which changes are sent. notification sends.
package webhook

import (
	"cmp"
	"context"
	"embed"
	"io/fs"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// Names of the commands on webhooks.
const (
	commandCreate = "webhook.create"
	commandUpdate = "webhook.update"
	commandDelete = "webhook.delete"
	commandTest   = "webhook.test"
	commandRotate = "webhook.rotate"
)

// Draft is what a user sets of a new webhook.
type Draft struct {
	URL         string   `json:"url" minLength:"1" maxLength:"2048" example:"https://example.com/hooks/todo" doc:"With https, and without user, password and fragment; no redirect is followed"`
	Types       []string `json:"types" minItems:"1" maxItems:"50" example:"[\"task.completed\",\"project.*\"]" doc:"Types of the changes to send; task.* stands for all of tasks, * for all"`
	Description string   `json:"description,omitempty" maxLength:"200"`
	Format      string   `json:"format,omitempty" enum:"todoplatform,slack,discord,ntfy" default:"todoplatform" doc:"As what changes are sent: todoplatform is the change, signed; slack, discord and ntfy are a short text for people, as these services take it"`
	Enabled     *bool    `json:"enabled,omitempty" default:"true" doc:"Whether anything is sent"`
}

// Patch is a merge patch (RFC 7396) of a webhook: what it does not name stays.
type Patch struct {
	URL         document.Field[string]   `json:"url,omitzero" minLength:"1" maxLength:"2048" doc:"As of a new one"`
	Types       document.Field[[]string] `json:"types,omitzero" minItems:"1" maxItems:"50" doc:"As of a new one"`
	Description document.Field[string]   `json:"description,omitzero" maxLength:"200"`
	Format      document.Field[string]   `json:"format,omitzero" enum:"todoplatform,slack,discord,ntfy" doc:"As of a new one. What waits goes as it was"`
	Enabled     document.Field[bool]     `json:"enabled,omitzero" doc:"Whether anything is sent. Once it is not, what waits is given up"`
}

// Made is a webhook with its secret.
type Made struct {
	todo.Webhook
	Secret string `json:"secret" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw…" doc:"With it receivers verify what they get, as https://www.standardwebhooks.com says. It is shown this once"`
}

// Config is what the service works with.
type Config struct {
	DB       *store.DB
	Commands *command.Service
	Log      calls.Invoker // asks notification what became of deliveries
	Changed  func()        // called after a change that no command made
	HTTP     bool          // whether addresses may do without encryption
}

// Service reads and changes webhooks.
type Service struct{ Config }

// NewService makes the service.
func NewService(cfg Config) *Service { return &Service{cfg} }

// List reads the caller's webhooks, the oldest first.
func (s *Service) List(ctx context.Context, caller auth.Caller) (document.Document[[]todo.Webhook], error) {
	var found document.Document[[]todo.Webhook]
	err := s.DB.Call(ctx, "list_webhooks", map[string]string{"userId": caller.UserID}, &found)
	return found, err
}

// Get reads one of the caller's webhooks.
func (s *Service) Get(ctx context.Context, caller auth.Caller, id string) (document.Document[todo.Webhook], error) {
	var found document.Document[todo.Webhook]
	err := s.DB.Call(ctx, "get_webhook", map[string]string{"userId": caller.UserID, "id": id}, &found)
	return found, err
}

// reveal reads one of the caller's webhooks with its secret. That does not go through commands:
// what they return is kept with idempotency keys.
func (s *Service) reveal(ctx context.Context, caller auth.Caller, id string) (Made, error) {
	var made Made
	err := s.DB.Call(ctx, "reveal_webhook", map[string]string{"userId": caller.UserID, "id": id}, &made)
	return made, err
}

// Create makes the command that adds a webhook. id is a UUID of the caller's making, or "".
func (s *Service) Create(id string, draft Draft) (command.Command, error) {
	asked := draft
	err := s.checkURL(draft.URL)
	if err == nil {
		draft.Types, err = cleanTypes(draft.Types)
	}
	if err == nil {
		draft.Description, err = cleanDescription(draft.Description)
	}
	return command.Command{Name: commandCreate, ID: cmp.Or(id, command.NewID()), Fields: draft, Asked: []any{id, asked}}, err
}

// Update makes the command that changes the fields of a webhook that patch names.
func (s *Service) Update(id string, ifVersion int64, patch Patch) (command.Command, error) {
	asked := patch
	for field, clear := range map[string]bool{"url": patch.URL.IsClear(), "types": patch.Types.IsClear(), "description": patch.Description.IsClear(), "format": patch.Format.IsClear(), "enabled": patch.Enabled.IsClear()} {
		if clear {
			return command.Command{}, failure.InvalidField(field, "must not be null: leave it out to keep it")
		}
	}
	if address, ok := patch.URL.Get(); ok {
		if err := s.checkURL(address); err != nil {
			return command.Command{}, err
		}
	}
	if types, ok := patch.Types.Get(); ok {
		types, err := cleanTypes(types)
		if err != nil {
			return command.Command{}, err
		}
		patch.Types = document.Set(types)
	}
	if description, ok := patch.Description.Get(); ok {
		description, err := cleanDescription(description)
		if err != nil {
			return command.Command{}, err
		}
		patch.Description = document.Set(description)
	}
	return command.Command{Name: commandUpdate, ID: id, IfVersion: ifVersion, Fields: patch, Asked: []any{id, asked}}, nil
}

// checkURL refuses what nothing could be sent to. Where the name leads is not looked at here: that
// may change until it is dialled.
func (s *Service) checkURL(text string) error {
	address, err := url.Parse(text)
	if err != nil || address.Hostname() == "" || address.Opaque != "" {
		return failure.InvalidField("url", "must be an address such as https://example.com/hooks")
	}
	port, err := strconv.ParseUint(cmp.Or(address.Port(), "443"), 10, 16)
	switch {
	case address.Scheme != "https" && (address.Scheme != "http" || !s.HTTP):
		return failure.InvalidField("url", "must begin with https://")
	case address.User != nil:
		return failure.InvalidField("url", "must hold no user and password: deliveries are known by their signatures")
	case strings.Contains(text, "#"):
		return failure.InvalidField("url", "must have no fragment (#): none is sent")
	case err != nil || port == 0:
		return failure.InvalidField("url", "must have a port from 1 to 65535, or none")
	}
	return nil
}

// cleanTypes returns each pattern once.
func cleanTypes(types []string) ([]string, error) {
	var clean []string
	for _, kind := range types {
		if !events.Pattern(kind).Known() {
			return nil, failure.InvalidField("types", "there is no type of change %q; name one such as task.created, task.* or *", kind)
		}
		if !slices.Contains(clean, kind) {
			clean = append(clean, kind)
		}
	}
	return clean, nil
}

func cleanDescription(text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", failure.InvalidField("description", "must be one line without control characters")
	}
	return text, nil
}

// Readers returns the readers of the commands on webhooks, by the schemas of api. A batch shows no
// secret: to make a new one does.
func (s *Service) Readers(api huma.API) map[string]command.Reader {
	return map[string]command.Reader{
		commandCreate: command.Reading(api, func(asked command.Asked, draft Draft) (command.Command, error) {
			return s.Create(asked.ID, draft)
		}),
		commandUpdate: command.WithID("webhook", command.Reading(api, func(asked command.Asked, patch Patch) (command.Command, error) {
			return s.Update(asked.ID, asked.IfVersion, patch)
		})),
		commandDelete: command.WithID("webhook", command.Plain(commandDelete)),
	}
}
