package controllers

import (
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// sentinel stands in every Secret of these tests, and nowhere else.
const sentinel = "hunter2-secret"

// certificate makes one in PEM form.
func certificate(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

// secretsPlatform makes a platform that reads every kind of Secret, all of them good.
func secretsPlatform(t *testing.T, name string) *v1alpha1.TodoPlatform {
	t.Helper()
	namespace := newNamespace(t, name)
	ref := func(name string) v1alpha1.SecretReference { return v1alpha1.SecretReference{Name: name} }
	for name, data := range map[string]map[string]string{
		"admin": {render.SecretKeyURL: "postgres://admin:" + sentinel + "@" + name + ".example.com/todo"},
		"ca":    {render.SecretKeyCA: certificate(t)},
		"kafka": {contract.SecretKeyUsername: "todo", contract.SecretKeyPassword: sentinel},
		"mail":  {contract.SecretKeyUsername: "todo", contract.SecretKeyPassword: sentinel},
		"model": {contract.SecretKeyAPIKey: sentinel},
	} {
		create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, StringData: data})
	}
	mail, model := ref("mail"), ref("model")
	platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace}, Spec: v1alpha1.TodoPlatformSpec{
		Exposure: ownHost(namespace),
		Database: v1alpha1.DatabaseSpec{External: &v1alpha1.ExternalDatabase{SecretRef: &v1alpha1.SecretKeyReference{Name: "admin"}}},
		Kafka: v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{
			Brokers: []v1alpha1.HostPort{v1alpha1.HostPort(name + ":9093")},
			TLS:     &v1alpha1.KafkaTLS{CASecretRef: &v1alpha1.SecretKeyReference{Name: "ca"}},
			SASL:    &v1alpha1.KafkaSASL{Mechanism: v1alpha1.SASLScramSHA512, SecretRef: v1alpha1.LoginSecretReference{Name: "kafka"}},
		}},
		Notifications: v1alpha1.NotificationsSpec{SMTP: &v1alpha1.SMTPSpec{Host: "mail.example.com", From: "todo@example.com", SecretRef: &mail}},
		Chat:          v1alpha1.ChatSpec{Model: &v1alpha1.ModelSpec{Name: "gpt-4o-mini", SecretRef: &model}},
	}}
	create(t, platform)
	runNodes(t, namespace)
	return waitReady(t, platform)
}

func TestBadSecrets_areNamedAndNeverQuoted(t *testing.T) {
	t.Parallel()
	platform := secretsPlatform(t, "bad-secrets")
	tests := []struct{ secret, key, value, condition, message string }{
		{"kafka", contract.SecretKeyPassword, sentinel + "\n", v1alpha1.ConditionKafkaReady, "kafka.external.sasl.secretRef: key password of Secret kafka holds a line break"},
		{"kafka", contract.SecretKeyPassword, sentinel + "\x00", v1alpha1.ConditionKafkaReady, "or another control character"},
		{"kafka", contract.SecretKeyPassword, sentinel + "\ue000", v1alpha1.ConditionKafkaReady, "kafka.external.sasl.secretRef: user name or password holds a character that SCRAM does not allow"},
		{"kafka", contract.SecretKeyUsername, sentinel + "\r\n", v1alpha1.ConditionKafkaReady, "key username of Secret kafka holds a line break"},
		{"kafka", contract.SecretKeyUsername, sentinel + "\ufffe", v1alpha1.ConditionKafkaReady, "SCRAM does not allow"},
		{"ca", render.SecretKeyCA, sentinel, v1alpha1.ConditionKafkaReady, "kafka.external.tls.caSecretRef: the Secret holds no certificate in PEM form"},
		{"ca", render.SecretKeyCA, "-----BEGIN CERTIFICATE-----\n" + sentinel + "\n-----END CERTIFICATE-----\n", v1alpha1.ConditionKafkaReady, "no certificate in PEM form"},
		{"mail", contract.SecretKeyPassword, sentinel + "\n", v1alpha1.ConditionServicesReady, "notifications.smtp.secretRef: key password of Secret mail holds a line break"},
		{"model", contract.SecretKeyAPIKey, sentinel + "\n", v1alpha1.ConditionComponentsReady, "chat.model.secretRef: key apiKey of Secret model holds a line break"},
		{"admin", render.SecretKeyURL, "postgres://admin:" + sentinel + "@db:port/todo", v1alpha1.ConditionDatabaseReady, "key url of Secret admin must be a URL"},
		{"admin", render.SecretKeyURL, "host=db password=" + sentinel, v1alpha1.ConditionDatabaseReady, "key url of Secret admin must be a URL"},
		{render.SecretKeys, contract.SecretKeySigning, sentinel, v1alpha1.ConditionServicesReady, "is not a JSON Web Key Set"},
		{render.SecretAuditKeys, contract.SecretKeySigning, `{"keys": [{"kid": "` + sentinel + `"}]}`, v1alpha1.ConditionServicesReady, "key jwks.json of Secret audit-keys"},
		{render.HeadsSecret(platform), render.SecretKeyHeads, sentinel + "\n", v1alpha1.ConditionAuditAnchored, "holds a line that is no platform head"},
		{render.HeadsSecret(platform), render.SecretKeyHeadKeys, sentinel, v1alpha1.ConditionAuditAnchored, "key keys.json of Secret todo-audit-heads"},
	}
	for _, test := range tests {
		good, bad := spoil(t, platform.Namespace, test.secret, test.key, test.value)
		eventually(t, func() error {
			live := &v1alpha1.TodoPlatform{}
			if err := get(t, platform.Namespace, platform.Name, live); err != nil {
				return err
			}
			if text := fmt.Sprintf("%+v", live.Status); strings.Contains(text, sentinel) {
				t.Fatalf("%s of Secret %s: %q quotes the Secret in the status:\n%s", test.key, test.secret, test.value, describeConditions(live))
			}
			condition := meta.FindStatusCondition(live.Status.Conditions, test.condition)
			if condition.Reason != v1alpha1.ReasonSecretInvalid || !strings.Contains(condition.Message, test.message) {
				return fmt.Errorf("%s of Secret %s is %q: %s says %s: %q, want %q", test.key, test.secret, test.value, test.condition, condition.Reason, condition.Message, test.message)
			}
			return nil
		})
		mended := bad.DeepCopy()
		mended.Data = good.Data
		if err := suite.client.Patch(t.Context(), mended, client.MergeFrom(bad)); err != nil {
			t.Fatal(err)
		}
		waitReady(t, platform)
	}
	checkNoSecretInEvents(t, platform)
}

// fieldsPlatform makes a platform on a database whose login CloudNativePG has written, with its authority.
func fieldsPlatform(t *testing.T, name string) *v1alpha1.TodoPlatform {
	t.Helper()
	spec := v1alpha1.TodoPlatformSpec{Database: v1alpha1.DatabaseSpec{External: &v1alpha1.ExternalDatabase{
		Fields:      &v1alpha1.DatabaseFields{SecretRef: v1alpha1.SecretReference{Name: "pg-app"}, Keys: v1alpha1.DatabaseKeys{Username: "user"}},
		CASecretRef: &v1alpha1.SecretKeyReference{Name: "pg-ca", Key: "authority.pem"},
	}}}
	platform := newPlatform(t, name, spec)
	create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "pg-app", Namespace: name}, StringData: map[string]string{
		"host": "pg-rw", "port": "5432", "dbname": "todo", "user": "administrator", "password": sentinel, "pgpass": "pg-rw:5432:todo:administrator:" + sentinel,
	}}, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "pg-ca", Namespace: name}, StringData: map[string]string{"authority.pem": certificate(t)}})
	runNodes(t, name)
	return waitReady(t, platform)
}

func TestDatabaseFields_areReadAsOperatorsOfPostgreSQLWriteThem(t *testing.T) {
	t.Parallel()
	platform := fieldsPlatform(t, "fields")
	asked := suite.databases.at("pg-rw.fields.svc/todo").asked()
	if !strings.Contains(asked.URL, "administrator:"+sentinel+"@pg-rw.fields.svc:5432/todo?sslmode=verify-full") || len(asked.CA) == 0 {
		t.Error("the operator itself does not ask as the Secrets say")
	}
	before := migrationJob(t, platform.Namespace).Name
	secret := &corev1.Secret{}
	for _, renewed := range []struct{ secret, key, value string }{
		{"pg-app", "password", sentinel + "2"}, {"pg-ca", "authority.pem", certificate(t)},
	} {
		if err := get(t, platform.Namespace, renewed.secret, secret); err != nil {
			t.Fatal(err)
		}
		secret.Data[renewed.key] = []byte(renewed.value)
		if err := suite.client.Update(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error {
			asked := suite.databases.at("pg-rw.fields.svc/todo").asked()
			if !strings.Contains(asked.URL+string(asked.CA), renewed.value) {
				return fmt.Errorf("key %s of Secret %s is not taken up", renewed.key, renewed.secret)
			}
			return nil
		})
	}
	if waitReady(t, platform); migrationJob(t, platform.Namespace).Name != before {
		t.Error("the administrator's new password ran the migration again, which the database carries")
	}
}

// Strimzi keeps the name of a user out of its Secret.
func TestKafkaLogin_isReadAsStrimziWritesIt(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "strimzi", v1alpha1.TodoPlatformSpec{Kafka: v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{
		Brokers: []v1alpha1.HostPort{"strimzi:9093"},
		SASL:    &v1alpha1.KafkaSASL{Mechanism: v1alpha1.SASLScramSHA512, Username: "todo-user", SecretRef: v1alpha1.LoginSecretReference{Name: "todo-user"}},
	}}})
	create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "todo-user", Namespace: platform.Namespace}, StringData: map[string]string{
		"password": sentinel, "sasl.jaas.config": "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"todo-user\" password=\"" + sentinel + "\";"}})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	brokers := suite.brokers.at("strimzi:9093")
	brokers.mutex.Lock()
	defer brokers.mutex.Unlock()
	if brokers.access.Username != "todo-user" || brokers.access.Password != sentinel {
		t.Errorf("the operator logs in as %s", brokers.access.Username)
	}
}

func TestBadDatabaseSecrets_areNamedAndNeverQuoted(t *testing.T) {
	t.Parallel()
	platform := fieldsPlatform(t, "bad-fields")
	for _, test := range []struct{ secret, key, value, message string }{
		{"pg-app", "password", sentinel + "\n", "database.external.fields.secretRef: key password of Secret pg-app holds a line break"},
		{"pg-app", "dbname", "*", "Secret pg-app names no database in the key dbname"},
		{"pg-ca", "authority.pem", "none", "database.external.caSecretRef: key authority.pem of Secret pg-ca holds no certificate in PEM form"},
	} {
		good, bad := spoil(t, platform.Namespace, test.secret, test.key, test.value)
		found := waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonSecretInvalid)
		message := meta.FindStatusCondition(found.Status.Conditions, v1alpha1.ConditionDatabaseReady).Message
		if !strings.Contains(message, test.message) || strings.Contains(message, sentinel) {
			t.Errorf("message %q, want %q", message, test.message)
		}
		mended := bad.DeepCopy()
		mended.Data = good.Data
		if err := suite.client.Patch(t.Context(), mended, client.MergeFrom(bad)); err != nil {
			t.Fatal(err)
		}
		waitReady(t, platform)
	}
	checkNoSecretInEvents(t, platform)
}

// What a container writes before it crashes may quote what it was told.
func TestSecretInTheLastWordsOfAContainer_isHidden(t *testing.T) {
	t.Parallel()
	platform := secretsPlatform(t, "last-words")
	labels := map[string]string{render.LabelName: contract.Notification, render.LabelInstance: platform.Name, render.LabelManagedBy: render.ManagedBy}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "notification-0", Namespace: platform.Namespace, Labels: labels},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app", SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: ptr.To(false), RunAsNonRoot: ptr.To(true),
			Capabilities:   &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		}}}},
	}
	create(t, pod)
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "app", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: 1, Message: "cannot log in as todo with " + sentinel}}}}
	if err := suite.client.Status().Update(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Version = "2.0.0" })
	eventually(t, func() error {
		live := &v1alpha1.TodoPlatform{}
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		text := fmt.Sprintf("%+v", live.Status)
		if strings.Contains(text, sentinel) {
			t.Fatalf("the status quotes a Secret: %s", text)
		}
		if !strings.Contains(text, "cannot log in as todo with (secret)") {
			return errors.New("the status does not tell why the container ended")
		}
		return nil
	})
	checkNoSecretInEvents(t, platform)
}

func TestSidecarTokens_areEachAppsOwn(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "sidecar-tokens", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	token := func(app string) string {
		secret := &corev1.Secret{}
		if err := get(t, platform.Namespace, render.SidecarToken(app), secret); err != nil || !metav1.IsControlledBy(secret, platform) {
			t.Fatalf("the Secret of %s: %v, owners %v; want it to go with the platform", app, err, secret.OwnerReferences)
		}
		return string(secret.Data[contract.SecretKeyToken])
	}
	hash := func(app string) string {
		deployment := &appsv1.Deployment{}
		if err := get(t, platform.Namespace, app, deployment); err != nil {
			t.Fatal(err)
		}
		return deployment.Spec.Template.Annotations[render.AnnotationConfigHash]
	}
	tokens, hashes := map[string]string{}, map[string]string{}
	for _, app := range contract.Services() {
		if known, twice := tokens[token(app)]; twice || len(token(app)) < 26 {
			t.Errorf("%s has the token %q, and so has %s", app, token(app), known)
		}
		tokens[token(app)], hashes[app] = app, hash(app)
	}

	former := token(contract.Audit)
	if err := suite.client.Delete(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: render.SidecarToken(contract.Audit), Namespace: platform.Namespace}}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if hash(contract.Audit) == hashes[contract.Audit] {
			return errors.New("audit was not rolled")
		}
		return nil
	})
	if token(contract.Audit) == former {
		t.Error("the token that was deleted came back")
	}
	for _, app := range contract.Services() {
		if app != contract.Audit && hash(app) != hashes[app] {
			t.Errorf("%s was rolled for the token of audit", app)
		}
	}
	waitReady(t, platform)
}

func checkNoSecretInEvents(t *testing.T, platform *v1alpha1.TodoPlatform) {
	t.Helper()
	events := &eventsv1.EventList{}
	if err := suite.client.List(t.Context(), events, client.InNamespace(platform.Namespace)); err != nil || len(events.Items) == 0 {
		t.Fatalf("%d events: %v", len(events.Items), err)
	}
	for _, event := range events.Items {
		if strings.Contains(event.Note, sentinel) {
			t.Errorf("an event quotes a Secret: %s", event.Note)
		}
	}
}

// spoil puts another value under a key of a Secret, and gives the Secret as it was and as it is.
func spoil(t *testing.T, namespace, name, key, value string) (good, bad *corev1.Secret) {
	t.Helper()
	good = &corev1.Secret{}
	if err := get(t, namespace, name, good); err != nil {
		t.Fatal(err)
	}
	bad = good.DeepCopy()
	bad.Data[key] = []byte(value)
	if err := suite.client.Patch(t.Context(), bad, client.MergeFrom(good)); err != nil {
		t.Fatal(err)
	}
	return good, bad
}
