package realtimesync

import (
	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

// Schema returns the service's part of the database: an empty schema, in which
// Dapr's state store makes the tables that hold the tickets.
func Schema() store.Schema {
	return store.Schema{Name: contract.Schema(contract.RealtimeSync), CreateTables: true}
}
