package todoapi

import (
	"net/http"
	"testing"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestQuickAdd(t *testing.T) {
	h := newHarness(t)
	say := func(text string) client.QuickAdd {
		var request client.QuickAdd
		request.Moment, request.Text = thursday, text
		return request
	}
	add := func(t *testing.T, c *client.Client, request client.QuickAdd) []client.Task {
		t.Helper()
		added, err := c.QuickAdd(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		return added
	}

	t.Run("a line fills all that it says", func(t *testing.T) {
		c := h.user(t)
		got := add(t, c, say("Book hotel tomorrow 9am for 45 min {from today} {friday} p2 @travel #Family/Trips !30m"))[0]
		projects, sections := names(t, c)
		if got.Title != "Book hotel" || *got.Due != (client.Due{Date: "2026-11-27", Time: "09:00", Zone: "Europe/Berlin"}) || *got.DurationMinutes != 45 ||
			*got.Deadline != "2026-11-27" || *got.Start != "2026-11-26" || got.Priority != 2 || got.Tags[0] != "travel" || *got.Reminders[0].MinutesBefore != 30 {
			t.Errorf("got %+v", got)
		}
		if len(projects) != 1 || projects[0] != "Family" || len(sections) != 1 || sections[0] != "Trips" || got.ProjectID == nil || got.SectionID == nil {
			t.Errorf("it is in %v of %v, of projects %v and sections %v", got.SectionID, got.ProjectID, projects, sections)
		}
		again := add(t, c, say("Pack #family/trips"))[0]
		if *again.ProjectID != *got.ProjectID || *again.SectionID != *got.SectionID {
			t.Errorf("the second task is in %s of %s", *again.SectionID, *again.ProjectID)
		}
	})

	t.Run("lines below a line are its subtasks", func(t *testing.T) {
		c := h.user(t)
		got := add(t, c, say("- Trip #Family\n  - Book hotel\n\t- Find one\n  - Pack\nOther"))
		if len(got) != 5 || *got[1].ParentID != got[0].ID || *got[2].ParentID != got[1].ID || *got[3].ParentID != got[0].ID || got[4].ParentID != nil || *got[2].ProjectID != *got[0].ProjectID {
			t.Errorf("got %+v", got)
		}
	})

	t.Run("lines that name no place go where the request says", func(t *testing.T) {
		c := h.user(t)
		home := newProject(t, c, client.ProjectDraft{Name: "Home"})
		request := say("Dust\nCall Ann #Work")
		request.ProjectID = home.ID
		got := add(t, c, request)
		if *got[0].ProjectID != home.ID || *got[1].ProjectID == home.ID {
			t.Errorf("got %+v", got)
		}
	})

	t.Run("words are those of the user's settings", func(t *testing.T) {
		c := h.user(t)
		if _, err := c.EditSettings(t.Context(), map[string]any{"locale": "de-DE", "zone": "Asia/Tokyo"}); err != nil {
			t.Fatal(err)
		}
		if got := add(t, c, say("Zahnarzt übermorgen um 9 Uhr"))[0]; *got.Due != (client.Due{Date: "2026-11-28", Time: "09:00", Zone: "Asia/Tokyo"}) {
			t.Errorf("got %+v", got.Due)
		}
	})

	t.Run("what is wrong with a line is named, and nothing is added", func(t *testing.T) {
		c := h.user(t)
		request := say("Fine #Family\nBad #Nowhere")
		request.Unknown = "refuse"
		_, err := c.QuickAdd(t.Context(), request)
		wantProblem(t, err, http.StatusUnprocessableEntity, "body.text", `line 1: project "Family" is not there`)
		_, err = c.QuickAdd(t.Context(), say(" \n "))
		wantProblem(t, err, http.StatusUnprocessableEntity, "body.text", "must not be blank")
		if projects, _ := names(t, c); len(projects) != 0 {
			t.Errorf("there are projects %v", projects)
		}
	})

	t.Run("a request that is repeated adds nothing twice", func(t *testing.T) {
		c := h.user(t)
		var first []client.Task
		for range 2 {
			added, err := c.QuickAdd(t.Context(), say("Dust #Home"), client.IdempotencyKey("once"))
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = added
			}
			if added[0].ID != first[0].ID || len(openTitles(t, c)) != 1 {
				t.Errorf("got %+v after %+v", added, first)
			}
		}
		_, err := c.QuickAdd(t.Context(), say("Dust #Shed"), client.IdempotencyKey("once"))
		wantStatus(t, err, http.StatusUnprocessableEntity)
	})
}
