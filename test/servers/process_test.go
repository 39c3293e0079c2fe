package servers

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// claimVariable names a port that the test program shall claim, in a process of its own.
const claimVariable = "TODOPLATFORM_TEST_CLAIM"

func TestMain(m *testing.M) {
	if port, err := strconv.Atoi(os.Getenv(claimVariable)); err == nil {
		_, _ = os.Stdout.WriteString(strconv.FormatBool(claimed(port))) // who reads it finds nothing if it fails
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Packages are tested at the same time, and a server listens some time after its port was chosen.
func TestAPortIsGivenToOneProcess(t *testing.T) {
	another := func(port int) bool {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), claimVariable+"="+strconv.Itoa(port))
		output, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(output), "true")
	}
	port := FreePort()
	if another(port) {
		t.Errorf("port %d is given to another process, too", port)
	}
	if claimed(port) {
		t.Errorf("port %d is given twice", port)
	}
	free := FreePort() + 1
	for ports.given[free] {
		free++
	}
	for range 2 {
		if !another(free) {
			t.Errorf("port %d is not given, though nobody has it or who had it has ended", free)
		}
	}
}
