package controllers

import (
	"strings"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// maxRequest bounds what is kept of the value of an annotation, in bytes.
const maxRequest = 256

// request is what an annotation asks for.
func request(platform *v1alpha1.TodoPlatform, annotation string) string {
	value := platform.Annotations[annotation]
	if len(value) > maxRequest {
		value = strings.ToValidUTF8(value[:maxRequest], "")
	}
	return value
}

// isAsked tells whether somebody has asked for this pass: what else waits for its time is done in it.
func (p *pass) isAsked() bool {
	asked := request(p.platform, v1alpha1.AnnotationReconcileRequested)
	return asked != "" && asked != p.platform.Status.LastHandledReconcileAt
}
