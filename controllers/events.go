package controllers

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"

	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// maxNote is the longest note of an event that the API server takes, in bytes.
const maxNote = 1024

// boundedRecorder records events whose notes the API server takes: one that is too long would be lost.
type boundedRecorder struct{ events.EventRecorder }

// Eventf records an event.
func (r boundedRecorder) Eventf(regarding, related runtime.Object, severity, reason, action, note string, args ...any) {
	r.EventRecorder.Eventf(regarding, related, severity, reason, action, "%s", status.Cut(fmt.Sprintf(note, args...), maxNote))
}
