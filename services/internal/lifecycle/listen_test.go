package lifecycle

import "testing"

func TestATakenPortLeavesNoListenerOpen(t *testing.T) {
	taken, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken[0].Close() //nolint:errcheck // the test is over
	free, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	first := free[0].Addr().String()
	if err := free[0].Close(); err != nil {
		t.Fatal(err)
	}

	if _, err := Listen(t.Context(), first, taken[0].Addr().String()); err == nil {
		t.Fatal("listened on a port that is taken")
	}
	again, err := Listen(t.Context(), first)
	if err != nil {
		t.Fatalf("the first port is still held: %v", err)
	}
	if err := again[0].Close(); err != nil {
		t.Fatal(err)
	}
}
