package sockets

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/todoplatform/todoplatform/hack/bench/internal/load"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
	"github.com/todoplatform/todoplatform/services/todoapi/client"
)

// realtime is a server that welcomes each socket, sends one change and closes.
func realtime(t *testing.T, change string) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+protocol.TicketPath, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer refused" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(protocol.Ticket{Ticket: "t"})
	})
	mux.HandleFunc("GET "+protocol.SocketPath, func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		if _, _, err := conn.Read(r.Context()); err != nil {
			t.Error(err)
			return
		}
		for _, frame := range []any{protocol.NewWelcome(7), protocol.NewChange(8, json.RawMessage(change)), protocol.NewReminder("reminder.fired", "e", json.RawMessage(`{"at":"2026-12-01T12:00:00Z"}`))} {
			encoded, _ := json.Marshal(frame) // of our own types
			if err := conn.Write(r.Context(), websocket.MessageText, encoded); err != nil {
				t.Error(err)
			}
			time.Sleep(50 * time.Millisecond) // the bench is no longer opening
		}
		_ = conn.Close(websocket.StatusCode(protocol.CloseRestart), "restart")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func user(token string) *load.User {
	api := client.New("http://localhost", http.DefaultClient)
	api.Grant.AccessToken = token
	return load.NewUser("u", false, api, nil)
}

func TestSocketsAreOpenedFollowedAndCounted(t *testing.T) {
	server := realtime(t, `{"taskId":"a","at":"2026-12-01T12:00:00Z","after":{"version":3}}`)
	lag, users := NewLag(), []*load.User{user("good"), user("refused")}
	lag.Answered("a", 3, time.Now())
	set, opening := Open(t.Context(), server.URL, server.Client(), users, lag)
	if opening.Opened != 1 || opening.FirstError == nil || len(opening.Times.Sorted()) != 1 {
		t.Fatalf("opened %d, refused because %v", opening.Opened, opening.FirstError)
	}
	if !users[0].Connected.Load() || users[1].Connected.Load() {
		t.Error("the wrong user is connected")
	}
	for deadline := time.Now().Add(5 * time.Second); set.Lost()["closed with 1012"] == 0 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	if set.Lost()["closed with 1012"] != 1 || users[0].Connected.Load() {
		t.Errorf("lost %v", set.Lost())
	}
	if lag.Waiting() != 0 || len(lag.Result().Answer.Sorted()) != 1 || len(lag.Result().Commit.Sorted()) != 1 || len(lag.Result().Reminder.Sorted()) != 1 {
		t.Error("the frame was not matched with the answer, or the reminder not seen")
	}
}
