package protocol

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestEventsAreReadAsWritten(t *testing.T) {
	frames := []string{
		`{"type":"head","seq":7}`,
		"{\"type\":\r\n\t\"head\",\n\"seq\":7}",
		`{"type":"change","text":"data: a\nb"}`,
		`{"long":"` + strings.Repeat("x", 100<<10) + `"}`,
	}
	var sent bytes.Buffer
	for seq, frame := range frames {
		sent.Write(EncodeEvent(int64(seq), []byte(frame)))
	}
	from := bufio.NewReader(&sent)
	for _, frame := range frames {
		want := strings.NewReplacer("\r", " ", "\n", " ").Replace(frame)
		if got, err := ReadEvent(from, 1<<20); err != nil || string(got) != want {
			t.Errorf("%.60q is read as %.60q, %v", frame, got, err)
		}
	}
	if got, err := ReadEvent(from, 1<<20); !errors.Is(err, io.EOF) {
		t.Errorf("after the last event comes %q, %v", got, err)
	}
}

func TestEventsOfOthersAreRead(t *testing.T) {
	for name, test := range map[string]struct{ sent, want string }{
		"a comment before it":        {": hello\n\ndata: {}\n\n", "{}"},
		"fields that nobody needs":   {"event: x\nretry: 10\nid: 7\ndata:{}\n\n", "{}"},
		"line breaks of two letters": {"data: {}\r\n\r\n", "{}"},
		"data in two lines":          {"data: {\"a\":\ndata: 1}\n\n", `{"a":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := ReadEvent(bufio.NewReader(strings.NewReader(test.sent)), 100); err != nil || string(got) != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
	for name, sent := range map[string]string{
		"a long line":     "data: " + strings.Repeat("x", 200) + "\n\n",
		"many long lines": strings.Repeat("data: "+strings.Repeat("x", 60)+"\n", 9) + "\n",
	} {
		if _, err := ReadEvent(bufio.NewReader(strings.NewReader(sent)), 100); !errors.Is(err, errTooLong) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
