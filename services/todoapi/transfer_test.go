package todoapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

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
		commands = append(commands, client.Command{Name: "project.move", ID: projects[r.IntN(len(projects))], Fields: map[string]any{"before": projects[r.IntN(len(projects))]}})
	}
	commands = append(commands,
		client.Command{Name: pick("project.archive", "project.delete"), ID: projects[r.IntN(len(projects))]},
		client.Command{Name: "project.unarchive", ID: projects[r.IntN(len(projects))]},
		client.Command{Name: "settings.update", Fields: map[string]any{"zone": "Asia/Tokyo", "locale": "de", "weekStart": 7, "dayStart": "08:30"}})
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
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), `; and 14 more. Nothing was imported`) {
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
		const counts = "projects 1/0/5, sections 0/0/1, tags 1/0/0, filters 0/0/1, tasks 2/0/7, comments 1/0/1"
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
			`tasks[8] "open below" leftOut: completedAt: it is open, and the task that it is part of is completed`,
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
