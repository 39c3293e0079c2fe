package outbound

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"code.dny.dev/ssrf"
)

// maxAnswerBytes is how much of a refusing answer is read.
const maxAnswerBytes = 1 << 10

// RetryAfter reads the header Retry-After of an answer (RFC 9110 section 10.2.3); 0 where it says nothing.
func RetryAfter(answer *http.Response, now time.Time) time.Duration {
	value := answer.Header.Get("Retry-After")
	// Some services write fractions of a second, which the standard does not know.
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 && seconds < math.MaxInt32 {
		return time.Duration(math.Ceil(seconds)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// Words returns how the body of an answer begins, as it may stand in a log or on a page.
func Words(answer *http.Response) string {
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes)) // what came is enough
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(text), "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

// Unanswered says why a request got no answer, without addresses of networks that are not the
// user's. forbidden means that the address is none that may be reached.
func Unanswered(err error) (reason string, forbidden bool) {
	var timeout net.Error
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP):
		return "the address is not on the public internet, nor in a network that this platform allows", true
	case as[*net.DNSError](err):
		return "the name of the host cannot be looked up", false
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("there was no answer within %s", AttemptTimeout), false
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused", false
	case as[x509.UnknownAuthorityError](err), as[x509.HostnameError](err), as[x509.CertificateInvalidError](err):
		return "the certificate of the endpoint is not valid", false
	}
	return "the connection broke before there was an answer", false
}

func as[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}
