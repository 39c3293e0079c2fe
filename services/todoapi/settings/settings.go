// Package settings owns what people choose for all of their windows.
package settings

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

const commandUpdate = "settings.update"

// Document is the JSON of settings.
type Document = document.Document[todo.Settings]

// Patch is a merge patch (RFC 7396) of settings: what it does not name stays.
type Patch struct {
	Zone      document.Field[string] `json:"zone,omitzero" maxLength:"64" example:"Europe/Berlin" doc:"IANA time zone in which the person's days begin and end"`
	Locale    document.Field[string] `json:"locale,omitzero" maxLength:"35" example:"en-GB" doc:"Language and region (BCP 47)"`
	WeekStart document.Field[int]    `json:"weekStart,omitzero" minimum:"1" maximum:"7" doc:"First day of the week: 1 is Monday, 7 is Sunday (ISO 8601)"`
	DayStart  document.Field[string] `json:"dayStart,omitzero" example:"09:00" doc:"Local time, HH:MM, from which reminders of whole days count back"`
}

// Clean returns p as it is stored. What is wrong is failure.Invalid naming the field.
func (p Patch) Clean() (Patch, error) {
	for field, clear := range map[string]bool{
		"zone": p.Zone.IsClear(), "locale": p.Locale.IsClear(), "weekStart": p.WeekStart.IsClear(), "dayStart": p.DayStart.IsClear(),
	} {
		if clear {
			return Patch{}, failure.InvalidField(field, "must not be null: leave it out to keep it")
		}
	}
	if zone, ok := p.Zone.Get(); ok {
		if _, err := (todo.Due{Zone: zone}).Location(zone); err != nil {
			return Patch{}, failure.InvalidField("zone", "%s", failure.Public(err).Message)
		}
	}
	if locale, ok := p.Locale.Get(); ok {
		tag, err := language.Parse(locale)
		if err != nil {
			return Patch{}, failure.InvalidField("locale", "must be a language such as en or de-AT (BCP 47)")
		}
		p.Locale = document.Set(tag.String())
	}
	if start, ok := p.DayStart.Get(); ok {
		if _, err := time.Parse("15:04", start); err != nil || len(start) != len("15:04") {
			return Patch{}, failure.InvalidField("dayStart", "must be a time such as 09:00")
		}
	}
	return p, nil
}

// Service reads and changes settings.
type Service struct {
	db       *store.DB
	commands *command.Service
}

// NewService makes the service on db, which changes settings by commands.
func NewService(db *store.DB, commands *command.Service) *Service {
	return &Service{db: db, commands: commands}
}

// Get reads the caller's settings.
func (s *Service) Get(ctx context.Context, caller auth.Caller) (Document, error) {
	var found Document
	err := s.db.Call(ctx, "get_settings", map[string]string{"userId": caller.UserID}, &found)
	return found, err
}

// Edit changes what patch names of the caller's settings, which must be at ifVersion; 0: any.
func (s *Service) Edit(ctx context.Context, caller auth.Caller, key string, ifVersion int64, patch Patch) (command.Made[todo.Settings], error) {
	update, err := Update(ifVersion, patch)
	if err != nil {
		return command.Made[todo.Settings]{}, err
	}
	return command.One[todo.Settings](ctx, s.commands, caller, key, update)
}

// Update makes the command that changes settings.
func Update(ifVersion int64, patch Patch) (command.Command, error) {
	clean, err := patch.Clean()
	return command.Command{Name: commandUpdate, IfVersion: ifVersion, Fields: clean, Asked: patch}, err
}

// Readers returns the reader of the command on settings, by the schemas of api.
func Readers(api huma.API) map[string]command.Reader {
	return map[string]command.Reader{commandUpdate: command.Reading(api, func(asked command.Asked, patch Patch) (command.Command, error) {
		return Update(asked.IfVersion, patch)
	})}
}
