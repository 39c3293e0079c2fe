package render

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	exampleURL = "postgres://user:password@host:5432/database?sslmode=require" //nolint:gosec // shows the form
	encodeHint = "in user and password, percent-encode every character but letters, digits, - . _ and ~, as in %23 for # and %40 for @"
)

// Nothing of a URL that cannot be read is ever quoted: who knows which part of it is the password.
var (
	errNoURL   = errors.New("must be a URL as in " + exampleURL + "; " + encodeHint)
	errEncode  = errors.New("does not name a host and one database where they are expected, as in " + exampleURL + "; " + encodeHint)
	errHash    = errors.New("holds a #, which ends a URL; " + encodeHint)
	errMissing = errors.New("must name user, host and database, as in " + exampleURL)
	errHosts   = errors.New("names several hosts: name one, as of a Service or a proxy that leads to the primary")
	errQuery   = errors.New("has parameters that cannot be read after its ?; " + encodeHint)

	hostName      = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	parameterName = regexp.MustCompile(`^[a-z_]{1,40}$`)
)

// parameter tells what becomes of a parameter of the administrator's URL.
type parameter struct {
	// services says whether the sidecars' driver knows it. Drivers send what they do not know to the
	// server as a setting, and it refuses the connection.
	services bool
	// values are those that may be. Empty: any.
	values []string
}

// parameters are those that the driver of the migration and of the operator knows, and that mean something in a
// pod, which has no files of yours.
var parameters = map[string]parameter{
	"application_name":     {services: true},
	"connect_timeout":      {services: true},
	"sslmode":              {services: true, values: []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}},
	"sslrootcert":          {services: true, values: []string{"system"}},
	"sslsni":               {services: true},
	"target_session_attrs": {services: true},
	"channel_binding":      {},
	"max_protocol_version": {},
	"min_protocol_version": {},
	"require_auth":         {},
	"sslnegotiation":       {},
}

// ParseAdminURL reads the connection URL of an external database's administrator.
func ParseAdminURL(adminURL string, at Place) (Database, error) {
	parsed, err := url.Parse(strings.TrimSpace(adminURL))
	if err != nil || (parsed.Scheme != "postgres" && parsed.Scheme != "postgresql") {
		return Database{}, errNoURL
	}
	path := strings.Trim(parsed.EscapedPath(), "/")
	switch host := parsed.Hostname(); {
	case parsed.Fragment != "":
		return Database{}, errHash
	case host == "" || parsed.User.Username() == "" || path == "":
		return Database{}, errMissing
	case strings.Contains(host, ","):
		return Database{}, errHosts
	case !isHost(host) || strings.ContainsAny(path, "/:@"):
		return Database{}, errEncode
	}
	given, err := readOptions(parsed.RawQuery)
	if err != nil {
		return Database{}, err
	}
	return at.connect(parsed.User, parsed.Hostname(), parsed.Port(), strings.Trim(parsed.Path, "/"), given)
}

func isHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || hostName.MatchString(host)
}

// readOptions checks the parameters of a URL.
func readOptions(query string) (url.Values, error) {
	given, err := url.ParseQuery(query)
	if err != nil {
		return nil, errQuery
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		known, ok := parameters[name]
		switch {
		case !parameterName.MatchString(name):
			return nil, errQuery
		case !ok:
			return nil, fmt.Errorf("has the parameter %s, which means nothing here: leave it out. There are %s",
				name, strings.Join(slices.Sorted(maps.Keys(parameters)), ", "))
		case len(known.values) > 0 && !slices.Contains(known.values, given.Get(name)):
			return nil, fmt.Errorf("has another value for the parameter %s than is possible here: %s", name, strings.Join(known.values, ", "))
		}
	}
	return given, nil
}

// serviceOptions are those of a connection's options that the sidecars' driver knows.
func serviceOptions(given url.Values) url.Values {
	options := url.Values{}
	for name, values := range given {
		if parameters[name].services {
			options[name] = values
		}
	}
	return options
}
