package controllers

import (
	"errors"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

func TestConnections_thatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	checkRefused(t, "refused-connections", map[string]refusal{
		"one alone":           {`{database: {connections: {perReplica: 1}}}`, "database.connections.perReplica: must be from 2 to 200"},
		"too many":            {`{database: {connections: {perReplica: 201}}}`, "database.connections.perReplica: must be from 2 to 200"},
		"idle for no time":    {`{database: {connections: {idleTime: 1s}}}`, "database.connections.idleTime: must be from 10s to 24h"},
		"idle for days":       {`{database: {connections: {idleTime: 48h}}}`, "database.connections.idleTime: must be from 10s to 24h"},
		"a server for nobody": {`{database: {embedded: {maxConnections: 10}}}`, "database.embedded.maxConnections: must be from 50 to 5000"},
	})
}

func TestConnections_areHeldAgainstWhatTheServerHas(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "connections", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	message := func() string {
		return meta.FindStatusCondition(waitReady(t, platform).Status.Conditions, v1alpha1.ConditionDatabaseReady).Message
	}
	if got := message(); strings.Contains(got, "connections") {
		t.Errorf("by default: %s", got)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Database.Connections.PerReplica = ptr.To[int32](50) })
	eventually(t, func() error {
		if got := message(); !strings.Contains(got, "services may ask for 316 connections, of which it has 190 for them: lower replicas or database.connections.perReplica, or raise database.embedded.maxConnections") {
			return errors.New(got)
		}
		return nil
	})
}
