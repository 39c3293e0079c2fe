// Package schema holds the JSON Schema (2020-12) of the data of each type of event, by the name of the
// type. They are made of the Go types by the tests of package events.
package schema

import "embed"

// Files are the schemas: <type>.json.
//
//go:embed *.json
var Files embed.FS
