package anchor

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
)

const keySet = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"first","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}`

var monday = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// chainOf makes n heads, one every so often, and the keys that verify them.
func chainOf(t *testing.T, n int, every time.Duration) (Kept, heads.Keys) {
	t.Helper()
	signer, err := heads.ParseSigner([]byte(keySet))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := heads.ParseKeys([]byte(keySet))
	if err != nil {
		t.Fatal(err)
	}
	var all Kept
	var last heads.Head
	for i := range n {
		next := heads.Head{At: monday.Add(time.Duration(i) * every), Digest: heads.Hash{byte(i)}, Lines: 1, Number: int64(i + 1)}
		if i > 0 {
			next.Before = last.Hash()
		}
		last = next
		all = append(all, signer.Sign(next))
	}
	return all, keys
}

func TestTake(t *testing.T) {
	all, keys := chainOf(t, 9, 5*time.Minute)
	other, _ := chainOf(t, 9, time.Minute)
	unsigned := all[5]
	unsigned.Signature = all[4].Signature
	foreign := all[5]
	foreign.Key = "second"
	tests := map[string]struct {
		kept, found Kept
		want        int64  // newest that is kept then
		diverges    string // begins with
	}{
		"none yet":                         {nil, nil, 0, ""},
		"the first one":                    {nil, all[:1], 1, ""},
		"the newest, where none is kept":   {nil, all[6:7], 7, ""},
		"nothing new":                      {all[:5], all[4:5], 5, ""},
		"those after":                      {all[:5], all[4:9], 9, ""},
		"a lower number":                   {all[:5], nil, 0, "platform head 5 is kept, and the audit service has none"},
		"another number":                   {all[:5], all[5:9], 0, "platform head 5 is kept, and the audit service tells of head 6"},
		"another one of the same number":   {all[:5], other[4:5], 0, "platform head 5 is another one"},
		"a bad signature":                  {all[:5], Kept{all[4], unsigned}, 0, "platform head 6 does not come from this platform"},
		"a key that is not known":          {all[:5], Kept{all[4], foreign}, 0, "platform head 6 does not come from this platform"},
		"one that is left out":             {all[:5], Kept{all[4], all[6]}, 0, "platform head 7 does not follow from head 5"},
		"one of another chain":             {all[:5], Kept{all[4], other[5]}, 0, "platform head 6 does not follow from head 5"},
		"a bad signature of the first one": {nil, Kept{unsigned}, 0, "platform head 6 does not come from this platform"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := test.kept.Take(test.found, keys, 0)
			var divergence *DivergenceError
			switch {
			case test.diverges == "" && (err != nil || got.Newest() != test.want):
				t.Errorf("kept up to %d, %v", got.Newest(), err)
			case test.diverges != "" && (!errors.As(err, &divergence) || !strings.HasPrefix(divergence.Detail, test.diverges)):
				t.Errorf("error %v, want one that begins with %q", err, test.diverges)
			}
		})
	}
}

// However long a platform lives, what is kept fits into a Secret, and reaches back.
func TestKeptIsBounded(t *testing.T) {
	all, keys := chainOf(t, 3000, time.Hour)
	var kept Kept
	for i := range all {
		found := all[max(0, i-1) : i+1]
		var err error
		if kept, err = kept.Take(found, keys, 0); err != nil {
			t.Fatal(err)
		}
	}
	var numbers []int64
	for _, head := range kept {
		numbers = append(numbers, head.Number)
	}
	var want []int64
	for number := int64(24); number < 2900; number += 24 {
		want = append(want, number)
	}
	for number := int64(2901); number <= 3000; number++ {
		want = append(want, number)
	}
	if diff := cmp.Diff(want, numbers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// At the bound, with the longest numbers that there are: a Secret holds a MiB, all of its keys together.
func TestKeptFitsIntoASecret(t *testing.T) {
	years, _ := chainOf(t, 1000, 24*time.Hour)
	for i := range years {
		years[i].Number, years[i].Lines = math.MaxInt64-int64(i), math.MaxInt64
	}
	if got := years.thinned(0); len(got) != keepNewest+keepDays || len(heads.Lines(got)) > 256<<10 {
		t.Errorf("%d heads of %d bytes are kept", len(got), len(heads.Lines(got)))
	}
}

// What proves nothing that is left is not kept, however few there are.
func TestKeptEndsWithWhatItProves(t *testing.T) {
	const day = 24 * time.Hour
	all, _ := chainOf(t, 300, day)
	for days, want := range map[int]int{0: 300, 30: keepNewest, 150: 151, 1000: 300} {
		got := all.thinned(time.Duration(days) * day)
		if len(got) != want || got.Newest() != 300 {
			t.Errorf("retention of %d days: %d heads up to %d, want %d", days, len(got), got.Newest(), want)
		}
	}
}

func TestFetchOverHTTP(t *testing.T) {
	all, _ := chainOf(t, 3, time.Hour)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.String() {
		case contract.HeadsPath:
			_, _ = w.Write(heads.Lines(all[2:]))
		case contract.HeadsPath + "?from=2":
			_, _ = w.Write(heads.Lines(all[1:]))
		case contract.HeadsPath + "?from=7":
			w.WriteHeader(http.StatusServiceUnavailable)
		case contract.HeadsPath + "?from=8":
			_, _ = fmt.Fprintln(w, "ok")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(server.URL, "http://")
	for from, want := range map[int64]int{0: 1, 2: 2} {
		if got, err := FetchOverHTTP(t.Context(), address, from); err != nil || len(got) != want {
			t.Errorf("from %d: %d heads, %v", from, len(got), err)
		}
	}
	for _, from := range []int64{7, 8} {
		if _, err := FetchOverHTTP(t.Context(), address, from); err == nil || errors.Is(err, ErrNotOffered) {
			t.Errorf("from %d: %v", from, err)
		}
	}
	if _, err := FetchOverHTTP(t.Context(), address, 9); !errors.Is(err, ErrNotOffered) {
		t.Errorf("a service of the version before: %v", err)
	}
}
