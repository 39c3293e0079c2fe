package cli_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
)

// TestABundleHasNoSecrets plants secrets wherever one may be.
func TestABundleHasNoSecrets(t *testing.T) {
	const namespace = "bundle"
	newPlatform(t, namespace, false)
	n := 0
	planted := map[string]string{} // by what must not be in the bundle
	plant := func(where string) string {
		n++
		secret := "planted" + strconv.Itoa(n) + "xyzzy"
		planted[secret] = where
		return secret
	}
	inData := plant("the data of a Secret")
	inURL := plant("the password of a URL in a Secret")
	inJSON := plant("JSON in a Secret")
	create(t,
		&corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{
				Namespace: namespace, Name: "database", Labels: map[string]string{"app": "todo"},
				Annotations: map[string]string{"kubectl.kubernetes.io/last-applied-configuration": `{"stringData":{"x":"` + plant("what kubectl keeps of a Secret") + `"}}`},
			},
			StringData: map[string]string{"password": inData, "url": "postgres://todo:" + inURL + "@db/todo", "jwks.json": `{"keys":[{"d":"` + inJSON + `"}]}`, "username": "todo"},
		},
		&corev1.Event{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "e1"}, Type: corev1.EventTypeWarning, Reason: "Failed",
			Message:        "token=" + plant("an event") + " and " + inData,
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: namespace, Name: "todo-api-1"}, LastTimestamp: metav1.Now(),
		},
		component(namespace, plant("the metadata of a component")),
	)
	crash(t, namespace, corev1.Container{
		Name: "init", Image: "example.com/init:1", Env: []corev1.EnvVar{{Name: "DB_PASSWORD", Value: plant("an environment variable")}},
		Args: []string{"--password=" + plant("an argument"), "postgres://a:" + plant("a URL as argument") + "@db"},
	})
	lines := []string{
		"connect to postgres://todo:" + plant("a URL in a log") + "@postgres:5432/todo?sslmode=disable: refused",
		"the password is " + inData + " and " + base64.StdEncoding.EncodeToString([]byte(inURL)) + " and " + inURL,
		"key " + inJSON + ` "d":"` + inJSON + `"`,
		`{"headers":{"Authorization":"Bearer ` + plant("a bearer token in a log") + `"}}`,
		"kept line",
	}
	suite.write(path.Join(namespace, "todo-api-1", contract.TodoAPI+".previous"), strings.Join(lines, "\n"))
	suite.write(path.Join(namespace, "todo-api-1", contract.Sidecar), "GET /x Authorization: Basic "+plant("basic credentials in a log")+"\n"+strings.Join(lines, "\n"))

	file := filepath.Join(t.TempDir(), "bundle.tar.gz")
	if output, status := run(t, "", "bundle", "-n", namespace, "-o", file); status != 0 {
		t.Fatalf("status %d: %s", status, output)
	}
	files := unpack(t, file)
	for name, text := range files {
		for secret, where := range planted {
			for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret))} {
				if strings.Contains(text, form) {
					t.Errorf("%s holds %q, which was planted in %s:\n%s", name, form, where, text)
				}
			}
		}
	}
	for name, want := range map[string]string{
		"objects/secrets.yaml":                         "- jwks.json\n  - password\n  - url\n  - username\n",
		"objects/todoplatform/todo.yaml":               "tlsSecretName: todo-tls",
		"objects/pod/todo-api-1.yaml":                  "name: DB_PASSWORD",
		"objects/component/events.yaml":                "value: kafka:9092",
		"events.txt":                                   "Failed: token=(secret)",
		"versions.txt":                                 "todo-api-1/daprd daprio/daprd:1.16.15",
		"status.txt":                                   "bundle/todo  Starting",
		"findings.txt":                                 "CRITICAL  pod/todo-api-1",
		"logs/bundle/todo-api-1/todo-api.previous.log": "@postgres:5432/todo?sslmode=disable: refused\n",
		"logs/bundle/todo-api-1/daprd.log":             "kept line",
	} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s lacks %q:\n%s", name, want, files[name])
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the bundle: %v, %v", info, err)
	}
}

func component(namespace, password string) client.Object {
	meta := of(namespace, "events", "events")
	c := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "dapr.io/v1alpha1", "kind": "Component",
		"spec": map[string]any{"type": "pubsub.kafka", "version": "v1", "metadata": []any{
			map[string]any{"name": "saslPassword", "value": password},
			map[string]any{"name": "brokers", "value": "kafka:9092"},
		}},
	}}
	c.SetNamespace(meta.Namespace)
	c.SetName(meta.Name)
	c.SetLabels(meta.Labels)
	return c
}

// unpack reads an archive, by the names of the files below its folder.
func unpack(t *testing.T, file string) map[string]string {
	t.Helper()
	packed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	plain, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(header.Name, "/")
		files[name] = string(text)
	}
}
