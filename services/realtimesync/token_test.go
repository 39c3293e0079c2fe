package realtimesync

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
	todoclient "github.com/todoplatform/todoplatform/services/todoapi/client"
)

// program is somebody who works by an API token of the person's.
func (p *person) program(draft todoclient.TokenDraft, api string) (program *person, tokenID string) {
	p.t.Helper()
	draft.Name = "program"
	made, err := p.CreateToken(p.t.Context(), draft)
	if err != nil {
		p.t.Fatal(err)
	}
	program = &person{todoclient.New(api, http.DefaultClient), p.t}
	program.Grant.AccessToken = made.Secret
	return program, made.ID
}

func TestSocketsOfAnEndedTokenClose(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.replica(t, 0, defaultLimits())
	ann := p.signUp(t, "ann")
	read := todoclient.TokenDraft{Scopes: []string{"tasks:read"}}
	revoked, revokedID := ann.program(read, p.api)
	other, _ := ann.program(read, p.api)
	onRevoked, head := revoked.listen(s, nil)
	streamOfRevoked, _ := revoked.listen(s.over(transportStream), nil)
	onOther, _ := other.listen(s, nil)
	onSession, _ := ann.listen(s, nil)

	ann.add(1)
	onRevoked.changes(head, head+1)
	if err := ann.RevokeToken(t.Context(), revokedID); err != nil {
		t.Fatal(err)
	}
	onSession.changes(head, head+2)
	told := time.Now()
	onRevoked.closed(protocol.CloseUnauthenticated)
	streamOfRevoked.closed(protocol.CloseUnauthenticated)
	if took := time.Since(told); took > time.Second {
		t.Errorf("the socket of the revoked token was open %s after its end was known", took)
	}
	if _, err := revoked.socketOn(s).Ticket(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a ticket of a revoked token: error %v, want 401", err)
	}

	expiry := time.Now().Add(3 * time.Second)
	brief, _ := ann.program(todoclient.TokenDraft{Scopes: read.Scopes, ExpiresAt: &expiry}, p.api)
	onBrief, _ := brief.listen(s.over(transportStream), nil)
	onBrief.closed(protocol.CloseUnauthenticated)
	if off := time.Since(expiry); off < -time.Second || off > 5*time.Second {
		t.Errorf("the socket of a token that expired closed %s after", off)
	}

	// Signing out everywhere closes what sessions have opened, and no more.
	if err := ann.EndSessions(t.Context()); err != nil {
		t.Fatal(err)
	}
	onSession.closed(protocol.CloseUnauthenticated)
	onOther.changes(head, head+4)
}

func TestSocketsOfAnAccountClose(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.replica(t, 0, defaultLimits())
	ann, bob := p.signUp(t, "ann"), p.signUp(t, "bob")
	program, _ := ann.program(todoclient.TokenDraft{Scopes: []string{"tasks:read"}}, p.api)
	other := &person{todoclient.New(p.api, http.DefaultClient), t}
	if err := other.Login(t.Context(), ann.Grant.User.Email, password); err != nil {
		t.Fatal(err)
	}
	onThis, head := ann.listen(s, nil)
	onOther, _ := other.listen(s, nil)
	onProgram, _ := program.listen(s, nil)
	onBob, bobs := bob.listen(s, nil)

	// Another password signs out everywhere else: one session ends, and the change is told.
	if err := ann.ChangePassword(t.Context(), password, "staple of many horses"); err != nil {
		t.Fatal(err)
	}
	onOther.closed(protocol.CloseUnauthenticated)
	onThis.changes(head, head+2)

	if err := ann.DeleteAccount(t.Context(), "staple of many horses"); err != nil {
		t.Fatal(err)
	}
	onThis.closed(protocol.CloseUnauthenticated)
	onProgram.closed(protocol.CloseUnauthenticated)
	for _, gone := range []*person{ann, other, program} {
		if _, err := gone.socketOn(s).Ticket(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
			t.Errorf("a ticket after the deletion: error %v, want 401", err)
		}
	}
	bob.add(1)
	onBob.changes(bobs, bobs+1)
}

func TestATokenNeedsItsScopeForATicket(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := p.replica(t, 0, defaultLimits())
	writer, _ := p.signUp(t, "ann").program(todoclient.TokenDraft{Scopes: []string{"tasks:write", "account", "audit:read"}}, p.api)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+protocol.TicketPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+writer.Grant.AccessToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // its status and header say all
	if got := response.Header.Get("WWW-Authenticate"); response.StatusCode != http.StatusForbidden || got != `Bearer error="insufficient_scope", scope="tasks:read"` {
		t.Errorf("got %s with %q", response.Status, got)
	}
}
