package chain

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/api/heads"
)

const headKeySet = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"first","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}`

// platform makes platform heads over lines.
type platform struct {
	signer heads.Signer
	keys   heads.Keys
	signed []heads.Signed
	text   []string // of a file, line by line, without the header
}

func newPlatform(t testing.TB) *platform {
	t.Helper()
	signer, err := heads.ParseSigner([]byte(headKeySet))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := heads.ParseKeys([]byte(headKeySet))
	if err != nil {
		t.Fatal(err)
	}
	return &platform{signer: signer, keys: keys}
}

// add makes the next head.
func (p *platform) add(t testing.TB, lines ...Line) {
	t.Helper()
	slices.SortFunc(lines, func(a, b Line) int { return strings.Compare(a.UserID, b.UserID) })
	var text []string
	sum := sha256.New()
	for _, line := range lines {
		encoded, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, string(encoded))
		sum.Write(append(encoded, '\n'))
	}
	next := heads.Head{At: time.Date(2026, 11, 30, 9, 0, len(p.signed), 0, time.UTC), Digest: Hash(sum.Sum(nil)), Lines: int64(len(lines)), Number: int64(len(p.signed) + 1)}
	if len(p.signed) > 0 {
		next.Before = p.signed[len(p.signed)-1].Hash()
	}
	signed := p.signer.Sign(next)
	p.signed = append(p.signed, signed)
	p.text = append(append(p.text, strings.TrimSuffix(string(signed.Line()), "\n")), text...)
}

func (p *platform) verify(t testing.TB, text []string, kept []heads.Signed, user string) HeadsReport {
	t.Helper()
	report, err := VerifyHeads(strings.NewReader(`{"format":"todoplatform-audit-heads","version":1}`+"\n"+strings.Join(text, "\n")), p.keys, kept, user)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func lineOfUser(user string, position int64) Line {
	return Line{Hash: Hash{byte(position)}, Position: position, UserID: user}
}

func TestPlatformHeadsTellWhereALogStood(t *testing.T) {
	p := newPlatform(t)
	p.add(t, lineOfUser(user, 3), lineOfUser(stranger, 2))
	p.add(t, lineOfUser(stranger, 5))
	end := lineOfUser(user, 7)
	end.Erased = true
	p.add(t, end)
	report := p.verify(t, p.text, p.signed, user)
	want := HeadsReport{Heads: 3, Last: p.signed[2].Head, Erased: 1,
		Anchors: []Head{{3, Hash{3}}, {7, Hash{7}}}, Erasure: &Erasure{3, Head{7, Hash{7}}}}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if report := p.verify(t, p.text, nil, stranger); len(report.Anchors) != 2 || report.Erasure != nil {
		t.Errorf("of another user: %+v", report)
	}
	if report := p.verify(t, nil, nil, user); !report.Sound() || report.Heads != 0 {
		t.Errorf("no heads at all: %+v", report)
	}
}

func TestFaultsOfPlatformHeadsAreNamed(t *testing.T) {
	p, other := newPlatform(t), newPlatform(t)
	for i := range int64(3) {
		p.add(t, lineOfUser(user, i+1), lineOfUser(stranger, i+1))
		other.add(t, lineOfUser(user, i+7))
	}
	alter := func(i int, old, replacement string) []string {
		altered := slices.Clone(p.text)
		altered[i] = strings.Replace(altered[i], old, replacement, 1)
		return altered
	}
	tests := map[string]struct {
		text []string
		kept []heads.Signed
		want []string
	}{
		"nothing":                        {p.text, p.signed, nil},
		"a line that was altered":        {alter(1, `"position":1`, `"position":2`), nil, []string{"platform head 1: its lines are not those that were signed"}},
		"a line that is left out":        {slices.Delete(slices.Clone(p.text), 4, 5), nil, []string{"platform head 2: its lines are not those that were signed"}},
		"a line more":                    {slices.Insert(slices.Clone(p.text), 3, p.text[2]), nil, []string{"platform head 2: it is not written as heads are"}},
		"a head that was altered":        {alter(3, `"lines":2`, `"lines":3`), nil, []string{"platform head 2: its signature is not that of the key", "platform head 3: it does not follow"}},
		"a key that is not known":        {alter(6, `"key":"first"`, `"key":"second"`), nil, []string{"platform head 3: it is signed with a key \"second\" that is not known"}},
		"a head that is left out":        {slices.Delete(slices.Clone(p.text), 3, 6), nil, []string{"platform head 2: it is missing, and all up to head 2"}},
		"the first ones left out":        {p.text[6:], nil, []string{"platform head 1: it is missing, and all up to head 2"}},
		"a head of another chain":        {append(slices.Clone(p.text[:3]), other.text[2:]...), nil, []string{"platform head 2: it does not follow"}},
		"all of it another chain":        {other.text, p.signed[1:2], []string{"platform head 2: it is not the one that was kept"}},
		"cut":                            {p.text[:6], p.signed, []string{"platform head 3: it was kept, and the heads end before it"}},
		"cut within the last head":       {p.text[:8], nil, []string{"platform head 3: its lines are not those that were signed"}},
		"what is no head":                {[]string{"{}"}, nil, []string{"platform head 1: it is not there"}},
		"a head in other spelling":       {alter(3, `:`, `: `), nil, []string{"platform head 2: it is not written", "platform head 2: it is not written", "platform head 2: it is not written", "platform head 2: it is missing"}},
		"the lines of the last head":     {p.text[:7], nil, []string{"platform head 3: its lines are not those that were signed"}},
		"the lines of one between":       {slices.Delete(slices.Clone(p.text), 4, 6), nil, []string{"platform head 2: its lines are not those that were signed"}},
		"the lines of all":               {[]string{p.text[0], p.text[3], p.text[6]}, p.signed, []string{"platform head 3: its lines are not those that were signed"}},
		"some of the lines of the first": {slices.Delete(slices.Clone(p.text), 1, 2), nil, []string{"platform head 1: its lines are not those that were signed"}},
		"two heads of one number":        {append(slices.Clone(p.text), p.text[6:]...), nil, []string{"platform head 3: it does not follow"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			report := p.verify(t, test.text, test.kept, user)
			got := fmt.Sprint(report.Faults)
			ok := len(report.Faults) == len(test.want)
			for i := range min(len(report.Faults), len(test.want)) {
				ok = ok && strings.HasPrefix(report.Faults[i].String(), test.want[i])
			}
			if !ok || report.Sound() != (len(test.want) == 0) {
				t.Errorf("got %s, want %q", got, test.want)
			}
		})
	}
}

// Lines that were dropped for their age are those of the first heads, which still are what was kept.
func TestLinesOfTheFirstHeadsMayBeDropped(t *testing.T) {
	p := newPlatform(t)
	for i := range int64(4) {
		p.add(t, lineOfUser(user, i+1), lineOfUser(stranger, i+1))
	}
	without := slices.Delete(slices.Delete(slices.Clone(p.text), 4, 6), 1, 3)
	report := p.verify(t, without, p.signed, user)
	if !report.Sound() || report.Dropped != p.signed[1].Head || report.Heads != 4 || !slices.Equal(report.Anchors, []Head{{3, Hash{3}}, {4, Hash{4}}}) {
		t.Errorf("got %+v", report)
	}
	if report := p.verify(t, p.text, p.signed, user); report.Dropped.Number != 0 {
		t.Errorf("of what is whole, lines up to head %d were dropped", report.Dropped.Number)
	}
}

func TestWhatIsNoExportOfHeadsIsRefused(t *testing.T) {
	for _, text := range []string{"", "{}", `{"format":"todoplatform-audit","version":1}`, `{"format":"todoplatform-audit-heads","version":2}`} {
		if _, err := VerifyHeads(strings.NewReader(text), nil, nil, user); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// How long it takes to verify a head that lists as many logs.
func BenchmarkVerifyHeads(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := newPlatform(b)
			lines := make([]Line, n)
			for i := range lines {
				lines[i] = Line{Hash: Hash{byte(i)}, Position: int64(i + 1), UserID: fmt.Sprintf("0190d3f0-0000-7000-8000-%012d", i)}
			}
			p.add(b, lines...)
			b.SetBytes(int64(len(strings.Join(p.text, "\n"))))
			for b.Loop() {
				if report := p.verify(b, p.text, nil, user); !report.Sound() {
					b.Fatal(report)
				}
			}
		})
	}
}
