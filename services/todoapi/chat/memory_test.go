package chat

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestALongConversationForgetsItsBeginning(t *testing.T) {
	k := &kept{}
	now := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	for n := range maxMessages + 10 {
		k.hear(Saying{ID: fmt.Sprint(n), Text: fmt.Sprint("message ", n)}, now)
	}
	if len(k.Messages) != maxMessages || k.Messages[0].Text != "message 10" || k.Title != "message 0" {
		t.Errorf("%d messages from %q, called %q", len(k.Messages), k.Messages[0].Text, k.Title)
	}
	for n := range k.Messages {
		k.Messages[n].Text = strings.Repeat("x", 20<<10)
	}
	value, err := k.encode()
	if err != nil || len(value) > maxKept || len(k.Messages) < 10 {
		t.Errorf("%d bytes of %d messages, %v", len(value), len(k.Messages), err)
	}
}

func TestWhatIsHeardTwiceIsKeptOnce(t *testing.T) {
	k := &kept{}
	for range 2 {
		k.hear(Saying{ID: "1", Text: "add milk"}, time.Now())
	}
	if _, answered := k.answerTo("1"); len(k.Messages) != 1 || answered {
		t.Errorf("%+v", k.Messages)
	}
	k.say(Message{ID: "2", Role: Assistant, Text: "Added."})
	if answer, answered := k.answerTo("1"); !answered || answer.ID != "2" {
		t.Errorf("%+v", answer)
	}
}
