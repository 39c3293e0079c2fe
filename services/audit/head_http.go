package audit

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
)

// ServeHTTP answers the operator, on the port of probes: signed heads from a number on, in their order, or
// the newest alone, a line each. There is nothing secret in them.
func (s headStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from, err := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	if r.URL.Query().Has("from") && (err != nil || from < 1) {
		http.Error(w, "from must be a positive number", http.StatusBadRequest)
		return
	}
	lines, err := s.read(r.Context(), from, maxHeadPage)
	if err != nil {
		slog.WarnContext(r.Context(), "platform heads cannot be read", "error", err)
		http.Error(w, "the heads cannot be read now", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(line + "\n")
	}
	_, _ = io.WriteString(w, text.String()) // who hung up needs no answer
}
