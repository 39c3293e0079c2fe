package todoapi

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestCalendarFeed(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	day := time.Now().UTC().AddDate(0, 0, 3).Format(time.DateOnly)
	digits := strings.ReplaceAll(day, "-", "")
	newTask(t, c, client.Draft{Title: "all day", Due: &client.Due{Date: day}, Notes: "a, b\nc"})
	newTask(t, c, client.Draft{Title: "at nine", Due: &client.Due{Date: day, Time: "09:00", Zone: "Asia/Tokyo"}, DurationMinutes: 45})
	newTask(t, c, client.Draft{Title: "without due"})
	newTask(t, c, client.Draft{Title: "long ago", Due: &client.Due{Date: "2020-01-01"}})
	done := newTask(t, c, client.Draft{Title: "done", Due: &client.Due{Date: day}})
	if err := c.Do(t.Context(), http.MethodPost, "/tasks/"+done.ID+"/complete", nil, nil); err != nil {
		t.Fatal(err)
	}
	hidden := newProject(t, c, client.ProjectDraft{Name: "hidden"})
	newTask(t, c, client.Draft{Title: "archived", Due: &client.Due{Date: day}, ProjectID: hidden.ID})
	if err := c.Do(t.Context(), http.MethodPost, "/projects/"+hidden.ID+"/archive", nil, nil); err != nil {
		t.Fatal(err)
	}

	made := func() string {
		var feed struct{ Path string }
		if err := c.Do(t.Context(), http.MethodPost, "/calendar-feed", nil, &feed); err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^/api/v1/calendar/tdc_[a-z2-7]{40}\.ics$`).MatchString(feed.Path) {
			t.Fatalf("got the path %s", feed.Path)
		}
		return h.url + feed.Path
	}
	var feed struct{ CreatedAt, LastReadAt *time.Time }
	if err := c.Do(t.Context(), http.MethodGet, "/calendar-feed", nil, &feed); err != nil || feed.CreatedAt != nil {
		t.Errorf("got %+v, %v", feed, err)
	}
	url := made()

	page := get(t, url)
	if page.status != http.StatusOK || page.header.Get("Content-Type") != "text/calendar; charset=utf-8" || page.header.Get("Cache-Control") != "private, max-age=900" {
		t.Fatalf("got %d with %v: %s", page.status, page.header, page.body)
	}
	for _, want := range []string{
		"SUMMARY:all day\r\nDESCRIPTION:a\\, b\\nc\r\nDTSTART;VALUE=DATE:" + digits + "\r\nDTEND;VALUE=DATE:",
		"SUMMARY:at nine\r\nDTSTART:" + digits + "T000000Z\r\nDTEND:" + digits + "T004500Z\r\n",
	} {
		if !strings.Contains(string(page.body), want) {
			t.Errorf("it has not %q:\n%s", want, page.body)
		}
	}
	if got := strings.Count(string(page.body), "BEGIN:VEVENT"); got != 2 {
		t.Errorf("it has %d events:\n%s", got, page.body)
	}
	if _, err := ical.NewDecoder(strings.NewReader(string(page.body))).Decode(); err != nil {
		t.Errorf("another program cannot read it: %v", err)
	}
	same := send(t, http.DefaultClient, http.MethodGet, url, "", map[string]string{"If-None-Match": `"x", W/` + page.header.Get("ETag")})
	if same.status != http.StatusNotModified || len(same.body) > 0 || same.header.Get("ETag") != page.header.Get("ETag") {
		t.Errorf("got %d with %v", same.status, same.header)
	}
	if err := c.Do(t.Context(), http.MethodGet, "/calendar-feed", nil, &feed); err != nil || feed.CreatedAt == nil || feed.LastReadAt == nil {
		t.Errorf("got %+v, %v", feed, err)
	}
	var secrets int
	if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.calendar_feed f WHERE f::text LIKE '%tdc_%'`).Scan(&secrets); err != nil || secrets != 0 {
		t.Errorf("the secret is stored: %v", err)
	}

	other := made()
	if got := get(t, url); got.status != http.StatusNotFound || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the address before: %d", got.status)
	}
	if got := get(t, other); got.status != http.StatusOK {
		t.Errorf("got %d", got.status)
	}
	h.setAttempts(t, "calendar feed", c.Grant.User.ID, 60)
	limited := get(t, other)
	wantLimited(t, limited, `"calendar";q=60;w=3600`)
	h.setAttempts(t, "calendar feed", c.Grant.User.ID, 1)

	if last, err := lastChange(t.Context(), c); err != nil || last.Type != events.TypeCalendarOpened {
		t.Errorf("the log ends with %q, %v", last.Type, err)
	}
	for range 2 {
		if err := c.Do(t.Context(), http.MethodDelete, "/calendar-feed", nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if last, err := lastChange(t.Context(), c); err != nil || last.Type != events.TypeCalendarClosed {
		t.Errorf("the log ends with %q, %v", last.Type, err)
	}
	for _, path := range []string{other, h.url + "/api/v1/calendar/x.ics", strings.TrimSuffix(other, ".ics")} {
		if got := get(t, path); got.status != http.StatusNotFound {
			t.Errorf("%s: got %d", path, got.status)
		}
	}

	t.Run("of an account that is deleted", func(t *testing.T) {
		c = h.user(t)
		newTask(t, c, client.Draft{Title: "secret", Due: &client.Due{Date: day}})
		url := made()
		if err := c.DeleteAccount(t.Context(), password); err != nil {
			t.Fatal(err)
		}
		if got := get(t, url); got.status != http.StatusNotFound {
			t.Errorf("got %d: %s", got.status, got.body)
		}
	})

	t.Run("without tasks", func(t *testing.T) {
		c = h.user(t)
		page := get(t, made())
		if calendar, err := ical.NewDecoder(strings.NewReader(string(page.body))).Decode(); err != nil || len(calendar.Children) != 1 {
			t.Errorf("got %v: %s", err, page.body)
		}
	})
}
