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

	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/cli/exit"
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

// NewCommand makes the command `audit` with what is below it.
func NewCommand(getenv func(string) string) *cobra.Command {
	root := &cobra.Command{Use: "audit", Short: "Check audit logs"}
	root.AddCommand(newVerify(getenv))
	return root
}

// source is where a log comes from, and what it is held against.
type source struct {
	file, url, token string
	heads            []string // of the log
	platform         string   // file with platform heads
	keys, kept       string   // files with what those are verified by
}

func newVerify(getenv func(string) string) *cobra.Command {
	var from source
	verify := &cobra.Command{
		Use: "verify", Short: "Tell whether an audit log is as it was written, and what is wrong with it", Args: cobra.NoArgs,
		Long: "Reads an export of an audit log (NDJSON) from a file, or your log from the platform, and follows its chain of hashes.\n" +
			"Entries that were altered, removed, swapped, moved, added, taken from another log or cut off the end are named with\n" +
			"their positions. Whoever owns the database could make the whole chain anew: keep the head that this prints somewhere\n" +
			"else, and give it with --head the next time. An owner of the platform can hand out its platform heads, which are\n" +
			"signed and tell where all logs stood: --heads verifies them, with or without a log, and holds the log against them.\n\n" +
			"The exit status is 0 for what is sound, 1 for what is not, and 2 if it could not be checked.",
		Example: "  todoplatform audit verify --file audit.ndjson\n" +
			"  todoplatform audit verify --url https://todo.example.org --token tdp_…  # needs audit:read\n" +
			"  todoplatform audit verify --file audit.ndjson --head 1204:9a759ef1…\n" +
			"  todoplatform audit verify --file audit.ndjson --heads heads.ndjson --keys keys.json --kept kept.ndjson",
		RunE: func(cmd *cobra.Command, _ []string) error {
			from.token = cmp.Or(from.token, getenv(envToken))
			if from.file == "" && from.platform == "" {
				from.url = cmp.Or(from.url, getenv(envURL))
			}
			found, err := from.verify(cmd.Context(), cmd.InOrStdin())
			if err != nil {
				return exit.Trouble(err)
			}
			if _, err := io.WriteString(cmd.OutOrStdout(), found.String()); err != nil {
				return exit.Trouble(err)
			}
			if !found.sound() {
				return ErrUnsound
			}
			return nil
		},
	}
	verify.Flags().StringVar(&from.file, "file", "", "export to read, - for standard input")
	verify.Flags().StringVar(&from.url, "url", "", "address of the platform whose log of yours to read (default: "+envURL+" of the environment)")
	verify.Flags().StringVar(&from.token, "token", "", "API token with the scope audit:read (default: "+envToken+" of the environment)")
	verify.Flags().StringArrayVar(&from.heads, "head", nil, "head of the log that you kept, as position:hash; more than one may be given")
	verify.Flags().StringVar(&from.platform, "heads", "", "export of platform heads to verify")
	verify.Flags().StringVar(&from.keys, "keys", "", "public keys that platform heads are signed with, a JSON Web Key Set: keys.json of the Secret <platform>-audit-heads")
	verify.Flags().StringVar(&from.kept, "kept", "", "platform heads that were kept elsewhere: heads.ndjson of that Secret")
	verify.MarkFlagsRequiredTogether("heads", "keys")
	return verify
}

// verify reads what there is and checks it.
func (s source) verify(ctx context.Context, stdin io.Reader) (found finding, err error) {
	anchors := make([]chain.Head, len(s.heads))
	for i, text := range s.heads {
		if anchors[i], err = headOf(text); err != nil {
			return finding{}, err
		}
	}
	if s.platform != "" && s.file == "" && s.url == "" {
		found.platform, err = s.verifyPlatform("")
		return found, err
	}
	ctx, cancel := context.WithTimeout(ctx, exportTime)
	defer cancel()
	log, err := s.open(ctx, stdin)
	if err != nil {
		return finding{}, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	export, err := chain.ReadExport(log)
	if err != nil {
		return finding{}, err
	}
	found.log = &export.Header
	if s.platform != "" {
		if found.platform, err = s.verifyPlatform(export.UserID); err != nil {
			return finding{}, err
		}
		if !found.erased() {
			anchors = append(anchors, found.platform.Anchors...)
		}
	}
	found.report, err = export.Verify(anchors...)
	return found, err
}

// verifyPlatform checks platform heads, and reads what they tell of a user.
func (s source) verifyPlatform(user string) (*chain.HeadsReport, error) {
	text, err := os.ReadFile(s.keys)
	if err != nil {
		return nil, err
	}
	keys, err := heads.ParseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("%s %w", s.keys, err)
	}
	var kept []heads.Signed
	if s.kept != "" {
		if text, err = os.ReadFile(s.kept); err != nil {
			return nil, err
		}
		if kept, err = heads.ParseLines(text); err != nil {
			return nil, fmt.Errorf("%s: %w", s.kept, err)
		}
	}
	file, err := os.Open(s.platform)
	if err != nil {
		return nil, err
	}
	report, err := chain.VerifyHeads(file, keys, kept, user)
	return &report, errors.Join(err, file.Close())
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
