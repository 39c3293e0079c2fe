package audit_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/audit/chain"
	"github.com/todoplatform/todoplatform/services/cli"
)

const user = "0190d3f0-0000-7000-8000-000000000001"

// export makes the export of a log of n entries, line by line, and its head.
func export(t *testing.T, n int) (lines []string, head string) {
	t.Helper()
	var end chain.Head
	var entries []string
	for i := range n {
		record, err := chain.Record{UserID: user, EventID: fmt.Sprint(i), Type: "task.updated", Data: fmt.Appendf(nil, `{"seq":%d}`, i+1)}.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		end = end.Next(record)
		line, err := chain.Entry{Position: end.Position, Hash: end.Hash, Record: record}.Line()
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, string(line))
	}
	header, err := chain.Header{Format: chain.Format, Version: chain.Version, UserID: user, Head: end}.Line()
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{string(header)}, entries...), fmt.Sprintf("%d:%s", end.Position, end.Hash)
}

// run runs todoplatform, and returns what it prints and its exit status.
func run(t *testing.T, env map[string]string, stdin string, args ...string) (output string, status int) {
	t.Helper()
	command := cli.New(func(name string) string { return env[name] })
	var out bytes.Buffer
	command.SetArgs(args)
	command.SetIn(strings.NewReader(stdin))
	command.SetOut(&out)
	command.SetErr(&out)
	err := command.ExecuteContext(t.Context())
	if err != nil {
		fmt.Fprintln(&out, err)
	}
	return out.String(), cli.ExitStatus(err)
}

func TestVerifyAFile(t *testing.T) {
	lines, head := export(t, 5)
	join := func(lines ...string) string { return strings.Join(lines, "") }
	whole := join(lines...)
	tests := map[string]struct {
		file   string
		args   []string
		status int
		want   string // in the output
	}{
		"sound":                      {whole, nil, 0, "the log of user " + user + " is sound: 5 entries\nhead: " + head + "\n"},
		"sound, with a head":         {whole, []string{"--head", head}, 0, "is sound"},
		"a flipped byte":             {strings.Replace(whole, `"seq":3`, `"seq":7`, 1), nil, 1, "position 3 (change 7): altered: the record is not the one that was appended\n"},
		"a removed row":              {join(lines[0], lines[1], lines[3], lines[4], lines[5]), nil, 1, "position 2: missing: nothing is there\n"},
		"a swapped pair":             {join(lines[0], lines[1], lines[4], lines[3], lines[2], lines[5]), nil, 1, "positions 2 and 4 (change 2): swapped: "},
		"a cut tail":                 {join(lines[:4]...), nil, 1, "positions 4 to 5: cut: the log ends before its head\n"},
		"cut together with the head": {join(first(t, 3)...), []string{"--head", head}, 1, "positions 4 to 5: cut: "},
		"another head":               {whole, []string{"--head", "5:" + strings.Repeat("0", 64)}, 1, "positions 1 to 5: rewritten: "},
		"no export":                  {"position,at\n", nil, 2, "the first line is not that of an export"},
		"no head":                    {whole, []string{"--head", "5"}, 2, `"5" is no head`},
		"file and address":           {whole, []string{"--url", "http://localhost"}, 2, "not both"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "audit.ndjson")
			if err := os.WriteFile(path, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			output, status := run(t, nil, "", append([]string{"audit", "verify", "--file", path}, test.args...)...)
			if status != test.status || !strings.Contains(output, test.want) {
				t.Errorf("status %d, want %d, with %q:\n%s", status, test.status, test.want, output)
			}
		})
	}
	t.Run("on standard input", func(t *testing.T) {
		if output, status := run(t, nil, whole, "audit", "verify", "--file", "-"); status != 0 || !strings.Contains(output, "is sound") {
			t.Errorf("status %d: %s", status, output)
		}
	})
	t.Run("that is not there", func(t *testing.T) {
		if output, status := run(t, nil, "", "audit", "verify", "--file", "nowhere"); status != 2 {
			t.Errorf("status %d: %s", status, output)
		}
	})
}

// first makes the export of a log when it had n entries.
func first(t *testing.T, n int) []string {
	t.Helper()
	lines, _ := export(t, n)
	return lines
}

func TestVerifyOnesOwnLog(t *testing.T) {
	lines, _ := export(t, 5)
	answer := strings.Join(lines, "")
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/api/v1/audit/export" || r.URL.Query().Get("format") != "ndjson":
			http.NotFound(w, r)
		case r.Header.Get("Authorization") != "Bearer tdp_good":
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"status":403,"title":"Forbidden","detail":"the token lacks the scope audit:read"}`)
		default:
			_, _ = io.WriteString(w, answer)
		}
	}))
	t.Cleanup(platform.Close)

	if output, status := run(t, nil, "", "audit", "verify", "--url", platform.URL, "--token", "tdp_good"); status != 0 || !strings.Contains(output, "is sound: 5 entries") {
		t.Errorf("status %d: %s", status, output)
	}
	env := map[string]string{"TODO_URL": platform.URL, "TODO_TOKEN": "tdp_bad"}
	if output, status := run(t, env, "", "audit", "verify"); status != 2 || !strings.Contains(output, "the token lacks the scope audit:read") {
		t.Errorf("status %d: %s", status, output)
	}
	if output, status := run(t, nil, "", "audit", "verify"); status != 2 || !strings.Contains(output, "give the --file") {
		t.Errorf("status %d: %s", status, output)
	}
}
