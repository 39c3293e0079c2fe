package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

const openAPI = "services/todoapi/testdata/openapi.json"

// apiDocument is what the page needs of an OpenAPI document.
type apiDocument struct {
	Info struct{ Description string }
	Tags []struct{ Name, Description string }
	// Paths maps a path to its operations by method; a path may have members that are none.
	Paths map[string]map[string]json.RawMessage
}

type operation struct {
	Summary  string
	Tags     []string
	Security []map[string][]string
}

var methods = []string{"get", "post", "put", "patch", "delete"}

// apiPage lists all operations of the API by what they are about.
func apiPage() (string, error) {
	var document apiDocument
	if err := readJSON(openAPI, &document); err != nil {
		return "", err
	}
	byTag := map[string][][]string{}
	for _, path := range slices.Sorted(maps.Keys(document.Paths)) {
		for _, method := range methods {
			content, ok := document.Paths[path][method]
			if !ok {
				continue
			}
			var one operation
			if err := json.Unmarshal(content, &one); err != nil {
				return "", fmt.Errorf("%s %s: %w", method, path, err)
			}
			if len(one.Tags) != 1 {
				return "", fmt.Errorf("%s %s has %d tags", method, path, len(one.Tags))
			}
			byTag[one.Tags[0]] = append(byTag[one.Tags[0]], []string{prose(one.Summary), code(strings.ToUpper(method) + " " + path), one.scopes()})
		}
	}
	var out strings.Builder
	out.WriteString("# Operations of the API\n\nAll paths are below `/api/v1`. A running platform shows every field, and lets you try them, at `/api/v1/docs`; " +
		"its document is `/api/v1/openapi.json`. How to begin is in [The API](../api.md).\n\n" + prose(document.Info.Description) + "\n")
	for _, tag := range document.Tags {
		fmt.Fprintf(&out, "\n## %s\n\n%s\n\n", tag.Name, prose(tag.Description))
		out.WriteString(table([]string{"operation", "request", "scope"}, byTag[tag.Name]))
	}
	return out.String(), nil
}

// scopes says what a token needs: one without any is open to all, or to who is signed in.
func (o operation) scopes() string {
	var scopes []string
	for _, way := range o.Security {
		for _, needed := range way {
			scopes = append(scopes, needed...)
		}
	}
	slices.Sort(scopes)
	return code(strings.Join(slices.Compact(scopes), " "))
}

func readJSON(file string, into any) error {
	content, err := os.ReadFile(file) //nolint:gosec // of this repository
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}
