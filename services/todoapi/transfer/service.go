package transfer

import (
	"context"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
	"github.com/todoplatform/todoplatform/services/todoapi/gate"
	"github.com/todoplatform/todoplatform/services/todoapi/settings"
)

const (
	// exportsAtOnce and importsAtOnce bound what one replica does at the same time: an export
	// holds a few pages in memory, an import up to some 120 MB.
	exportsAtOnce = 4
	importsAtOnce = 1
	// uploadsAtOnce bounds the files that arrive at the same time to be imported later: each holds
	// a chunk in memory, in some forms.
	uploadsAtOnce = 4
)

// Service exports and imports.
type Service struct {
	db       *store.DB
	commands *command.Service
	settings *settings.Service
	exported Exported
	readers  map[string]command.Reader // of the commands that an import is made of
	now      func() time.Time

	exports, imports, uploads *gate.Gate

	work *loop.Loop // carries out imports in the background
}

// Exported records that the caller is about to be handed a file of a form.
type Exported func(ctx context.Context, caller auth.Caller, form string) error

// NewService makes the service on db, which writes by commands; now is the clock.
func NewService(db *store.DB, commands *command.Service, settings *settings.Service, exported Exported, now func() time.Time) *Service {
	s := &Service{
		db: db, commands: commands, settings: settings, exported: exported, now: now,
		exports: gate.New("exports", exportsAtOnce), imports: gate.New("imports", importsAtOnce), uploads: gate.New("uploads", uploadsAtOnce),
	}
	s.work = loop.New(loop.Config{Name: "import in the background", Interval: workInterval, Pass: s.takeTurn})
	return s
}
