package controllers

import (
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	manifests "github.com/todoplatform/todoplatform/test/manifest"
)

// The platform of each environment becomes Ready by the Secrets that others write for it, in the form in which they do.
func TestEnvironments_becomeReady(t *testing.T) {
	files, err := filepath.Glob("../config/environments/*/platform.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("environments %v, %v", files, err)
	}
	for _, file := range files {
		folder := filepath.Dir(file)
		place := filepath.Base(folder)
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			spec := specOf(t, folder)
			// Platforms share the cluster and the brokers of the suite.
			if spec.Exposure.Host != "" {
				spec.Exposure.Host = place + ".environments.example.com"
			}
			if spec.Kafka.External != nil {
				spec.Topics.Prefix = place + "."
			}
			platform := newPlatform(t, "environment-"+place, spec)
			writeSecretsOfOthers(t, platform.Namespace)
			runNodes(t, platform.Namespace)
			if render.Exposure(&spec.Exposure) == v1alpha1.ExposureGateway {
				answerRoute(t, platform.Namespace, metav1.ConditionTrue, "Accepted", "")
			}
			waitReady(t, platform)
		})
	}
}

// specOf builds an environment and gives the spec of its platform.
func specOf(t *testing.T, folder string) v1alpha1.TodoPlatformSpec {
	t.Helper()
	platform := &v1alpha1.TodoPlatform{}
	object := manifests.Render(t, "kustomize", "build", folder)["TodoPlatform/todo"]
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, platform, true); err != nil {
		t.Fatal(err)
	}
	return platform.Spec
}

func writeSecretsOfOthers(t *testing.T, namespace string) {
	t.Helper()
	login := map[string]string{"username": "todoplatform", "password": sentinel}
	for name, content := range map[string]map[string]string{
		// cert-manager, for the Ingresses
		"todo-tls": {"tls.crt": "c", "tls.key": "k"},
		// Strimzi, for its cluster and its user
		"events-cluster-ca-cert": {"ca.crt": certificate(t), "ca.p12": "p", "ca.password": "p"},
		"todoplatform":           {"password": sentinel, "sasl.jaas.config": "c"},
		// CloudNativePG, for its cluster and the owner of the database
		"pg-ca":  {"ca.crt": certificate(t), "ca.key": "k"},
		"pg-app": {"host": "pg-rw", "port": "5432", "dbname": "todo", "user": "todo", "username": "todo", "password": sentinel, "pgpass": "p", "uri": "u"},
		// External Secrets, from a vault
		"kafka-login": login, "database-admin": login, "smtp-login": login,
		"backup-store": {"accessKeyID": "a", "secretAccessKey": "s"},
		// its user, by hand
		"database-ca": {"ca.crt": certificate(t)},
	} {
		create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, StringData: content})
	}
}
