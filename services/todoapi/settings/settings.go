// Package settings owns what people choose for all of their windows.
package settings

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/danielgtaylor/huma/v2"

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

	RemindersBy document.Field[[]string]   `json:"remindersBy,omitzero" maxItems:"2" enum:"email,push" doc:"How reminders come besides in the page, unless their task says otherwise"`
	DigestBy    document.Field[[]string]   `json:"digestBy,omitzero" maxItems:"2" enum:"email,push" doc:"How the list of what is due on a day and what is overdue comes; empty: not at all"`
	DigestAt    document.Field[string]     `json:"digestAt,omitzero" example:"08:00" doc:"Local time, HH:MM, at which that list comes"`
	OverdueBy   document.Field[[]string]   `json:"overdueBy,omitzero" maxItems:"2" enum:"email,push" doc:"How a nudge comes on days on which tasks are overdue; empty: not at all"`
	OverdueAt   document.Field[string]     `json:"overdueAt,omitzero" example:"18:00" doc:"Local time, HH:MM, at which that nudge comes"`
	QuietHours  document.Field[QuietPatch] `json:"quietHours,omitzero" nullable:"true" doc:"When reminders show in the page alone, and their mail and pushes wait"`
}

// QuietPatch is a merge patch of quiet hours. Those that are new name both ends.
type QuietPatch struct {
	From   document.Field[string] `json:"from,omitzero" example:"22:00" doc:"Local time, HH:MM, at which they begin"`
	To     document.Field[string] `json:"to,omitzero" example:"07:00" doc:"Local time, HH:MM, at which they end, perhaps on the next day"`
	Urgent document.Field[bool]   `json:"urgent,omitzero" doc:"Whether reminders of tasks of priority 1 come nevertheless"`
}

// Clean returns p as it is stored. What is wrong is failure.Invalid naming the field.
func (p Patch) Clean() (Patch, error) {
	if err := p.check(); err != nil {
		return Patch{}, err
	}
	if locale, ok := p.Locale.Get(); ok {
		clean, err := todo.CleanLocale(locale)
		if err != nil {
			return Patch{}, err
		}
		p.Locale = document.Set(clean)
	}
	for _, channels := range []*document.Field[[]string]{&p.RemindersBy, &p.DigestBy, &p.OverdueBy} {
		if given, ok := channels.Get(); ok {
			*channels = document.Set(todo.CleanChannels(given))
		}
	}
	return p, nil
}

func (p Patch) check() error {
	quiet, _ := p.QuietHours.Get()
	for field, clear := range map[string]bool{
		"zone": p.Zone.IsClear(), "locale": p.Locale.IsClear(), "weekStart": p.WeekStart.IsClear(), "dayStart": p.DayStart.IsClear(),
		"remindersBy": p.RemindersBy.IsClear(), "digestBy": p.DigestBy.IsClear(), "digestAt": p.DigestAt.IsClear(),
		"overdueBy": p.OverdueBy.IsClear(), "overdueAt": p.OverdueAt.IsClear(),
		"quietHours.from": quiet.From.IsClear(), "quietHours.to": quiet.To.IsClear(), "quietHours.urgent": quiet.Urgent.IsClear(),
	} {
		if clear {
			return failure.InvalidField(field, "must not be null: leave it out to keep it")
		}
	}
	for field, given := range map[string]document.Field[string]{
		"dayStart": p.DayStart, "digestAt": p.DigestAt, "overdueAt": p.OverdueAt, "quietHours.from": quiet.From, "quietHours.to": quiet.To,
	} {
		if clock, ok := given.Get(); ok && !isClock(clock) {
			return failure.InvalidField(field, "must be a time such as 09:00")
		}
	}
	if zone, ok := p.Zone.Get(); ok {
		if _, err := (todo.Due{Zone: zone}).Location(zone); err != nil {
			return failure.InvalidField("zone", "%s", failure.Public(err).Message)
		}
	}
	return nil
}

func isClock(text string) bool {
	_, err := time.Parse("15:04", text)
	return err == nil && len(text) == len("15:04")
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
