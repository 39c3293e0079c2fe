package transfer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

const (
	// maxChunkBytes bounds a part of a packed file, so that it fits into one message to the sidecar.
	maxChunkBytes = 1 << 20
	// maxShown bounds the imports of a user that are listed.
	maxShown = 20
	// workInterval is how soon a replica finds imports that others received.
	workInterval = 5 * time.Second
	// turnTime bounds how long a replica works on one import before those of others have their turn.
	turnTime = time.Minute
	// leaseTime is how soon another replica goes on when one died. It is longer than a turn, in
	// which a large file is read and planned before anything is noted.
	leaseTime = 2 * turnTime
	// noteInterval is how often progress is noted, and noteTime bounds noting how a turn ended.
	noteInterval = time.Second
	noteTime     = 5 * time.Second
)

// retry spaces out the turns of an import with which the platform could not go on.
var retry = loop.Backoff{First: 5 * time.Second, Most: 5 * time.Minute}

// Import is an import in the background.
type Import struct {
	ID        string     `json:"id" format:"uuid"`
	State     string     `json:"state" enum:"waiting,running,done,failed"`
	Format    string     `json:"format" doc:"As what the file is read"`
	DryRun    bool       `json:"dryRun" doc:"Whether nothing is written"`
	Objects   int        `json:"objects" doc:"How many objects the file has; 0 until it was read"`
	Handled   int        `json:"handled" doc:"Of how many it is settled what becomes of them"`
	CreatedAt time.Time  `json:"createdAt"`
	EndedAt   *time.Time `json:"endedAt,omitempty"`
	Reason    string     `json:"reason,omitempty" doc:"Why it failed"`
}

// ImportDetail is an import in the background with what became of it.
type ImportDetail struct {
	Import
	Report *Report  `json:"report,omitempty" doc:"When it is done"`
	Groups []string `json:"groups" doc:"What was done so far, in order, to undo it within 24 hours: the last first"`
}

// Imports are the imports of a user.
type Imports struct {
	Items []Import `json:"items"`
}

// Loop is what carries out the imports.
func (s *Service) Loop() *loop.Loop { return s.work }

// asked are arguments of operations that a caller asks for.
type asked struct {
	UserID    string       `json:"userId"`
	By        events.Actor `json:"by"`
	SessionID string       `json:"sessionId,omitempty"`
	TokenID   string       `json:"tokenId,omitempty"`
	ID        string       `json:"id"`
	Caller    *auth.Caller `json:"caller,omitempty"`
	Options   *Options     `json:"options,omitempty"`
}

func askedBy(caller auth.Caller, id string) asked {
	return asked{UserID: caller.UserID, By: caller.Actor(), SessionID: caller.SessionID, TokenID: caller.TokenID, ID: id}
}

// Submit stores a file, to be imported in the background.
func (s *Service) Submit(ctx context.Context, caller auth.Caller, body io.Reader, options Options) (Import, error) {
	if err := options.allow(caller); err != nil {
		return Import{}, err
	}
	leave, err := s.uploads.Enter(caller.UserID)
	if err != nil {
		return Import{}, err
	}
	defer leave()
	begun := askedBy(caller, command.NewID())
	begun.Caller, begun.Options = &caller, &options
	if err := s.db.Call(ctx, "begin_import", begun, nil); err != nil {
		return Import{}, err
	}
	file := &storing{ctx: ctx, s: s, userID: caller.UserID, id: begun.ID}
	if err := pack(body, file); err != nil {
		return Import{}, err
	}
	var queued Import
	err = tried(ctx, "queue an import", func() error {
		return s.db.Call(ctx, "queue_import", map[string]any{"userId": caller.UserID, "id": begun.ID, "chunks": file.chunks}, &queued)
	})
	s.work.Kick()
	return queued, err
}

// pack writes a file packed, in chunks.
func pack(body io.Reader, chunks io.Writer) error {
	// gzip writes in small pieces, of which this passes on as many as fill a chunk.
	whole := bufio.NewWriterSize(chunks, maxChunkBytes)
	packed := gzip.NewWriter(whole)
	_, err := io.Copy(packed, body)
	if err == nil {
		err = packed.Close()
	}
	if err == nil {
		err = whole.Flush()
	}
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong || err == nil {
		return err
	}
	return notArrived(err)
}

// storing is a file that is stored chunk by chunk.
type storing struct {
	ctx        context.Context //nolint:containedctx // of the one request in which it lives
	s          *Service
	userID, id string
	chunks     int
}

// Write stores the next chunk.
func (f *storing) Write(chunk []byte) (int, error) {
	args := map[string]any{"userId": f.userID, "id": f.id, "n": f.chunks, "data": chunk}
	err := tried(f.ctx, "store a chunk", func() error { return f.s.db.Call(f.ctx, "add_import_chunk", args, nil) })
	if err != nil {
		return 0, err
	}
	f.chunks++
	return len(chunk), nil
}

// Imports lists the caller's imports, the newest first.
func (s *Service) Imports(ctx context.Context, caller auth.Caller) (Imports, error) {
	var found Imports
	err := s.db.Call(ctx, "list_imports", map[string]any{"userId": caller.UserID, "limit": maxShown}, &found.Items)
	return found, err
}

// ImportOf reads an import of the caller's.
func (s *Service) ImportOf(ctx context.Context, caller auth.Caller, id string) (ImportDetail, error) {
	var found ImportDetail
	err := s.db.Call(ctx, "get_import", map[string]any{"userId": caller.UserID, "id": id}, &found)
	return found, err
}

// Cancel ends an import of the caller's where it is. What it has brought stays.
func (s *Service) Cancel(ctx context.Context, caller auth.Caller, id string) error {
	return s.db.Call(ctx, "cancel_import", askedBy(caller, id), nil)
}

// lease names an import that this replica runs.
type lease struct {
	ID    string `json:"id"`
	Lease string `json:"lease"`
}

// claimed is an import whose turn it is.
type claimed struct {
	lease
	Caller   auth.Caller `json:"caller"`
	Options  Options     `json:"options"`
	Chunks   int         `json:"chunks"`
	Failures int         `json:"failures"`
	Fresh    *bool       `json:"fresh"` // nil: nothing of it was written yet
}

// takeTurn works for a while on the import that has waited longest. It is one of the imports that
// a replica may do at the same time.
func (s *Service) takeTurn(ctx context.Context) (more bool, err error) {
	if s.imports.Full() {
		return false, nil // with one for which somebody waits
	}
	var job *claimed
	key := uuid.NewString()
	if err := s.db.Call(ctx, "claim_import", map[string]any{"lease": key, "seconds": leaseTime.Seconds()}, &job); err != nil || job == nil {
		return false, err
	}
	job.Lease = key
	leave, err := s.imports.Enter("")
	if err != nil { // somebody was faster
		return false, s.note(ctx, "put_back_import", job.lease)
	}
	report, err := s.goOn(ctx, job)
	leave()
	return s.endTurn(ctx, job, report, err)
}

// endTurn notes how a turn ended, also when the service is being stopped. There is more to do at
// once unless the import goes on: then those for which somebody waits come in between.
func (s *Service) endTurn(ctx context.Context, job *claimed, report Report, err error) (more bool, _ error) {
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	switch {
	case err == nil && report.Complete:
		more, err = true, s.note(noting, "end_import", struct {
			lease
			Report Report `json:"report"`
		}{job.lease, report})
	case ctx.Err() != nil, err == nil && len(report.Groups) > 0, failure.KindOf(err) == failure.RateLimited:
		err = s.note(noting, "put_back_import", job.lease)
	case err == nil || failure.KindOf(err) == failure.Unavailable:
		slog.WarnContext(ctx, "an import waits", "import", job.ID, "failures", job.Failures+1, "error", err)
		err = s.note(noting, "retry_import", struct {
			lease
			Seconds float64 `json:"seconds"`
			Reason  string  `json:"reason"`
		}{job.lease, retry.After(job.Failures + 1).Seconds(), "for an hour the platform could not go on with it; send the file again later"})
	default:
		slog.InfoContext(ctx, "an import failed", "import", job.ID, "error", err)
		more, err = true, s.note(noting, "end_import", struct {
			lease
			Reason string `json:"reason"`
		}{job.lease, inWords(err)})
	}
	if failure.KindOf(err) == failure.NotFound {
		return true, nil // it was cancelled
	}
	return more, err
}

// note tells the database of an import that this replica runs.
func (s *Service) note(ctx context.Context, op string, args any) error {
	return tried(ctx, "note how far an import is", func() error { return s.db.Call(ctx, op, args, nil) })
}

// goOn reads the file of an import and brings what is not there yet, as long as the turn lasts.
func (s *Service) goOn(ctx context.Context, job *claimed) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	options := job.Options
	options.accepted = true
	if job.Fresh != nil {
		options.resumed, options.fresh = true, *job.Fresh
	}
	w, id, err := s.readStored(ctx, job, options)
	if err != nil {
		return Report{}, err
	}
	var noted time.Time
	return s.bring(ctx, job.Caller, w, id, options, func(ctx context.Context, at progress) error {
		if ctx.Err() != nil || time.Since(noted) < noteInterval {
			return nil //nolint:nilerr // the turn is over, which the next act finds
		}
		noted = time.Now()
		return s.note(ctx, "note_import", struct {
			lease
			progress
			Seconds float64 `json:"seconds"`
		}{job.lease, at, leaseTime.Seconds()})
	})
}

// readStored reads the file of an import that this replica runs.
func (s *Service) readStored(ctx context.Context, job *claimed, options Options) (w *world, id uuid.UUID, err error) {
	file := &stored{ctx: ctx, s: s, job: job}
	unpacked, err := gzip.NewReader(file)
	if err == nil {
		w, id, err = s.read(ctx, job.Caller, unpacked, options)
	}
	if file.err != nil {
		return nil, uuid.Nil, file.err // who read may have taken it for a fault of the file
	}
	return w, id, err
}

// stored is a file that is read chunk by chunk.
type stored struct {
	ctx   context.Context //nolint:containedctx // of the one turn in which it lives
	s     *Service
	job   *claimed
	next  int
	chunk bytes.Reader
	err   error
}

// Read reads on. What fails is kept as err.
func (f *stored) Read(into []byte) (int, error) {
	if f.chunk.Len() == 0 {
		if f.err == nil && f.next == f.job.Chunks {
			return 0, io.EOF
		}
		if f.err == nil {
			f.err = f.fetch()
		}
		if f.err != nil {
			return 0, f.err
		}
	}
	return f.chunk.Read(into)
}

func (f *stored) fetch() error {
	var found struct {
		Data []byte `json:"data"`
	}
	err := tried(f.ctx, "read a chunk", func() error {
		return f.s.db.Call(f.ctx, "read_import_chunk", struct {
			lease
			N int `json:"n"`
		}{f.job.lease, f.next}, &found)
	})
	f.chunk.Reset(found.Data)
	f.next++
	return err
}
