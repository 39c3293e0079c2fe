package httpapi_test

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// taking adds an operation that takes an I and answers nothing.
func taking[I any](api huma.API, op huma.Operation) {
	httpapi.Register(api, op, func(context.Context, *I) (*struct{}, error) { return nil, nil })
}

func TestOperationsTellHowTheyCanRefuse(t *testing.T) {
	type oneObject struct {
		ID      string `path:"id"`
		IfMatch string `header:"If-Match"`
		Key     string `header:"Idempotency-Key"`
	}
	protected := func(api huma.API, op huma.Operation) {
		taking[struct{}](api, httpapi.Protect(api, op, verify, auth.ScopeAccount))
	}
	for _, test := range []struct {
		name     string
		register func(huma.API, huma.Operation)
		op       huma.Operation
		want     []string
	}{
		{"reading what is open to all", taking[struct{}], huma.Operation{Method: "GET"}, []string{"204", "422", "500", "503"}},
		{"refusals of its own", taking[struct{}], huma.Operation{Method: "GET", Errors: []int{http.StatusGone}}, []string{"204", "410", "422", "500", "503"}},
		{"a token", protected, huma.Operation{Method: "GET"}, []string{"204", "401", "403", "422", "429", "500", "503"}},
		{"a body", taking[struct{ Body struct{} }], huma.Operation{Method: "POST"}, []string{"204", "400", "403", "408", "413", "415", "422", "500", "503"}},
		{"one object, at a version, once", taking[oneObject], huma.Operation{Method: "POST"}, []string{"204", "403", "404", "409", "412", "422", "500", "503"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := httpapi.New(http.NewServeMux(), "Test", "1", "/api/v1")
			test.op.Path = "/things/{id}"
			test.register(api, test.op)
			item := api.OpenAPI().Paths[test.op.Path]
			got := slices.Sorted(maps.Keys(cmp.Or(item.Get, item.Post).Responses))
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			for name, response := range api.OpenAPI().Components.Responses {
				if response.Description == "" {
					t.Errorf("the document does not say what %s means", name)
				}
			}
		})
	}
}
