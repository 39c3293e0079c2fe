// Package audit is the command that checks an audit log.
package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// The environment that counts where flags say nothing.
const (
	envURL   = "TODO_URL"
	envToken = "TODO_TOKEN"
)

// exportTime bounds how long a log may take to come.
const exportTime = 15 * time.Minute

// ErrUnsound says that something is wrong with a log; what it is has been printed.
var ErrUnsound = errors.New("the log is not sound")

// troubleError is why a log could not be checked.
type troubleError struct{ error }

// Unwrap returns the cause.
func (e troubleError) Unwrap() error { return e.error }

// ExitStatus tells the trouble from a log that was found unsound.
func (troubleError) ExitStatus() int { return 2 }

// NewCommand makes the command `audit` with what is below it.
func NewCommand(getenv func(string) string) *cobra.Command {
	root := &cobra.Command{Use: "audit", Short: "Check audit logs"}
	root.AddCommand(newVerify(getenv))
	return root
}

// source is where a log comes from.
type source struct {
	file, url, token string
	heads            []string
}

func newVerify(getenv func(string) string) *cobra.Command {
	var from source
	verify := &cobra.Command{
		Use: "verify", Short: "Tell whether an audit log is as it was written, and what is wrong with it", Args: cobra.NoArgs,
		Long: "Reads an export of an audit log (NDJSON) from a file, or your log from the platform, and follows its chain of hashes.\n" +
			"Entries that were altered, removed, swapped, moved, added, taken from another log or cut off the end are named with\n" +
			"their positions. Whoever owns the database could make the whole chain anew: keep the head that this prints somewhere\n" +
			"else, and give it with --head the next time.\n\n" +
			"The exit status is 0 for a log that is sound, 1 for one that is not, and 2 if it could not be checked.",
		Example: "  todoplatform audit verify --file audit.ndjson\n" +
			"  todoplatform audit verify --url https://todo.example.org --token tdp_…  # needs audit:read\n" +
			"  todoplatform audit verify --file audit.ndjson --head 1204:9a759ef1…",
		RunE: func(cmd *cobra.Command, _ []string) error {
			from.token = cmp.Or(from.token, getenv(envToken))
			if from.file == "" {
				from.url = cmp.Or(from.url, getenv(envURL))
			}
			header, report, err := from.verify(cmd.Context(), cmd.InOrStdin())
			if err != nil {
				return troubleError{err}
			}
			if err := tell(cmd.OutOrStdout(), header, report); err != nil {
				return troubleError{err}
			}
			if !report.Sound() {
				return ErrUnsound
			}
			return nil
		},
	}
	verify.Flags().StringVar(&from.file, "file", "", "export to read, - for standard input")
	verify.Flags().StringVar(&from.url, "url", "", "address of the platform whose log of yours to read (default: "+envURL+" of the environment)")
	verify.Flags().StringVar(&from.token, "token", "", "API token with the scope audit:read (default: "+envToken+" of the environment)")
	verify.Flags().StringArrayVar(&from.heads, "head", nil, "head of the log that you kept, as position:hash; more than one may be given")
	return verify
}

// verify reads the log and checks it.
func (s source) verify(ctx context.Context, stdin io.Reader) (chain.Header, chain.Report, error) {
	anchors := make([]chain.Head, len(s.heads))
	for i, text := range s.heads {
		var err error
		if anchors[i], err = headOf(text); err != nil {
			return chain.Header{}, chain.Report{}, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, exportTime)
	defer cancel()
	log, err := s.open(ctx, stdin)
	if err != nil {
		return chain.Header{}, chain.Report{}, err
	}
	header, report, err := chain.VerifyExport(log, anchors...)
	return header, report, errors.Join(err, log.Close())
}

// open begins to read the log.
func (s source) open(ctx context.Context, stdin io.Reader) (io.ReadCloser, error) {
	switch {
	case s.file != "" && s.url != "":
		return nil, errors.New("give --file or --url, not both")
	case s.file == "-":
		return io.NopCloser(stdin), nil
	case s.file != "":
		return os.Open(s.file)
	case s.url == "" || s.token == "":
		return nil, errors.New("give the --file of an export, or --url and --token to read your log")
	}
	api := client.New(s.url, http.DefaultClient)
	api.Grant.AccessToken = s.token
	log, err := api.ExportAudit(ctx, "ndjson")
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return log, nil
}

// headOf reads a head as tell writes it.
func headOf(text string) (chain.Head, error) {
	position, hash, _ := strings.Cut(text, ":")
	var head chain.Head
	var err error
	if head.Position, err = strconv.ParseInt(position, 10, 64); err != nil || head.Position < 1 || head.Hash.UnmarshalText([]byte(hash)) != nil {
		return chain.Head{}, fmt.Errorf("%q is no head: give the position, a colon and the 64 digits of the hash", text)
	}
	return head, nil
}

// tell prints what was found.
func tell(to io.Writer, header chain.Header, report chain.Report) error {
	var text strings.Builder
	for _, fault := range report.Faults {
		fmt.Fprintln(&text, fault)
	}
	if report.Untold > 0 {
		fmt.Fprintf(&text, "… and %d faults more\n", report.Untold)
	}
	state := "sound"
	if !report.Sound() {
		state = "NOT SOUND"
	}
	fmt.Fprintf(&text, "the log of user %s is %s: %d entries\n", header.UserID, state, report.Entries)
	if report.Sound() && report.Head.Position > 0 {
		fmt.Fprintf(&text, "head: %d:%s\n", report.Head.Position, report.Head.Hash)
	}
	_, err := io.WriteString(to, text.String())
	return err
}
