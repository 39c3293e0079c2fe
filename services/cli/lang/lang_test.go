package lang

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// execute runs a command and gives the lines that it printed.
func execute(t *testing.T, input string, args ...string) ([]string, error) {
	t.Helper()
	command := NewCommand()
	var output bytes.Buffer
	command.SetIn(strings.NewReader(input))
	command.SetOut(&output)
	command.SetErr(&output)
	command.SilenceErrors, command.SilenceUsage = true, true
	command.SetArgs(args)
	err := command.ExecuteContext(t.Context())
	return strings.Split(strings.TrimSuffix(output.String(), "\n"), "\n"), err
}

func TestBatchAnswersEachLineAndGoesOn(t *testing.T) {
	input := strings.Join([]string{
		`{"rule":"FREQ=DAILY","count":1}`,
		``,
		`{"rul":"FREQ=DAILY"}`,
		`{"rule":"FREQ=DAILX"}`,
		`{"rule":"` + strings.Repeat("x", maxLine) + `"}`,
		`{"rule":"FREQ=DAILY"} {}`,
		`{"rule":"FREQ=DAILY","count":2}`,
	}, "\n")
	lines, err := execute(t, input, "recur", "--batch", "--start", "2026-11-22")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`"occurrences":["2026-11-22"]`, `the line is empty`, `unknown field \"rul\"`, `"position":5`, `is longer than`, `more follows`,
		`"occurrences":["2026-11-22","2026-11-23"]`,
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines answer %d:\n%s", len(lines), len(want), strings.Join(lines, "\n"))
	}
	for i, part := range want {
		if !json.Valid([]byte(lines[i])) || !strings.Contains(lines[i], part) {
			t.Errorf("line %d: %s", i, lines[i])
		}
	}
}

// TestALineThatIsNotReadSaysSoInTheWordsOfJSON reads lines of which the decoder has
// something to say.
func TestALineThatIsNotReadSaysSoInTheWordsOfJSON(t *testing.T) {
	for line, want := range map[string]string{
		`{"rule":5}`:                     `the field \"rule\" cannot be a JSON number`,
		`{"count":"many"}`:               `the field \"count\" cannot be a JSON string`,
		`{"count":1.5}`:                  `the field \"count\" cannot be a JSON number 1.5`,
		`{"count":99999999999999999999}`: `the field \"count\" cannot be a JSON number`,
		`[1]`:                            `the line cannot be a JSON array`,
		`"every day"`:                    `the line cannot be a JSON string`,
		`{"rdate":[1,2]}`:                `[1,2] is neither a date nor a list of dates`,
		`{"exdate":{}}`:                  `{} is neither a date nor a list of dates`,
		`{"rule":"FREQ=DAILY"`:           `the line is not valid JSON`,
		`every day`:                      `the line is not valid JSON`,
	} {
		lines, err := execute(t, line, "recur", "--batch")
		if err != nil || len(lines) != 1 || !strings.Contains(lines[0], want) {
			t.Errorf("%s: got %v, %v, want %s in it", line, lines, err, want)
			continue
		}
		for _, ofGo := range []string{"Go ", "json:", "unmarshal", "lang.", "preview.", "recurInput", "int "} {
			if strings.Contains(lines[0], ofGo) {
				t.Errorf("%s: %s has %q", line, lines[0], ofGo)
			}
		}
	}
}

func TestSingleArgumentThatIsWrongFails(t *testing.T) {
	lines, err := execute(t, "", "recur", "every froob")
	if err == nil {
		t.Error("it did not fail")
	}
	if len(lines) != 1 || !strings.HasPrefix(lines[0], `{"error":{"message":"\"froob\" does not fit here","position":6,"expected":"the, other,`) {
		t.Error(lines)
	}
}

func TestArgumentsAndBatchExcludeEachOther(t *testing.T) {
	for _, args := range [][]string{{"recur"}, {"recur", "every", "day"}, {"recur", "--batch", "every day"}} {
		if _, err := execute(t, "", args...); err == nil {
			t.Errorf("%q ran", args)
		}
	}
}

func TestRecur(t *testing.T) {
	for name, test := range map[string]struct{ input, want string }{
		"words begin at now": {
			`{"text":"every 2nd tuesday until 1 feb 2027","now":"2026-11-22T09:00:00Z"}`,
			`{"rule":"FREQ=MONTHLY;UNTIL=20270201;BYDAY=2TU","anchor":"schedule","text":"every month on the 2nd Tuesday until 1 February 2027","occurrences":["2026-12-08","2027-01-12"],"more":false}`,
		},
		"words after completion": {
			`{"text":"every! 3 days","now":"2026-11-22T09:00:00Z","count":2}`,
			`{"rule":"FREQ=DAILY;INTERVAL=3","anchor":"completion","text":"every! 3 days","occurrences":["2026-11-22","2026-11-25"],"more":true}`,
		},
		"a time in the words counts rather than that of start": {
			`{"text":"every day at 9","start":"2026-11-22T08:00:00","zone":"Europe/Berlin","count":1}`,
			`{"rule":"FREQ=DAILY","anchor":"schedule","text":"every day","occurrences":["2026-11-22T09:00:00+01:00"],"more":true}`,
		},
		"an end in words stays one": {
			`{"text":"every day until 23 nov","start":"2026-11-22T09:00:00","zone":"America/New_York"}`,
			`{"rule":"FREQ=DAILY;UNTIL=20261124T045959Z","anchor":"schedule","text":"every day until 23 November 2026","occurrences":["2026-11-22T09:00:00-05:00","2026-11-23T09:00:00-05:00"],"more":false}`,
		},
		"times in the words of a start that is a date": {
			`{"text":"every day at 9 and 17","start":"2026-11-22","zone":"","locale":"","count":2}`,
			`{"rule":"FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0","anchor":"schedule","text":"every day at 09:00 and 17:00","occurrences":["2026-11-22T09:00:00Z","2026-11-22T17:00:00Z"],"more":true}`,
		},
		"hours of a start that is a date": {
			`{"text":"every 3 hours","start":"2026-11-22","count":2}`,
			`{"rule":"FREQ=HOURLY;INTERVAL=3","anchor":"schedule","text":"every 3 hours","occurrences":["2026-11-22T00:00:00Z","2026-11-22T03:00:00Z"],"more":true}`,
		},
		"words that name a start": {
			`{"text":"every monday starting 1 dec","start":"2026-11-22","count":1}`,
			`{"rule":"FREQ=WEEKLY;BYDAY=MO","anchor":"schedule","text":"every Monday","occurrences":["2026-12-07"],"more":true}`,
		},
		"a rule that never matches": {
			`{"rule":"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30","start":"2026-11-22"}`,
			`{"rule":"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30","anchor":"schedule","text":"every year on the 30th day in February if the day exists","occurrences":[],"more":false}`,
		},
		"month ends clamp in words": {
			`{"text":"every month","start":"2027-01-31","count":3}`,
			`{"rule":"RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD","anchor":"schedule","text":"every month","occurrences":["2027-01-31","2027-02-28","2027-03-31"],"more":true}`,
		},
		"month ends are left out by a rule of RFC 5545": {
			`{"rule":"FREQ=MONTHLY","start":"2027-01-31","count":2}`,
			`{"rule":"FREQ=MONTHLY","anchor":"schedule","text":"every month if the day exists","occurrences":["2027-01-31","2027-03-31"],"more":true}`,
		},
		"extra dates and exceptions": {
			`{"rule":"FREQ=WEEKLY;COUNT=3","start":"2026-11-22T09:00:00","zone":"Europe/Berlin","rdate":["2026-11-25T10:00:00"],"exdate":"2026-11-29T09:00:00,20261206T080000Z"}`,
			`{"rule":"FREQ=WEEKLY;COUNT=3","anchor":"schedule","text":"every week for 3 times","occurrences":["2026-11-22T09:00:00+01:00","2026-11-25T10:00:00+01:00"],"more":false}`,
		},
		"after and before are exclusive": {
			`{"rule":"FREQ=DAILY","start":"2026-11-01","after":"2026-11-03","before":"2026-11-06"}`,
			`{"rule":"FREQ=DAILY","anchor":"schedule","text":"every day","occurrences":["2026-11-04","2026-11-05"],"more":false}`,
		},
		"a wall time that does not exist is read with the offset before": {
			`{"rule":"FREQ=DAILY","start":"2026-03-28T02:30:00","zone":"Europe/Berlin","after":"2026-03-28","before":"2026-03-31"}`,
			`{"rule":"FREQ=DAILY","anchor":"schedule","text":"every day","occurrences":["2026-03-29T03:30:00+02:00","2026-03-30T02:30:00+02:00"],"more":false}`,
		},
		"the start may stand in the rule": {
			`{"rule":"DTSTART;VALUE=DATE:20261122\r\nRRULE:FREQ=DAILY","count":1}`,
			`{"rule":"DTSTART;VALUE=DATE:20261122\nRRULE:FREQ=DAILY","anchor":"schedule","text":"every day; starting 22 November 2026","occurrences":["2026-11-22"],"more":true}`,
		},
		"an end on a day of a start with a time": {
			`{"rule":"FREQ=DAILY;UNTIL=20261128","start":"2026-11-27T17:00","zone":"Europe/Berlin"}`,
			`{"rule":"FREQ=DAILY;UNTIL=20261128T225959Z","anchor":"schedule","text":"every day until 28 November 2026","occurrences":["2026-11-27T17:00:00+01:00","2026-11-28T17:00:00+01:00"],"more":false}`,
		},
		"a start that floats": {
			`{"rule":"DTSTART:20261127T170000\nRRULE:FREQ=DAILY","zone":"Europe/Berlin","count":1}`,
			`{"rule":"DTSTART;TZID=Europe/Berlin:20261127T170000\nRRULE:FREQ=DAILY","anchor":"schedule","text":"every day; starting 27 November 2026 at 17:00 Europe/Berlin","occurrences":["2026-11-27T17:00:00+01:00"],"more":true}`,
		},
		"no start":           {`{"rule":"FREQ=DAILY"}`, `{"error":{"message":"the rule has no start","position":null,"expected":"start, or a line DTSTART in the rule"}}`},
		"neither":            {`{}`, `{"error":{"message":"there is no single recurrence to read","position":null,"expected":"either rule or text"}}`},
		"a zone not known":   {`{"rule":"FREQ=DAILY","start":"2026-11-22","zone":"Mars"}`, `{"error":{"message":"zone \"Mars\" is not known","position":null,"expected":"an IANA name such as Europe/Berlin"}}`},
		"a start in no form": {`{"rule":"FREQ=DAILY","start":"soon"}`, `{"error":{"message":"start \"soon\" is not understood","position":null,"expected":"a date or local time, such as 2026-11-22 or 2026-11-22T09:00:00"}}`},
		"too many":           {`{"rule":"FREQ=DAILY","start":"2026-11-22","count":10001}`, `{"error":{"message":"count 10001 is not possible","position":null,"expected":"0 to 10000"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			lines, err := execute(t, test.input, "recur", "--batch")
			if err != nil || len(lines) != 1 || lines[0] != test.want {
				t.Errorf("%v\n got %s\nwant %s", err, strings.Join(lines, "\n"), test.want)
			}
		})
	}
}

func TestFilter(t *testing.T) {
	for name, test := range map[string]struct{ input, want string }{
		"a condition with parameters": {
			`{"text":"@ta*|p1"}`,
			`{"canonical":"@ta* | p1","ast":{"kind":"or","of":[{"kind":"tag","name":"ta*"},{"kind":"priority","number":1}]},` +
				`"sql":"(EXISTS (SELECT FROM unnest(task.tags) AS of (name) WHERE of.name <> '' AND upper(of.name COLLATE \"und-x-icu\") LIKE upper($1::text COLLATE \"und-x-icu\")) OR (task.priority = $2::smallint))","params":["ta%",1]}`,
		},
		"without parameters": {
			`{"text":"no date"}`,
			`{"canonical":"no date","ast":{"kind":"no-date"},"sql":"NOT (task.due_date IS NOT NULL)","params":[]}`,
		},
		"the clock and the zone of the user": {
			`{"text":"created: today","now":"2026-11-22T23:30:00Z","zone":"Europe/Berlin"}`,
			`{"canonical":"created: today","ast":{"kind":"created","operator":"=","date":"today"},"sql":"(task.created_at IS NOT NULL AND task.created_at >= $1::timestamptz AND task.created_at < $2::timestamptz)","params":["2026-11-22T23:00:00Z","2026-11-23T23:00:00Z"]}`,
		},
		"the first day of the week": {
			`{"text":"created: this week","now":"2026-11-22T12:00:00Z","week-start":"SU"}`,
			`{"canonical":"created: this week","ast":{"kind":"created","operator":"=","date":"this week"},"sql":"(task.created_at IS NOT NULL AND task.created_at >= $1::timestamptz AND task.created_at < $2::timestamptz)","params":["2026-11-22T00:00:00Z","2026-11-29T00:00:00Z"]}`,
		},
		"places by their names": {
			`{"text":"#Office","projects":["7=Work/Office","8=Home"]}`,
			`{"canonical":"#Office","ast":{"kind":"project","name":"Office"},"sql":"(task.project_id IS NOT NULL AND task.project_id = ANY ($1::uuid[]))","params":["{7}"]}`,
		},
		"a place without a name": {`{"text":"p1","sections":["7"]}`, `{"error":{"message":"\"7\" is no place: write its id, = and its name, as in 7=Work/Office","position":null,"expected":""}}`},
		"what is wrong":          {`{"text":"p1 & "}`, `{"error":{"message":"the filter ends too early","position":5,"expected":"a filter such as today, p1 or @tag, ! or ("}}`},
		"no day of the week":     {`{"text":"p1","week-start":"x"}`, `{"error":{"message":"week-start \"x\" is no day of the week","position":null,"expected":"a day such as monday or MO"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			lines, err := execute(t, test.input, "filter", "--batch")
			if err != nil || len(lines) != 1 || lines[0] != test.want {
				t.Errorf("%v\n got %s\nwant %s", err, strings.Join(lines, "\n"), test.want)
			}
		})
	}
}
