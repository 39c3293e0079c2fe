package target

import "testing"

func TestCheckRefusesOtherMachines(t *testing.T) {
	for base, ok := range map[string]bool{
		"http://localhost:8080":      true,
		"http://127.0.0.1:8080":      true,
		"http://127.8.0.1":           true,
		"http://[::1]:8080":          true,
		"https://localhost:8080":     false,
		"http://example.org":         false,
		"http://localhost.example":   false,
		"http://10.89.0.2":           false,
		"http://0.0.0.0:8080":        false,
		"localhost:8080":             false,
		"http://user@10.0.0.1":       false,
		"http://localhost@10.0.0.1/": false,
	} {
		if err := Check(base); (err == nil) != ok {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestDialerRefusesOtherMachines(t *testing.T) {
	for address, ok := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "10.89.0.2:80": false, "[2001:db8::1]:80": false} {
		if err := refuseOthers("tcp", address, nil); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}
