package main

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

const asyncAPI = "services/internal/events/asyncapi.json"

type eventDocument struct {
	Info     struct{ Description string }
	Channels map[string]struct {
		Description string
		Messages    map[string]struct{}
	}
	Components struct {
		Messages map[string]struct {
			Payload struct {
				AllOf []struct {
					Properties struct {
						Data struct {
							Ref string `json:"$ref"`
						}
					}
				}
			}
		}
		Schemas map[string]dataSchema
	}
}

type dataSchema struct {
	Properties map[string]struct {
		Type, Const any
		Description string
	}
	Required []string
}

// eventsPage lists the topics with their types of events, and what an event consists of.
func eventsPage() (string, error) {
	var document eventDocument
	if err := readJSON(asyncAPI, &document); err != nil {
		return "", err
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# Events\n\n%s\n\nFor machines, the same is an [AsyncAPI document](../../%s).\n", prose(document.Info.Description), asyncAPI)
	fmt.Fprintf(&out, "\n## An event\n\n%s", table([]string{"member", "says"}, members(document.Components.Schemas["CloudEvent"])))
	for _, topic := range slices.Sorted(maps.Keys(document.Channels)) {
		channel := document.Channels[topic]
		var kinds strings.Builder
		var always []string
		for _, kind := range slices.Sorted(maps.Keys(channel.Messages)) {
			file, err := document.dataOf(kind)
			if err != nil {
				return "", err
			}
			var schema dataSchema
			if err := readJSON(file, &schema); err != nil {
				return "", err
			}
			if always == nil {
				always = schema.Required
			}
			always = slices.DeleteFunc(always, func(member string) bool { return !slices.Contains(schema.Required, member) })
			fmt.Fprintf(&kinds, "- [`%s`](../../%s)\n", kind, file)
		}
		fmt.Fprintf(&out, "\n## %s\n\n%s `data` of each has %s; the schema of each type says what else.\n\n%s",
			topic, prose(channel.Description), code(strings.Join(always, "`, `")), kinds.String())
	}
	return out.String(), nil
}

// dataOf names the file with the schema of an event's data.
func (d eventDocument) dataOf(kind string) (string, error) {
	for _, part := range d.Components.Messages[kind].Payload.AllOf {
		if ref := part.Properties.Data.Ref; ref != "" {
			return path.Join(path.Dir(asyncAPI), ref), nil
		}
	}
	return "", fmt.Errorf("%s has no schema of its data", kind)
}

func members(schema dataSchema) [][]string {
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		member := schema.Properties[name]
		says := prose(member.Description)
		if member.Const != nil {
			says = "always " + code(fmt.Sprint(member.Const))
		}
		rows = append(rows, []string{code(name), says})
	}
	return rows
}
