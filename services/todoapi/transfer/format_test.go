package transfer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

func TestFormsAreFoundByContent(t *testing.T) {
	for file, want := range map[string]string{
		string(fixture(t, "todoist.json")):           formTodoist,
		string(fixture(t, "todoist.csv")):            formTodoistCSV,
		string(fixture(t, "vikunja.json")):           formVikunja,
		string(fixture(t, "microsoft-todo.json")):    formMicrosoft,
		string(fixture(t, "ticktick.csv")):           formTickTick,
		string(fixture(t, "tasks.ics")):              formICS,
		string(archiveOf(t, "data.json", "[]")):      formVikunja,
		string(archiveOf(t, "Trips [123].csv", "x")): formTodoistCSV,
		string(archiveOf(t, "photo.png", "x")):       "",
		byteOrderMark + `{"format":"todoplatform"}`:  formJSON,
		`[{"id":"x","displayName":"Tasks"}]`:         formMicrosoft,
		`[{"id":1,"title":"Home","namespace_id":1}]`: formVikunja,
		`{"projects":[],"tasks":[]}`:                 "",
		`{"x":[`:                                     "",
		`[[]]`:                                       "",
		"title,due\nx,today\n":                       "",
		"PK\x03\x04":                                 "",
		"":                                           "",
	} {
		if got := formByContent([]byte(file)); got != want {
			t.Errorf("%.40q: got %q, want %q", file, got, want)
		}
	}
	for contentType, want := range map[string]string{"application/json": formJSON, "text/csv; charset=utf-8": formCSV, "text/calendar": formICS, "application/zip": "", "": ""} {
		if got, err := formOf(contentType, []byte("x")); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v", contentType, got, err)
		}
	}
}

func TestHostileFilesAreRefusedInWords(t *testing.T) {
	many := make([]string, 0, 2*maxEntries+2)
	for i := range maxEntries + 1 {
		many = append(many, fmt.Sprint(i), "")
	}
	broken := archiveOf(t, "data.json", strings.Repeat("[1", 1000))
	copy(broken[39:], "\xff\xff\xff\xff")
	for name, c := range map[string]struct {
		read fileReader
		file string
		want string
	}{
		"an archive that unpacks to much": {readVikunja, string(archiveOf(t, "data.json", "["+strings.Repeat(" ", maxFileBytes)+"]")), "unpacks to more than 32 MiB"},
		"an archive of many files":        {readTodoistCSV, string(archiveOf(t, many...)), "more than 10000 files"},
		"an archive that is damaged":      {readVikunja, string(broken), "is damaged"},
		"half an archive":                 {readVikunja, archiveMark + "x", "cannot be read"},
		"an archive without the data":     {readVikunja, string(archiveOf(t, "VERSION", "1")), "there is no data.json in it"},
		"an archive without tables":       {readTodoistCSV, string(archiveOf(t, "VERSION", "1")), "there is no CSV file in it"},
		"a document that is cut off":      {readTodoistJSON, `{"items":[{"id":`, "the file is not JSON"},
		"a document with a tail":          {readMicrosoft, `[] []`, "goes on after its end"},
		"a document without lists":        {readMicrosoft, `{}`, "neither value nor lists"},
		"a document without tasks":        {readTodoistJSON, `{"projects":null}`, "neither items nor tasks"},
		"a list that is none":             {readTodoistJSON, `{"items":{}}`, "items: must be a list"},
		"a project that is none":          {readVikunja, `[1]`, "is not one JSON object"},
		"a value that does not fit":       {readVikunja, `[{"id":1},{"id":{}}]`, "[1].id: is no id"},
		"a table without columns":         {readTickTick, "a,b\n", "no backup of TickTick"},
		"nothing":                         {readTickTick, "", "no backup of TickTick"},
		"objects that do not fit":         {readTodoistJSON, `{"items":[` + strings.Repeat("1,", maxMisfits) + `1]}`, "more than 100000 objects"},
		"more tasks than there can be":    {readTodoistJSON, `{"items":[` + strings.Repeat("{},", 100_000) + `{}]}`, "more than 100000 tasks"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.read(strings.NewReader(c.file), around(t))
			if failure.KindOf(err) != failure.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	w, err := readTodoistJSON(strings.NewReader(`{"items":[{"id":1,"content":"`+strings.Repeat("x", maxObjectBytes)+`"},{"id":2,"content":"y","labels":["`+strings.Repeat(`a","`, 100_000)+`b"]}]}`), around(t))
	if err != nil || len(w.tasks) != 1 || len(w.faults()) != 1 || w.faults()[0].Reason != "is longer than 2 MiB" || len(w.tasks[0].value.Tags) != 2 {
		t.Errorf("got %+v, %v", w, err)
	}
}

func FuzzForms(f *testing.F) {
	for _, name := range []string{"todoist.json", "vikunja.json", "microsoft-todo.json", "ticktick.csv", "tasks.ics"} {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if form := formByContent(file); form != "" && fileReaders[form] == nil {
			t.Errorf("there is no reader for %q", form)
		}
	})
}
