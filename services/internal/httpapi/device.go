package httpapi

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxDeviceLength bounds what is kept of a User-Agent, in bytes.
const maxDeviceLength = 200

// CleanDevice makes a User-Agent fit to be stored and shown.
func CleanDevice(userAgent string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, userAgent)
	if len(clean) > maxDeviceLength {
		clean = strings.ToValidUTF8(clean[:maxDeviceLength], "")
	}
	return clean
}
