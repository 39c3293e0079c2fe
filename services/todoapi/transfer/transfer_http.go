package transfer

import (
	"bufio"
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// exportTime bounds how long an export may take.
const exportTime = 10 * time.Minute

// Routes adds export and import to api, which lies under prefix; readers hold the commands that
// there are, by name.
func (s *Service) Routes(api huma.API, verify httpapi.Verify, prefix string, readers map[string]command.Reader) {
	s.readers = readers
	tags := []string{"Export and import"}
	httpapi.Register(api, httpapi.Protect(api, huma.Operation{OperationID: "export", Method: http.MethodGet, Path: "/export",
		Summary:     "Read all that one has as one file",
		Description: "What it holds is described in docs/transfer.md. An answer that breaks off is incomplete: ask again.",
		Responses:   exported(), Tags: tags}, verify, auth.ScopeTasksRead), s.export)
	httpapi.RegisterUpload(api, httpapi.Protect(api, huma.Operation{OperationID: "import", Method: http.MethodPost, Path: "/import",
		Summary:     "Bring the contents of a file into one's account",
		Description: "The file is the body, at most 32 MiB. Sent again under the same importId it goes on where an interrupted import ended. Forms and limits are described in docs/transfer.md.",
		Errors:      []int{http.StatusConflict},
		Tags:        tags}, verify, auth.ScopeTasksWrite), importTypes, s.upload)
	s.backgroundRoutes(api, verify, prefix, tags)
}

// importTypes are the types that a file may be sent as.
var importTypes = []string{"application/json", "text/csv", "text/calendar", "application/zip", "application/octet-stream"}

type importInput struct {
	httpapi.Streamed
	Format   string   `query:"format" enum:"json,csv,ics,todoist,todoist-csv,vikunja,microsoft-todo,ticktick" doc:"What the file is; without it, what it is found to be by how it begins, or else by its Content-Type"`
	Type     string   `header:"Content-Type" hidden:"true"`
	ImportID string   `query:"importId" format:"uuid" doc:"Id of the import; without it, one that follows from the contents of the file, so that the same file does not become two"`
	DryRun   bool     `query:"dryRun" doc:"Whether to say only what would happen"`
	Each     bool     `query:"each" doc:"Whether to leave out what cannot be imported; otherwise nothing of such a file is"`
	Project  string   `query:"project" maxLength:"600" doc:"Path of the project, such as Work/Clients, for tasks of tables that name none; without it, the inbox"`
	Columns  []string `query:"column,explode" maxItems:"17" doc:"For tables (csv): a column by its name here and the one in the file, such as title=Task name"`
	Settings bool     `query:"settings" doc:"Whether to take over the settings of the file, which needs the scope account besides"`
}

type importOutput struct{ Body Report }

func (s *Service) upload(ctx context.Context, in *importInput) (*importOutput, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	body, options, err := in.file()
	if err != nil {
		return nil, err
	}
	report, err := s.Import(ctx, caller, body, options, func(ctx context.Context) (context.Context, context.CancelFunc) {
		return in.Long(ctx, importTime)
	})
	return &importOutput{report}, err
}

// file begins to read the file, and tells how it is to be imported.
func (in *importInput) file() (io.Reader, Options, error) {
	options := Options{ID: in.ImportID, Format: in.Format, DryRun: in.DryRun, Each: in.Each, Settings: in.Settings, Project: in.Project}
	if len(in.Columns) > 0 {
		options.Format = cmp.Or(options.Format, formCSV)
	}
	var err error
	if options.Columns, err = columnsOf(in.Columns, options.Format); err != nil {
		return nil, Options{}, err
	}
	in.ReadWithin(uploadTime)
	body := bufio.NewReaderSize(in.Body(maxFileBytes), maxFirst)
	if options.Format == "" {
		first, _ := body.Peek(maxFirst) // who reads on gets the error
		if options.Format, err = formOf(in.Type, first); err != nil {
			return nil, Options{}, err
		}
	}
	return body, options, nil
}

// columnsOf reads which columns of a table are which.
func columnsOf(pairs []string, format string) (map[string]string, error) {
	if len(pairs) > 0 && format != formCSV {
		return nil, failure.InvalidField("query.column", "is for tables with the format %s", formCSV)
	}
	columns := map[string]string{}
	for _, pair := range pairs {
		name, there, ok := strings.Cut(pair, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); !ok || !slices.Contains(csvColumns, name) {
			return nil, failure.InvalidField("query.column", "%q names no column that is known, as in title=Task name; there are %s", shortened(pair), strings.Join(csvColumns, ", "))
		}
		columns[name] = strings.TrimSpace(there)
	}
	return columns, nil
}

// exported describes the answer of an export.
func exported() map[string]*huma.Response {
	var contentTypes []string
	for _, form := range exportForms {
		contentTypes = append(contentTypes, form.contentType)
	}
	return httpapi.Files(contentTypes...)
}

// exportForm is a form of file that an export can have.
type exportForm struct {
	contentType, extension string
	write                  func(s *Service, ctx context.Context, caller auth.Caller, begin head, to io.Writer) error
}

var exportForms = map[string]exportForm{
	"json": {"application/json", "json", (*Service).writeJSON},
	"csv":  {"text/csv", "csv", (*Service).writeCSV},
	"ics":  {"text/calendar", "ics", (*Service).writeICS},
}

type exportInput struct {
	httpapi.Streamed
	Format string `query:"format" enum:"json,csv,ics" default:"json" doc:"Form of the file"`
}

func (s *Service) export(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	caller, err := auth.FromContext(ctx)
	if err != nil {
		return nil, err
	}
	leave, err := s.exports.Enter(caller.UserID)
	if err != nil {
		return nil, err
	}
	begin, err := s.begin(ctx, caller)
	if err == nil {
		err = s.exported(ctx, caller, in.Format)
	}
	if err != nil {
		leave()
		return nil, err
	}
	form := exportForms[in.Format]
	return httpapi.Stream(map[string]string{
		"Content-Type":        form.contentType,
		"Content-Disposition": `attachment; filename="todoplatform-` + begin.ExportedAt.Format(time.DateOnly) + "." + form.extension + `"`,
	}, func(to io.Writer) error {
		defer leave()
		ctx, cancel := in.Long(ctx, exportTime)
		defer cancel()
		return form.write(s, ctx, caller, begin, to)
	}), nil
}
