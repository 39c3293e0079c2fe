package transfer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/zones"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

const (
	// maxFileBytes bounds a file.
	maxFileBytes = contract.MaxUploadBytes
	// uploadTime bounds how long a file may take to arrive.
	uploadTime = 2 * time.Minute
	// importTime bounds the work on it after that; what is left is done when it comes again.
	importTime = 5 * time.Minute
	// maxBatch and maxBatchBytes bound what is written in one transaction, which may take five
	// seconds and answers with as much again.
	maxBatch      = 100
	maxBatchBytes = 1 << 20
	// maxKnown bounds the ids that are asked for at once.
	maxKnown = 5000
	// tries is how often something is sent of which nobody knows what became of it.
	tries = 4
	pause = 500 * time.Millisecond
)

// Options say how a file is imported.
type Options struct {
	ID       string `json:"id,omitempty"`      // of the import; "" for that of the file
	Format   string `json:"format"`            // one of readers
	DryRun   bool   `json:"dryRun"`            // whether to say what would happen only
	Each     bool   `json:"each"`              // whether to leave out what cannot be imported; otherwise nothing of the file is
	Settings bool   `json:"settings"`          // whether to take over the settings
	Project  string `json:"project,omitempty"` // path of the project for tasks that name none; "": the inbox
	// Columns are those of a table by their names here.
	Columns map[string]string `json:"columns,omitempty"`

	accepted bool // whether it was allowed before, and the session or token may have ended since
	resumed  bool // whether it goes on where a turn before ended
	fresh    bool // then, whether nothing of it was there when it began
}

// allow refuses what a caller may not ask for.
func (o Options) allow(caller auth.Caller) error {
	if o.Settings {
		return caller.Require(auth.ScopeAccount)
	}
	return nil
}

// surroundings are what the words of a file depend on.
type surroundings struct {
	now       time.Time // in the zone of the user
	locale    string
	weekStart int
	dayStart  string
	project   string            // path of the project for tasks that name none
	columns   map[string]string // of a table, by their names here
}

// fileReader reads a form of file.
type fileReader func(body io.Reader, around surroundings) (*world, error)

// fileReaders are all of them by the names of their forms.
var fileReaders = map[string]fileReader{
	formJSON:       readJSON,
	formCSV:        readCSV,
	formICS:        readICS,
	formTodoist:    readTodoistJSON,
	formTodoistCSV: readTodoistCSV,
	formVikunja:    readVikunja,
	formMicrosoft:  readMicrosoft,
	formTickTick:   readTickTick,
}

// parse reads a file to its end, and gives besides what it holds the id that it has by its content.
func parse(body io.Reader, options Options, around surroundings) (*world, uuid.UUID, error) {
	sum := sha256.New()
	_, _ = io.WriteString(sum, options.Format+"\n"+options.Project+"\n") // never fails
	for _, name := range slices.Sorted(maps.Keys(options.Columns)) {
		_, _ = io.WriteString(sum, name+"="+options.Columns[name]+"\n") // nor does this
	}
	whole := io.TeeReader(body, sum)
	w, err := fileReaders[options.Format](whole, around)
	if err == nil {
		_, err = io.Copy(io.Discard, whole)
	}
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, uuid.Nil, tooLong
	}
	if err != nil {
		return nil, uuid.Nil, err
	}
	id := uuid.NewSHA1(uuid.NameSpaceOID, sum.Sum(nil))
	if options.ID != "" {
		if id, err = uuid.Parse(options.ID); err != nil {
			return nil, uuid.Nil, failure.InvalidField("query.importId", "must be a UUID")
		}
	}
	return w, id, nil
}

// surroundings reads where and in which language the caller is.
func (s *Service) surroundings(ctx context.Context, caller auth.Caller) (surroundings, error) {
	begin, err := s.begin(ctx, caller)
	if err != nil {
		return surroundings{}, err
	}
	zone, err := zones.Load(begin.Settings.Zone)
	if err != nil {
		return surroundings{}, failure.Wrap(failure.Internal, err, "load the zone of a user")
	}
	return surroundings{now: s.now().In(zone), locale: begin.Settings.Locale, weekStart: begin.Settings.WeekStart, dayStart: begin.Settings.DayStart}, nil
}

// Import brings what a file holds into the caller's account, and says what became of each object.
// ready is called when the body was read. What is wrong with the file as a whole or, without
// Each, with any object of it is failure.Invalid, and nothing was written.
func (s *Service) Import(ctx context.Context, caller auth.Caller, body io.Reader, options Options, ready func(context.Context) (context.Context, context.CancelFunc)) (Report, error) {
	if err := options.allow(caller); err != nil {
		return Report{}, err
	}
	leave, err := s.imports.Enter(caller.UserID)
	if err != nil {
		return Report{}, err
	}
	defer leave()
	w, id, err := s.read(ctx, caller, body, options)
	if err != nil {
		return Report{}, err
	}
	ctx, cancel := ready(ctx)
	defer cancel()
	return s.bring(ctx, caller, w, id, options, func(context.Context, progress) error { return nil })
}

// read reads a file as the caller writes dates and names projects.
func (s *Service) read(ctx context.Context, caller auth.Caller, body io.Reader, options Options) (*world, uuid.UUID, error) {
	around, err := s.surroundings(ctx, caller)
	if err != nil {
		return nil, uuid.Nil, err
	}
	around.project, around.columns = options.Project, options.Columns
	return parse(body, options, around)
}

// progress is how far an import is.
type progress struct {
	ImportID uuid.UUID `json:"importId"`
	Objects  int       `json:"objects"` // of the file
	Handled  int       `json:"handled"`
	Fresh    bool      `json:"fresh"` // whether nothing of it was there before
}

// bring brings what was read into the caller's account. It notes its progress when all is planned
// and after each act, and ends with an error of note.
func (s *Service) bring(ctx context.Context, caller auth.Caller, w *world, id uuid.UUID, options Options, note func(context.Context, progress) error) (Report, error) {
	p, err := s.plan(ctx, caller, w, id, options)
	if err != nil {
		return Report{}, err
	}
	// What goes on was found to be right when it began.
	if !options.DryRun && !options.Each && !options.resumed {
		if err := p.refusal(); err != nil {
			return Report{}, err
		}
	}
	noteLeft := func(steps int) error {
		return note(ctx, progress{ImportID: id, Objects: len(p.lines), Handled: max(len(p.lines)-steps, 0), Fresh: !p.met})
	}
	if err := noteLeft(len(p.steps)); err != nil {
		return Report{}, err
	}
	report := Report{ImportID: id.String(), Format: options.Format, DryRun: options.DryRun, Complete: true, Notes: append([]string{}, w.passedOver...), Groups: []string{}}
	if !options.DryRun {
		if report.Groups, report.Complete, err = s.apply(ctx, caller, id, p, noteLeft); err != nil {
			return Report{}, err
		}
	}
	p.into(&report)
	return report, nil
}

// plan looks at what is there already and makes the steps.
func (s *Service) plan(ctx context.Context, caller auth.Caller, w *world, id uuid.UUID, options Options) (*planner, error) {
	n := newNames(id, caller.UserID)
	there, err := s.existing(ctx, caller, w, n)
	if err != nil {
		return nil, err
	}
	p := newPlanner(w, n, there, s.readers, s.now(), options)
	p.plan()
	p.checkRoom()
	return p, nil
}

// checkRoom leaves out the tasks that there is no room for.
func (p *planner) checkRoom() {
	left := p.there.room
	kept := p.steps[:0]
	for _, step := range p.steps {
		if step.name == "task.import" {
			if left--; left < 0 {
				step.line.refuse("there is no room for it: the account would have more than %d tasks", mostOf[kindTasks])
				continue
			}
		}
		kept = append(kept, step)
	}
	p.steps = kept
}

// existing reads what the caller has already of what a file may hold.
func (s *Service) existing(ctx context.Context, caller auth.Caller, w *world, n names) (existing, error) {
	there := existing{
		ids: map[string]bool{}, projects: map[childName]string{}, sections: map[childName]string{},
		tags: map[string]bool{}, filters: map[string]string{},
	}
	err := errors.Join(
		each(ctx, s, caller.UserID, kindProjects, func(p Project) error {
			there.ids[p.ID] = true
			there.projects[child(p.ParentID, p.Name)] = p.ID
			return nil
		}),
		each(ctx, s, caller.UserID, kindSections, func(section Section) error {
			there.ids[section.ID] = true
			there.sections[child(section.ProjectID, section.Name)] = section.ID
			return nil
		}),
		each(ctx, s, caller.UserID, kindTags, func(t Tag) error {
			there.ids[t.ID] = true
			there.tags[folded(t.Name)] = true
			return nil
		}),
		each(ctx, s, caller.UserID, kindFilters, func(f Filter) error {
			there.ids[f.ID] = true
			there.filters[folded(f.Name)] = f.Query
			return nil
		}),
	)
	if err != nil {
		return existing{}, err
	}
	ids := make([]string, 0, len(w.tasks)+len(w.comments))
	for _, t := range w.tasks {
		ids = append(ids, n.of(kindTasks, cmp.Or(t.value.ID, t.line.At)))
	}
	for _, c := range w.comments {
		ids = append(ids, n.of(kindComments, cmp.Or(c.value.ID, c.line.At)))
	}
	for first := 0; first == 0 || first < len(ids); first += maxKnown {
		var known struct {
			IDs  []string `json:"ids"`
			Room int      `json:"room"`
		}
		args := map[string]any{"userId": caller.UserID, "ids": ids[first:min(first+maxKnown, len(ids))]}
		if err := s.db.Call(ctx, "import_known", args, &known); err != nil {
			return there, err
		}
		there.room = known.Room
		for _, id := range known.IDs {
			there.ids[id] = true
		}
	}
	return there, nil
}

// apply carries out the steps in batches, each in one transaction and under a key that the same
// batch of the same import has again, and notes after each how many steps are left. It is not
// complete when the time is over before, be it because the user may not write more in that time.
func (s *Service) apply(ctx context.Context, caller auth.Caller, id uuid.UUID, p *planner, noteLeft func(steps int) error) (groups []string, complete bool, err error) {
	groups = []string{}
	failed := map[*Line]bool{}
	for first := 0; first < len(p.steps); {
		batch, end := batchFrom(p.steps, first)
		done, err := s.applyBatch(ctx, caller, id, batch, p.options.accepted)
		if err != nil {
			if ctx.Err() == nil || !ended(err, len(groups)) {
				return groups, false, err
			}
			for _, step := range p.steps[first:] {
				step.line.refuse("the time was over before it; send the file again under the same id")
			}
			return groups, false, nil
		}
		groups = append(groups, done.Group)
		for i, result := range done.Results {
			if result.Err != nil {
				p.settle(batch[i], result.Err, failed)
			}
		}
		clear(batch)
		first = end
		if err := noteLeft(len(p.steps) - first); err != nil {
			return groups, false, err
		}
	}
	return groups, true, nil
}

// ended tells whether an act was not done because the time was over, after so many others. One
// that was refused before anything was done says itself when to try again.
func ended(err error, acts int) bool {
	kind := failure.KindOf(err)
	return kind == failure.Unavailable || kind == failure.RateLimited && acts > 0
}

// settle notes that a step has failed.
func (p *planner) settle(s step, err error, failed map[*Line]bool) {
	public := failure.Public(err)
	switch {
	case failed[s.line]:
	case public.Kind == failure.Conflict && public.Field == "id":
		s.line.Reason = ""
		p.meet(s.line)
	case strings.HasPrefix(s.name, "project.") && s.name != "project.create":
		s.line.note("it is not archived as in the file: %s", inWords(err))
	default:
		failed[s.line] = true
		s.line.refuse("%s", inWords(err))
	}
}

func batchFrom(steps []step, first int) (batch []step, end int) {
	bytes := 0
	for end = first; end < len(steps) && end-first < maxBatch; end++ {
		if bytes += len(steps[end].fields); bytes > maxBatchBytes && end > first {
			break
		}
	}
	return steps[first:end], end
}

func (s *Service) applyBatch(ctx context.Context, caller auth.Caller, id uuid.UUID, batch []step, accepted bool) (done command.Done, err error) {
	request := command.Request{Each: true, Accepted: accepted, Patient: true, Commands: make([]command.Command, 0, len(batch))}
	sum := sha256.New()
	for _, step := range batch {
		request.Commands = append(request.Commands, step.command())
		_, _ = io.WriteString(sum, step.name+" "+step.id+" ") // never fails
		_, _ = sum.Write(step.fields)                         // nor does this
	}
	request.Key = "import:" + id.String() + ":" + hex.EncodeToString(sum.Sum(nil)[:16])
	err = tried(ctx, "import a batch", func() error {
		done, err = s.commands.Apply(ctx, caller, request)
		return err
	})
	return done, err
}

// tried does something that may be repeated until it is known what became of it, a few times at most.
func tried(ctx context.Context, doing string, do func() error) error {
	for try := 1; ; try++ {
		err := do()
		if failure.KindOf(err) != failure.Unavailable || try == tries {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return failure.Wrap(failure.Unavailable, ctx.Err(), doing)
		}
	}
}
