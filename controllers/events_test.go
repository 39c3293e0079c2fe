package controllers

import (
	"errors"
	"strings"
	"testing"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// A condition's message may be as long as the note of an event, and the note names the condition besides.
func TestEvents_ofLongMessagesAreTaken(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "long-events", v1alpha1.TodoPlatformSpec{Suspend: true})
	suite.reconciler.events.Eventf(platform, nil, "Normal", "Long", "Test", "%s: %s", v1alpha1.ConditionKafkaReady, strings.Repeat("ä", 512))
	eventually(t, func() error {
		list := &eventsv1.EventList{}
		if err := suite.client.List(t.Context(), list, client.InNamespace(platform.Namespace)); err != nil {
			return err
		}
		for _, event := range list.Items {
			if event.Reason == "Long" && strings.HasPrefix(event.Note, "KafkaReady: ää") && strings.HasSuffix(event.Note, "ä…") {
				return nil
			}
		}
		return errors.New("the event was not taken")
	})
}
