package todoapi

import (
	"net/http"
	"testing"
	"time"
)

func TestWhatIsOverIsKeptAsLongAsTheManifestSays(t *testing.T) {
	retention := Retention{TrashDays: 3, ChangesDays: 8, ConversationDays: 5}
	want := map[string]time.Duration{
		"prune_trash": days(3), "prune_projects": days(3), "prune_comments": days(3),
		"prune_changes": days(8), "prune_erasures": days(8), "prune_operations": days(1),
	}
	for _, p := range retention.withDefaults().prunings() {
		if keep, named := want[p.op]; named && p.keep != keep {
			t.Errorf("%s are kept for %s, want %s", p.name, p.keep, keep)
		}
		delete(want, p.op)
	}
	if len(want) > 0 {
		t.Errorf("never removed: %v", want)
	}

	h := newHarness(t, func(cfg *Config) { cfg.Retention = retention })
	c := h.user(t)
	if me, err := c.Me(t.Context()); err != nil || me.TrashDays != 3 {
		t.Errorf("what was deleted is said to be kept for %d days, %v", me.TrashDays, err)
	}
	if list := h.by(t, c, http.MethodGet, "/chat/conversations", "", ""); string(list.body) != `{"items":[],"keptDays":5}`+"\n" {
		t.Errorf("got %s", list.body)
	}
}
