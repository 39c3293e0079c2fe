// Package database asks a platform's PostgreSQL what it carries. It changes nothing there: the
// migration Job does.
package database

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/todoplatform/todoplatform/api/contract"
)

// askTimeout bounds a question, from the connection to the answer.
const askTimeout = 5 * time.Second

// Question is what is asked of a database.
type Question struct {
	// URL is the direct connection of the administrator. Never logged.
	URL string
	// CA signs the server's certificate, in PEM form. Empty: what the URL says.
	CA []byte
	// Roles are those that services log in as.
	Roles []string
}

// Owner is a platform as databases know it.
type Owner struct{ ID, Namespace, Name string }

// State is what a database says of itself.
type State struct {
	// Owner is the platform whose database it is. Zero: nobody's yet.
	Owner Owner
	// Migration is the id of the migration that it carries. Empty: none.
	Migration string
	// Missing lists the roles asked for that are not there.
	Missing []string
	// Empty says that it holds no table, nor anything else that could hold data.
	Empty bool
}

// Ask asks a database. An error is a *RefusedError when the server answers and does not let the
// administrator in; all others mean that it cannot be reached at present.
type Ask func(context.Context, Question) (State, error)

// RefusedError says that the server does not let the administrator in.
type RefusedError struct{ cause string }

// Refused makes a RefusedError of what the server said.
func Refused(cause string) *RefusedError { return &RefusedError{cause} }

func (e *RefusedError) Error() string { return e.cause }

// AskPostgreSQL is the Ask of real servers.
func AskPostgreSQL(ctx context.Context, question Question) (state State, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	config, err := pgx.ParseConfig(question.URL)
	if err != nil {
		// The parser's own error may quote the URL, and with it the password.
		return State{}, Refused("the URL of the administrator cannot be read")
	}
	if len(question.CA) > 0 {
		if err := trust(config, question.CA); err != nil {
			return State{}, err
		}
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // one round trip a question
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return State{}, explain(ctx, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // the answer is out
	var owned, noted bool
	err = conn.QueryRow(ctx, `SELECT to_regclass($1::text) IS NOT NULL, to_regclass($2::text) IS NOT NULL,
			ARRAY(SELECT role FROM unnest($3::text[]) AS role WHERE role NOT IN (SELECT rolname FROM pg_roles WHERE rolcanlogin)),
			NOT EXISTS (SELECT FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema$)')`,
		contract.OwnerTable, contract.MigrationTable, question.Roles).Scan(&owned, &noted, &state.Missing, &state.Empty)
	if err == nil && owned {
		err = row(ctx, conn, "SELECT id, namespace, name FROM "+contract.OwnerTable, &state.Owner.ID, &state.Owner.Namespace, &state.Owner.Name)
	}
	if err == nil && noted {
		err = row(ctx, conn, "SELECT id FROM "+contract.MigrationTable, &state.Migration)
	}
	return state, explain(ctx, err)
}

// trust has a connection that checks the server's certificate check it against an authority. The driver itself
// would read that from a file.
func trust(config *pgx.ConnConfig, authority []byte) error {
	authorities := x509.NewCertPool()
	if config.TLSConfig == nil || !authorities.AppendCertsFromPEM(authority) {
		return Refused("the connection is not one that an authority can be checked for")
	}
	config.TLSConfig.RootCAs = authorities
	return nil
}

// row reads the one row of a table, and leaves values as they are when there is none.
func row(ctx context.Context, conn *pgx.Conn, query string, values ...any) error {
	err := conn.QueryRow(ctx, query).Scan(values...)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// explain reduces an error of the driver to its cause, without what differs from one try to the
// next, and tells whether the server refused.
func explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if said, ok := errors.AsType[*pgconn.PgError](err); ok {
		text := fmt.Sprintf("%s (SQLSTATE %s)", said.Message, said.Code)
		if comesBack(said.Code) {
			return errors.New(text)
		}
		return Refused(text)
	}
	if untrusted(err) {
		return Refused(innermost(err).Error())
	}
	if ctx.Err() != nil {
		return fmt.Errorf("no answer within %s", askTimeout)
	}
	if failed, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("%s %v: %w", failed.Op, failed.Addr, innermost(failed.Err)) // without the port of this side
	}
	return innermost(err)
}

// comesBack tells whether what a SQLSTATE says goes by itself: a server that starts, ends, or has no
// room or connection left.
func comesBack(code string) bool {
	for _, class := range []string{"08", "53", "57"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return false
}

// untrusted tells whether a connection failed for what the manifest and the server say of encryption.
func untrusted(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok { // verify-ca checks by itself
		return true
	}
	return strings.Contains(err.Error(), "server refused TLS connection")
}

// innermost gives the cause at the end of a chain of errors, of several the last.
func innermost(err error) error {
	for {
		switch wraps := err.(type) { //nolint:errorlint // this walks the chain itself
		case interface{ Unwrap() error }:
			if inner := wraps.Unwrap(); inner != nil {
				err = inner
				continue
			}
		case interface{ Unwrap() []error }:
			if inner := wraps.Unwrap(); len(inner) > 0 {
				err = inner[len(inner)-1]
				continue
			}
		}
		return err
	}
}
