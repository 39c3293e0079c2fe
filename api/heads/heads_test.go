package heads_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/api/heads"
)

const keySet = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"first","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}` // RFC 8037, appendix A.1

func signer(t *testing.T) (heads.Signer, heads.Keys) {
	t.Helper()
	signer, err := heads.ParseSigner([]byte(keySet))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := heads.ParseKeys([]byte(keySet))
	if err != nil {
		t.Fatal(err)
	}
	return signer, keys
}

var first = heads.Head{At: time.Date(2026, 11, 30, 9, 0, 0, 120_000_000, time.UTC), Digest: heads.Hash{1}, Lines: 2, Number: 1}

// What was signed once has to verify for ever: neither the bytes nor the signature may change.
func TestFormIsStable(t *testing.T) {
	const zero = "0000000000000000000000000000000000000000000000000000000000000000"
	want := `{"at":"2026-11-30T09:00:00.120Z","before":"` + zero + `","digest":"01` + zero[2:] + `","lines":2,"number":1}`
	if got := string(first.Body()); got != want {
		t.Errorf("body %s, want %s", got, want)
	}
	s, keys := signer(t)
	signed := s.Sign(first)
	again, err := heads.ParseLine([]byte(strings.TrimSuffix(string(signed.Line()), "\n")))
	if err != nil || again.Hash() != first.Hash() || keys.Verify(again) != nil {
		t.Errorf("%+v, %v", again, err)
	}
	head, err := heads.ParseBody([]byte(want))
	if err != nil || head.Hash() != first.Hash() {
		t.Errorf("%+v, %v", head, err)
	}
}

func TestWhatIsSpelledOtherwiseIsRefused(t *testing.T) {
	s, _ := signer(t)
	line := strings.TrimSuffix(string(s.Sign(first).Line()), "\n")
	for name, altered := range map[string]string{
		"spaces":          strings.Replace(line, ":", ": ", 1),
		"another member":  strings.Replace(line, "{", `{"a":1,`, 1),
		"a digit less":    strings.Replace(line, ".120Z", ".12Z", 1),
		"no JSON":         line[1:],
		"nothing":         "",
		"a hash too long": strings.Replace(line, `"before":"`, `"before":"00`, 1),
	} {
		if _, err := heads.ParseLine([]byte(altered)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := heads.ParseBody([]byte(`{"number":1}`)); err == nil {
		t.Error("a body that lacks members is read")
	}
}

func TestSignaturesAndSuccession(t *testing.T) {
	s, keys := signer(t)
	second := heads.Head{At: first.At, Before: first.Hash(), Number: 2}
	if !first.Leads(second) || second.Leads(first) || first.Leads(heads.Head{Number: 2}) || first.Leads(heads.Head{Before: first.Hash(), Number: 3}) {
		t.Error("heads follow where they do not, or do not where they do")
	}
	altered, foreign := s.Sign(first), s.Sign(first)
	altered.Lines++
	foreign.Key = "second"
	for name, signed := range map[string]heads.Signed{"altered": altered, "of another key": foreign} {
		if keys.Verify(signed) == nil {
			t.Errorf("%s: verified", name)
		}
	}
}

func TestKeySets(t *testing.T) {
	_, keys := signer(t)
	public, err := json.Marshal(keys)
	if err != nil || strings.Contains(string(public), `"d"`) || !strings.Contains(string(public), `"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"`) {
		t.Errorf("%s, %v", public, err)
	}
	again, err := heads.ParseKeys(public)
	if err != nil || len(again) != 1 || !again["first"].Equal(keys["first"]) {
		t.Errorf("%v, %v", again, err)
	}
	if _, err := heads.ParseSigner(public); err == nil {
		t.Error("a public key signs")
	}
	for _, text := range []string{"", "{}", `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11"}]}`, `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11"}]}`, `{"keys":[{"kty":"EC","kid":"a"}]}`} {
		if _, err := heads.ParseKeys([]byte(text)); err == nil || strings.Contains(err.Error(), `"11"`) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
