package model

import "testing"

func TestVeil(t *testing.T) {
	const task = "0192f0c1-2f3a-7b4c-8d5e-6f7a8b9c0d1e"
	for name, c := range map[string]struct {
		private      bool
		text, hidden string
	}{
		"an id":                        {false, `{"id":"` + task + `"}`, `{"id":"ref_1"}`},
		"the same id twice":            {false, task + " and " + task, "ref_1 and ref_1"},
		"what looks like a name":       {false, "buy ref_1 paper " + task, "buy ref_1 paper ref_2"},
		"an address, where not wanted": {false, "write to ada@example.org", "write to ada@example.org"},
		"an address":                   {true, "write to ada.l+x@mail.example.org!", "write to mail_1!"},
		"a phone number":               {true, "call +49 30 123456-78 or 030/1234567", "call phone_1 or phone_2"},
		"a phone number in brackets":   {true, "call (030) 123 45 67 today", "call phone_1 today"},
		"a card":                       {true, "pay with 4111 1111 1111 1111", "pay with account_1"},
		"an account":                   {true, "send it to DE89 3704 0044 0532 0130 00", "send it to account_1"},
		"what is no account":           {true, "send it to DE00 3704 0044 0532 0130 00", "send it to DE00 3704 0044 0532 0130 00"},
		"dates and times":              {true, "2026-11-30 08:00 to 02.12.2026 10:30, 30-11-2026", "2026-11-30 08:00 to 02.12.2026 10:30, 30-11-2026"},
		"a moment":                     {true, "2026-11-30T08:00:00Z", "2026-11-30T08:00:00Z"},
		"numbers of other things":      {true, "invoice 2026-0815 of 1200 for 10115 Berlin", "invoice 2026-0815 of 1200 for 10115 Berlin"},
	} {
		t.Run(name, func(t *testing.T) {
			v := Veil{Private: c.private}
			hidden := v.Hide(c.text)
			if hidden != c.hidden {
				t.Errorf("hidden: %s", hidden)
			}
			if shown := v.Show(hidden); shown != c.text {
				t.Errorf("shown again: %s", shown)
			}
		})
	}
}

func TestNothingIsShownThatWasNotHidden(t *testing.T) {
	v := Veil{}
	v.Hide("0192f0c1-2f3a-7b4c-8d5e-6f7a8b9c0d1e")
	if shown := v.Show("ref_2, mail_99999999999999999999 and ref_0"); shown != "ref_2, mail_99999999999999999999 and ref_0" {
		t.Error(shown)
	}
}

func FuzzVeil(f *testing.F) {
	f.Add("ref_1 mail_2 +49 30 123456 ada@example.org 4111111111111111")
	f.Fuzz(func(t *testing.T, text string) {
		v := Veil{Private: true}
		if shown := v.Show(v.Hide(text)); shown != text {
			t.Errorf("%q became %q", text, shown)
		}
	})
}
