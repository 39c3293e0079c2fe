package render

import (
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

const (
	// defaultConnections is how many connections a replica keeps at most when the manifest says nothing: a database has few.
	defaultConnections = 10
	// stateConnections is the same of what Dapr stores for an app, which is asked for rarely.
	stateConnections = 4
	// defaultMaxConnections is how many connections embedded PostgreSQL takes when the manifest says nothing.
	defaultMaxConnections = 200
	// reservedConnections are kept for the operator, migrations, backups and whoever looks after the server.
	reservedConnections = 10
)

// perReplica is how many server connections a component of one pod may hold.
func perReplica(spec *v1alpha1.TodoPlatformSpec, connection contract.Connection) int {
	if connection.State {
		return stateConnections
	}
	return int(ptr.Deref(spec.Database.Connections.PerReplica, defaultConnections))
}

// Connections counts what the services may hold of embedded PostgreSQL at most, with the pod of each that a
// roll-out adds, and what the server has for them.
func Connections(spec *v1alpha1.TodoPlatformSpec) (wanted, there int) {
	for _, connection := range contract.Connections() {
		wanted += perReplica(spec, connection) * (maxReplicas(&spec.Services, connection.App) + maxSurge)
	}
	return wanted, maxConnections(spec) - reservedConnections
}

func maxConnections(spec *v1alpha1.TodoPlatformSpec) int {
	if spec.Database.Embedded == nil {
		return defaultMaxConnections
	}
	return int(ptr.Deref(spec.Database.Embedded.MaxConnections, defaultMaxConnections))
}
