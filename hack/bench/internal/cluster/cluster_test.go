package cluster

import "testing"

func TestForwardedPort(t *testing.T) {
	for line, want := range map[string]uint16{
		"Forwarding from 127.0.0.1:41234 -> 5432\n": 41234,
		"Forwarding from [::1]:41234 -> 5432\n":     0,
		"Forwarding from 127.0.0.1:99999 -> 5432\n": 0,
		"error: no such thing\n":                    0,
	} {
		got, err := forwardedPort(line)
		if (err == nil) != (want != 0) || want != 0 && got != want {
			t.Errorf("%q: got %d, %v", line, got, err)
		}
	}
}
