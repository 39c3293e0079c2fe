package account

import (
	"net/http"

	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/httpapi"
)

// PublicKeys answers with the JSON Web Key Set (RFC 7517) that verifies access tokens.
func (s *Service) PublicKeys(w http.ResponseWriter, r *http.Request) {
	set, err := s.keys.Public()
	if err != nil {
		httpapi.WriteProblem(w, r, failure.Wrap(failure.Internal, err, "encode the public keys"))
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(set) // a client that hung up needs no answer
}
