package todoapi

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/services/todoapi/transfer"
)

// exportOf is the document that a user exports, read.
type exportOf struct {
	Format     string
	Version    int
	ExportedAt time.Time
	Settings   transfer.Settings
	Projects   []transfer.Project
	Sections   []transfer.Section
	Tags       []transfer.Tag
	Filters    []transfer.Filter
	Tasks      []transfer.Task
	Comments   []transfer.Comment
}

func exportFile(t *testing.T, h *harness, c *client.Client, query string) answer {
	t.Helper()
	got := send(t, &http.Client{Timeout: 10 * time.Minute}, http.MethodGet, h.url+"/api/v1/export"+query, "", map[string]string{"Authorization": "Bearer " + c.Grant.AccessToken})
	if got.status != http.StatusOK {
		t.Fatalf("got %d: %s", got.status, got.body)
	}
	return got
}

func exported(t *testing.T, h *harness, c *client.Client) (exportOf, []byte) {
	t.Helper()
	got := exportFile(t, h, c, "")
	decoder := json.NewDecoder(bytes.NewReader(got.body))
	decoder.DisallowUnknownFields()
	var document exportOf
	if err := decoder.Decode(&document); err != nil {
		t.Fatalf("%v in %s", err, got.body)
	}
	return document, got.body
}

func importFile(t *testing.T, h *harness, c *client.Client, contentType, query string, file []byte) answer {
	t.Helper()
	return send(t, &http.Client{Timeout: 10 * time.Minute}, http.MethodPost, h.url+"/api/v1/import"+query, string(file),
		map[string]string{"Authorization": "Bearer " + c.Grant.AccessToken, "Content-Type": contentType})
}

func imported(t *testing.T, h *harness, c *client.Client, contentType, query string, file []byte) transfer.Report {
	t.Helper()
	got := importFile(t, h, c, contentType, query, file)
	var report transfer.Report
	if err := json.Unmarshal(got.body, &report); err != nil || got.status != http.StatusOK {
		t.Fatalf("got %d: %s", got.status, got.body)
	}
	return report
}

// countsOf writes what a report counts: kind added/there/left out.
func countsOf(r transfer.Report) string {
	var counts []string
	for _, count := range r.Counts {
		if count.Added+count.There+count.LeftOut > 0 {
			counts = append(counts, fmt.Sprintf("%s %d/%d/%d", count.Kind, count.Added, count.There, count.LeftOut))
		}
	}
	return strings.Join(counts, ", ")
}

// linesOf writes the lines of a report that tell more than that something was added.
func linesOf(r transfer.Report) string {
	var lines []string
	for _, line := range r.Lines {
		if line.Outcome != transfer.Added || line.Reason != "" {
			lines = append(lines, fmt.Sprintf("%s %q %s: %s", line.At, line.Name, line.Outcome, line.Reason))
		}
	}
	return strings.Join(lines, "\n")
}

// comparable is a document without ids, times of writing and exact positions: objects are named by
// what they are called, in the order of their positions.
func comparable(t *testing.T, d exportOf) map[string]any {
	t.Helper()
	names := map[string]string{"": ""}
	for _, p := range d.Projects {
		names[p.ID] = "project " + p.Name
	}
	for _, s := range d.Sections {
		names[s.ID] = names[s.ProjectID] + " section " + s.Name
	}
	for _, task := range d.Tasks {
		names[task.ID] = "task " + task.Title
	}
	name := func(id string) string {
		name, ok := names[id]
		if !ok {
			t.Errorf("%s is not in the document", id)
		}
		return name
	}
	slices.SortFunc(d.Projects, func(a, b transfer.Project) int { return strings.Compare(a.Position, b.Position) })
	slices.SortFunc(d.Sections, func(a, b transfer.Section) int { return strings.Compare(a.Position, b.Position) })
	slices.SortFunc(d.Filters, func(a, b transfer.Filter) int { return strings.Compare(a.Position, b.Position) })
	slices.SortFunc(d.Tags, func(a, b transfer.Tag) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(d.Tasks, func(a, b transfer.Task) int { return strings.Compare(a.Position, b.Position) })
	siblings := map[string][]string{}
	for i := range d.Projects {
		p := &d.Projects[i]
		siblings["projects of "+name(p.ParentID)] = append(siblings["projects of "+name(p.ParentID)], p.Name)
		if p.ArchivedAt != nil {
			p.ArchivedAt = &time.Time{}
		}
		p.ID, p.ParentID, p.Position, p.CreatedAt = "", name(p.ParentID), "", nil
	}
	for i := range d.Sections {
		s := &d.Sections[i]
		siblings["sections of "+name(s.ProjectID)] = append(siblings["sections of "+name(s.ProjectID)], s.Name)
		s.ID, s.ProjectID, s.Position, s.CreatedAt = "", name(s.ProjectID), "", nil
	}
	for i := range d.Tags {
		d.Tags[i].ID, d.Tags[i].CreatedAt = "", nil
	}
	for i := range d.Filters {
		d.Filters[i].ID, d.Filters[i].Position, d.Filters[i].CreatedAt = "", "", nil
	}
	series := map[string]string{}
	for _, task := range d.Tasks {
		if task.Series != nil && (series[task.Series.ID] == "" || task.Title < series[task.Series.ID]) {
			series[task.Series.ID] = task.Title
		}
	}
	for i := range d.Tasks {
		task := &d.Tasks[i]
		place := "tasks of " + name(task.ProjectID) + name(task.SectionID) + name(task.ParentID)
		siblings[place] = append(siblings[place], task.Title)
		task.ID, task.ProjectID, task.SectionID, task.ParentID, task.Position = "", name(task.ProjectID), name(task.SectionID), name(task.ParentID), ""
		for j := range task.Reminders {
			task.Reminders[j].ID = ""
		}
		if task.Series != nil {
			task.Series.ID = series[task.Series.ID]
		}
	}
	slices.SortFunc(d.Projects, func(a, b transfer.Project) int { return strings.Compare(a.ParentID+a.Name, b.ParentID+b.Name) })
	slices.SortFunc(d.Sections, func(a, b transfer.Section) int { return strings.Compare(a.ProjectID+a.Name, b.ProjectID+b.Name) })
	slices.SortFunc(d.Tasks, func(a, b transfer.Task) int { return strings.Compare(a.Title, b.Title) })
	slices.SortFunc(d.Comments, func(a, b transfer.Comment) int { return a.CreatedAt.Compare(*b.CreatedAt) })
	for i := range d.Comments {
		d.Comments[i].ID, d.Comments[i].TaskID = "", name(d.Comments[i].TaskID)
	}
	return map[string]any{"settings": d.Settings, "projects": d.Projects, "sections": d.Sections, "tags": d.Tags, "filters": d.Filters,
		"tasks": d.Tasks, "comments": d.Comments, "siblings": siblings}
}

// generatedWorld fills an account with what chance gives, by the API that people have.
func generatedWorld(t *testing.T, c *client.Client, r *rand.Rand) {
	t.Helper()
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var commands []client.Command
	var projects, sections, tasks []string
	levels := map[string]int{}
	sectionProject := map[string]string{}
	add := func(name string, fields map[string]any) string {
		id := fmt.Sprintf("%08x-0000-7000-8000-%012x", r.Uint32(), r.Uint64N(1<<48))
		commands = append(commands, client.Command{Name: name, ID: id, Fields: fields})
		return id
	}
	for i := range 2 + r.IntN(5) {
		fields := map[string]any{"name": fmt.Sprintf("P%d %s", i, pick("Garten", "Ö", "a/b", "“quoted”")), "colour": pick("red", "grey"), "favourite": r.IntN(2) == 0}
		level := 1
		if len(projects) > 0 && r.IntN(2) == 0 {
			if parent := projects[r.IntN(len(projects))]; levels[parent] < 5 {
				fields["parentId"], level = parent, levels[parent]+1
			}
		}
		id := add("project.create", fields)
		projects, levels[id] = append(projects, id), level
		for j := range r.IntN(3) {
			section := add("section.create", map[string]any{"projectId": id, "name": fmt.Sprintf("S%d", j)})
			sections, sectionProject[section] = append(sections, section), id
		}
	}
	for i := range r.IntN(4) {
		add("tag.create", map[string]any{"name": fmt.Sprintf("T%d", i), "colour": pick("blue", "pink")})
		add("filter.create", map[string]any{"name": fmt.Sprintf("F%d", i), "query": pick("today", "p1 & !@T0", "overdue"), "favourite": true})
	}
	for i := range 10 + r.IntN(25) {
		fields := map[string]any{"title": fmt.Sprintf("task %02d %s", i, pick("milk", "Bücher, \"zurück\"", "日本語 🎉"))}
		level := 1
		switch r.IntN(4) {
		case 0:
			fields["projectId"] = projects[r.IntN(len(projects))]
		case 1:
			if len(sections) > 0 {
				fields["sectionId"] = sections[r.IntN(len(sections))]
			}
		case 2:
			if len(tasks) > 0 {
				if parent := tasks[r.IntN(len(tasks))]; levels[parent] < 5 {
					fields["parentId"], level = parent, levels[parent]+1
				}
			}
		}
		if r.IntN(3) == 0 {
			fields["notes"] = pick("one\ntwo\r\n", "**bold** \u2028 \\", " ")
		}
		if r.IntN(2) == 0 {
			due := map[string]any{"date": fmt.Sprintf("2026-%02d-%02d", 1+r.IntN(12), 1+r.IntN(28))}
			if r.IntN(2) == 0 {
				due["time"] = fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60))
			}
			if r.IntN(3) == 0 {
				due["zone"] = pick("America/New_York", "Asia/Tokyo")
			}
			fields["due"] = due
			if r.IntN(3) == 0 {
				fields["recurrence"] = map[string]any{"rule": pick("FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=9"), "anchor": pick("schedule", "completion")}
			}
			if r.IntN(3) == 0 {
				fields["reminders"] = []any{map[string]any{"minutesBefore": r.IntN(100)}, map[string]any{"at": "2031-05-05T10:00:00Z"}}
			}
		}
		if r.IntN(3) == 0 {
			fields["tags"] = []string{pick("T0", "new", "Zu Hause"), pick("x", "y")}
		}
		if r.IntN(4) == 0 {
			fields["start"], fields["deadline"], fields["durationMinutes"] = "2026-02-03", "2026-12-31", 1+r.IntN(500)
		}
		if r.IntN(4) == 0 {
			fields["notify"] = [][]string{{}, {"email"}, {"push", "email"}}[r.IntN(3)]
		}
		fields["priority"] = 1 + r.IntN(4)
		id := add("task.create", fields)
		tasks, levels[id] = append(tasks, id), level
		for range r.IntN(3) {
			add("comment.create", map[string]any{"taskId": id, "text": fmt.Sprintf("comment %d\non it", r.IntN(1000))})
		}
	}
	for range 6 {
		commands = append(commands, client.Command{Name: pick("task.complete", "task.delete"), ID: tasks[r.IntN(len(tasks))]})
		commands = append(commands, client.Command{Name: "task.move", ID: tasks[r.IntN(len(tasks))], Fields: map[string]any{pick("before", "after"): tasks[r.IntN(len(tasks))]}})
		commands = append(commands, client.Command{Name: "task.update_occurrence", ID: tasks[r.IntN(len(tasks))], Fields: map[string]any{"title": pick("once", "other"), "deadline": nil, "tags": []string{"x"}}})
		commands = append(commands, client.Command{Name: "task.pause", ID: tasks[r.IntN(len(tasks))]})
		commands = append(commands, client.Command{Name: "project.move", ID: projects[r.IntN(len(projects))], Fields: map[string]any{"before": projects[r.IntN(len(projects))]}})
	}
	commands = append(commands,
		client.Command{Name: pick("project.archive", "project.delete"), ID: projects[r.IntN(len(projects))]},
		client.Command{Name: "project.unarchive", ID: projects[r.IntN(len(projects))]},
		client.Command{Name: "settings.update", Fields: map[string]any{"zone": "Asia/Tokyo", "locale": "de", "weekStart": 7, "dayStart": "08:30",
			"remindersBy": []string{}, "digestBy": []string{"email"}, "digestAt": "07:15", "overdueBy": []string{"push"}, "overdueAt": "20:00",
			"quietHours": map[string]any{"from": "22:00", "to": "06:30", "urgent": true}}})
	// One at a time, so that comments differ in when they were made. What chance made impossible fails.
	for chunk := range slices.Chunk(commands, 1) {
		if _, err := c.Apply(t.Context(), true, chunk); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsExportedComesBackTheSame(t *testing.T) {
	h := newHarness(t)
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			from, to := h.user(t), h.user(t)
			generatedWorld(t, from, rand.New(rand.NewPCG(seed, 1)))
			before, file := exported(t, h, from)
			report := imported(t, h, to, "application/json", "?settings=true", file)
			if !report.Complete || linesOf(report) != "" {
				t.Fatalf("got %s\n%s", countsOf(report), linesOf(report))
			}
			after, _ := exported(t, h, to)
			brought := comparable(t, after)
			if diff := cmp.Diff(comparable(t, before), brought); diff != "" {
				t.Fatalf("what was imported differs:\n%s", diff)
			}
			// The same file again: nothing becomes two.
			again := imported(t, h, to, "application/json", "?settings=true", file)
			if again.ImportID != report.ImportID {
				t.Errorf("the id is another one: %s, %s", again.ImportID, report.ImportID)
			}
			repeated, _ := exported(t, h, to)
			if diff := cmp.Diff(brought, comparable(t, repeated)); diff != "" {
				t.Fatalf("importing twice made a difference:\n%s", diff)
			}
			for i := len(report.Groups) - 1; i >= 0; i-- {
				if err := to.Undo(t.Context(), report.Groups[i]); err != nil {
					t.Fatal(err)
				}
			}
			if undone, _ := exported(t, h, to); len(undone.Tasks)+len(undone.Projects)+len(undone.Filters)+len(undone.Tags) > 0 {
				t.Errorf("undoing the import left %+v", undone)
			}
		})
	}
}

const jsonFile = "application/json"

func fileOf(t *testing.T, members map[string]any) []byte {
	t.Helper()
	document := map[string]any{"format": "todoplatform", "version": 1}
	for name, value := range members {
		document[name] = value
	}
	file, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

type objects = []map[string]any

func TestImport(t *testing.T) {
	h := newHarness(t)

	t.Run("keeps series and when things were done", func(t *testing.T) {
		c := h.user(t)
		series := func(n int) map[string]any {
			return map[string]any{"id": "s", "occurrence": n, "start": map[string]any{"date": "2026-01-31"}}
		}
		file := fileOf(t, map[string]any{"tasks": objects{
			{"id": "4", "title": "open", "due": map[string]any{"date": "2026-05-31"}, "recurrence": map[string]any{"rule": "FREQ=MONTHLY;COUNT=12"}, "series": series(4)},
			{"id": "3", "title": "done", "due": map[string]any{"date": "2026-04-30"}, "recurrence": map[string]any{"rule": "FREQ=MONTHLY;COUNT=12"}, "series": series(3),
				"completedAt": "2026-05-02T07:08:09.123Z", "createdAt": "2026-04-01T00:00:00Z"},
			{"id": "5", "title": "again", "due": map[string]any{"date": "2026-04-30"}, "recurrence": map[string]any{"rule": "FREQ=MONTHLY;COUNT=12"}, "series": series(3)},
		}})
		report := imported(t, h, c, jsonFile, "?each=true", file)
		if got, want := linesOf(report), `tasks[2] "again" leftOut: series: another task in the file has this place in the series`; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		list, err := c.ListTasks(t.Context(), "all", 10, "")
		if err != nil || len(list.Items) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		done, open := list.Items[0], list.Items[1]
		if done.Series.ID != open.Series.ID || done.Series.Occurrence != 3 || open.Series.Occurrence != 4 || open.Series.Start.Date != "2026-01-31" {
			t.Errorf("got %+v and %+v", done.Series, open.Series)
		}
		if got := done.CompletedAt.Format(time.RFC3339Nano); got != "2026-05-02T07:08:09.123Z" || done.CreatedAt.Format(time.DateOnly) != "2026-04-01" {
			t.Errorf("it was completed at %s and created at %s", got, done.CreatedAt)
		}
		var missing int
		if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM todo.task WHERE user_id = $1 AND completed_at IS NOT NULL AND advanced_at IS NULL`, c.Grant.User.ID).Scan(&missing); err != nil || missing > 0 {
			t.Errorf("something is to follow what was imported as completed: %d, %v", missing, err)
		}
	})

	faulty := fileOf(t, map[string]any{
		"projects": objects{{"id": "a", "name": "A", "parentId": "b"}, {"id": "b", "name": "B", "parentId": "a"}, {"id": "c", "name": " "}, {"id": "d", "name": "D", "colour": "mauve"},
			{"id": "e", "name": "E"}, {"id": "e", "name": "F"}},
		"sections": objects{{"id": "s", "projectId": "c", "name": "S"}},
		"tags":     objects{{"name": "ok"}},
		"filters":  objects{{"name": "f", "query": "((("}},
		"tasks": objects{{"id": "1", "title": "good", "projectId": "e"}, {"id": "2", "title": "bad day", "due": map[string]any{"date": "2026-02-30"}},
			{"id": "3", "title": "below", "parentId": "2"}, {"id": "4", "title": "number", "priority": "high"}, {"id": "5", "title": strings.Repeat("x", 501)},
			{"id": "6", "title": "elsewhere", "sectionId": "s"}, {"id": "7", "title": "recurs", "recurrence": map[string]any{"rule": "FREQ=DAILY"}},
			{"id": "8", "title": "completed", "completedAt": "2026-01-01T00:00:00Z"}, {"id": "9", "title": "open below", "parentId": "8"}},
		"comments": objects{{"taskId": "1", "text": "yes"}, {"taskId": "2", "text": "no"}},
		"unknown":  map[string]any{"passed": "over"},
	})
	t.Run("does nothing with a file of which something is wrong, and says what", func(t *testing.T) {
		c := h.user(t)
		got := importFile(t, h, c, jsonFile, "", faulty)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `; and 13 more. Nothing was imported`) {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		dry := imported(t, h, c, jsonFile, "?dryRun=true", faulty)
		if !dry.DryRun || len(dry.Groups) > 0 {
			t.Errorf("got %+v", dry)
		}
		if document, _ := exported(t, h, c); len(document.Tasks)+len(document.Projects)+len(document.Tags) > 0 {
			t.Errorf("it left %+v", document)
		}
		report := imported(t, h, c, jsonFile, "?each=true", faulty)
		const counts = "projects 1/0/5, sections 0/0/1, tags 1/0/0, filters 0/0/1, tasks 3/0/6, comments 1/0/1"
		if countsOf(report) != counts || countsOf(dry) != counts {
			t.Errorf("got %s, %s\n%s", countsOf(report), countsOf(dry), linesOf(report))
		}
		for _, want := range []string{
			`projects[2] " " leftOut: name: must not be blank`,
			`projects[3] "D" leftOut: colour: expected value to be one of`,
			`projects[5] "F" leftOut: id: another one of the projects in the file has it`,
			`sections[0] "S" leftOut: the project that it is in is left out, or not in the file`,
			`filters[0] "f" leftOut: query: `,
			`tasks[1] "bad day" leftOut: due.date: `,
			`tasks[2] "below" leftOut: the task that it is part of is left out`,
			`tasks[3] "number" leftOut: priority: has a value that does not fit`,
			`tasks[4] "` + strings.Repeat("x", 80) + `…" leftOut: title: expected length <= 500`,
			`tasks[5] "elsewhere" leftOut: the section that it is in is left out, or not in the file`,
			`tasks[6] "recurs" leftOut: recurrence: needs a due date to start from`,
			`tasks[8] "open below" added: it is part of no task any more, because the one above it is completed and it is open`,
			`comments[1] "no" leftOut: the task that it is about is left out, or not in the file`,
		} {
			if !strings.Contains(linesOf(report), want) {
				t.Errorf("the report does not say %s:\n%s", want, linesOf(report))
			}
		}
	})

	t.Run("puts tasks where projects, sections and tags of these names are already", func(t *testing.T) {
		c := h.user(t)
		garden := newProject(t, c, client.ProjectDraft{Name: "garden"})
		section := made[client.Section](t, c, "/sections", map[string]any{"projectId": garden.ID, "name": "now"})
		made[client.Tag](t, c, "/tags", map[string]any{"name": "Home", "colour": "red"})
		file := fileOf(t, map[string]any{
			"projects": objects{{"id": "p", "name": "Garden"}}, "sections": objects{{"id": "s", "projectId": "p", "name": "Now"}},
			"tags": objects{{"name": "home", "colour": "blue"}}, "tasks": objects{{"title": "sow", "projectId": "p", "sectionId": "s", "tags": []string{"HOME"}}},
		})
		report := imported(t, h, c, jsonFile, "", file)
		if got := countsOf(report); got != "projects 0/1/0, sections 0/1/0, tags 0/1/0, tasks 1/0/0" {
			t.Errorf("got %s\n%s", got, linesOf(report))
		}
		list, err := c.ListTasks(t.Context(), "open", 10, "")
		if err != nil || len(list.Items) != 1 || *list.Items[0].SectionID != section.ID || list.Items[0].Tags[0] != "Home" {
			t.Errorf("got %+v, %v", list, err)
		}
		again := imported(t, h, c, jsonFile, "", file)
		if got := countsOf(again); got != "projects 0/1/0, sections 0/1/0, tags 0/1/0, tasks 0/1/0" {
			t.Errorf("the same file again: %s", got)
		}
		other := imported(t, h, c, jsonFile, "?importId=8f14e45f-ceea-467f-a0f8-6f7a2b1f0a11", file)
		if got := countsOf(other); got != "projects 0/1/0, sections 0/1/0, tags 0/1/0, tasks 1/0/0" {
			t.Errorf("the same file under another id: %s", got)
		}
	})

	t.Run("goes on where it was interrupted", func(t *testing.T) {
		c := h.user(t)
		all := objects{}
		for i := range 450 {
			all = append(all, map[string]any{"id": fmt.Sprint(i), "title": fmt.Sprint(i), "tags": []string{"t"}})
		}
		const id = "?importId=8f14e45f-ceea-467f-a0f8-6f7a2b1f0a12"
		if report := imported(t, h, c, jsonFile, id, fileOf(t, map[string]any{"tasks": all[:230]})); countsOf(report) != "tasks 230/0/0" || len(report.Groups) != 3 {
			t.Fatalf("got %s in %d", countsOf(report), len(report.Groups))
		}
		if err := c.DeleteTask(t.Context(), listAll(t, c)[0].ID); err != nil {
			t.Fatal(err)
		}
		if report := imported(t, h, c, jsonFile, id, fileOf(t, map[string]any{"tasks": all})); countsOf(report) != "tasks 220/230/0" {
			t.Errorf("got %s", countsOf(report))
		}
		if got := len(listAll(t, c)); got != 449 {
			t.Errorf("there are %d tasks", got)
		}
	})

	t.Run("leaves the settings alone unless it is asked, and may", func(t *testing.T) {
		c := h.user(t)
		file := fileOf(t, map[string]any{"settings": map[string]any{"zone": "Asia/Tokyo", "weekStart": 7}})
		if report := imported(t, h, c, jsonFile, "", file); countsOf(report) != "settings 0/1/0" {
			t.Errorf("got %s", countsOf(report))
		}
		writer := h.program(t, c, "tasks:write", "tasks:read")
		if got := importFile(t, h, writer, jsonFile, "?settings=true", file); got.status != http.StatusForbidden {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		if settings, err := c.Settings(t.Context()); err != nil || settings.Zone != "Europe/Berlin" {
			t.Errorf("got %+v, %v", settings, err)
		}
		imported(t, h, c, jsonFile, "?settings=true", file)
		if settings, err := c.Settings(t.Context()); err != nil || settings.Zone != "Asia/Tokyo" || settings.WeekStart != 7 {
			t.Errorf("got %+v, %v", settings, err)
		}
	})

	t.Run("refuses what is no such file", func(t *testing.T) {
		c := h.user(t)
		for file, want := range map[string]string{
			``:                                   `the file ends in the middle, or is empty`,
			`[]`:                                 `the file is not one JSON object`,
			`{"format":"todoplatform"`:           `the file is not JSON`,
			`{"format":"other"}`:                 `its member format is \"other\"`,
			`{"format":"todoplatform"}`:          `the file is of version 0`,
			`{"tasks":{}}`:                       `tasks: must be a list`,
			`{"version":"1"}`:                    `version: has a value that does not fit`,
			"{\"tasks\":[{\"title\":\"\xff\"}]}": `invalid UTF-8`,
			`{"tasks":[],"tasks":[]}`:            `duplicate object member name`,
			`{"format":"todoplatform","version":1} x`: `the file goes on after its end`,
		} {
			got := importFile(t, h, c, jsonFile, "?each=true", []byte(file))
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), want) {
				t.Errorf("%q: got %d: %s", file, got.status, got.body)
			}
		}
		if got := importFile(t, h, c, "image/png", "", []byte("x")); got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), "query.format") {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		long := []byte(`{"format":"todoplatform","version":1,"x":"` + strings.Repeat("x", 33<<20) + `"}`)
		if got := importFile(t, h, c, jsonFile, "", long); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("got %d: %s", got.status, got.body)
		}
	})

	t.Run("streams more than fits into one answer", func(t *testing.T) {
		c, to := h.user(t), h.user(t)
		all := objects{}
		for i := range 2100 {
			all = append(all, map[string]any{"id": fmt.Sprint(i), "title": fmt.Sprint(i), "notes": strings.Repeat("äöü", 400)})
		}
		imported(t, h, c, jsonFile, "", fileOf(t, map[string]any{"tasks": all}))
		got := exportFile(t, h, c, "")
		if got.header.Get("Content-Disposition") != `attachment; filename="todoplatform-`+time.Now().UTC().Format(time.DateOnly)+`.json"` || got.header.Get("Content-Type") != jsonFile {
			t.Errorf("got %v", got.header)
		}
		if report := imported(t, h, to, jsonFile, "", got.body); countsOf(report) != "settings 0/1/0, tasks 2100/0/0" {
			t.Errorf("got %s", countsOf(report))
		}
	})
}

func listAll(t *testing.T, c *client.Client) []client.Task {
	t.Helper()
	var all []client.Task
	for cursor := ""; ; {
		list, err := c.ListTasks(t.Context(), "open", 200, cursor)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, list.Items...); list.Next == "" {
			return all
		}
		cursor = list.Next
	}
}

func testFile(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.ReadFile("testdata/transfer/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// outline writes the tasks of an account, one a line in their order: those of projects and tasks
// are below them.
func outline(t *testing.T, h *harness, c *client.Client) string {
	t.Helper()
	d, _ := exported(t, h, c)
	places := map[string]string{"": "inbox"}
	slices.SortFunc(d.Projects, func(a, b transfer.Project) int { return strings.Compare(a.Position, b.Position) })
	for range d.Projects { // as often as they can nest
		for _, p := range d.Projects {
			places[p.ID] = strings.TrimPrefix(places[p.ParentID]+"/"+p.Name, "inbox/")
			if p.ParentID == "" {
				places[p.ID] = p.Name
			}
		}
	}
	for _, s := range d.Sections {
		places[s.ID] = " > " + s.Name
	}
	titles := map[string]string{}
	for _, task := range d.Tasks {
		titles[task.ID] = task.Title
	}
	slices.SortFunc(d.Tasks, func(a, b transfer.Task) int { return strings.Compare(a.Position, b.Position) })
	slices.SortFunc(d.Comments, func(a, b transfer.Comment) int { return a.CreatedAt.Compare(*b.CreatedAt) })
	var lines []string
	for _, task := range d.Tasks {
		line := places[task.ProjectID]
		if task.SectionID != "" {
			line += places[task.SectionID]
		}
		if task.ParentID != "" {
			line += " < " + titles[task.ParentID]
		}
		line += fmt.Sprintf(": %s p%d %s", task.Title, task.Priority, strings.Join(task.Tags, ","))
		if task.Due != nil {
			line += fmt.Sprintf(" due %s %s %s", task.Due.Date, task.Due.Time, task.Due.Zone)
		}
		if task.Recurrence != nil {
			line += " " + task.Recurrence.Rule
		}
		for _, reminder := range task.Reminders {
			if reminder.MinutesBefore != nil {
				line += fmt.Sprintf(" remind -%d", *reminder.MinutesBefore)
			} else {
				line += " remind " + reminder.At.Format(time.RFC3339)
			}
		}
		if task.DurationMinutes > 0 {
			line += fmt.Sprintf(" %dmin", task.DurationMinutes)
		}
		if task.Start+task.Deadline != "" {
			line += " " + task.Start + ".." + task.Deadline
		}
		if task.CompletedAt != nil {
			line += " done"
		}
		if task.Notes != "" {
			line += fmt.Sprintf(" %q", task.Notes)
		}
		for _, comment := range d.Comments {
			if comment.TaskID == task.ID {
				line += fmt.Sprintf(" [%s]", comment.Text)
			}
		}
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

func wantText(t *testing.T, what, got, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(want), "\n"), strings.Split(strings.TrimSpace(got), "\n")); diff != "" {
		t.Errorf("%s differs:\n%s", what, diff)
	}
}

func TestTables(t *testing.T) {
	h := newHarness(t)

	t.Run("a table comes in by the names of its columns", func(t *testing.T) {
		c := h.user(t)
		file := testFile(t, "tasks.csv")
		if got := importFile(t, h, c, "text/csv; charset=utf-8", "", file); got.status != http.StatusUnprocessableEntity {
			t.Errorf("got %d: %s", got.status, got.body)
		}
		report := imported(t, h, c, "text/csv", "?each=true", file)
		wantText(t, "the report", linesOf(report), `
line 8 "Broken" leftOut: priority: "9" is no priority from 1, the most urgent, to 4; due: "someday" is no date that is understood; write one such as 2026-12-01 or 2026-12-01 09:00
line 9 "" leftOut: title: expected length >= 1
line 11 "Stand-up" leftOut: recurrence: needs a due date to start from; set due as well
line 6 "Read" added: section: "Later" is not taken over, because the row names no project`)
		if got := strings.Join(report.Notes, "; "); got != `the column "Titel" is not known` {
			t.Errorf("got the notes %s", got)
		}
		wantText(t, "the account", outline(t, h, c), `
Home/Garden > Now: Water plants p1 green,daily due 2026-12-01 09:00 FREQ=DAILY;INTERVAL=3 15min "two\nlines"
Home: Pay rent p2 money due 2026-12-01 FREQ=MONTHLY 90min 2026-11-20..2026-12-03
inbox: Read p4 done
Work/Private: Old p4 done
Home/Garden > Now < Water plants: Fill the can p4 due 2026-12-01 08:30`)
	})

	t.Run("a table goes out and comes in the same", func(t *testing.T) {
		from, to := h.user(t), h.user(t)
		generatedWorld(t, from, rand.New(rand.NewPCG(77, 1)))
		if _, err := to.Apply(t.Context(), false, []client.Command{{Name: "settings.update", Fields: map[string]any{"zone": "Asia/Tokyo", "locale": "de"}}}); err != nil {
			t.Fatal(err)
		}
		before := exportFile(t, h, from, "?format=csv")
		if got := before.header.Get("Content-Type"); got != "text/csv" || !strings.HasSuffix(before.header.Get("Content-Disposition"), `.csv"`) {
			t.Errorf("got %v", before.header)
		}
		if report := imported(t, h, to, "text/csv", "", before.body); linesOf(report) != "" || len(report.Notes) > 0 {
			t.Fatalf("got %s %v", linesOf(report), report.Notes)
		}
		wantText(t, "the table", rowsOf(t, exportFile(t, h, to, "?format=csv").body), rowsOf(t, before.body))
	})

	t.Run("refuses what is no table", func(t *testing.T) {
		c := h.user(t)
		for file, want := range map[string]string{
			"": "the file is empty", "a,b\n1,2": "names no column title", "title,title\nx,y": `two columns \"title\"`,
			"title\n\"x": "line 2 is not CSV", "title\n\xff": "line 2 is not UTF-8",
		} {
			if got := importFile(t, h, c, "text/csv", "", []byte(file)); got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), want) {
				t.Errorf("%q: got %d: %s", file, got.status, got.body)
			}
		}
	})
}

// rowsOf gives the rows of a table in their order by title, tasks named by title and not by id,
// with line ends as tables have them.
func rowsOf(t *testing.T, table []byte) string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]string{}
	for _, row := range rows {
		titles[row[0]] = row[1]
	}
	var lines []string
	for _, row := range rows[1:] {
		row[0], row[5] = "", titles[row[5]]
		lines = append(lines, fmt.Sprintf("%q", row))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestTodoistTemplates(t *testing.T) {
	h := newHarness(t)
	c := h.user(t)
	report := imported(t, h, c, "text/csv", "?format=todoist-csv&each=true&project=Trips/Alps", testFile(t, "todoist.csv"))
	wantText(t, "the report", linesOf(report), `
line 3 "About the project" leftOut: it is about the project, and here comments are about tasks
line 7 "Book train" added: responsible: "Bob (2)" is not taken over
line 11 "Socks" added: date: "chaque jour" is no date that is understood; write one such as 2026-12-01 or 2026-12-01 09:00; it stays in the notes`)
	if got := strings.Join(report.Notes, "; "); got != `rows of the type "poll", from line 13, are not known` {
		t.Errorf("got the notes %s", got)
	}
	got := regexp.MustCompile(`due \d{4}-\d\d-\d\d 08:00`).ReplaceAllString(outline(t, h, c), "due MONDAY 08:00")
	got = regexp.MustCompile(`due \d{4}-12-27`).ReplaceAllString(got, "due NEXT-12-27")
	wantText(t, "the account", got, `
Trips/Alps: Plan the trip p1 travel,Summer due 2026-12-01 18:00 America/New_York 90min "See the map" [Ask Bob, too] [And Eve]
Trips/Alps > Packing: Socks p2 "date in Todoist: chaque jour"
Trips/Alps > Packing: Shoes p4 due NEXT-12-27 1440min
Trips/Alps < Plan the trip: Book train p4 due MONDAY 08:00 FREQ=WEEKLY;BYDAY=MO
Trips/Alps < Book train: Seat p3 ..2026-12-24`)
	if got := importFile(t, h, c, "text/csv", "?format=todoist-csv", []byte("title\nx\n")); got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), "names no column TYPE") {
		t.Errorf("got %d: %s", got.status, got.body)
	}
}

func TestCalendars(t *testing.T) {
	h := newHarness(t)

	t.Run("tasks of another program come in", func(t *testing.T) {
		c := h.user(t)
		report := imported(t, h, c, "text/calendar", "?each=true", testFile(t, "tasks.ics"))
		wantText(t, "the report", linesOf(report), `
line 57 "Bad" leftOut: DUE: "tomorrow" is no date or time
line 62 "Water plants later" leftOut: RECURRENCE-ID: it changes one occurrence of a task that repeats, which is not read
line 73 "" leftOut: SUMMARY: is needed
line 51 "Still open" added: DUE: the zone "Mars/Olympus" is not known, and yours is taken; it is part of no task any more, because the one above it is completed and it is open
line 67 "Orphan" added: it counts as completed now, because the file does not say when it was; it is completed here, and cancelled in the file; it is part of no task, because the one that it names is not in the file`)
		if got := strings.Join(report.Notes, "; "); got != "1 events: only tasks (VTODO) are read" {
			t.Errorf("got the notes %s", got)
		}
		wantText(t, "the account", outline(t, h, c), `
inbox: Call the plumber, soon p1 home,calls due 2026-12-01 09:00 remind -15 remind 2026-11-30T06:30:00Z remind 2031-12-01T08:00:00Z 2026-11-30.. "First line\nsecond line which is folded, here"
inbox: Water plants p2 due 2026-12-02 RRULE:FREQ=WEEKLY;UNTIL=20270301 EXDATE;VALUE=DATE:20261209 remind -600
inbox: Done long ago p3 done
inbox: Orphan p4 done
inbox < Call the plumber, soon: Find the number p4 due 2026-12-01 06:30
inbox: Still open p4 due 2026-12-03 10:00`)
	})

	t.Run("tasks go out, for other programs too, and come in the same", func(t *testing.T) {
		from, to := h.user(t), h.user(t)
		generatedWorld(t, from, rand.New(rand.NewPCG(99, 1)))
		if _, err := to.Apply(t.Context(), false, []client.Command{{Name: "settings.update", Fields: map[string]any{"zone": "Asia/Tokyo", "dayStart": "08:30"}}}); err != nil {
			t.Fatal(err)
		}
		file := exportFile(t, h, from, "?format=ics")
		if got := file.header.Get("Content-Type"); got != "text/calendar" {
			t.Errorf("got %v", file.header)
		}
		calendar, err := ical.NewDecoder(bytes.NewReader(file.body)).Decode()
		if err != nil {
			t.Fatalf("another program cannot read it: %v\n%s", err, file.body)
		}
		todos := 0
		for _, component := range calendar.Children {
			if component.Name == ical.CompToDo {
				todos++
				if due := component.Props.Get(ical.PropDue); due != nil {
					if _, err := due.DateTime(time.UTC); err != nil {
						t.Errorf("%s: %v", due.Value, err)
					}
				}
			}
		}
		if err := ical.NewEncoder(io.Discard).Encode(calendar); err != nil { // which checks more
			t.Error(err)
		}
		if report := imported(t, h, to, "text/calendar", "", file.body); countsOf(report) == "" || linesOf(report) != "" {
			t.Fatalf("got %s", linesOf(report))
		}
		lines := func(c *client.Client) string {
			text := strings.NewReplacer(" Asia/Tokyo", "", `\r\n`, `\n`).Replace(outline(t, h, c))
			all := strings.Split(regexp.MustCompile(` \[[^\]]*\]`).ReplaceAllString(text, ""), "\n")
			slices.Sort(all)
			if c == from && len(all) != todos {
				t.Errorf("%d tasks are %d in the file", len(all), todos)
			}
			return strings.Join(all, "\n")
		}
		wantText(t, "the account", lines(to), lines(from))
	})

	t.Run("refuses what is no calendar", func(t *testing.T) {
		c := h.user(t)
		for file, want := range map[string]string{
			"": "the file is empty", "title,x\n": "the file is no calendar", "BEGIN:VCARD\n": "it does not begin with BEGIN:VCALENDAR",
			"BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\n": "ends in the middle of a task", "BEGIN:VCALENDAR\nX;Y\n": "line 2: has a parameter without a value",
		} {
			if got := importFile(t, h, c, "text/calendar", "", []byte(file)); got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), want) {
				t.Errorf("%q: got %d: %s", file, got.status, got.body)
			}
		}
	})
}
