package todoapi

import (
	"bufio"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/events"
	"github.com/todoplatform/todoplatform/services/todoapi/chat"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// talk is a conversation of a user with the chatbot.
type talk struct {
	t  *testing.T
	c  *client.Client
	id string
}

func newTalk(t *testing.T, c *client.Client) *talk { return &talk{t, c, uuid.NewString()} }

func (k *talk) post(saying chat.Saying) (answer chat.Message, err error) {
	err = k.c.Do(k.t.Context(), http.MethodPost, "/chat/conversations/"+k.id+"/messages", saying, &answer)
	return answer, err
}

// say says something and returns the answer.
func (k *talk) say(text string) chat.Message {
	k.t.Helper()
	answer, err := k.post(chat.Saying{ID: uuid.NewString(), Text: text})
	if err != nil {
		k.t.Fatalf("%q: %v", text, err)
	}
	return answer
}

// part is the part of a kind that a message must have.
func part(t *testing.T, m chat.Message, kind chat.PartKind) chat.Part {
	t.Helper()
	at := slices.IndexFunc(m.Parts, func(p chat.Part) bool { return p.Kind == kind })
	if at < 0 {
		t.Fatalf("no %s in %+v", kind, m)
	}
	return m.Parts[at]
}

func cardTitles(p chat.Part) (titles []string) {
	for _, card := range p.Tasks {
		titles = append(titles, card.Title)
	}
	return titles
}

// openTitles are the titles of a user's open tasks.
func titlesOfOpen(t *testing.T, c *client.Client) []string {
	t.Helper()
	page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: "all", Status: "open", Sort: "created", Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	titles := []string{}
	for _, task := range page.Items {
		titles = append(titles, task.Title)
	}
	return titles
}

func TestChat(t *testing.T) {
	h := newHarness(t)

	t.Run("plans a day", func(t *testing.T) {
		c := h.user(t)
		k := newTalk(t, c)
		added := k.say("add milk #Groceries")
		if got := cardTitles(part(t, added, chat.Tasks)); !slices.Equal(got, []string{"milk"}) || part(t, added, chat.Done).Group == "" {
			t.Fatalf("%+v", added)
		}
		k.say("also eggs")
		k.say("make both p1")
		page, err := c.FindTasks(t.Context(), client.TaskQuery{Filter: "#Groceries & p1", Status: "open", Sort: "created", Limit: 10})
		if err != nil || len(page.Items) != 2 || page.Items[1].Title != "eggs" {
			t.Fatalf("%+v, %v", page.Items, err)
		}
		k.say("move the second one to friday")
		k.say("no, saturday")
		eggs := getTask(t, c, page.Items[1].ID)
		if eggs.Due == nil || weekday(t, eggs.Due.Date) != "Saturday" {
			t.Fatalf("eggs are due %+v", eggs.Due)
		}
		k.say("undo")
		if eggs = getTask(t, c, eggs.ID); eggs.Due == nil || weekday(t, eggs.Due.Date) != "Friday" {
			t.Fatalf("after undo eggs are due %+v", eggs.Due)
		}
		change, err := lastChange(t.Context(), c)
		if err != nil || change.By.Kind != events.ActorChat {
			t.Errorf("changed by %+v, %v", change.By, err)
		}
	})

	t.Run("deletes with consent alone", func(t *testing.T) {
		c := h.user(t)
		newTask(t, c, client.Draft{Title: "Old report"})
		k := newTalk(t, c)
		asked := k.say("delete the old report")
		consent := part(t, asked, chat.Consent)
		if len(consent.Choices) != 2 || !slices.Equal(titlesOfOpen(t, c), []string{"Old report"}) {
			t.Fatalf("%+v, open: %q", asked, titlesOfOpen(t, c))
		}
		k.say("no")
		if got := titlesOfOpen(t, c); !slices.Equal(got, []string{"Old report"}) {
			t.Fatalf("after no: %q", got)
		}
		if _, err := k.post(chat.Saying{ID: uuid.NewString(), Text: "yes", To: asked.ID}); client.StatusOf(err) != http.StatusConflict {
			t.Fatalf("a button of a question that is over: %v", err)
		}
		asked = k.say("delete old report")
		done, err := k.post(chat.Saying{ID: uuid.NewString(), Text: "yes", To: asked.ID})
		if err != nil || part(t, done, chat.Done).Group == "" || len(titlesOfOpen(t, c)) != 0 {
			t.Fatalf("%+v, %v, open: %q", done, err, titlesOfOpen(t, c))
		}
		k.say("undo")
		if got := titlesOfOpen(t, c); !slices.Equal(got, []string{"Old report"}) {
			t.Fatalf("after undo: %q", got)
		}
	})

	t.Run("asks which, and before it touches many", func(t *testing.T) {
		c := h.user(t)
		for _, title := range []string{"Call the dentist", "Dentist bill", "a", "b", "c", "d", "e", "f"} {
			newTask(t, c, client.Draft{Title: title, Tags: []string{"errands"}})
		}
		k := newTalk(t, c)
		asked := k.say("complete dentist")
		if got := cardTitles(part(t, asked, chat.Choices)); len(got) != 2 {
			t.Fatalf("%+v", asked)
		}
		bill := slices.Index(cardTitles(part(t, asked, chat.Choices)), "Dentist bill")
		k.say(part(t, asked, chat.Choices).Choices[bill].Say)
		if got := titlesOfOpen(t, c); slices.Contains(got, "Dentist bill") || !slices.Contains(got, "Call the dentist") {
			t.Fatalf("open: %q", got)
		}
		consent := part(t, k.say("complete all @errands"), chat.Consent)
		if consent.Total != 7 || len(titlesOfOpen(t, c)) != 7 {
			t.Fatalf("%+v, open: %q", consent, titlesOfOpen(t, c))
		}
		k.say("yes")
		if got := titlesOfOpen(t, c); len(got) != 0 {
			t.Errorf("open: %q", got)
		}
	})

	t.Run("the same message is answered as before and done once", func(t *testing.T) {
		c := h.user(t)
		k := newTalk(t, c)
		saying := chat.Saying{ID: uuid.NewString(), Text: "add water plants"}
		first, err := k.post(saying)
		if err != nil {
			t.Fatal(err)
		}
		again, err := k.post(saying)
		if err != nil || again.ID != first.ID || !slices.Equal(titlesOfOpen(t, c), []string{"water plants"}) {
			t.Fatalf("%+v and %+v, %v, open: %q", first, again, err, titlesOfOpen(t, c))
		}
	})

	t.Run("what is not understood does nothing and offers what is", func(t *testing.T) {
		c := h.user(t)
		newTask(t, c, client.Draft{Title: "Report"})
		k := newTalk(t, c)
		for _, text := range []string{"don't delete the report", "if it rains complete the report", "flurb the report", "buy milk tomorrow"} {
			answer := k.say(text)
			if !slices.Equal(titlesOfOpen(t, c), []string{"Report"}) {
				t.Errorf("%q: %+v, open: %q", text, answer, titlesOfOpen(t, c))
			}
		}
	})

	t.Run("streams, keeps, lists and forgets", func(t *testing.T) {
		c := h.user(t)
		k := newTalk(t, c)
		names, last := streamed(t, h, c, k.id, chat.Saying{ID: uuid.NewString(), Text: "add sweep the yard"})
		if !slices.Equal(names, []string{"text", "message"}) || !strings.Contains(last, "sweep the yard") {
			t.Fatalf("%q, last %s", names, last)
		}
		var listed struct{ Items []chat.Entry }
		if err := c.Do(t.Context(), http.MethodGet, "/chat/conversations", nil, &listed); err != nil || len(listed.Items) != 1 || listed.Items[0].Title != "add sweep the yard" {
			t.Fatalf("%+v, %v", listed, err)
		}
		var kept chat.Conversation
		if err := c.Do(t.Context(), http.MethodGet, "/chat/conversations/"+k.id, nil, &kept); err != nil || len(kept.Messages) != 2 {
			t.Fatalf("%+v, %v", kept, err)
		}
		if err := c.Do(t.Context(), http.MethodDelete, "/chat/conversations/"+k.id, nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := c.Do(t.Context(), http.MethodGet, "/chat/conversations/"+k.id, nil, &kept); client.StatusOf(err) != http.StatusNotFound {
			t.Fatalf("after it was forgotten: %v", err)
		}
	})

	t.Run("of others there is nothing", func(t *testing.T) {
		owner, stranger := h.user(t), h.user(t)
		k := newTalk(t, owner)
		k.say("add secret")
		if err := stranger.Do(t.Context(), http.MethodGet, "/chat/conversations/"+k.id, nil, nil); client.StatusOf(err) != http.StatusNotFound {
			t.Errorf("%v", err)
		}
		answer := (&talk{t, stranger, k.id}).say("find secret")
		if strings.Contains(answer.Text, "**secret**") {
			t.Errorf("%+v", answer)
		}
	})

	t.Run("a filter that is kept is known by its name", func(t *testing.T) {
		c := h.user(t)
		if err := c.Do(t.Context(), http.MethodPost, "/filters", map[string]string{"name": "Must do", "query": "p1 | p2"}, nil); err != nil {
			t.Fatal(err)
		}
		newTask(t, c, client.Draft{Title: "taxes", Priority: 1})
		newTask(t, c, client.Draft{Title: "movie"})
		if got := cardTitles(part(t, newTalk(t, c).say("show my must do filter"), chat.Tasks)); !slices.Equal(got, []string{"taxes"}) {
			t.Errorf("got %q", got)
		}
	})

	t.Run("what was begun is told as it was decided, though the answer was lost", func(t *testing.T) {
		c := h.user(t)
		for _, title := range []string{"milk", "eggs", "bread"} {
			newTask(t, c, client.Draft{Title: title, Tags: []string{"shop"}})
		}
		k, said := newTalk(t, c), chat.Saying{ID: uuid.NewString(), Text: "complete all @shop"}
		mend := h.loseAnswers(t)
		if _, err := k.post(said); client.StatusOf(err) != http.StatusServiceUnavailable {
			t.Fatalf("got %v", err)
		}
		mend()
		newTask(t, c, client.Draft{Title: "jam", Tags: []string{"shop"}}) // which fits the words now
		answer, err := k.post(said)
		if err != nil || !strings.HasPrefix(answer.Text, "Completed 3 tasks:") || part(t, answer, chat.Done).Group == "" {
			t.Errorf("%+v, %v", answer, err)
		}
		if got := titlesOfOpen(t, c); !slices.Equal(got, []string{"jam"}) {
			t.Errorf("open: %q", got)
		}
		if k.say("undo"); len(titlesOfOpen(t, c)) != 4 {
			t.Errorf("after undo open: %q", titlesOfOpen(t, c))
		}
	})

	t.Run("an erased account leaves no conversation", func(t *testing.T) {
		c := h.user(t)
		newTalk(t, c).say("add secret of the erased")
		if err := c.Do(t.Context(), http.MethodDelete, "/me", map[string]string{"password": password}, nil); err != nil {
			t.Fatal(err)
		}
		h.waitErased(t, c.Grant.User.ID)
		var left int
		if err := h.pool.QueryRow(t.Context(), `SELECT count(*) FROM conversations.state WHERE key LIKE '%' || $1 || '%'`, c.Grant.User.ID).Scan(&left); err != nil || left != 0 {
			t.Errorf("%d values are left, %v", left, err)
		}
	})
}

// loseAnswers has the state store refuse what the chatbot answered, until mend is called.
func (h *harness) loseAnswers(t *testing.T) (mend func()) {
	t.Helper()
	h.exec(t, `CREATE FUNCTION conversations.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF encode(NEW.value, 'escape') LIKE '%"role":"assistant","at"%' THEN RAISE 'lost'; END IF; RETURN NEW; END $$`)
	h.exec(t, `CREATE TRIGGER lose BEFORE INSERT OR UPDATE ON conversations.state FOR EACH ROW EXECUTE FUNCTION conversations.lose()`)
	return func() { h.exec(t, `DROP FUNCTION conversations.lose CASCADE`) }
}

// streamed says something and returns the names of the events of the answer and the data of the last.
func streamed(t *testing.T, h *harness, c *client.Client, conversation string, saying chat.Saying) (names []string, last string) {
	t.Helper()
	body, err := json.Marshal(saying)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/api/v1/chat/conversations/"+conversation+"/messages", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.Grant.AccessToken)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			names = append(names, name)
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = data
		}
	}
	return names, last
}

func getTask(t *testing.T, c *client.Client, id string) (task client.Task) {
	t.Helper()
	if err := c.Do(t.Context(), http.MethodGet, "/tasks/"+id, nil, &task); err != nil {
		t.Fatal(err)
	}
	return task
}

func weekday(t *testing.T, date string) string {
	t.Helper()
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return day.Weekday().String()
}
