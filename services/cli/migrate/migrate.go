// Package migrate is the command that brings the database up to date. The operator
// runs it in a Job before the services of a version start.
package migrate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/audit"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
	"github.com/todoplatform/todoplatform/services/notification"
	"github.com/todoplatform/todoplatform/services/todoapi"
)

// Schemas lists the schema of every service that keeps data.
func Schemas() []store.Schema {
	schemas := []store.Schema{todoapi.Schema(), notification.Schema(), audit.Schema()}
	for _, connection := range contract.Connections() {
		if connection.State {
			schemas = append(schemas, store.StateSchema(connection.Schema))
		}
	}
	return schemas
}

// NewCommand makes `todoplatform migrate`.
func NewCommand(getenv func(string) string) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database up to date",
		Long: "Creates or updates the schema, the functions and the login of each service.\n" +
			"It may run twice, several times at once, and while services are running.\n" +
			"It has no time limit: an index of a large table takes the time that it takes.\n\n" +
			"Environment:\n" + strings.Join(variables(), "\n"),
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			opts, err := optionsFromEnv(getenv)
			if err != nil {
				return err
			}
			return run(command.Context(), command, opts)
		},
	}
}

// options is all that the command is told.
type options struct {
	url      string
	platform *migration.Platform       // nil: the database can be nobody else's
	id       string                    // of this migration
	roles    map[string]migration.Role // by schema
}

// loginVariables names the variables with the role of a schema, its password, and the same of the second login.
func loginVariables(schema string) (role, password, secondRole, secondPassword string) {
	upper := strings.ToUpper(schema)
	return contract.EnvMigrateRolePrefix + upper, contract.EnvMigratePasswordPrefix + upper,
		contract.EnvMigrateSecondRolePrefix + upper, contract.EnvMigrateSecondPasswordPrefix + upper
}

// variables describes the environment for the help text.
func variables() []string {
	lines := []string{
		"  " + contract.EnvMigrateURL + "  direct connection (not through a pooler) of a role that may create schemas and roles",
		"  " + contract.EnvPostgresUser + ", " + contract.EnvPostgresPassword + ", " + contract.EnvPostgresSSLMode + ", " + contract.EnvPostgresCAFile +
			"  what that address does not hold, as PostgreSQL's own programs read it",
		"  " + contract.EnvPlatformID + ", " + contract.EnvPlatformNamespace + ", " + contract.EnvPlatformName +
			"  the platform whose database it is; one of another is refused. Without them nobody is asked",
		"  " + contract.EnvMigrateID + "  name under which the database notes, in " + contract.MigrationTable + ", that it carries all of this",
	}
	for _, schema := range Schemas() {
		role, password, secondRole, secondPassword := loginVariables(schema.Name)
		lines = append(lines, fmt.Sprintf("  %s, %s  login of the service of schema %s\n  %s, %s  another, that acts as the first; one password is enough",
			role, password, schema.Name, secondRole, secondPassword))
	}
	return lines
}

// optionsFromEnv names every variable that is missing at once.
func optionsFromEnv(getenv func(string) string) (options, error) {
	var missing []string
	required := func(name string) string {
		value := getenv(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	opts := options{
		url:   strings.TrimSpace(required(contract.EnvMigrateURL)),
		id:    required(contract.EnvMigrateID),
		roles: map[string]migration.Role{},
	}
	if id := getenv(contract.EnvPlatformID); id != "" {
		opts.platform = &migration.Platform{ID: id, Namespace: required(contract.EnvPlatformNamespace), Name: required(contract.EnvPlatformName)}
	}
	for _, schema := range Schemas() {
		role, password, secondRole, secondPassword := loginVariables(schema.Name)
		login := migration.Role{Name: required(role), Password: getenv(password), Second: migration.Login{Name: getenv(secondRole)}}
		if login.Second.Name != "" {
			login.Second.Password = getenv(secondPassword)
		}
		if login.Password == "" && login.Second.Password == "" {
			missing = append(missing, password)
		}
		opts.roles[schema.Name] = login
	}
	if len(missing) > 0 {
		return options{}, errors.New("set these environment variables: " + strings.Join(missing, ", "))
	}
	return opts, nil
}

func run(ctx context.Context, command *cobra.Command, opts options) error {
	started := time.Now()
	if opts.platform != nil {
		if err := migration.Claim(ctx, opts.url, *opts.platform); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	if err := migration.Run(ctx, opts.url, Schemas(), opts.roles, opts.id); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	command.Printf("the database is up to date (%s)\n", time.Since(started).Round(time.Millisecond))
	return nil
}
