package intent

import (
	"os"
	"testing"
	"time"
)

func TestDbg(t *testing.T) {
	z, _ := time.LoadLocation("Europe/Berlin")
	o := Options{Now: time.Date(2026, 11, 26, 10, 0, 0, 0, z), Talk: Talk{}}
	text := os.Getenv("SAY")
	w := mostWork
	u := newUtterance(text, o, grammarOf(wordsEn()), &w)
	u.bare.options.Locale = wordsEn()
	u.whole.options.Locale = wordsEn()
	for _, b := range u.bare.begins() {
		t.Log(b)
	}
	t.Log(u.bare.end, len(u.bare.tokens))
	begin := time.Now()
	t.Log(printed(Parse(text, o)), time.Since(begin))
	for i := range u.bare.grammar.utterances.alternatives {
		for _, x := range u.bare.alternative(&u.bare.grammar.utterances.alternatives[i], 0) {
			t.Log(i, x, u.bare.grammar.utterances.alternatives[i].says)
		}
	}
	t.Log(mostWork - w)
}
