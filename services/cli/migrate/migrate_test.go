package migrate

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/daprtest"
)

func TestMain(m *testing.M) { daprtest.Main(m) }

func execute(t *testing.T, env map[string]string, args ...string) (string, error) {
	t.Helper()
	command := NewCommand(func(name string) string { return env[name] })
	var output bytes.Buffer
	command.SetOut(&output)
	command.SetErr(&output)
	command.SetArgs(args)
	err := command.ExecuteContext(context.WithoutCancel(t.Context()))
	return output.String(), err
}

func TestMigrateBuildsEverySchemaAndMayRunAgain(t *testing.T) {
	admin := daprtest.New(t).Database(t)
	suffix := "_" + admin.Config().ConnConfig.Database
	env := map[string]string{contract.EnvMigrateURL: admin.Config().ConnString(), contract.EnvMigrateID: "1",
		contract.EnvPlatformID: "id", contract.EnvPlatformNamespace: "production", contract.EnvPlatformName: "todo"}
	for _, connection := range contract.Connections() {
		schema := strings.ToUpper(connection.Schema)
		env["ROLE_"+schema] = connection.Schema + suffix
		env["PASSWORD_"+schema] = "p'w %/" + schema
	}
	for range 2 {
		if output, err := execute(t, env); err != nil || !strings.Contains(output, "up to date") {
			t.Fatalf("%v\n%s", err, output)
		}
	}
	env[contract.EnvPlatformID], env[contract.EnvPlatformNamespace] = "another", "staging"
	env["PASSWORD_AUDIT"] = "another's"
	output, err := execute(t, env)
	if err == nil || !strings.Contains(err.Error(), "belongs to the TodoPlatform todo in namespace production") {
		t.Errorf("another platform migrated it: %v\n%s", err, output)
	}
	for _, connection := range contract.Connections() {
		schema := connection.Schema
		var doors, mayCreate bool
		err := admin.QueryRow(t.Context(), `SELECT to_regprocedure($1 || '.call(text, jsonb)') IS NOT NULL,
			has_schema_privilege($2, $1, 'CREATE')`, schema, schema+suffix).Scan(&doors, &mayCreate)
		if err != nil {
			t.Fatalf("schema %s: %v", schema, err)
		}
		if doors == connection.State || mayCreate != connection.State {
			t.Errorf("schema %s: door %t, role may create tables %t", schema, doors, mayCreate)
		}
	}
}

// What the address does not hold comes from the variables of PostgreSQL's own programs.
func TestMigrateTakesItsLoginFromTheEnvironment(t *testing.T) {
	env := daprtest.New(t)
	authority := env.EncryptedPostgres(t)
	config := env.Database(t).Config().ConnConfig
	variables := map[string]string{contract.EnvMigrateURL: fmt.Sprintf("postgres://127.0.0.1:%d/%s", config.Port, config.Database), contract.EnvMigrateID: "1"}
	for _, connection := range contract.Connections() {
		schema := strings.ToUpper(connection.Schema)
		variables["ROLE_"+schema], variables["PASSWORD_"+schema] = connection.Schema+"_"+config.Database, "x"
	}
	t.Setenv(contract.EnvPostgresUser, config.User)
	t.Setenv(contract.EnvPostgresPassword, config.Password)
	t.Setenv(contract.EnvPostgresSSLMode, "verify-full")
	if output, err := execute(t, variables); err == nil || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("without the authority: %v\n%s", err, output)
	}
	t.Setenv(contract.EnvPostgresCAFile, authority)
	if output, err := execute(t, variables); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestMigrateNamesWhatIsMissing(t *testing.T) {
	_, err := execute(t, map[string]string{contract.EnvMigrateURL: "postgres://x", contract.EnvPlatformID: "1", "ROLE_TODO": "todo"})
	if err == nil {
		t.Fatal("it ran")
	}
	for _, name := range []string{contract.EnvMigrateID, contract.EnvPlatformName, "PASSWORD_TODO", "ROLE_AUDIT", "PASSWORD_REALTIME"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not name %s", err, name)
		}
	}
	if strings.Contains(err.Error(), "ROLE_TODO") {
		t.Errorf("%v names what is set", err)
	}
	_, err = execute(t, map[string]string{"ROLE_TODO": "todo", "SECOND_ROLE_TODO": "second", "SECOND_PASSWORD_TODO": "x"})
	if err == nil || strings.Contains(err.Error(), "_TODO") {
		t.Errorf("one login is enough: %v", err)
	}
}

// The operator renders one role for each schema.
func TestSchemasAreThoseOfTheContract(t *testing.T) {
	owned := map[string]bool{}
	for _, connection := range contract.Connections() {
		owned[connection.Schema] = true
	}
	for _, schema := range Schemas() {
		if !owned[schema.Name] {
			t.Errorf("nothing reaches schema %s, or it is listed twice", schema.Name)
		}
		delete(owned, schema.Name)
	}
	for name := range owned {
		t.Errorf("schema %s is not migrated", name)
	}
}

func TestHelpNamesTheVariables(t *testing.T) {
	output, err := execute(t, nil, "--help")
	if err != nil || !strings.Contains(output, contract.EnvMigrateURL) || !strings.Contains(output, "PASSWORD_NOTIFICATION") {
		t.Errorf("%v\n%s", err, output)
	}
}
