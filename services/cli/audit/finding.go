package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/audit/chain"
)

// finding is what was found.
type finding struct {
	log      *chain.Header // nil: none was read
	report   chain.Report  // on the log
	platform *chain.HeadsReport
}

// erased tells whether the log is empty because its account was deleted.
func (f finding) erased() bool {
	return f.log != nil && f.log.Head.Position == 0 && f.platform != nil && f.platform.Erasure != nil
}

func (f finding) sound() bool {
	return (f.platform == nil || f.platform.Sound()) && (f.log == nil || f.report.Sound())
}

// String tells what was found to people.
func (f finding) String() string {
	var text strings.Builder
	if f.platform != nil {
		f.tellPlatform(&text)
	}
	if f.log != nil {
		f.tellLog(&text)
	}
	return text.String()
}

func (f finding) tellPlatform(text *strings.Builder) {
	for _, fault := range f.platform.Faults {
		fmt.Fprintln(text, fault)
	}
	tellUntold(text, f.platform.Untold)
	fmt.Fprintf(text, "the platform heads are %s: %d heads, with the end of %d accounts\n", stateOf(f.platform.Sound()), f.platform.Heads, f.platform.Erased)
	if dropped := f.platform.Dropped; dropped.Number > 0 {
		fmt.Fprintf(text, "the lines of heads up to number %d were dropped for their age: it is of %s\n",
			dropped.Number, dropped.At.UTC().Format(time.DateOnly))
	}
}

func (f finding) tellLog(text *strings.Builder) {
	for _, fault := range f.report.Faults {
		fmt.Fprintln(text, fault)
	}
	tellUntold(text, f.report.Untold)
	if f.erased() {
		end := f.platform.Erasure
		fmt.Fprintf(text, "the account of user %s was deleted, and its log erased: platform head %d tells that it had ended with %d:%s\n",
			f.log.UserID, end.Number, end.Head.Position, end.Head.Hash)
		return
	}
	fmt.Fprintf(text, "the log of user %s is %s: %d entries\n", f.log.UserID, stateOf(f.report.Sound()), f.report.Entries)
	f.tellBegin(text)
	if !f.report.Sound() {
		return
	}
	if f.platform != nil {
		fmt.Fprintf(text, "it agrees with %d platform heads\n", len(f.platform.Anchors))
	}
	if f.report.Head.Position > 0 {
		fmt.Fprintf(text, "head: %d:%s\n", f.report.Head.Position, f.report.Head.Hash)
	}
}

// tellBegin tells that entries were dropped, and whether a platform head says so too.
func (f finding) tellBegin(text *strings.Builder) {
	begin := f.log.Begin
	switch {
	case begin == nil:
		return
	case f.platform == nil:
		fmt.Fprintf(text, "it begins after entry %d: those before were dropped for their age\n", begin.Position)
	case slices.Contains(f.platform.Begins, *begin):
		fmt.Fprintf(text, "it begins after entry %d: those before were dropped for their age, as platform heads tell\n", begin.Position)
	default:
		fmt.Fprintf(text, "it begins after entry %d, and NO PLATFORM HEAD TELLS that those before were dropped for their age\n", begin.Position)
	}
}

func tellUntold(text *strings.Builder, untold int) {
	if untold > 0 {
		fmt.Fprintf(text, "… and %d faults more\n", untold)
	}
}

func stateOf(sound bool) string {
	if sound {
		return "sound"
	}
	return "NOT SOUND"
}
