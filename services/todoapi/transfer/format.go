package transfer

import (
	"bytes"
	"encoding/binary"
	"mime"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// The forms of files that are read.
const (
	formJSON       = "json"
	formCSV        = "csv"
	formICS        = "ics"
	formTodoist    = "todoist"
	formTodoistCSV = "todoist-csv"
	formVikunja    = "vikunja"
	formMicrosoft  = "microsoft-todo"
	formTickTick   = "ticktick"
)

const (
	byteOrderMark = "\xef\xbb\xbf"
	// maxFirst bounds how much of a file is looked at to tell what it is.
	maxFirst = 64 << 10
)

// formOf tells the form of a file by how it begins, or else by its media type.
func formOf(contentType string, first []byte) (string, error) {
	if form := formByContent(first); form != "" {
		return form, nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err == nil {
		for name, form := range exportForms {
			if form.contentType == media {
				return name, nil
			}
		}
	}
	return "", failure.InvalidField("query.format", "name what the file is: neither what is in it nor Content-Type %q tells it", contentType)
}

// formByContent tells the form of a file by how it begins, "" where that does not tell it.
func formByContent(first []byte) string {
	first = bytes.TrimLeft(bytes.TrimPrefix(first, []byte(byteOrderMark)), " \t\r\n")
	switch {
	case bytes.HasPrefix(first, []byte(archiveMark)):
		return formOfArchive(first)
	case bytes.HasPrefix(first, []byte("{")), bytes.HasPrefix(first, []byte("[")):
		return formOfJSON(first)
	case len(first) >= len("BEGIN:VCALENDAR") && strings.EqualFold(string(first[:len("BEGIN:VCALENDAR")]), "BEGIN:VCALENDAR"):
		return formICS
	}
	return formOfTable(first)
}

// formOfArchive tells the form by the name of the first file in an archive.
func formOfArchive(first []byte) string {
	const lengthAt, nameAt = 26, 30
	if len(first) < nameAt {
		return ""
	}
	name := string(first[nameAt:min(len(first), nameAt+int(binary.LittleEndian.Uint16(first[lengthAt:])))])
	switch {
	case name == vikunjaData || name == "VERSION":
		return formVikunja
	case strings.HasSuffix(strings.ToLower(name), ".csv"):
		return formTodoistCSV
	}
	return ""
}

// formOfJSON tells the form by the names of members.
func formOfJSON(first []byte) string {
	in := jsontext.NewDecoder(bytes.NewReader(first))
	list := in.PeekKind() == '['
	if list {
		_, _ = in.ReadToken() // it was peeked at
	}
	names := map[string]bool{}
	_ = readMembers(in, func(name string) error { // to where the document is cut off
		names[name] = true
		return in.SkipValue()
	})
	has := func(of ...string) bool { return slices.ContainsFunc(of, func(name string) bool { return names[name] }) }
	switch {
	case !list && has("format"):
		return formJSON
	case list && has("displayName", "wellknownListName"), !list && has("@odata.context", "value", "lists"):
		return formMicrosoft
	case list && has("parent_project_id", "namespace_id", "buckets", "lists", "hex_color"):
		return formVikunja
	case !list && has("sync_token", "full_sync", "items"):
		return formTodoist
	}
	return ""
}

// formOfTable tells the form by the columns.
func formOfTable(first []byte) string {
	line, _, _ := bytes.Cut(first, []byte("\n"))
	header := strings.ToUpper(string(line))
	switch {
	case bytes.Contains(first, []byte("List Name")) && bytes.Contains(first, []byte("Is Check list")):
		return formTickTick
	case strings.HasPrefix(header, "TYPE,CONTENT"):
		return formTodoistCSV
	}
	return ""
}
