package todoapi

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestHowPeopleAreToldOfThings(t *testing.T) {
	h := newHarness(t)

	t.Run("is a patch of the settings", func(t *testing.T) {
		c := h.user(t)
		got, err := c.EditSettings(t.Context(), map[string]any{
			"remindersBy": []string{"push", "email"}, "digestBy": []string{"email"}, "digestAt": "07:15",
			"overdueBy": []string{"push"}, "overdueAt": "20:30", "quietHours": map[string]any{"from": "22:00", "to": "06:30"},
		})
		want := client.Settings{
			Version: 2, Zone: "Europe/Berlin", Locale: "en", WeekStart: 1, DayStart: "09:00",
			RemindersBy: []string{"email", "push"}, DigestBy: []string{"email"}, DigestAt: "07:15", OverdueBy: []string{"push"}, OverdueAt: "20:30",
			QuietHours: &client.QuietHours{From: "22:00", To: "06:30"},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		got, err = c.EditSettings(t.Context(), map[string]any{"quietHours": map[string]any{"urgent": true}, "remindersBy": []string{}})
		want.Version, want.QuietHours.Urgent, want.RemindersBy = 3, true, []string{}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
		if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
			t.Fatal(err)
		}
		got, err = c.Settings(t.Context())
		want.Version, want.QuietHours.Urgent, want.RemindersBy = 4, false, []string{"email", "push"}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Fatalf("undone: %v (-want +got):\n%s", err, diff)
		}
		got, err = c.EditSettings(t.Context(), map[string]any{"quietHours": nil})
		if err != nil || got.QuietHours != nil {
			t.Errorf("removed: %+v, %v", got, err)
		}
	})

	t.Run("is refused where it makes no sense", func(t *testing.T) {
		c := h.user(t)
		for name, refused := range map[string]struct {
			patch             map[string]any
			location, message string
		}{
			"an unknown channel":       {map[string]any{"digestBy": []string{"pigeon"}}, "body.digestBy[0]", "email, push"},
			"no channels":              {map[string]any{"remindersBy": nil}, "body.remindersBy", "null"},
			"no time of a day":         {map[string]any{"digestAt": "25:00"}, "body.digestAt", "such as 09:00"},
			"half of the quiet hours":  {map[string]any{"quietHours": map[string]any{"from": "22:00"}}, "body.quietHours", "both from and to"},
			"quiet hours of no length": {map[string]any{"quietHours": map[string]any{"from": "22:00", "to": "22:00"}}, "body.quietHours.to", "another time"},
			"quiet hours of no time":   {map[string]any{"quietHours": map[string]any{"from": "22", "to": "07:00"}}, "body.quietHours.from", "such as 09:00"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := c.EditSettings(t.Context(), refused.patch)
				wantProblem(t, err, http.StatusUnprocessableEntity, refused.location, refused.message)
			})
		}
	})

	t.Run("is otherwise for one task", func(t *testing.T) {
		c := h.user(t)
		plain, silent := newTask(t, c, client.Draft{Title: "plain"}), newTask(t, c, client.Draft{Title: "silent", Notify: []string{}})
		if plain.Notify != nil || silent.Notify == nil || len(silent.Notify) != 0 {
			t.Errorf("as the settings say is %v, in the page alone is %v", plain.Notify, silent.Notify)
		}
		got, err := c.EditTask(t.Context(), silent.ID, map[string]any{"notify": []string{"push", "email"}})
		if diff := cmp.Diff([]string{"email", "push"}, got.Notify); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if got, err = c.EditTask(t.Context(), silent.ID, map[string]any{"title": "still"}); err != nil || len(got.Notify) != 2 {
			t.Errorf("another field was changed: %v, %v", got.Notify, err)
		}
		if got, err = c.EditTask(t.Context(), silent.ID, map[string]any{"notify": nil}); err != nil || got.Notify != nil {
			t.Errorf("as the settings say again: %v, %v", got.Notify, err)
		}
		if err := c.Undo(t.Context(), lastGroup(t, c)); err != nil {
			t.Fatal(err)
		}
		if got, err = c.GetTask(t.Context(), silent.ID); err != nil || len(got.Notify) != 2 {
			t.Errorf("undone: %v, %v", got.Notify, err)
		}
		_, err = c.EditTask(t.Context(), silent.ID, map[string]any{"notify": []string{"pigeon"}})
		wantProblem(t, err, http.StatusUnprocessableEntity, "body.notify[0]", "email, push")
	})
}
