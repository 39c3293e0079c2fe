package transfer

import (
	"bytes"
	"strings"
	"testing"
)

func TestDuesOfTodoist(t *testing.T) {
	for name, c := range map[string]struct{ item, want string }{
		"a day":                            {`"due":{"date":"2031-03-04","string":"4 mar"}`, "x p4 due 2031-03-04"},
		"a time that floats":               {`"due":{"date":"2031-03-04T09:00:00","string":"4 mar 9am"}`, "x p4 due 2031-03-04 09:00"},
		"a moment in the user's zone":      {`"due":{"date":"2031-03-04T08:00:00Z","timezone":"Europe/Berlin"}`, "x p4 due 2031-03-04 09:00"},
		"a moment in another zone":         {`"due":{"date":"2031-03-04T08:00:00.000000Z","timezone":"Asia/Tokyo"}`, "x p4 due 2031-03-04 17:00 Asia/Tokyo"},
		"the datetime of the REST API":     {`"due":{"date":"2031-03-04","datetime":"2031-03-04T08:00:00Z","timezone":"Europe/Berlin"}`, "x p4 due 2031-03-04 09:00"},
		"a zone that nobody knows":         {`"due":{"date":"2031-03-04T08:00:00Z","timezone":"Mars/Olympus"}`, `x p4 due 2031-03-04 09:00: the zone "Mars/Olympus" is not known, and yours is taken`},
		"no date":                          {`"due":{"date":"soon"}`, `x p4: due: "soon" is not a date`},
		"a rule in English":                {`"due":{"date":"2031-03-04","string":"every 2nd tuesday","lang":"en","is_recurring":true}`, "x p4 due 2031-03-04 FREQ=MONTHLY;BYDAY=2TU (schedule)"},
		"a rule after completion":          {`"due":{"date":"2031-03-04","string":"every! 2 weeks","lang":"en","is_recurring":true}`, "x p4 due 2031-03-04 FREQ=WEEKLY;INTERVAL=2 (completion)"},
		"a rule in German":                 {`"due":{"date":"2031-03-04","string":"jeden Tag","lang":"de","is_recurring":true}`, "x p4 due 2031-03-04 FREQ=DAILY (schedule)"},
		"a rule in a language without any": {`"due":{"date":"2031-03-04","string":"毎日","lang":"ja","is_recurring":true}`, `x p4 due 2031-03-04: recurrence: "毎日" is not understood; it has its date and does not repeat`},
		"a rule without a date":            {`"due":{"date":"","string":"every day","lang":"en","is_recurring":true}`, `x p4: due: "" is not a date; recurrence: it does not repeat, because it has no due date to start from`},
		"days that it takes":               {`"duration":{"amount":2,"unit":"day"}`, "x p4 2880min"},
		"longer than anything takes":       {`"duration":{"amount":9223372036854775807,"unit":"day"}`, "x p4: its duration is not taken over: it must be from a minute to 366 days"},
		"a deadline":                       {`"deadline":{"date":"2031-06-01","lang":"en"}`, "x p4 ..2031-06-01"},
		"a deadline that is none":          {`"deadline":{"date":"summer"}`, `x p4: deadline: "summer" is not a date`},
		"priority 4, which is p1":          {`"priority":4`, "x p1"},
		"a priority beyond all":            {`"priority":-3`, "x p4"},
		"completed, nobody knows when":     {`"checked":1`, "x p4 done 2026-11-30T09:00:00Z: it counts as completed now, because the file does not say when it was"},
		"completed in the REST API":        {`"is_completed":true,"completed_at":"2026-01-02T03:04:05Z"`, "x p4 done 2026-01-02T03:04:05Z"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOneTask(t, readTodoistJSON, `{"items":[{"id":1,"content":"x",`+c.item+`}]}`, c.want)
		})
	}
}

func TestTodoistsInboxWithSectionsIsAProject(t *testing.T) {
	const projects = `{"projects":[{"id":"i","name":"Inbox","inbox_project":true}],"tasks":[{"id":"t","content":"x","project_id":"i","section_id":"s"}]`
	w, err := readTodoistJSON(strings.NewReader(projects+`,"sections":[{"id":"s","name":"Now","project_id":"i"}]}`), around(t))
	if err != nil || len(w.projects) != 1 || w.tasks[0].value.ProjectID != "i" {
		t.Errorf("got %+v, %v", w, err)
	}
	w, err = readTodoistJSON(strings.NewReader(projects+`}`), around(t))
	if err != nil || len(w.projects) != 0 || w.tasks[0].value.ProjectID != "" {
		t.Errorf("got %+v, %v", w, err)
	}
}

func TestBackupsOfTodoistAreArchives(t *testing.T) {
	const header = "TYPE,CONTENT,PRIORITY,INDENT\n"
	packed := archiveOf(t, "Inbox [1].csv", header+"task,Loose,4,1\n", "notes.txt", "x", "Trips/2031 [2].csv", header+"task,Plan,1,1\ntask,Book,4,2\nsection,Packing,,\n")
	here := around(t)
	here.project = "Todoist"
	w, err := readTodoistCSV(bytes.NewReader(packed), here)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range w.projects {
		got = append(got, p.value.ParentID+" > "+p.value.Name)
	}
	for _, i := range w.tasks {
		got = append(got, i.line.At+" "+i.value.ProjectID+" "+i.value.ParentID+" "+inShort(i))
	}
	want := []string{" > Todoist", "path:/todoist > Trips/2031", "Inbox [1].csv, line 2 path:/todoist  Loose p4",
		`Trips/2031 [2].csv, line 2 path:/todoist/trips\/2031  Plan p1`, `Trips/2031 [2].csv, line 3 path:/todoist/trips\/2031 Trips/2031 [2].csv, line 2 Book p4`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func FuzzTodoistJSON(f *testing.F) { fuzz(f, readTodoistJSON, fixture(f, "todoist.json")) }

func FuzzTodoistCSV(f *testing.F) {
	fuzz(f, readTodoistCSV, fixture(f, "todoist.csv"), archiveOf(f, "Trips [1].csv", string(fixture(f, "todoist.csv"))))
}
