package webhook

import (
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/todoplatform/todoplatform/services/internal/todo"
)

func TestFormatsOnTheWire(t *testing.T) {
	var got *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		read, _ := io.ReadAll(r.Body) // the test looks at what came
		got, body = r, string(read)
	}))
	defer server.Close()
	hostile := Note{What: "Task completed", Name: `<!channel> @everyone *Zoë* & [x](https://evil.example)`, Details: []string{"Due: Tuesday, 1 December 2026", "Project: Home_work"},
		Link: "https://todo.example.com/today?task=t1", Urgent: true, Tag: "white_check_mark"}
	bare := Note{What: "Settings updated"}
	cases := []struct {
		name, format string
		note         Note
		body         string
		header       map[string]string
	}{
		{"slack", todo.WebhookSlack, hostile,
			`{"text":"Task completed: &lt;!channel&gt; @everyone *Zoë* &amp; [x](https://evil.example)\nDue: Tuesday, 1 December 2026\nProject: Home_work\nhttps://todo.example.com/today?task=t1","mrkdwn":false}`,
			map[string]string{"Content-Type": "application/json"}},
		{"slack, of what has no name", todo.WebhookSlack, bare, `{"text":"Settings updated","mrkdwn":false}`, nil},
		{"discord", todo.WebhookDiscord, hostile,
			`{"content":"Task completed: \\<!channel\\> \\@everyone \\*Zoë\\* & \\[x\\]\\(https://evil.example\\)\nDue: Tuesday, 1 December 2026\nProject: Home\\_work\nhttps://todo.example.com/today?task=t1","allowed_mentions":{"parse":[]},"flags":4}`,
			map[string]string{"Content-Type": "application/json"}},
		{"ntfy", todo.WebhookNtfy, hostile,
			"<!channel> @everyone *Zoë* & [x](https://evil.example)\nDue: Tuesday, 1 December 2026\nProject: Home_work",
			map[string]string{"Content-Type": "text/plain; charset=utf-8", "Title": "Task completed", "Priority": "high", "Tags": "white_check_mark", "Click": "https://todo.example.com/today?task=t1"}},
		{"ntfy, of what has no name", todo.WebhookNtfy, bare, "Settings updated",
			map[string]string{"Title": "Settings updated", "Priority": "default", "Tags": "", "Click": ""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			kept, err := Body(c.format, c.note)
			if err != nil {
				t.Fatal(err)
			}
			m := message(server.URL)
			m.Format, m.Body = c.format, kept
			if result := newSender(loopback).Send(t.Context(), m); result.Outcome != Delivered {
				t.Fatalf("got %+v", result)
			}
			if got.Method != http.MethodPost || body != c.body || got.ContentLength != int64(len(c.body)) {
				t.Errorf("%s of %d bytes:\n%s\nwant\n%s", got.Method, got.ContentLength, body, c.body)
			}
			for name, want := range c.header {
				if value := got.Header.Get(name); value != want {
					t.Errorf("%s is %q, want %q", name, value, want)
				}
			}
			for name := range got.Header {
				if strings.HasPrefix(name, "Webhook-") {
					t.Errorf("%s is there: this is signed by nothing", name)
				}
			}
		})
	}
}

func TestNotesStayWithinWhatTheirTargetsTake(t *testing.T) {
	for _, character := range []string{"*", "<", "😀", "x"} {
		long := strings.Repeat(character, 500)
		note := Note{What: "Task completed", Name: long, Details: []string{"Due: Wednesday, 30 September 2026 at 23:59 (America/Argentina/ComodRivadavia)", "Project: " + strings.Repeat(character, 200)}, Link: "https://todo.example.com/today?task=0190d3f0-0000-7000-8000-00000000000a"}
		for format, most := range map[string]int{todo.WebhookSlack: 4000, todo.WebhookDiscord: 2000, todo.WebhookNtfy: 4096} {
			body, err := Body(format, note)
			if err != nil {
				t.Fatal(err)
			}
			size := len(utf16.Encode([]rune(string(body)))) // as Discord counts
			if format == todo.WebhookNtfy {
				size = len(body)
			}
			if size > most {
				t.Errorf("%s: %d of %q", format, size, character)
			}
		}
	}
}

// ntfy reads headers as RFC 2047 has them.
func TestTitlesOfNtfyAreASCII(t *testing.T) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://ntfy.example.com/topic", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := ntfyRequest(request, []byte(`{"what":"Tâche terminée","name":"x"}`)); err != nil {
		t.Fatal(err)
	}
	title := request.Header.Get("Title")
	if got, err := new(mime.WordDecoder).DecodeHeader(title); err != nil || got != "Tâche terminée" || strings.ContainsFunc(title, func(r rune) bool { return r > '~' || r < ' ' }) {
		t.Errorf("Title %q reads %q, %v", title, got, err)
	}
}

func TestAFormatThatThereIsNot(t *testing.T) {
	if body, err := Body("teams", Note{}); err == nil {
		t.Errorf("got %s", body)
	}
}

// Discord answers so where too much is sent.
func TestFractionsOfASecondAreWaitedFor(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1.337")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer server.Close()
	kept, err := Body(todo.WebhookDiscord, Note{What: "Task created", Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if got := newSender(loopback).Send(t.Context(), Message{URL: server.URL, Format: todo.WebhookDiscord, Body: kept}); got.Outcome != Refused || got.RetryAfter != 2*time.Second {
		t.Errorf("got %+v", got)
	}
}
