// Command fuzz runs Schemathesis against the API of a running platform, by the OpenAPI document
// that it serves, as users whom it signs up itself.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func main() {
	schemathesis := flag.String("schemathesis", "st", "the program")
	url := flag.String("url", "http://localhost:8080", "address of the platform")
	examples := flag.Int("examples", 12, "most requests that are made up for each operation")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := fuzz(ctx, *schemathesis, *url, *examples)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

// peoples are the operations that mostly need a session, by their tags.
var peoples = []string{"Account", "Administration", "API tokens", "Calendar", "Web push"}

// last are the operations after which a session is good for nothing.
var last = []string{"delete-account", "end-sessions"}

// fuzz tries every operation with the most that may call it: an API token of all scopes, or a
// session. What ends the session has an account of its own.
func fuzz(ctx context.Context, schemathesis, url string, examples int) error {
	owner, leaver := client.New(url, &http.Client{Timeout: time.Minute}), client.New(url, &http.Client{Timeout: time.Minute})
	for _, user := range []*client.Client{owner, leaver} {
		// The password is in no document, so that no example of one deletes the account.
		if err := user.SignUp(ctx, "fuzz-"+uuid.NewString()+"@example.org", uuid.NewString(), "Europe/Berlin"); err != nil {
			return fmt.Errorf("sign up: %w", err)
		}
	}
	program, err := owner.CreateToken(ctx, client.TokenDraft{Name: "fuzz", Scopes: []string{"tasks:read", "tasks:write", "account", "audit:read", "webhooks"}})
	if err != nil {
		return fmt.Errorf("make an API token: %w", err)
	}
	var failed []error
	for _, part := range []struct {
		name, token string
		filter      []string
	}{
		{"what people alone may do", owner.Grant.AccessToken, append(each("--include-tag", peoples), each("--exclude-operation-id", last)...)},
		{"what ends an account or its sessions", leaver.Grant.AccessToken, each("--include-operation-id", last)},
		{"what programs may do", program.Secret, each("--exclude-tag", peoples)},
	} {
		if err := run(ctx, schemathesis, url, part.token, examples, part.filter); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", part.name, err))
		}
	}
	return errors.Join(failed...)
}

// each gives an option once for each value.
func each(option string, values []string) []string {
	var all []string
	for _, value := range values {
		all = append(all, option, value)
	}
	return all
}

// run fails when an answer is no answer of the document. The rate is below the allowance of a user.
func run(ctx context.Context, schemathesis, url, token string, examples int, filter []string) error {
	command := exec.CommandContext(ctx, schemathesis, append([]string{ //nolint:gosec // whoever runs this says what it runs
		"run", url + "/api/v1/openapi.json", "--url", url + "/api/v1",
		"--header", "Authorization: Bearer " + token,
		"--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
		"--phases", "examples,coverage,fuzzing", "--max-examples", fmt.Sprint(examples), "--rate-limit", "15/s",
		"--generation-database", "none", "--no-color"}, filter...)...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return command.Run()
}
