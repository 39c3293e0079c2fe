// Package auth knows who a request is from: it issues and verifies access tokens
// and carries the identity in a context.
package auth

import (
	"net/http"
	"strings"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Bearer returns the token of an Authorization header (RFC 6750, section 2.1);
// without one it is failure.Unauthenticated.
func Bearer(header http.Header) (string, error) {
	return ParseBearer(header.Get("Authorization"))
}

// ParseBearer is Bearer for the value of the header.
func ParseBearer(authorization string) (string, error) {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", failure.New(failure.Unauthenticated, "send an access token: Authorization: Bearer <token>")
	}
	return token, nil
}
