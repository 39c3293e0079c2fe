package todoapi

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// documentedStatuses returns, by method and path, the statuses that the OpenAPI document
// knows of each operation, and a mux that finds the operation of a request.
var documentedStatuses = sync.OnceValues(func() (map[string]map[string]bool, *http.ServeMux) {
	var document struct {
		Paths map[string]map[string]struct {
			Responses map[string]any `json:"responses"`
		} `json:"paths"`
	}
	text, err := os.ReadFile("testdata/openapi.json")
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		panic(err)
	}
	statuses, mux := map[string]map[string]bool{}, http.NewServeMux()
	for path, operations := range document.Paths {
		for method, operation := range operations {
			pattern := strings.ToUpper(method) + " " + apiPrefix + path
			mux.Handle(pattern, http.NotFoundHandler())
			statuses[pattern] = map[string]bool{}
			for name := range operation.Responses {
				statuses[pattern][name] = true
			}
		}
	}
	return statuses, mux
})

// checkDocumented fails a test in which an operation answers with a status that the OpenAPI
// document does not tell of it.
func checkDocumented(t *testing.T, response *http.Response) {
	t.Helper()
	statuses, mux := documentedStatuses()
	_, pattern := mux.Handler(response.Request)
	if known, ok := statuses[pattern]; ok && !known[strconv.Itoa(response.StatusCode)] {
		t.Errorf("%s answers %d, which the OpenAPI document does not tell", pattern, response.StatusCode)
	}
}

// documented sends requests and checks the answers.
type documented struct{ t *testing.T }

// RoundTrip implements http.RoundTripper.
func (d documented) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err == nil {
		checkDocumented(d.t, response)
	}
	return response, err
}

func TestExamplesWorkAsTheyStand(t *testing.T) {
	h := newHarness(t)
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			RequestBody struct {
				Content map[string]struct {
					Example json.RawMessage `json:"example"`
				} `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
	}
	user := h.user(t)
	if err := user.Do(t.Context(), http.MethodGet, "/openapi.json", nil, &document); err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for path, operations := range document.Paths {
		for method, operation := range operations {
			for contentType, media := range operation.RequestBody.Content {
				if media.Example == nil {
					continue
				}
				tried[operation.OperationID] = true
				id := newTask(t, user, client.Draft{Title: "in the path"}).ID
				got := send(t, http.DefaultClient, strings.ToUpper(method), h.url+apiPrefix+strings.ReplaceAll(path, "{id}", id), string(media.Example),
					map[string]string{"Content-Type": contentType, "Authorization": "Bearer " + user.Grant.AccessToken})
				if got.status >= http.StatusBadRequest {
					t.Errorf("%s: got %d: %s", operation.OperationID, got.status, got.body)
				}
			}
		}
	}
	for operation := range examples {
		if !tried[operation] {
			t.Errorf("there is an example for %s, which takes none", operation)
		}
	}
}
