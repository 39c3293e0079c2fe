package realtimesync

import (
	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// Schema returns the service's part of the database: an empty schema, in which
// Dapr's state store makes its tables. Replicas of the version before keep tickets there.
func Schema() store.Schema {
	return store.Schema{Name: contract.Schema(contract.RealtimeSync), CreateTables: true}
}
