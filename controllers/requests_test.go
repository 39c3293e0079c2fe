package controllers

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// handled is nil once a request was followed.
func handled(t *testing.T, platform *v1alpha1.TodoPlatform, want string) error {
	t.Helper()
	live := &v1alpha1.TodoPlatform{}
	if err := get(t, platform.Namespace, platform.Name, live); err != nil {
		return err
	}
	if got := live.Status.LastHandledReconcileAt; got != want {
		return fmt.Errorf("followed %q, want %q", got, want)
	}
	return nil
}

func TestReconcileRequested_looksAtEverythingNow(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "requested", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	brokers := suite.brokers.embedded(platform.Namespace)
	if err := brokers.Delete(t.Context(), []string{contract.TopicReminders}); err != nil {
		t.Fatal(err)
	}
	annotate(t, platform, v1alpha1.AnnotationReconcileRequested, "one")
	eventually(t, func() error { return handled(t, platform, "one") })
	if _, there := brokers.snapshot()[contract.TopicReminders]; !there {
		t.Error("the request counts as followed, and the topic is not there")
	}
	waitReady(t, platform)

	long := strings.Repeat("ä", 1000)
	annotate(t, platform, v1alpha1.AnnotationReconcileRequested, long)
	eventually(t, func() error { return handled(t, platform, long[:256]) })

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Suspend = true })
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
	annotate(t, platform, v1alpha1.AnnotationReconcileRequested, "two")
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Suspend = false })
	eventually(t, func() error { return handled(t, platform, "two") })
}

// Who has mended what kept a migration from its work need not wait until it is tried again.
func TestReconcileRequested_triesAgainWhatFailed(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "requested-again", v1alpha1.TodoPlatformSpec{})
	key := client.ObjectKeyFromObject(platform)
	runNodes(t, platform.Namespace, "migrate")
	var failed *batchv1.Job
	eventually(t, func() error {
		if failed = migrationJob(t, platform.Namespace); failed == nil {
			return errors.New("no migration yet")
		}
		return endJob(t.Context(), failed, batchv1.JobFailed)
	})
	waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrationFailed)
	annotate(t, platform, v1alpha1.AnnotationReconcileRequested, "one")
	eventually(t, func() error {
		again := migrationJob(t, platform.Namespace)
		if again == nil || again.UID == failed.UID {
			return errors.New("the migration is not tried again")
		}
		return endJob(t.Context(), again, batchv1.JobComplete)
	})
	waitReady(t, platform)
}
