package transfer

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	json "github.com/go-json-experiment/json/v1"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

const (
	// maxPage is the most objects in one answer of the database.
	maxPage = 2000
	// maxPageBytes is where such an answer ends early, so that it fits into one message to the sidecar.
	maxPageBytes = 1 << 20
)

// page reads a part of what a user has of a kind after an id, from the start for "".
func page[T any](ctx context.Context, s *Service, userID, kind, after string) (items []T, next string, err error) {
	args := map[string]any{"userId": userID, "kind": kind, "limit": maxPage, "bytes": maxPageBytes}
	if after != "" {
		args["after"] = after
	}
	var found struct {
		Items []T     `json:"items"`
		Next  *string `json:"next"`
	}
	if err := s.db.Call(ctx, "export_page", args, &found); err != nil {
		return nil, "", err
	}
	if found.Next != nil {
		next = *found.Next
	}
	return found.Items, next, nil
}

// each reads all that a user has of a kind, page by page.
func each[T any](ctx context.Context, s *Service, userID, kind string, use func(T) error) error {
	for after := ""; ; {
		items, next, err := page[T](ctx, s, userID, kind, after)
		if err != nil {
			return err
		}
		for _, item := range items {
			if err := use(item); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

// head is what stands at the beginning of a document.
type head struct {
	Format     string    `json:"format"`
	Version    int       `json:"version"`
	ExportedAt time.Time `json:"exportedAt"`
	Settings   Settings  `json:"settings"`
}

// begin reads what an export begins with, so that most of what can go wrong does so before
// anything is written.
func (s *Service) begin(ctx context.Context, caller auth.Caller) (head, error) {
	found, err := s.settings.Get(ctx, caller)
	if err != nil {
		return head{}, err
	}
	chosen, err := found.Value()
	if err != nil {
		return head{}, failure.Wrap(failure.Internal, err, "read the settings")
	}
	quiet, err := json.Marshal(chosen.QuietHours)
	if err != nil {
		return head{}, failure.Wrap(failure.Internal, err, "encode the quiet hours")
	}
	return head{formatName, formatVersion, s.now().UTC().Truncate(time.Millisecond), Settings{
		chosen.Zone, chosen.Locale, chosen.WeekStart, chosen.DayStart,
		chosen.RemindersBy, chosen.DigestBy, chosen.DigestAt, chosen.OverdueBy, chosen.OverdueAt, quiet,
	}}, nil
}

// writeJSON writes all that the caller has as one document, holding one page in memory.
func (s *Service) writeJSON(ctx context.Context, caller auth.Caller, begin head, to io.Writer) error {
	out := bufio.NewWriterSize(to, 64<<10)
	opening, err := json.Marshal(begin)
	if err != nil {
		return failure.Wrap(failure.Internal, err, "encode the head of an export")
	}
	if _, err := out.Write(opening[:len(opening)-1]); err != nil {
		return err
	}
	for _, write := range []func() error{
		func() error { return writeKind[Project](ctx, s, caller, kindProjects, out) },
		func() error { return writeKind[Section](ctx, s, caller, kindSections, out) },
		func() error { return writeKind[Tag](ctx, s, caller, kindTags, out) },
		func() error { return writeKind[Filter](ctx, s, caller, kindFilters, out) },
		func() error { return writeKind[Task](ctx, s, caller, kindTasks, out) },
		func() error { return writeKind[Comment](ctx, s, caller, kindComments, out) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	if _, err := out.WriteString("}\n"); err != nil {
		return err
	}
	return out.Flush()
}

// writeKind writes one member of the document, an object a line.
func writeKind[T any](ctx context.Context, s *Service, caller auth.Caller, kind string, out *bufio.Writer) error {
	if _, err := fmt.Fprintf(out, ",\n%q:[", kind); err != nil {
		return err
	}
	separator := "\n"
	err := each(ctx, s, caller.UserID, kind, func(item T) error {
		encoded, err := json.Marshal(item)
		if err != nil {
			return failure.Wrap(failure.Internal, err, "encode an object of an export")
		}
		if _, err := out.WriteString(separator); err != nil {
			return err
		}
		separator = ",\n"
		_, err = out.Write(encoded)
		return err
	})
	if err != nil {
		return err
	}
	_, err = out.WriteString("]")
	return err
}
