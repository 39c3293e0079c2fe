package reminder

import (
	"context"
	"embed"
	"io/fs"
	"slices"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/document"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/todo"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/task"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

// StopMail has no reminder come by mail any more to the user whose link has token: neither by the
// settings nor by what tasks say besides. Whoever has no mail already keeps all as it is.
func (s *Service) StopMail(ctx context.Context, token string) error {
	userID, err := s.keys.VerifyMailStop(token, s.now())
	if err != nil {
		return err
	}
	caller := auth.Caller{UserID: userID, Kind: events.ActorLink, Client: todo.ChannelEmail}
	for range maxTries {
		commands, err := s.stops(ctx, caller)
		if err != nil || len(commands) == 0 {
			return err
		}
		_, err = s.commands.Apply(ctx, caller, command.Request{Patient: true, Commands: commands})
		if kind := failure.KindOf(err); kind != failure.VersionMismatch && kind != failure.NotFound { // otherwise something was changed meanwhile
			return err
		}
	}
	return failure.New(failure.Unavailable, "the settings change too fast, try again")
}

// stops makes the commands that take mail out of what the caller has chosen.
func (s *Service) stops(ctx context.Context, caller auth.Caller) ([]command.Command, error) {
	chosen, err := s.chosen(ctx, caller)
	if err != nil {
		return nil, err
	}
	var commands []command.Command
	if patch, changes := withoutMail(chosen); changes {
		update, err := settings.Update(chosen.Version, patch)
		if err != nil {
			return nil, err
		}
		commands = append(commands, update)
	}
	var mailing []struct {
		ID     string   `json:"id"`
		Notify []string `json:"notify"`
	}
	if err := s.db.Call(ctx, "list_mailing_tasks", map[string]any{"userId": caller.UserID, "limit": command.MaxCommands - 1}, &mailing); err != nil {
		return nil, err
	}
	for _, t := range mailing {
		update, err := task.Update(t.ID, 0, task.Patch{Notify: document.Set(otherThanMail(t.Notify))})
		if err != nil {
			return nil, err
		}
		commands = append(commands, update)
	}
	return commands, nil
}

// withoutMail is what to change of settings by which anything comes by mail.
func withoutMail(chosen todo.Settings) (patch settings.Patch, changes bool) {
	for _, by := range []struct {
		chosen []string
		patch  *document.Field[[]string]
	}{{chosen.RemindersBy, &patch.RemindersBy}, {chosen.DigestBy, &patch.DigestBy}, {chosen.OverdueBy, &patch.OverdueBy}} {
		if slices.Contains(by.chosen, todo.ChannelEmail) {
			*by.patch, changes = document.Set(otherThanMail(by.chosen)), true
		}
	}
	return patch, changes
}

func otherThanMail(channels []string) []string {
	return slices.DeleteFunc(slices.Clone(channels), func(channel string) bool { return channel == todo.ChannelEmail })
}
