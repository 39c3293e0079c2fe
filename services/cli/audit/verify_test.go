package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/heads"
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

// platformHeads makes the export of platform heads, one for each list of lines, and the keys and the heads alone as
// files; it returns the folder.
func platformHeads(t *testing.T, all ...[]chain.Line) (folder string) {
	t.Helper()
	const keys = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"first","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}` // RFC 8037, appendix A.1
	signer, err := heads.ParseSigner([]byte(keys))
	if err != nil {
		t.Fatal(err)
	}
	public, err := heads.ParseKeys([]byte(keys))
	if err != nil {
		t.Fatal(err)
	}
	file := []byte(`{"format":"todoplatform-audit-heads","version":1}` + "\n")
	var signed []heads.Signed
	for i, lines := range all {
		var text []byte
		for _, line := range lines {
			encoded, err := json.Marshal(line)
			if err != nil {
				t.Fatal(err)
			}
			text = append(append(text, encoded...), '\n')
		}
		next := heads.Head{Digest: sha256.Sum256(text), Lines: int64(len(lines)), Number: int64(i + 1)}
		if i > 0 {
			next.Before = signed[i-1].Hash()
		}
		signed = append(signed, signer.Sign(next))
		file = append(append(file, signed[i].Line()...), text...)
	}
	encoded, err := json.Marshal(public)
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	for name, content := range map[string][]byte{"heads": file, "keys": encoded, "kept": heads.Lines(signed)} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// marked writes a head as an export does.
func marked(t *testing.T, head string) string {
	t.Helper()
	position, hash, _ := strings.Cut(head, ":")
	return fmt.Sprintf(`{"hash":%q,"position":%s}`, hash, position)
}

func TestVerifyAgainstPlatformHeads(t *testing.T) {
	line := func(head string, erased bool) chain.Line {
		position, hash, _ := strings.Cut(head, ":")
		line := chain.Line{UserID: user, Erased: erased}
		if err := errors.Join(json.Unmarshal([]byte(position), &line.Position), line.Hash.UnmarshalText([]byte(hash))); err != nil {
			t.Fatal(err)
		}
		return line
	}
	lines, head := export(t, 5)
	_, three := export(t, 3)
	empty, _ := export(t, 0)
	rewritten := "3:" + strings.Repeat("0", 64)
	agreeing := platformHeads(t, []chain.Line{line(three, false)}, []chain.Line{line(head, false)})
	other := platformHeads(t, []chain.Line{line(rewritten, false)})
	erased := platformHeads(t, []chain.Line{line(three, false)}, []chain.Line{line(head, true)})
	at := func(folder, name string) string { return filepath.Join(folder, name) }
	verify := func(folder, kept string) []string {
		return []string{"--heads", at(folder, "heads"), "--keys", at(folder, "keys"), "--kept", at(kept, "kept")}
	}
	later := slices.Concat([]string{strings.Replace(lines[0], `{"format"`, `{"begin":`+marked(t, three)+`,"format"`, 1)}, lines[4:])
	begun := line(head, false)
	begun.Begin = &chain.Mark{Hash: line(three, false).Hash, Position: 3}
	dropped := platformHeads(t, []chain.Line{begun})
	tests := map[string]struct {
		log    []string // nil: none
		args   []string
		status int
		want   string // in the output
	}{
		"a log that agrees":         {lines, verify(agreeing, agreeing), 0, "is sound: 5 entries\nit agrees with 2 platform heads\nhead: " + head},
		"a log that was rewritten":  {lines, verify(other, other), 1, "positions 1 to 3: rewritten: "},
		"a log that was cut":        {first(t, 4), verify(agreeing, agreeing), 1, "position 5: cut: "},
		"heads that were rewritten": {lines, verify(agreeing, other), 1, "platform head 1: it is not the one that was kept\n"},
		"heads alone":               {nil, verify(agreeing, agreeing), 0, "the platform heads are sound: 2 heads, with the end of 0 accounts\n"},
		"heads that were cut":       {nil, verify(other, agreeing), 1, "platform head 2: it was kept, and the heads end before it\n"},
		"an account that is gone":   {empty, verify(erased, erased), 0, "was deleted, and its log erased: platform head 2 tells that it had ended with " + head},
		"a log kept from before":    {lines, verify(erased, erased), 0, "it agrees with 2 platform heads"},
		"a log that is empty":       {empty, verify(agreeing, agreeing), 1, "positions 1 to 5: cut: "},
		"a log that begins later":   {later, nil, 0, "is sound: 2 entries\nit begins after entry 3: those before were dropped for their age\nhead: " + head},
		"as heads tell":             {later, verify(dropped, dropped), 0, "it begins after entry 3: those before were dropped for their age, as platform heads tell\n"},
		"which no head tells":       {later, verify(agreeing, agreeing), 0, "NO PLATFORM HEAD TELLS"},
		"heads without keys":        {lines, []string{"--heads", at(agreeing, "heads")}, 1, "keys"},
		"keys that are none":        {lines, []string{"--heads", at(agreeing, "heads"), "--keys", at(agreeing, "heads")}, 2, "is not a JSON Web Key Set"},
		"heads that are none":       {lines, []string{"--heads", at(agreeing, "kept"), "--keys", at(agreeing, "keys")}, 2, "is not that of an export of platform heads"},
		"kept heads that are none":  {lines, append(verify(agreeing, agreeing)[:4], "--kept", at(agreeing, "keys")), 2, "line 1"},
		"heads that are not there":  {lines, []string{"--heads", "nowhere", "--keys", at(agreeing, "keys")}, 2, "nowhere"},
		"keys that are not there":   {lines, []string{"--heads", at(agreeing, "heads"), "--keys", "nowhere"}, 2, "nowhere"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"audit", "verify"}, test.args...)
			if test.log != nil {
				args = append(args, "--file", "-")
			}
			output, status := run(t, nil, strings.Join(test.log, ""), args...)
			if status != test.status || !strings.Contains(output, test.want) {
				t.Errorf("status %d, want %d, with %q:\n%s", status, test.status, test.want, output)
			}
		})
	}
}
