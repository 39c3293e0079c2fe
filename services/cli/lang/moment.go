package lang

import (
	"github.com/spf13/pflag"

	"github.com/todoplatform/todoplatform/services/internal/language/preview"
)

// momentFlags are the flags that all commands share.
func momentFlags(flags *pflag.FlagSet, m *preview.Moment) {
	flags.StringVar(&m.Now, "now", "", "when the text is read, RFC 3339 (default: the clock of this machine)")
	flags.StringVar(&m.Zone, "zone", preview.DefaultZone, "IANA time zone of the user")
	flags.StringVar(&m.Locale, "locale", preview.DefaultLocale, "language of the words, BCP 47")
	flags.StringVar(&m.WeekStart, "week-start", preview.DefaultWeekStart, "first day of the week")
}
