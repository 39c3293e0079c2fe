package controllers

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/signing"
)

func TestSigningKeys_rotateByThemselves(t *testing.T) {
	const period = contract.SignedLifetime + 72*time.Hour // The new key must not age while the former one's time runs.
	platform := newPlatform(t, "keys-age", v1alpha1.TodoPlatformSpec{Auth: v1alpha1.AuthSpec{
		SigningKeys: v1alpha1.SigningKeysSpec{RotationPeriod: &metav1.Duration{Duration: period}}}})
	runNodes(t, platform.Namespace)
	first := waitReady(t, platform).Status.SigningKeys.Keys[0]

	suite.clock.advance(t, period+time.Minute)
	annotate(t, platform, "example.com/look", "1") // Sooner than the next check.
	platform = waitKeys(t, platform, "Signing Former")
	if keys := platform.Status.SigningKeys.Keys; keys[1].ID != first.ID || keys[1].Until == nil || keys[0].Made == nil {
		t.Errorf("keys %+v after %s", keys, first.ID)
	}
	wantKeyEvents(t, platform, v1alpha1.ReasonSigningKeyAdded, v1alpha1.ReasonSigningKeyRotated)

	suite.clock.advance(t, contract.SignedLifetime+2*time.Hour)
	annotate(t, platform, "example.com/look", "2")
	waitKeys(t, platform, "Signing")
	wantKeyEvents(t, platform, v1alpha1.ReasonSigningKeyAdded, v1alpha1.ReasonSigningKeyRotated, v1alpha1.ReasonSigningKeyDropped)
}

func TestSigningKeys_signOnlyOnceEveryReplicaKnowsThem(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "keys-request", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace, contract.TodoAPI)
	rolled := ""
	// roll plays the rolling update of todo-api, once the operator has asked for one.
	roll := func() {
		t.Helper()
		eventually(t, func() error {
			deployment := &appsv1.Deployment{}
			if err := get(t, platform.Namespace, contract.TodoAPI, deployment); err != nil {
				return err
			}
			hash := deployment.Spec.Template.Annotations[render.AnnotationConfigHash]
			if hash == rolled {
				return errors.New("todo-api is not to be rolled")
			}
			if err := startDeployment(t.Context(), deployment); err != nil {
				return err
			}
			rolled = hash
			return nil
		})
	}
	// stays fails when looking again and again changes anything.
	stays := func(want string) {
		t.Helper()
		for range 5 {
			_, err := suite.reconciler.Reconcile(t.Context(), ctrl.Request{NamespacedName: client.ObjectKeyFromObject(platform)})
			if err != nil && !apierrors.IsConflict(err) { // the keys of the audit service rotate meanwhile
				t.Fatal(err)
			}
		}
		if roles := keyRoles(keySet(t, platform)); roles != want {
			t.Fatalf("keys are %q, want %q still", roles, want)
		}
	}
	roll()
	waitKeys(t, platform, "Signing")
	former := startPod(t, platform.Namespace)

	annotate(t, platform, v1alpha1.AnnotationRotateSigningKeys, "one")
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionServicesReady, metav1.ConditionFalse, v1alpha1.ReasonStarting)
	stays("Signing Next") // the Deployment has not rolled
	roll()
	stays("Signing Next") // a pod of before has not ended
	if err := suite.client.Delete(t.Context(), former, client.GracePeriodSeconds(0)); err != nil {
		t.Fatal(err)
	}
	waitRoles(t, platform, "Signing Former")
	if set := keySet(t, platform); set.Keys[1].Until != 0 {
		t.Error("the former key's time runs although replicas may still sign with it")
	}
	stays("Signing Former")
	roll()
	rotated := waitKeys(t, platform, "Signing Former")
	if rotated.Status.SigningKeys.Rotated != "one" || rotated.Status.SigningKeys.Keys[1].Until == nil {
		t.Errorf("status %+v", rotated.Status.SigningKeys)
	}
	stays("Signing Former") // the request was carried out

	annotate(t, platform, v1alpha1.AnnotationRevokeSigningKeys, "leak")
	waitRoles(t, platform, "Signing Former Next")
	roll()
	waitRoles(t, platform, "Signing Former Former")
	roll()
	waitRoles(t, platform, "Signing")
	roll()
	revoked := waitKeys(t, platform, "Signing")
	for _, key := range rotated.Status.SigningKeys.Keys {
		if key.ID == revoked.Status.SigningKeys.Keys[0].ID {
			t.Errorf("key %s is still there", key.ID)
		}
	}
	if revoked.Status.SigningKeys.Revoked != "leak" {
		t.Errorf("status %+v", revoked.Status.SigningKeys)
	}
}

func TestSigningKeys_thatCannotBeReadAreKept(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "keys-invalid", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	put := func(value []byte) (former []byte) {
		t.Helper()
		eventually(t, func() error {
			secret := &corev1.Secret{}
			if err := get(t, platform.Namespace, render.SecretKeys, secret); err != nil {
				return err
			}
			former = secret.Data[contract.SecretKeySigning]
			secret.Data[contract.SecretKeySigning] = value
			return suite.client.Update(t.Context(), secret)
		})
		return former
	}
	good := put([]byte("hunter2"))
	platform = waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionServicesReady, metav1.ConditionFalse, v1alpha1.ReasonSecretInvalid)
	message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionServicesReady).Message
	if message != "key jwks.json of Secret todo-api-keys is not a JSON Web Key Set with a key" {
		t.Errorf("message %q", message)
	}
	if kept := put(good); string(kept) != "hunter2" {
		t.Error("the operator changed keys that it cannot read")
	}
	waitReady(t, platform)
}

// annotate sets an annotation of a platform.
func annotate(t *testing.T, platform *v1alpha1.TodoPlatform, name, value string) {
	t.Helper()
	patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, name, value)
	if err := suite.client.Patch(t.Context(), platform.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(patch))); err != nil {
		t.Fatal(err)
	}
}

// startPod makes a pod of todo-api as its Deployment describes it now.
func startPod(t *testing.T, namespace string) *corev1.Pod {
	t.Helper()
	deployment := &appsv1.Deployment{}
	if err := get(t, namespace, contract.TodoAPI, deployment); err != nil {
		t.Fatal(err)
	}
	template := deployment.Spec.Template
	template.Name, template.Namespace = "todo-api-former", namespace
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	create(t, pod)
	return pod
}

func keySet(t *testing.T, platform *v1alpha1.TodoPlatform) signing.Set {
	t.Helper()
	secret := &corev1.Secret{}
	if err := get(t, platform.Namespace, render.SecretKeys, secret); err != nil {
		t.Fatal(err)
	}
	set, err := signing.Parse(secret.Data[contract.SecretKeySigning])
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func keyRoles(set signing.Set) string {
	var roles []string
	for i := range set.Keys {
		roles = append(roles, string(set.Role(i)))
	}
	return strings.Join(roles, " ")
}

// waitRoles waits until the keys in the Secret have these roles.
func waitRoles(t *testing.T, platform *v1alpha1.TodoPlatform, want string) {
	t.Helper()
	eventually(t, func() error {
		if roles := keyRoles(keySet(t, platform)); roles != want {
			return fmt.Errorf("keys are %q, want %q", roles, want)
		}
		return nil
	})
}

// waitKeys waits until a platform is Ready and its status reports keys with these roles, and gives it.
func waitKeys(t *testing.T, platform *v1alpha1.TodoPlatform, want string) *v1alpha1.TodoPlatform {
	t.Helper()
	live := &v1alpha1.TodoPlatform{}
	eventually(t, func() error {
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		var roles []string
		for _, key := range live.Status.SigningKeys.Keys {
			roles = append(roles, key.Role)
		}
		if got := strings.Join(roles, " "); got != want || !meta.IsStatusConditionTrue(live.Status.Conditions, v1alpha1.ConditionReady) {
			return fmt.Errorf("keys are %q, want %q and Ready:\n%s", got, want, describeConditions(live))
		}
		return nil
	})
	checkStatus(t, live)
	return live
}

// wantKeyEvents waits until exactly these events tell of the keys of todo-api, each once.
func wantKeyEvents(t *testing.T, platform *v1alpha1.TodoPlatform, reasons ...string) {
	t.Helper()
	eventually(t, func() error {
		events := &eventsv1.EventList{}
		if err := suite.client.List(t.Context(), events, client.InNamespace(platform.Namespace)); err != nil {
			return err
		}
		told := map[string]int{}
		for _, event := range events.Items {
			if event.Action == "RotateSigningKeys" && strings.Contains(event.Note, contract.TodoAPI) {
				told[event.Reason]++
			}
		}
		var missing []error
		for _, reason := range reasons {
			if told[reason] != 1 {
				missing = append(missing, fmt.Errorf("%d events say %s", told[reason], reason))
			}
		}
		if len(told) != len(reasons) {
			missing = append(missing, fmt.Errorf("events tell of %v, want %v", told, reasons))
		}
		return errors.Join(missing...)
	})
}
