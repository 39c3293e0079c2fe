package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestMailIsShownToItsRecipientOnly(t *testing.T) {
	box := &box{}
	s := &session{box: box}
	for _, recipient := range []string{"ada@example.com", "bob@example.com"} {
		s.Reset()
		if err := s.Mail("todo@example.com", nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Rcpt(recipient, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Data(strings.NewReader("Subject: =?utf-8?q?caf=C3=A9?=\r\nMessage-Id: <1@x>\r\n\r\nhello")); err != nil {
			t.Fatal(err)
		}
	}

	answer := httptest.NewRecorder()
	box.handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/messages?to=ada@example.com", nil))
	var got []message
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Subject != "café" || got[0].MessageID != "<1@x>" {
		t.Fatalf("got %+v, want one mail with its subject decoded", got)
	}
}

func TestOldestMailGoesWhenTheBoxIsFull(t *testing.T) {
	box := &box{}
	for i := range maxMails + 1 {
		box.add(message{Subject: strings.Repeat("x", i%3), From: string(rune('a' + i%26))})
	}
	if got := len(box.to("")); got != maxMails {
		t.Fatalf("box holds %d mails, want %d", got, maxMails)
	}
}
