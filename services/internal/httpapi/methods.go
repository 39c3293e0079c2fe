package httpapi

import (
	"encoding/json"
	"net/http"
	"strings"
)

// methods are those that a route may be for, in the order of the header Allow.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// CheckMethods serves mux, and answers a request to one of its paths by a method that the
// path is not for with the methods that it is for.
func CheckMethods(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isForMethod(mux, r) {
			mux.ServeHTTP(w, r)
			return
		}
		var allowed []string
		for _, method := range methods {
			other := *r
			other.Method = method
			if isForMethod(mux, &other) {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 {
			mux.ServeHTTP(w, r)
			return
		}
		RefuseMethod(w, r, allowed...)
	})
}

// isForMethod tells that a request has a route that names its method. A route that
// names none takes what no other does: it says nothing about the path.
func isForMethod(mux *http.ServeMux, r *http.Request) bool {
	_, pattern := mux.Handler(r)
	return strings.Contains(pattern, " ")
}

// RefuseMethod answers a request by a method that its path is not for (RFC 9110 section 15.5.6).
func RefuseMethod(w http.ResponseWriter, r *http.Request, allowed ...string) {
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	writeProblem(w, newProblem(http.StatusMethodNotAllowed, r.URL.Path+" is not for this method, but for "+list))
}

func writeProblem(w http.ResponseWriter, problem *ErrorModel) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(problem.GetStatus())
	_ = json.NewEncoder(w).Encode(problem) // a client that hung up needs no answer
}
