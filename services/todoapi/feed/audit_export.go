package feed

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

const (
	// exportsAtOnce bounds the exports of a replica, each of which holds a page in memory.
	exportsAtOnce = 4
	// exportTime bounds how long one may take.
	exportTime = 10 * time.Minute
	// exportPage is how many entries are asked for at a time: as many as there may be.
	exportPage = 500
)

// exportForm is a form of file that an export can have.
type exportForm struct {
	contentType string
	begin       func(to io.Writer, header chain.Header) (write func(chain.Entry) error, flush func() error, err error)
}

var exportForms = map[string]exportForm{
	"ndjson": {"application/x-ndjson", beginLines},
	"csv":    {"text/csv", beginTable},
}

// exported describes the answer of an export.
func exported() map[string]*huma.Response {
	var contentTypes []string
	for _, form := range exportForms {
		contentTypes = append(contentTypes, form.contentType)
	}
	return httpapi.Files(contentTypes...)
}

type exportInput struct {
	httpapi.Streamed
	Format string `query:"format" enum:"ndjson,csv" default:"ndjson" doc:"Form of the file; todoplatform audit verify checks NDJSON"`
}

// exportEntries writes the whole of the signed-in user's own log, up to where it ends as it begins.
func (s *Service) exportEntries(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.changes.admit(ctx, caller.UserID); err != nil {
		return nil, err
	}
	leave, err := s.exports.Enter(caller.UserID)
	if err != nil {
		return nil, err
	}
	first, err := s.exportPage(ctx, caller.UserID, 0)
	if err == nil {
		err = s.exported(ctx, caller, events.FormAudit)
	}
	if err != nil {
		leave()
		return nil, err
	}
	form := exportForms[in.Format]
	return httpapi.Stream(map[string]string{
		"Content-Type":        form.contentType,
		"Content-Disposition": `attachment; filename="todoplatform-audit.` + in.Format + `"`,
	}, func(to io.Writer) error {
		defer leave()
		ctx, cancel := in.Long(ctx, exportTime)
		defer cancel()
		return s.writeExport(ctx, caller.UserID, first, form, to)
	}), nil
}

// exportPage reads the entries after a position.
func (s *Service) exportPage(ctx context.Context, userID string, after int64) (calls.ListEntriesReply, error) {
	return calls.ListEntries.Call(ctx, s.audit, calls.ListEntriesRequest{UserID: userID, After: after, Limit: exportPage})
}

// writeExport writes the log whose first page is given, holding one page in memory.
func (s *Service) writeExport(ctx context.Context, userID string, page calls.ListEntriesReply, form exportForm, to io.Writer) error {
	header := chain.Header{Format: chain.Format, Version: chain.Version, UserID: userID, Head: chain.Head{Position: page.Head.Position}}
	err := header.Head.Hash.UnmarshalText([]byte(page.Head.Hash))
	position := int64(0)
	if page.Begin != nil {
		position = page.Begin.Position
		header.Begin = &chain.Head{Position: position}
		err = errors.Join(err, header.Begin.Hash.UnmarshalText([]byte(page.Begin.Hash)))
	}
	if err != nil {
		return failure.Wrap(failure.Internal, err, "read the ends of the audit log")
	}
	out := bufio.NewWriterSize(to, 64<<10)
	write, flush, err := form.begin(out, header)
	if err != nil {
		return err
	}
	for position < header.Head.Position {
		for _, item := range page.Items {
			if position == header.Head.Position {
				break // the log has grown since
			}
			entry := chain.Entry{Position: item.Position, Record: item.Record}
			err := entry.Hash.UnmarshalText([]byte(item.Hash))
			if err = errors.Join(err, write(entry)); err != nil {
				return failure.Wrap(failure.Internal, err, "write an entry of the audit log")
			}
			position = item.Position
		}
		if position >= header.Head.Position {
			break
		}
		if page, err = s.exportPage(ctx, userID, position); err != nil {
			return err
		}
		if len(page.Items) == 0 {
			return failure.New(failure.Internal, "the audit log ends at position %d, before its head %d", position, header.Head.Position)
		}
	}
	return errors.Join(flush(), out.Flush())
}

// beginLines writes lines that can be verified.
func beginLines(to io.Writer, header chain.Header) (write func(chain.Entry) error, flush func() error, err error) {
	put := func(line []byte, err error) error {
		if err == nil {
			_, err = to.Write(line)
		}
		return err
	}
	return func(entry chain.Entry) error { return put(entry.Line()) }, func() error { return nil }, put(header.Line())
}

// beginTable writes a table for people; hash and data are those of the lines.
func beginTable(to io.Writer, _ chain.Header) (write func(chain.Entry) error, flush func() error, err error) {
	out := csv.NewWriter(to)
	write = func(entry chain.Entry) error {
		var record chain.Record
		if err := json.Unmarshal(entry.Record, &record); err != nil {
			return err
		}
		var event struct {
			ID     string       `json:"id"`
			TaskID string       `json:"taskId"`
			By     events.Actor `json:"by"`
		}
		if err := json.Unmarshal(record.Data, &event); err != nil {
			return err
		}
		if event.ID == "" {
			event.ID = event.TaskID
		}
		return out.Write([]string{
			strconv.FormatInt(entry.Position, 10), record.At.UTC().Format("2006-01-02T15:04:05.000Z"), record.Type, event.ID,
			string(event.By.Kind), event.By.ID, event.By.Client, record.EventID, entry.Hash.String(), string(record.Data),
		})
	}
	flush = func() error { out.Flush(); return out.Error() }
	return write, flush, out.Write([]string{"position", "at", "type", "id", "actor", "actorId", "client", "eventId", "hash", "data"})
}
