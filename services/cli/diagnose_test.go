package cli_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// certificate makes a certificate that ends in two days, and its key.
func certificate(t *testing.T) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "todo.example.com"}, NotAfter: time.Now().Add(48 * time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func TestDiagnose(t *testing.T) {
	newPlatform(t, "diagnose", false)
	crash(t, "diagnose")
	cert, key := certificate(t)
	create(t,
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "diagnose", Name: "todo-tls"}, Data: map[string][]byte{"tls.crt": cert, "tls.key": key}},
		&corev1.Event{
			ObjectMeta: metav1.ObjectMeta{Namespace: "diagnose", Name: "e1"}, Type: corev1.EventTypeWarning, Reason: "FailedMount", Message: "no such volume",
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "diagnose", Name: "kafka-0"}, LastTimestamp: metav1.Now(),
		},
		claim("diagnose", "kafka-data", "kafka"),
	)
	output, status := run(t, "", "diagnose", "-n", "diagnose")
	if status != 1 {
		t.Errorf("status %d", status)
	}
	wantParts(t, output,
		"CRITICAL  pod/todo-api-1\n  seen     todo-api ended with code 1 (restarted 4 times)\n",
		"    | todo-api: no database at postgres://(secret)@postgres:5432/todo\n    | daprd: the app is not healthy\n",
		"  next     kubectl -n diagnose logs todo-api-1 -c todo-api --previous\n",
		"CRITICAL  pvc/kafka-data\n",
		"CRITICAL  deployment/todoplatform-controller-manager\n", "CRITICAL  deployment/dapr-sidecar-injector\n",
		"CRITICAL  secret/todo-tls\n  seen     the certificate of CN=todo.example.com ends on",
		"WARNING   node/node\n  seen     its clock is ", " ahead of that of the API server\n", "NOTE      pod/kafka-0\n  seen     FailedMount, 1 time, last",
		"dead letters and events that wait: where is Kafka?",
	)
	if strings.Contains(output, "this machine") {
		t.Errorf("this machine's clock is that of the API server:\n%s", output)
	}

	output, status = run(t, "", "diagnose", "-n", "diagnose", "-o", "json")
	var told struct {
		Findings []struct{ Severity, Object, Seen, Matters, Next string }
	}
	if err := json.NewDecoder(strings.NewReader(output)).Decode(&told); err != nil || status != 1 || told.Findings[0].Severity != "critical" || told.Findings[0].Next == "" {
		t.Errorf("status %d, %v: %s", status, err, output)
	}
}

func claim(namespace, name, component string) *corev1.PersistentVolumeClaim {
	c := &corev1.PersistentVolumeClaim{ObjectMeta: of(namespace, name, component)}
	c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	c.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
	return c
}

// TestTheRightsThatAreNamed gives a user the roles of config/diagnose and no more.
func TestTheRightsThatAreNamed(t *testing.T) {
	newPlatform(t, "rights", false)
	crash(t, "rights")
	roles, err := os.ReadFile(filepath.Join("..", "..", "config", "diagnose", "roles.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for document := range strings.SplitSeq(string(roles), "\n---\n") {
		role := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(document), &role.Object); err != nil {
			t.Fatal(err)
		}
		create(t, role)
	}
	ada := []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "ada"}}
	role := func(name string) rbacv1.RoleRef {
		return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name}
	}
	for _, namespace := range []string{"rights", "todoplatform-system", "dapr-system"} {
		create(t, &rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "diagnose", Namespace: namespace}, Subjects: ada, RoleRef: role("todoplatform-diagnose")})
	}
	create(t, &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "diagnose"}, Subjects: ada, RoleRef: role("todoplatform-diagnose-nodes")})

	output, status := run(t, "ada", "status", "-n", "rights")
	if status != 1 || strings.Contains(output, "not seen") {
		t.Errorf("status %d: %s", status, output)
	}
	output, status = run(t, "ada", "diagnose", "-n", "rights")
	if status != 1 {
		t.Errorf("status %d: %s", status, output)
	}
	_, unseen, _ := strings.Cut(output, "\nNot looked at:\n")
	var what []string
	for line := range strings.Lines(unseen) {
		if name, _, found := strings.Cut(strings.TrimSpace(line), ": "); found {
			what = append(what, name)
		}
	}
	if !slices.Equal(what, []string{"the certificate in Secret todo-tls", "dead letters and events that wait"}) {
		t.Errorf("not looked at is %q:\n%s", what, output)
	}

	// Somebody who may look at the platform alone is told what was not seen.
	create(t, &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "platforms", Namespace: "rights"},
		Rules: []rbacv1.PolicyRule{{APIGroups: []string{v1alpha1.GroupVersion.Group}, Resources: []string{"todoplatforms"}, Verbs: []string{"get", "list"}}}},
		&rbacv1.RoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "bob", Namespace: "rights"},
			Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "bob"}},
			RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "platforms"}})
	output, _ = run(t, "bob", "diagnose", "-n", "rights")
	wantParts(t, output, "rights/todo: nothing is wrong with what could be looked at\n", "  pods: pods is forbidden", "  nodes: nodes is forbidden", "  the operator's Deployment: ")
}
