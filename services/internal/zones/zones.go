// Package zones knows the time zones of the IANA database. It carries the database with
// it, because images have no zone files, and it is the only place that loads a zone: a
// binary that can be asked about a zone knows them all.
package zones

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the database itself
)

// loaded keeps the zones that were asked for; it can only grow to the number of IANA names.
var loaded sync.Map

// Load returns the zone of an IANA name such as Europe/Berlin. The empty name and
// "Local" depend on the machine, not on the user, and are refused.
func Load(name string) (*time.Location, error) {
	if known, ok := loaded.Load(name); ok {
		return known.(*time.Location), nil
	}
	switch name {
	case "":
		return nil, fmt.Errorf("a time zone is missing, such as %s", Example(name))
	case "Local":
		return nil, fmt.Errorf("%q depends on the machine; name a time zone such as %s", name, Example(name))
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%.64q is not a known time zone; one is %s", name, Example(name))
	}
	loaded.Store(name, zone)
	return zone, nil
}

// Example returns the name of a zone to show to somebody whose name was refused. It is
// never that name, however it is spelled.
func Example(refused string) string {
	const usual, other = "Europe/Berlin", "America/New_York"
	if strings.EqualFold(strings.TrimSpace(refused), usual) {
		return other
	}
	return usual
}
