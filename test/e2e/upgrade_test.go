//go:build upgrade

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	todo "github.com/todoplatform/todoplatform/services/todoapi/client"
)

const (
	// crowd is how many people work while the platform is upgraded.
	crowd = 10
	// warmUp and calm are how long they work before the upgrade begins and after it has ended.
	warmUp, calm = 15 * time.Second, 20 * time.Second

	versionBefore, versionAfter = "before", "after"
)

func init() {
	own.name, own.port, own.tag = "e2e-upgrade", "18082", versionBefore
	installOperator = func() error {
		checkout := os.Getenv("UPGRADE_FROM")
		if checkout == "" {
			return errors.New("UPGRADE_FROM names no checkout of the version to upgrade from: use make test-upgrade")
		}
		return installFrom(checkout, versionBefore)
	}
}

// installFrom builds the images of a checkout with a tag, loads them and installs its operator.
func installFrom(checkout, tag string) error {
	directory, err := os.MkdirTemp("", "upgrade-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(directory) }()
	binary := filepath.Join(directory, "cluster")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir = filepath.Join("..", "..", "hack", "cluster")
	install := exec.Command(binary, "operator", "--name", clusterName, "--tag", tag)
	install.Dir = checkout // the program works on the repository in which it is called
	for _, command := range []*exec.Cmd{build, install} {
		command.Stdout, command.Stderr = os.Stdout, os.Stderr
		if err := command.Run(); err != nil {
			return fmt.Errorf("install the operator of %s: %w", checkout, err)
		}
	}
	return nil
}

// TestUpgrade upgrades operator and platform from a version whose schema was another, while people work:
// none of their requests fails, what they did is there once, and what was begun before goes on.
func TestUpgrade(t *testing.T) {
	applySample(t)
	schema := cluster.platform(t).Status.AppliedMigration
	ada, bob := signUp(t, "ada", "Europe/Berlin"), signUp(t, "bob", "Asia/Kolkata")
	begun, err := ada.api.CreateTask(t.Context(), todo.Draft{
		Title: "Begun before", Due: &todo.Due{Date: ada.day(0)}, Recurrence: &todo.Recurrence{Rule: "FREQ=DAILY"},
	})
	if err != nil {
		t.Fatal(err)
	}
	people := make([]*traffic, crowd)
	for i := range people {
		people[i] = startTraffic(t)
	}
	pause(t, warmUp)

	start := time.Now()
	if err := installFrom(filepath.Join("..", ".."), versionAfter); err != nil {
		t.Fatal(err)
	}
	eventually(t, readyWithin, "every replica runs the version after", func(context.Context) error {
		platform := cluster.platform(t)
		if platform.Status.Version != versionAfter {
			return fmt.Errorf("%s runs: %s", platform.Status.Version, conditions(platform))
		}
		return nil
	})
	cluster.waitReady(t, readyWithin)
	t.Logf("FIGURE images and operator to Ready with the new version: %s", time.Since(start).Round(100*time.Millisecond))
	cluster.waitNobodyLeaves(t, time.Minute)
	pause(t, calm)

	if cluster.platform(t).Status.AppliedMigration == schema {
		t.Errorf("the schema is %s before and after: upgrade from a version with another one", schema)
	}
	for _, person := range people {
		if failed := person.failures(start, "read", "write", "audit"); failed > 0 {
			t.Errorf("%d requests of %s failed", failed, person.person.email)
		}
		person.finish(t, start)
	}
	ada.login(t)
	bob.login(t)
	if _, err := ada.api.CompleteTask(t.Context(), begun.ID); err != nil {
		t.Errorf("complete what was begun before: %v", err)
	}
	waterPlants(t, ada, bob)
}
