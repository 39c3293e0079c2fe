package todoapi

import (
	"archive/zip"
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/services/todoapi/transfer"
)

// archive packs a file under a name.
func archive(t *testing.T, name string, file []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	in, err := w.Create(name)
	if err == nil {
		_, err = in.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// TestMovingFromOtherPrograms imports what other programs export, which is found to be that
// without a word, and reads the account back.
func TestMovingFromOtherPrograms(t *testing.T) {
	h := newHarness(t)
	for name, c := range map[string]struct {
		contentType, query, format string
		file                       []byte
		counts                     string
		lines, notes, account      string
	}{
		"Todoist": {
			contentType: "application/json", format: "todoist", file: testFile(t, "todoist.json"),
			counts: "projects 3/0/0, sections 2/0/0, tags 1/0/0, tasks 7/0/1, comments 2/0/0",
			lines: `
items[7] "Number" leftOut: priority: has a value that does not fit
items[2] "Call Bob" added: who is responsible for it is not taken over
items[3] "Müll" added: a reminder at a place is left out
items[4] "Pain" added: recurrence: "chaque jeudi" is not understood; it has its date and does not repeat
items[6] "Astray" added: it is part of no task, because the one that it names is not in the file
notes[1] "See the photo" added: the file "fern.jpg" is not taken over`,
			notes: `
1 comments on projects: here comments are about tasks
1 filters: write them anew`,
			account: `
inbox: Call Bob p2 due 2031-03-04 12:30 America/New_York remind 2031-03-04T15:00:00Z
Home: Müll p3 due 2031-03-05 FREQ=WEEKLY;INTERVAL=2;BYDAY=WE
Old: Painted p4 done
Home/Garden > Now: Water the **ferns** p1 green,daily due 2031-03-03 09:00 FREQ=DAILY;INTERVAL=3 remind -30 15min ..2031-06-01 "Twice\na week" [See the photo] [Done so far]
Home: Pain p4 due 2031-03-06
Home: Astray p4
Home/Garden > Now < Water the **ferns**: Fill the can p4`,
		},
		"Vikunja": {
			contentType: "application/octet-stream", format: "vikunja", file: archive(t, "data.json", testFile(t, "vikunja.json")),
			counts: "projects 3/0/0, sections 2/0/0, tasks 7/0/1, comments 1/0/0",
			lines: `
[0].tasks[3] "Wait" leftOut: priority: has a value that does not fit
[0].tasks[0] "Write home" added: its relation "blocking" to other tasks is not taken over; that it is done to 50 % is not taken over; who is responsible for it is not taken over; the file "letter.odt" is not taken over
[0].tasks[4] "Never" added: recurrence: it does not repeat, because it has no due date to start from`,
			notes: `1 descriptions of projects, which projects here do not have`,
			account: `
Garden/Beds > Next: Sow p4
Inbox: Write home p1 family due 2031-03-03 09:00 FREQ=WEEKLY;INTERVAL=2 remind -30 remind 2031-03-02T10:00:00Z 2031-03-01.. "Tell them **all**\n\n- news\n- plans" [Ask *Eve*]
Garden/Beds: Dig p4 done
Inbox: Post it p2 due 2031-03-04 FREQ=MONTHLY
Garden/Beds > Doing: Weed p4
Inbox: Never p4
Inbox < Write home: Buy a stamp p3 due 2031-03-03 FREQ=DAILY`,
		},
		"Microsoft To Do": {
			contentType: "application/json", format: "microsoft-todo", file: testFile(t, "microsoft-todo.json"),
			counts: "projects 1/0/0, tasks 7/0/1",
			lines: `
value[1].tasks[2] "Broken" leftOut: categories: has a value that does not fit
value[0].tasks[1] "Meeting" added: its status "waitingOnOthers" is not taken over; its files are not taken over
value[1].tasks[0].checklistItems[0] "Two of them" added: it is completed with the task that it is part of
value[1].tasks[1] "Odd" added: the zone "Mars Standard Time" is not known, and yours is taken; recurrence: it repeats in a way that is not known: "lunar"; it has its date and does not repeat`,
			account: `
inbox: Pay rent p1 Money,Red category due 2031-03-03 FREQ=MONTHLY;BYMONTHDAY=3 remind 2031-03-03T08:30:00Z "To **Eve**\n\n[Account](https://example.org/)\n\n[Mail from Eve](https://outlook.example/1)"
inbox: Meeting p4 due 2031-03-04 FREQ=MONTHLY;INTERVAL=2;UNTIL=20320304;BYDAY=TU;BYSETPOS=-1 "as is <b"
Shopping: Milk p4 done
Shopping: Odd p4 due 2031-03-05
inbox < Pay rent: Look up the sum p4 done
inbox < Pay rent: Transfer p4
Shopping < Milk: Two of them p4 done`,
		},
		"TickTick": {
			contentType: "text/csv", format: "ticktick", file: testFile(t, "ticktick.csv"),
			counts: "projects 3/0/0, sections 1/0/0, tasks 9/0/0",
			lines: `
line 8 "Water the ferns" added: recurrence: "TT_SKIP=HOLIDAY" is not taken over
line 12 "Call" added: recurrence: "ERULE:NAME=CUSTOM;BYDATE=20310304" is not understood; it has its date and does not repeat
line 17 "Dropped" added: the zone "Mars/Olympus" is not known, and yours is taken; start date: "soon" is not a date; it is completed here, and will not be done in TickTick; it is a task here, and a note in TickTick; it is part of no task, because the one that it names is not in the file`,
			account: `
inbox: Trip p2 due 2031-03-13 remind 2031-03-13T08:00:00Z 2031-03-10..
inbox: Call p3 due 2031-03-04 12:30 America/New_York remind -0
Shopping: Weekend p4 "For two"
Home/Garden > Now: Water the ferns p1 green,daily due 2031-03-03 09:00 FREQ=WEEKLY;BYDAY=MO remind -30 30min "Twice\na week"
Shopping: Old p4 done
Shopping: Dropped p4 done
Shopping < Weekend: Milk p4
Shopping < Weekend: Bread p4 done
Home/Garden > Now < Water the ferns: Fill the can p4`,
		},
		"a backup of Todoist's templates": {
			contentType: "application/zip", format: "todoist-csv", file: archive(t, "Trips [123].csv", testFile(t, "todoist.csv")),
			counts: "projects 1/0/0, sections 1/0/0, tasks 5/0/0, comments 2/0/1",
			lines: `
Trips [123].csv, line 3 "About the project" leftOut: it is about the project, and here comments are about tasks
Trips [123].csv, line 7 "Book train" added: responsible: "Bob (2)" is not taken over
Trips [123].csv, line 11 "Socks" added: date: "chaque jour" is no date that is understood; write one such as 2026-12-01 or 2026-12-01 09:00; it stays in the notes`,
			notes: `rows of the type "poll", from Trips [123].csv, line 13, are not known`,
			account: `
Trips: Plan the trip p1 travel,Summer due 2026-12-01 18:00 America/New_York 90min "See the map" [Ask Bob, too] [And Eve]
Trips > Packing: Socks p2 "date in Todoist: chaque jour"
Trips > Packing: Shoes p4 due NEXT-12-27 1440min
Trips < Plan the trip: Book train p4 due MONDAY 08:00 FREQ=WEEKLY;BYDAY=MO
Trips < Book train: Seat p3 ..2026-12-24`,
		},
		"a table with other columns": {
			contentType: "text/csv", query: "&column=title=Task+name&column=notes=details&column=project=Group&column=due=When&column=completed=State", format: "csv", file: testFile(t, "contacts.csv"),
			counts: "projects 1/0/0, tasks 2/0/0",
			account: `
People: Call Ada p4 due 2031-03-04 09:30 "About the letter"
People: Write to Bob p4 done`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			person := h.user(t)
			report := imported(t, h, person, c.contentType, "?each=true"+c.query, c.file)
			if report.Format != c.format || countsOf(report) != c.counts {
				t.Errorf("got %s: %s", report.Format, countsOf(report))
			}
			wantText(t, "the report", linesOf(report), c.lines)
			wantText(t, "the notes", strings.Join(report.Notes, "\n"), c.notes)
			account := outline(t, h, person)
			dated := regexp.MustCompile(`due \d{4}-\d\d-\d\d 08:00`).ReplaceAllString(account, "due MONDAY 08:00")
			wantText(t, "the account", regexp.MustCompile(`due \d{4}-12-27`).ReplaceAllString(dated, "due NEXT-12-27"), c.account)
			again := imported(t, h, person, c.contentType, "?each=true"+c.query, c.file)
			if added := addedBy(again); added > 0 || outline(t, h, person) != account {
				t.Errorf("the same file again added %d: %s", added, countsOf(again))
			}
		})
	}
}

func TestFilesOfOtherProgramsAreRefusedWholeOrInWords(t *testing.T) {
	h := newHarness(t)
	person := h.user(t)
	bomb := archive(t, "data.json", bytes.Repeat([]byte(" "), 33<<20))
	table := testFile(t, "contacts.csv")
	for name, c := range map[string]struct {
		contentType, query, want string
		file                     []byte
	}{
		"one task of it does not fit":           {"application/json", "", "Nothing was imported", testFile(t, "todoist.json")},
		"an archive that unpacks to much":       {"application/zip", "?each=true", "unpacks to more than 32 MiB", bomb},
		"an archive of nobody knows what":       {"application/zip", "", "query.format", archive(t, "photo.png", nil)},
		"another format than the file has":      {"application/json", "?format=vikunja", "is not one JSON object", []byte("[1]")},
		"columns of what is no table":           {"application/json", "?format=todoist&column=title=Name", "query.column", table},
		"a column that is not one here":         {"text/csv", "?column=name=Group", "query.column", table},
		"a column that the table does not have": {"text/csv", "?column=title=Nothing", "the file has no column", table},
	} {
		t.Run(name, func(t *testing.T) {
			got := importFile(t, h, person, c.contentType, c.query, c.file)
			if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.body), c.want) {
				t.Errorf("got %d: %s", got.status, got.body)
			}
		})
	}
	dry := imported(t, h, person, "application/json", "?dryRun=true", testFile(t, "todoist.json"))
	if addedBy(dry) != 15 || len(dry.Groups) > 0 || outline(t, h, person) != "" {
		t.Errorf("got %s, and the account has %q", countsOf(dry), outline(t, h, person))
	}
}

func addedBy(r transfer.Report) (added int) {
	for _, count := range r.Counts {
		added += count.Added
	}
	return added
}
