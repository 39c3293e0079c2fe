package controllers

import (
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// userOf gives the name by which todo-api logs in to the database.
func userOf(t *testing.T, namespace string) string {
	t.Helper()
	secret := &corev1.Secret{}
	if err := get(t, namespace, contract.DatabaseComponent(contract.TodoAPI), secret); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(string(secret.Data[render.SecretKeyURL]))
	if err != nil {
		t.Fatal(err)
	}
	return address.User.Username()
}

func rolesSecret(t *testing.T, namespace string) map[string][]byte {
	t.Helper()
	secret := &corev1.Secret{}
	if err := get(t, namespace, render.SecretDatabaseRoles, secret); err != nil {
		t.Fatal(err)
	}
	return secret.Data
}

func waitPasswords(t *testing.T, platform *v1alpha1.TodoPlatform, user, rotated string) *v1alpha1.TodoPlatform {
	t.Helper()
	live := &v1alpha1.TodoPlatform{}
	eventually(t, func() error {
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		have := live.Status.DatabasePasswords
		if userOf(t, platform.Namespace) != user || have.Rotating || have.Rotated != rotated || !meta.IsStatusConditionTrue(live.Status.Conditions, v1alpha1.ConditionReady) {
			return fmt.Errorf("todo-api logs in as %s, want %s; %+v\n%s", userOf(t, platform.Namespace), user, have, describeConditions(live))
		}
		return nil
	})
	checkStatus(t, live)
	return live
}

func TestDatabasePasswords_areAcceptedSwitchedToAndDropped(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "passwords-asked", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace, contract.TodoAPI)
	roll := func() {
		t.Helper()
		eventually(t, func() error {
			deployment := &appsv1.Deployment{}
			return errors.Join(get(t, platform.Namespace, contract.TodoAPI, deployment), startDeployment(t.Context(), deployment))
		})
	}
	eventually(t, func() error { return get(t, platform.Namespace, contract.TodoAPI, &appsv1.Deployment{}) })
	roll()
	waitReady(t, platform)
	former := startPod(t, platform.Namespace)
	before := rolesSecret(t, platform.Namespace)
	served := suite.databases.embedded(platform.Namespace)

	annotate(t, platform, v1alpha1.AnnotationRotateDatabasePasswords, "one")
	eventually(t, func() error {
		if user := userOf(t, platform.Namespace); user != "passwords_asked_todo_second" {
			return fmt.Errorf("todo-api logs in as %s", user)
		}
		return nil
	})
	if !served.has("passwords_asked_todo_second") {
		t.Error("services are to log in by what the database does not know")
	}
	// bothAreGood fails when looking again and again takes the former password away.
	bothAreGood := func(because string) {
		t.Helper()
		for range 5 {
			if _, err := suite.reconciler.Reconcile(t.Context(), ctrl.Request{NamespacedName: client.ObjectKeyFromObject(platform)}); err != nil {
				t.Fatal(err)
			}
		}
		if roles := rolesSecret(t, platform.Namespace); string(roles["todo"]) != string(before["todo"]) || len(roles["todo.second"]) == 0 {
			t.Errorf("the former password is gone although %s", because)
		}
	}
	bothAreGood("todo-api has not rolled")
	roll()
	bothAreGood("a pod of before has not ended")
	if err := suite.client.Delete(t.Context(), former, client.GracePeriodSeconds(0)); err != nil {
		t.Fatal(err)
	}
	waitPasswords(t, platform, "passwords_asked_todo_second", "one")
	if roles := rolesSecret(t, platform.Namespace); len(roles["todo"]) > 0 {
		t.Error("the former password is still there")
	}
	for _, variable := range migrationJob(t, platform.Namespace).Spec.Template.Spec.Containers[0].Env {
		if variable.Name == contract.EnvMigratePasswordPrefix+"TODO" {
			t.Error("the database is not told to drop the former password")
		}
	}
}

func TestDatabasePasswords_rotateByAge(t *testing.T) {
	platform := newPlatform(t, "passwords-age", v1alpha1.TodoPlatformSpec{Database: v1alpha1.DatabaseSpec{
		PasswordRotation: v1alpha1.PasswordRotation{Period: &metav1.Duration{Duration: 48 * time.Hour}}}})
	runNodes(t, platform.Namespace)
	first := waitReady(t, platform).Status.DatabasePasswords.Made
	suite.clock.advance(t, 49*time.Hour)
	annotate(t, platform, "example.com/look", "1")
	second := waitPasswords(t, platform, "passwords_age_todo_second", "").Status.DatabasePasswords.Made
	if second.Sub(first.Time) < 48*time.Hour {
		t.Errorf("made %s and %s", first, second)
	}
	suite.clock.advance(t, 49*time.Hour)
	annotate(t, platform, "example.com/look", "2")
	waitPasswords(t, platform, "passwords_age_todo", "")
}

// What cannot be read is not made anew: services may use it.
func TestDatabasePasswords_thatCannotBeReadAreKept(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "passwords-invalid", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	secret := &corev1.Secret{}
	if err := get(t, platform.Namespace, render.SecretDatabaseRoles, secret); err != nil {
		t.Fatal(err)
	}
	good := secret.DeepCopy()
	secret.Data["logins.json"] = []byte("{")
	if err := suite.client.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonSecretInvalid)
	secret.Data = good.Data
	if err := suite.client.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	waitReady(t, platform)
}
