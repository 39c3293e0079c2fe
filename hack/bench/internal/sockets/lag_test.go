package sockets

import (
	"testing"
	"time"
)

func TestLagMatchesAnswersWithFrames(t *testing.T) {
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	after := func(ms int) time.Time { return at.Add(time.Duration(ms) * time.Millisecond) }
	lag := NewLag()
	lag.Answered("a", 1, after(10))
	lag.Arrived("a", 1, after(4), after(30)) // after the answer
	lag.Arrived("a", 2, after(50), after(60))
	lag.Answered("a", 2, after(65))           // the frame was first
	lag.Arrived("b", 1, after(70), after(75)) // nobody's write, such as a next occurrence
	lag.Answered("c", 1, after(80))           // its frame never comes
	result := lag.Result()
	if got := result.Answer.Sorted(); len(got) != 2 || got[0] != -5*time.Millisecond || got[1] != 20*time.Millisecond {
		t.Errorf("after the answers: %v", got)
	}
	if got := result.Commit.Sorted(); len(got) != 3 || got[0] != 5*time.Millisecond || got[2] != 26*time.Millisecond {
		t.Errorf("after the commits: %v", got)
	}
	lag.Reminded(after(0), after(7))
	if got := lag.Result().Reminder.Sorted(); len(got) != 1 || got[0] != 7*time.Millisecond {
		t.Errorf("after the reminders: %v", got)
	}
	if lag.Waiting() != 1 {
		t.Errorf("%d writes wait", lag.Waiting())
	}
	lag.Restart()
	if lag.Waiting() != 0 || len(lag.Result().Commit.Sorted()) != 0 {
		t.Error("it remembers after a restart")
	}
}
