package admin

import (
	"bufio"
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

const (
	// headExportsAtOnce bounds the exports of platform heads of a replica, each of which holds a page in memory.
	headExportsAtOnce = 2
	// headExportTime bounds how long one may take.
	headExportTime = 10 * time.Minute
	// headPage is how many lines are asked for at a time: as many as there may be.
	headPage = 2000
	// headsType is the content type of such an export.
	headsType = "application/x-ndjson"
)

type headsInput struct{ httpapi.Streamed }

// exportHeads writes all platform heads of the audit log with their lines.
func (s *Service) exportHeads(ctx context.Context, in *headsInput) (*huma.StreamResponse, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.db.Call(ctx, "require_owner", s.by(caller), nil); err != nil { // another service answers, which knows of no owners
		return nil, err
	}
	leave, err := s.headExports.Enter(caller.UserID)
	if err != nil {
		return nil, err
	}
	first, err := calls.ListPlatformHeads.Call(ctx, s.others, calls.ListPlatformHeadsRequest{Limit: headPage})
	if err != nil {
		leave()
		return nil, err
	}
	return httpapi.Stream(map[string]string{
		"Content-Type":        headsType,
		"Content-Disposition": `attachment; filename="todoplatform-audit-heads.ndjson"`,
	}, func(to io.Writer) error {
		defer leave()
		ctx, cancel := in.Long(ctx, headExportTime)
		defer cancel()
		return s.writeHeads(ctx, first, to)
	}), nil
}

// writeHeads writes the heads whose first page is given, holding one page in memory.
func (s *Service) writeHeads(ctx context.Context, page calls.ListPlatformHeadsReply, to io.Writer) error {
	out := bufio.NewWriterSize(to, 64<<10)
	header, err := chain.HeadsHeader{Format: chain.HeadsFormat, Version: chain.Version}.Line()
	if err != nil {
		return err
	}
	if _, err := out.Write(header); err != nil {
		return err
	}
	for {
		for _, line := range page.Lines {
			if _, err := out.WriteString(line + "\n"); err != nil {
				return err
			}
		}
		if page.Next == nil {
			return out.Flush()
		}
		if page, err = calls.ListPlatformHeads.Call(ctx, s.others, calls.ListPlatformHeadsRequest{After: page.Next, Limit: headPage}); err != nil {
			return err
		}
	}
}
