// Package calendar shows what is due in people's calendar programs: under a secret address that
// needs no signing in, and that can be ended.
package calendar

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"encoding/hex"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/icalendar"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

//go:embed *.sql
var sql embed.FS

// SQL returns the functions of this package, for store.Schema.
func SQL() fs.FS { return sql }

const (
	// secretPrefix is how all secrets begin, by which scanners know one that leaked.
	secretPrefix = "tdc_"
	// secretBytes is how much of one is random: 200 bits.
	secretBytes = 25

	// pastDays and futureDays bound what of the open tasks is shown, maxTasks how many of those.
	pastDays, futureDays, maxTasks = 90, 731, 2000
	// maxNotes cuts notes, in characters.
	maxNotes = 300
	// readsPerHour bounds how often an address is read.
	readsPerHour = 60
	// defaultMinutes is how long a task takes in a calendar that does not say so.
	defaultMinutes = 30
)

// secretForm matches all secrets that there can be.
var secretForm = regexp.MustCompile(`^` + secretPrefix + `[a-z2-7]{40}$`)

var secretEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Service keeps the addresses, and writes what stands under them.
type Service struct {
	db      *store.DB
	changed func() // has what was recorded published
	now     func() time.Time
}

// NewService makes the service on db, which calls changed after what it recorded; now is the clock.
func NewService(db *store.DB, changed func(), now func() time.Time) *Service {
	return &Service{db, changed, now}
}

// Feed is an address without its secret.
type Feed struct {
	CreatedAt  *time.Time `json:"createdAt" doc:"null: there is none"`
	LastReadAt *time.Time `json:"lastReadAt" doc:"Noted once an hour; null: never"`
}

// Make makes the address of the caller, who must be signed in, in place of the one before.
func (s *Service) Make(ctx context.Context, caller auth.Caller) (feed Feed, secret string, err error) {
	var random [secretBytes]byte
	_, _ = rand.Read(random[:]) // never fails
	secret = secretPrefix + secretEncoding.EncodeToString(random[:])
	err = s.db.Call(ctx, "set_calendar_feed", act{caller.UserID, caller.Actor(), caller.SessionID, hashOf(secret)}, &feed)
	s.changed()
	return feed, secret, err
}

// act is what the caller does with the address.
type act struct {
	UserID    string       `json:"userId"`
	By        events.Actor `json:"by"`
	SessionID string       `json:"sessionId"`
	Hash      string       `json:"hash,omitempty"` // of a new secret
}

// Get tells of the address of the caller.
func (s *Service) Get(ctx context.Context, caller auth.Caller) (Feed, error) {
	var feed Feed
	err := s.db.Call(ctx, "get_calendar_feed", map[string]string{"userId": caller.UserID}, &feed)
	return feed, err
}

// End ends the address of the caller at once, if there is one.
func (s *Service) End(ctx context.Context, caller auth.Caller) error {
	err := s.db.Call(ctx, "end_calendar_feed", act{UserID: caller.UserID, By: caller.Actor(), SessionID: caller.SessionID}, nil)
	s.changed()
	return err
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// shown is a task as it is shown.
type shown struct {
	ID              string    `json:"id"`
	Version         int64     `json:"version"`
	Title           string    `json:"title"`
	Notes           string    `json:"notes"`
	Due             todo.Due  `json:"due"`
	DurationMinutes *int      `json:"durationMinutes"`
	UpdatedAt       time.Time `json:"updatedAt"`
}

// Read writes the calendar under an address; failure.NotFound where there is none.
func (s *Service) Read(ctx context.Context, secret string) ([]byte, error) {
	unknown := failure.New(failure.NotFound, "there is no such calendar, or it was ended")
	if !secretForm.MatchString(secret) {
		return nil, unknown
	}
	var found *struct {
		Limited    bool    `json:"limited"`
		Quota      int     `json:"quota"`
		RetryAfter int     `json:"retryAfter"`
		Zone       string  `json:"zone"`
		Tasks      []shown `json:"tasks"`
	}
	today := s.now().UTC()
	err := s.db.Call(ctx, "read_calendar_feed", map[string]any{
		"hash": hashOf(secret), "perHour": readsPerHour, "limit": maxTasks, "notes": maxNotes,
		"from": today.AddDate(0, 0, -pastDays).Format(time.DateOnly), "until": today.AddDate(0, 0, futureDays).Format(time.DateOnly),
	}, &found)
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, unknown
	case found.Limited:
		return nil, failure.Exceeds(failure.Limit{Name: "calendar", Quota: found.Quota, Window: time.Hour, RetryAfter: time.Duration(found.RetryAfter) * time.Second},
			"the calendar is read more than %d times an hour; set the program to once in 15 minutes", found.Quota)
	}
	return calendarOf(found.Zone, found.Tasks)
}

// calendarOf writes tasks as events: what calendar programs that subscribe to an address show.
func calendarOf(zone string, tasks []shown) ([]byte, error) {
	var out bytes.Buffer
	w := icalendar.NewWriter(&out)
	w.Begin("VCALENDAR")
	w.Line("VERSION", "2.0")
	w.Line("PRODID", "-//TodoPlatform//Calendar//EN")
	w.Line("METHOD", "PUBLISH")
	w.Line("X-WR-CALNAME", "Tasks")
	w.Line("REFRESH-INTERVAL", "PT1H", "VALUE=DURATION")
	w.Line("X-PUBLISHED-TTL", "PT1H")
	for _, t := range tasks {
		if err := event(w, zone, t); err != nil {
			return nil, err
		}
	}
	if len(tasks) == 0 {
		w.Zone(time.UTC, time.Unix(0, 0)) // a calendar must have something in it
	}
	w.End("VCALENDAR")
	return out.Bytes(), w.Err()
}

func event(w *icalendar.Writer, userZone string, t shown) error {
	wall, err := t.Due.Wall("00:00")
	if err != nil {
		return failure.Wrap(failure.Internal, err, "read the due of a task")
	}
	zone, err := t.Due.Location(userZone)
	if err != nil {
		return failure.Wrap(failure.Internal, err, "load the zone of a task")
	}
	w.Begin("VEVENT")
	w.Line("UID", t.ID)
	w.Line("DTSTAMP", t.UpdatedAt.UTC().Format(icalendar.UTCForm))
	w.Line("SEQUENCE", strconv.FormatInt(t.Version-1, 10))
	w.Text("SUMMARY", t.Title)
	w.Text("DESCRIPTION", strings.TrimSpace(t.Notes))
	if t.Due.Time == "" {
		w.Line("DTSTART", wall.Format(icalendar.DateForm), "VALUE=DATE")
		w.Line("DTEND", wall.AddDate(0, 0, 1).Format(icalendar.DateForm), "VALUE=DATE")
	} else {
		minutes := defaultMinutes
		if t.DurationMinutes != nil {
			minutes = *t.DurationMinutes
		}
		begin := todo.Instant(wall, zone).UTC()
		w.Line("DTSTART", begin.Format(icalendar.UTCForm))
		w.Line("DTEND", begin.Add(time.Duration(minutes)*time.Minute).Format(icalendar.UTCForm))
	}
	w.Line("TRANSP", "TRANSPARENT") // what is to be done keeps no time free
	w.End("VEVENT")
	return nil
}
