package todoapi

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

func TestLongAnswersAreCompressed(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	newTask(t, c, client.Draft{Title: "a", Notes: strings.Repeat("long notes ", 500)})
	for accepts, want := range map[string]string{"": "", "identity": "", "gzip": "gzip", "gzip, deflate, br, zstd": "zstd", "zstd;q=0, gzip": "gzip"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/api/v1/tasks", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+c.Grant.AccessToken)
		request.Header.Set("Accept-Encoding", accepts)
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		if got := response.Header.Get("Content-Encoding"); got != want || !strings.Contains(strings.Join(response.Header.Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%q: got %q, Vary %q", accepts, got, response.Header.Values("Vary"))
		}
		var page client.TaskPage
		if err := json.NewDecoder(plain(t, response)).Decode(&page); err != nil || len(page.Items) != 1 {
			t.Errorf("%q: got %+v, %v", accepts, page, err)
		}
		_ = response.Body.Close() // it was read
	}
}

func plain(t *testing.T, response *http.Response) io.Reader {
	t.Helper()
	var reader io.Reader = response.Body
	var err error
	switch response.Header.Get("Content-Encoding") {
	case "gzip":
		reader, err = gzip.NewReader(response.Body)
	case "zstd":
		reader, err = zstd.NewReader(response.Body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return reader
}
