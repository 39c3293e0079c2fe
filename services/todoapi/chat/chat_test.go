package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/project"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
	"github.com/todoplatform/todoplatform/services/todoapi/tag"
	"github.com/todoplatform/todoplatform/services/todoapi/tool"
	"github.com/todoplatform/todoplatform/services/todoapi/view"
)

// parts are the sidecar's components, which can be away.
type parts struct {
	stateAway bool
	awayOp    string // operation of the database that is not answered
	values    map[string][]byte
}

var errAway = failure.New(failure.Unavailable, "away")

func (p *parts) LoadState(_ context.Context, _, key string) (dapr.State, error) {
	if p.stateAway {
		return dapr.State{}, errAway
	}
	return dapr.State{Value: p.values[key]}, nil
}

func (p *parts) SaveState(_ context.Context, _, key string, state dapr.State, _ time.Duration) error {
	p.values[key] = state.Value
	return nil
}

func (p *parts) DeleteState(_ context.Context, _, key string) error {
	delete(p.values, key)
	return nil
}

// Binding answers for a person who has nothing.
func (p *parts) Binding(_ context.Context, _, _ string, metadata map[string]string) ([]byte, error) {
	answers := map[string]string{
		"get_settings": `{"zone":"UTC","locale":"en","weekStart":1,"dayStart":"09:00"}`, "list_projects": `{"projects":[],"sections":[]}`, "list_tags": `[]`, "list_filters": `[]`,
	}
	for op, answer := range answers {
		if strings.Contains(metadata["params"], op) && op != p.awayOp {
			return json.Marshal([][]string{{fmt.Sprintf(`{"ok":%s}`, answer)}})
		}
	}
	return nil, errAway
}

func (p *parts) service() *Service {
	db := store.Open(p, "database", "todo")
	s, err := NewService(Config{State: p, Metrics: prometheus.NewRegistry(), Now: time.Now, Tools: tool.NewSet(tool.Rooms{
		Projects: project.NewService(db, nil), Tags: tag.NewService(db, nil), Now: time.Now,
		Views: view.NewService(view.Config{DB: db, Settings: settings.NewService(db, nil), Now: time.Now}),
	})})
	if err != nil {
		panic(err) // the schemas of the tools are part of the program
	}
	return s
}

// What could not be done, or of which nobody knows, is no answer: said again under its id it is done.
func TestAFailureOfThePlatformIsNotTheAnswer(t *testing.T) {
	p := &parts{awayOp: "list_tags", values: map[string][]byte{}}
	s, saying := p.service(), Saying{ID: "1", Text: "hello"}
	caller := auth.Caller{UserID: "u"}
	if _, err := s.Say(t.Context(), caller, "c", saying, func(string) {}); failure.KindOf(err) != failure.Unavailable {
		t.Fatalf("got %v", err)
	}
	p.awayOp = ""
	answer, err := s.Say(t.Context(), caller, "c", saying, func(string) {})
	if err != nil || !strings.HasPrefix(answer.Text, "Hello") {
		t.Fatalf("got %+v, %v", answer, err)
	}
	if kept, err := s.Get(t.Context(), caller, "c"); err != nil || len(kept.Messages) != 2 {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func TestWithoutItsStoreNothingIsRead(t *testing.T) {
	p := &parts{stateAway: true}
	s, caller := p.service(), auth.Caller{UserID: "u"}
	if _, err := s.Get(t.Context(), caller, "c"); failure.KindOf(err) != failure.Unavailable {
		t.Errorf("get: %v", err)
	}
	if err := s.Forget(t.Context(), caller, "c"); failure.KindOf(err) != failure.Unavailable {
		t.Errorf("forget: %v", err)
	}
}
