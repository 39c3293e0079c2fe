package controllers

import (
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/database"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

func TestSample_goesThroughProgressingToReady(t *testing.T) {
	t.Parallel()
	for _, object := range readManifest(t, "../config/samples/platform_v1alpha1_todoplatform.yaml") {
		if object.GetKind() == "TodoPlatform" { // every host may be another test's
			if err := unstructured.SetNestedField(object.Object, "sample.example.com", "spec", "exposure", "host"); err != nil {
				t.Fatal(err)
			}
		}
		create(t, object)
	}
	key := client.ObjectKey{Namespace: "todo", Name: "todo"}

	// Without a kubelet nothing starts: the operator waits for both servers at once.
	waitFor(t, key, v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonStarting)
	waitFor(t, key, v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonStarting)
	waitFor(t, key, v1alpha1.ConditionKafkaReady, metav1.ConditionFalse, v1alpha1.ReasonStarting)
	platform := waitFor(t, key, v1alpha1.ConditionServicesReady, metav1.ConditionUnknown, v1alpha1.ReasonBlocked)
	if meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionAvailable) {
		t.Error("Available before anything runs")
	}
	if err := gone(t, "todo", contract.TodoAPI, &appsv1.Deployment{}); err != nil {
		t.Errorf("services were made before schema and topics: %v", err)
	}

	runNodes(t, "todo")
	platform = waitReady(t, platform)
	if !meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionAvailable) {
		t.Error("Ready but not Available")
	}
	if platform.Status.Version != "1.2.3" || platform.Status.URL != "http://localhost:8080" {
		t.Errorf("version %q, url %q", platform.Status.Version, platform.Status.URL)
	}
	var services []string
	for _, service := range platform.Status.Services {
		services = append(services, service.Name)
		if service.ReadyReplicas != 1 || service.Image != "ghcr.io/todoplatform/"+service.Name+":1.2.3" {
			t.Errorf("service %+v", service)
		}
	}
	if !reflect.DeepEqual(services, contract.Services()) {
		t.Errorf("services %v", services)
	}
	live := suite.brokers.embedded("todo").snapshot()
	if len(platform.Status.Topics) != 7 || live["task-events"].Partitions != 3 || live["task-events.audit.dlq"].Partitions != 1 {
		t.Errorf("topics %+v in status, %+v live", platform.Status.Topics, live)
	}
	checkOwners(t, platform)
	checkSigningKeys(t, "todo")
	checkPushKeys(t, "todo")
	checkEvents(t, platform)
}

// checkOwners checks that Kubernetes would collect all children but the retained ones.
func checkOwners(t *testing.T, platform *v1alpha1.TodoPlatform) {
	t.Helper()
	lists := []client.ObjectList{
		&appsv1.DeploymentList{}, &appsv1.StatefulSetList{}, &batchv1.JobList{}, &corev1.ServiceList{}, &corev1.SecretList{},
		&corev1.PersistentVolumeClaimList{}, &networkingv1.IngressList{}, &networkingv1.NetworkPolicyList{},
	}
	for _, kind := range render.DaprKinds() {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(kind.GroupVersion().WithKind(kind.Kind + "List"))
		lists = append(lists, list)
	}
	for _, list := range lists {
		if err := suite.client.List(t.Context(), list, client.InNamespace(platform.Namespace), ours(platform)); err != nil {
			t.Fatal(err)
		}
		items, err := meta.ExtractList(list)
		if err != nil || len(items) == 0 {
			t.Fatalf("%T: %d children, %v", list, len(items), err)
		}
		for _, item := range items {
			object := item.(client.Object)
			retained := object.GetLabels()[render.LabelRetained] == "true"
			if retained == metav1.IsControlledBy(object, platform) {
				t.Errorf("%T %s: retained %v, owners %v", object, object.GetName(), retained, object.GetOwnerReferences())
			}
		}
	}
}

func checkSigningKeys(t *testing.T, namespace string) {
	t.Helper()
	secret := &corev1.Secret{}
	if err := get(t, namespace, render.SecretKeys, secret); err != nil {
		t.Fatal(err)
	}
	var set struct {
		Keys []struct{ Kty, Crv, Kid, X, D string }
	}
	err := json.Unmarshal(secret.Data[contract.SecretKeySigning], &set)
	if err != nil || len(set.Keys) != 1 || set.Keys[0].Kty != "OKP" || set.Keys[0].Crv != "Ed25519" || len(set.Keys[0].X) != 43 || len(set.Keys[0].D) != 43 || set.Keys[0].Kid == "" {
		t.Errorf("key set is not one Ed25519 key: %v", err)
	}
}

func checkPushKeys(t *testing.T, namespace string) {
	t.Helper()
	secret := &corev1.Secret{}
	if err := get(t, namespace, render.SecretPushKeys, secret); err != nil {
		t.Fatal(err)
	}
	private, err := base64.RawURLEncoding.DecodeString(string(secret.Data[contract.SecretKeyPushPrivate]))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdh.P256().NewPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if public := base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()); public != string(secret.Data[contract.SecretKeyPushPublic]) {
		t.Errorf("public key %s, want %s, which goes with the private one", secret.Data[contract.SecretKeyPushPublic], public)
	}
}

// checkEvents checks that transitions were told, each once.
func checkEvents(t *testing.T, platform *v1alpha1.TodoPlatform) {
	t.Helper()
	eventually(t, func() error {
		events := &eventsv1.EventList{}
		if err := suite.client.List(t.Context(), events, client.InNamespace(platform.Namespace)); err != nil {
			return err
		}
		ready := 0
		for _, event := range events.Items {
			if event.Action == v1alpha1.ConditionReady && event.Reason == v1alpha1.ReasonReady {
				ready++
			}
			if event.Series != nil {
				return fmt.Errorf("event %s %s was repeated %d times", event.Action, event.Reason, event.Series.Count)
			}
		}
		if ready != 1 {
			return fmt.Errorf("%d events say Ready", ready)
		}
		return nil
	})
}

func TestAPI_refusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	checkRefused(t, "refused", map[string]refusal{
		"both kinds of kafka":      {`{kafka: {embedded: {}, external: {brokers: ["a:1"]}}}`, "kafka: set embedded or external, not both"},
		"both kinds of database":   {`{database: {embedded: {}, external: {secretRef: {name: a}}}}`, "database: set embedded or external, not both"},
		"broker without port":      {`{kafka: {external: {brokers: ["kafka"]}}}`, "spec.kafka.external.brokers[0]: Invalid value: \"kafka\": must be host:port"},
		"broker with no such port": {`{kafka: {external: {brokers: ["kafka:65536"]}}}`, "with a port from 1 to 65535"},
		"no brokers":               {`{kafka: {external: {brokers: []}}}`, "spec.kafka.external.brokers"},
		"anonymous tls, no ca":     {`{kafka: {external: {brokers: ["a:1"], tls: {}}}}`, "kafka.external.tls.caSecretRef: needed without sasl"},
		"two ways to log in":       {`{kafka: {external: {brokers: ["a:1"], tls: {caSecretRef: {name: a}, certSecretRef: {name: a}}, sasl: {mechanism: PLAIN, secretRef: {name: a}}}}}`, "set tls.certSecretRef or sasl, not both"},
		"certificate without ca":   {`{kafka: {external: {brokers: ["a:1"], tls: {certSecretRef: {name: a}}}}}`, "kafka.external.tls.caSecretRef: needed without sasl"},
		"a key with a space":       {`{kafka: {external: {brokers: ["a:1"], sasl: {mechanism: PLAIN, secretRef: {name: a, passwordKey: "pass word"}}}}}`, "must be a key of a Secret"},
		"unknown mechanism":        {`{kafka: {external: {brokers: ["a:1"], sasl: {mechanism: MD5, secretRef: {name: a}}}}}`, "spec.kafka.external.sasl.mechanism"},
		"replicas of one broker":   {`{topics: {replicationFactor: 3}}`, "topics.replicationFactor: embedded Kafka has one broker"},
		"zero partitions":          {`{topics: {partitions: 0}}`, "spec.topics.partitions"},
		"prefix with a slash":      {`{topics: {prefix: staging/}}`, "topics.prefix: only letters, digits, dots, underscores and hyphens"},
		"unknown topic":            {`{topics: {overrides: [{name: news}]}}`, "spec.topics.overrides[0].name"},
		"short retention":          {`{topics: {retention: 1m}}`, "topics.retention: at least 1h"},
		"retention as config":      {`{topics: {overrides: [{name: reminders, config: {retention.ms: "1"}}]}}`, "set retention instead of retention.ms"},
		"certificate, no host":     {`{exposure: {tlsSecretName: a}}`, "exposure.tlsSecretName: needs exposure.host"},
		"host on node ports":       {`{exposure: {type: NodePort, host: a.example.com}}`, "host and annotations belong to types Ingress and Gateway"},
		"class of a Gateway":       {`{exposure: {type: Gateway, gateway: {name: a}, className: b}}`, "className and tlsSecretName belong to type Ingress; with type Gateway the certificate is the Gateway's"},
		"type Gateway alone":       {`{exposure: {type: Gateway}}`, "exposure.gateway: names the Gateway of type Gateway, which needs it"},
		"Gateway of an Ingress":    {`{exposure: {gateway: {name: a}}}`, "leave it out for every other type"},
		"host with scheme":         {`{exposure: {host: "https://a.example.com"}}`, "exposure.host: must be a host name"},
		"url with path":            {`{exposure: {url: "https://a.example.com/todo"}}`, "exposure.url: must be http(s)://host[:port]"},
		"verification by halves":   {`{auth: {emailVerification: Sometimes}}`, "auth.emailVerification: must be Required or Disabled"},
		"sign-up by halves":        {`{auth: {signUp: Sometimes}}`, "auth.signUp: must be Open, Invitation or Closed"},
		"an owner without address": {`{auth: {owners: ["ada@example.org", "grace"]}}`, "auth.owners: must be e-mail addresses"},
		"a log of a week":          {`{audit: {retentionDays: 7}}`, "audit.retentionDays: must be from 30 to 36500"},
		"sessions of a minute":     {`{auth: {sessionLifetime: 1m}}`, "auth.sessionLifetime: must be from 1h to 2160h"},
		"sessions of a year":       {`{auth: {sessionLifetime: 8760h}}`, "auth.sessionLifetime: must be from 1h to 2160h"},
		"tokens of an hour":        {`{auth: {accessTokenLifetime: 1h}}`, "auth.accessTokenLifetime: must be from 5m to 30m"},
		"no trash":                 {`{retention: {trashDays: 0}}`, "retention.trashDays: must be from 1 to 365"},
		"a feed of a day":          {`{retention: {changesDays: 1}}`, "retention.changesDays: must be from 7 to 365"},
		"old conversations":        {`{retention: {conversationDays: 1000}}`, "retention.conversationDays: must be from 1 to 365"},
		"keys of an hour":          {`{auth: {signingKeys: {rotationPeriod: 1h}}}`, "auth.signingKeys.rotationPeriod: at least 48h"},
		"proxy by name":            {`{exposure: {trustedProxies: [proxy]}}`, "must be a network such as 10.0.0.0/8"},
		"webhooks by name":         {`{notifications: {webhooks: {allowedNetworks: [intranet]}}}`, "notifications.webhooks.allowedNetworks[0]: Invalid value: \"intranet\": must be a network such as 10.0.0.0/8"},
		"pooler without brackets":  {`{database: {external: {secretRef: {name: a}, pooler: "fd00::1:6432"}}}`, "spec.database.external.pooler: Invalid value: \"fd00::1:6432\": must be host:port"},
		"pooler without port":      {`{database: {external: {secretRef: {name: a}, pooler: pool}}}`, "spec.database.external.pooler: Invalid value: \"pool\": must be host:port"},
		"two database connections": {`{database: {external: {secretRef: {name: a}, fields: {secretRef: {name: a}}}}}`, "database.external: set secretRef, with the connection as a URL, or fields, with its parts; one of them"},
		"no database connection":   {`{database: {external: {pooler: "a:1"}}}`, "database.external: set secretRef, with the connection as a URL, or fields, with its parts; one of them"},
		"database host with port":  {`{database: {external: {fields: {secretRef: {name: a}, host: "a:1:x"}}}}`, "database.external.fields.host: must be a name or an address"},
		"unsafe encryption":        {`{database: {external: {fields: {secretRef: {name: a}, sslMode: prefer}}}}`, "spec.database.external.fields.sslMode"},
		"key with a slash":         {`{database: {external: {caSecretRef: {name: a, key: a/b}, secretRef: {name: a}}}}`, "must be a key of a Secret"},
		"passwords of an hour":     {`{database: {passwordRotation: {period: 1h}}}`, "database.passwordRotation.period: at least 24h"},
		"sender without domain":    {`{notifications: {smtp: {host: a, from: me}}}`, "notifications.smtp.from: must be an address such as todo@example.com"},
		"two senders":              {`{notifications: {smtp: {host: a, from: "me@example.com, you@example.com"}}}`, "notifications.smtp.from: must be an address such as todo@example.com"},
		"version with spaces":      {`{version: "1 2"}`, "version: must be an image tag"},
		"registry with tag":        {`{registry: "Ghcr.io/x"}`, "registry: must be a registry and path"},
		"replicas and autoscaling": {`{services: {todoAPI: {replicas: 2, autoscaling: {maxReplicas: 3}, resources: {requests: {cpu: 1}}}}}`, "services: set replicas or autoscaling, not both"},
		"autoscaling by nothing":   {`{services: {realtimeSync: {autoscaling: {maxReplicas: 3}}}}`, "services: autoscaling needs resources.requests.cpu"},
		"autoscaling upside down":  {`{services: {todoAPI: {autoscaling: {minReplicas: 4, maxReplicas: 3}, resources: {requests: {cpu: 1}}}}}`, "autoscaling.maxReplicas must be at least autoscaling.minReplicas"},
		"no replicas":              {`{services: {audit: {replicas: 0}}}`, "spec.services.audit.replicas"},
		"unknown provider":         {`{chat: {model: {provider: Local, name: m, secretRef: {name: a}}}}`, "spec.chat.model.provider"},
		"model without name":       {`{chat: {model: {secretRef: {name: a}}}}`, "spec.chat.model.name: Required value"},
		"model of two words":       {`{chat: {model: {name: "gpt 4o", secretRef: {name: a}}}}`, "chat.model.name: must be the name of a model"},
		"model without key":        {`{chat: {model: {name: m}}}`, "chat.model.secretRef: name the Secret with the key apiKey"},
		"anthropic without key":    {`{chat: {model: {provider: Anthropic, name: m}}}`, "chat.model.secretRef: name the Secret with the key apiKey"},
		"azure without key":        {`{chat: {model: {provider: AzureOpenAI, name: m, endpoint: "https://a.example.com", apiVersion: "2024-10-21"}}}`, "chat.model.secretRef: name the Secret with the key apiKey"},
		"azure without endpoint":   {`{chat: {model: {provider: AzureOpenAI, name: m, apiVersion: "2024-10-21", secretRef: {name: a}}}}`, "chat.model.endpoint: provider AzureOpenAI needs it"},
		"azure without version":    {`{chat: {model: {provider: AzureOpenAI, name: m, endpoint: "https://a.example.com", secretRef: {name: a}}}}`, "chat.model.apiVersion: set it for provider AzureOpenAI"},
		"version that is no date":  {`{chat: {model: {provider: AzureOpenAI, name: m, endpoint: "https://a.example.com", apiVersion: v1, secretRef: {name: a}}}}`, "chat.model.apiVersion: must be a version of Azure's API"},
		"version of openai":        {`{chat: {model: {name: m, apiVersion: "2024-10-21", secretRef: {name: a}}}}`, "and leave it out for every other"},
		"endpoint of anthropic":    {`{chat: {model: {provider: Anthropic, name: m, endpoint: "https://a.example.com", secretRef: {name: a}}}}`, "chat.model.endpoint: provider Anthropic has one address alone"},
		"endpoint without scheme":  {`{chat: {model: {name: m, endpoint: "ollama:11434"}}}`, "chat.model.endpoint: must be http(s)://host[:port][/path]"},
		"endpoint with a password": {`{chat: {model: {name: m, endpoint: "https://me:secret@a.example.com"}}}`, "chat.model.endpoint: must be http(s)://host[:port][/path]"},
		"endpoint with a query":    {`{chat: {model: {name: m, endpoint: "https://a.example.com/v1?key=a"}}}`, "chat.model.endpoint: must be http(s)://host[:port][/path]"},
		"hardly any tokens":        {`{chat: {model: {name: m, secretRef: {name: a}, dailyTokens: 999}}}`, "spec.chat.model.dailyTokens"},
		"backups of one's own":     {`{database: {external: {secretRef: {name: a}}, embedded: {backup: {schedule: "@daily", volume: {}}}}}`, "database: set embedded or external, not both"},
		"backups to nowhere":       {`{database: {embedded: {backup: {schedule: "@daily"}}}}`, "database.embedded.backup: set volume or s3, one of them"},
		"backups to two places":    {`{database: {embedded: {backup: {schedule: "@daily", volume: {}, s3: {endpoint: "https://a", bucket: abc, secretRef: {name: a}}}}}}`, "database.embedded.backup: set volume or s3, one of them"},
		"backups at four fields":   {`{database: {embedded: {backup: {schedule: "0 3 * *", volume: {}}}}}`, "database.embedded.backup.schedule: must have cron's five fields"},
		"backups now and then":     {`{database: {embedded: {backup: {schedule: "@often", volume: {}}}}}`, "database.embedded.backup.schedule: must have cron's five fields"},
		"no backup kept":           {`{database: {embedded: {backup: {schedule: "@daily", keep: 0, volume: {}}}}}`, "spec.database.embedded.backup.keep"},
		"store without scheme":     {`{database: {embedded: {backup: {schedule: "@daily", s3: {endpoint: "minio:9000", bucket: abc, secretRef: {name: a}}}}}}`, "s3.endpoint: must be http(s)://host[:port]"},
		"store with a path":        {`{database: {embedded: {backup: {schedule: "@daily", s3: {endpoint: "https://a/b", bucket: abc, secretRef: {name: a}}}}}}`, "s3.endpoint: must be http(s)://host[:port]"},
		"bucket in capitals":       {`{database: {embedded: {backup: {schedule: "@daily", s3: {endpoint: "https://a", bucket: ABC, secretRef: {name: a}}}}}}`, "s3.bucket: must be the name of a bucket"},
		"prefix from the root":     {`{database: {embedded: {backup: {schedule: "@daily", s3: {endpoint: "https://a", bucket: abc, prefix: "/a", secretRef: {name: a}}}}}}`, "s3.prefix: must be names with slashes"},
		"region of two words":      {`{database: {embedded: {backup: {schedule: "@daily", s3: {endpoint: "https://a", bucket: abc, region: "a b", secretRef: {name: a}}}}}}`, "s3.region: must be a name"},
		"restored from nowhere":    {`{database: {embedded: {restore: {}}}}`, "database.embedded.restore: set volume or s3, one of them"},
		"restored from a file":     {`{database: {embedded: {restore: {backup: dump.sql, volume: {claimName: a}}}}}`, "database.embedded.restore.backup: must be the name of a backup"},
		"policies by halves":       {`{networkPolicy: {mode: Egress}}`, "spec.networkPolicy.mode"},
		"metrics by pod":           {`{networkPolicy: {metricsFrom: ["monitoring/prometheus"]}}`, "networkPolicy.metricsFrom: must be names of namespaces"},
		"unknown log level":        {`{logging: {level: loud}}`, "logging.level: must be debug, info, warn or error"},
		"monitors of all":          {`{observability: {monitors: All}}`, "spec.observability.monitors"},
		"traces to nowhere":        {`{observability: {tracing: {samplingRatio: "1"}}}`, "spec.observability.tracing.endpoint: Required value"},
		"traces to a URL":          {`{observability: {tracing: {endpoint: "http://collector:4317"}}}`, "spec.observability.tracing.endpoint: Invalid value: \"http://collector:4317\": must be host:port"},
		"traces by Zipkin":         {`{observability: {tracing: {endpoint: "a:1", protocol: zipkin}}}`, "observability.tracing.protocol: must be grpc or http"},
		"more traces than all":     {`{observability: {tracing: {endpoint: "a:1", samplingRatio: "1.5"}}}`, "observability.tracing.samplingRatio: must be a number"},
		"traces by percent":        {`{observability: {tracing: {endpoint: "a:1", samplingRatio: "10%"}}}`, "observability.tracing.samplingRatio: must be a number"},
		"unknown deletion policy":  {`{deletionPolicy: Keep}`, "spec.deletionPolicy"},
	})
}

// refusal is a spec that the API does not take, and a part of the message.
type refusal struct{ spec, message string }

// checkRefused checks that the API refuses what cannot work, in a namespace of its own.
func checkRefused(t *testing.T, name string, tests map[string]refusal) {
	t.Helper()
	namespace := newNamespace(t, name)
	for name, test := range tests {
		err := suite.client.Create(t.Context(), manifest(t, namespace, "refused", test.spec))
		if err == nil || !strings.Contains(err.Error(), test.message) && !strings.Contains(err.Error(), byType(test.message)) {
			t.Errorf("%s: %v, want %q", name, err, test.message)
		}
	}
}

// byType is a message as older servers word it, which tell the type of a value where others tell the value.
func byType(message string) string {
	return regexp.MustCompile(`Invalid value: ".*?"`).ReplaceAllLiteralString(message, `Invalid value: "string"`)
}

// What the API takes for a network is one to todo-api, which would not start otherwise.
func TestAPI_knowsNetworks(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "networks")
	networks := []string{
		"10.0.0.0/8", "0.0.0.0/0", "255.255.255.255/32", "192.0.2.7/32", "fc00::/7", "::/0", "2001:db8::1/128", "::1/128",
		"2001:db8:0:0:0:0:0:1/64", "1:2:3:4:5:6::8/99", "FC00::/7",
		"10.0.0.0", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "010.0.0.0/8", "256.0.0.0/8", "10.0.0.0.0/8", " 10.0.0.0/8", "10.0.0.0/8,10.1.0.0/16",
		"fc00::", "fc00::/129", "fc00:::/7", "1::2::3/64", "1:2:3/64", "1:2:3:4:5:6:7:8:9/64", ":1::2/64", "1::2:/64", "12345::/16", "g::/16", "/8", ":/8",
		"fe80::1%eth0/64", "10.0.0.0/8\n", "",
	}
	for i, network := range networks {
		list, err := json.Marshal([]string{network})
		if err != nil {
			t.Fatal(err)
		}
		object := manifest(t, namespace, fmt.Sprintf("network-%d", i), fmt.Sprintf(`{suspend: true, exposure: {trustedProxies: %s}}`, list))
		_, wrong := netip.ParsePrefix(network)
		if err := suite.client.Create(t.Context(), object, client.DryRunAll); (err == nil) != (wrong == nil) {
			t.Errorf("%q: the API says %v, todo-api %v", network, err, wrong)
		}
	}
}

// Every manifest of the page can be put into a TodoPlatform as it stands there.
func TestAPI_takesTheManifestsOfDocs(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "docs")
	manifests := yamlOfDocs(t, "language-model.md")
	if len(manifests) != 4 {
		t.Fatalf("%d manifests, want one a provider and one of a server of one's own", len(manifests))
	}
	for _, manifest := range manifests {
		object := &unstructured.Unstructured{Object: parse(t, manifest)}
		object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("TodoPlatform"))
		object.SetNamespace(namespace)
		object.SetName("docs")
		strict := client.FieldValidation(metav1.FieldValidationStrict)
		if err := suite.client.Create(t.Context(), object, client.DryRunAll, strict); err != nil {
			t.Errorf("%v\n%s", err, manifest)
		}
	}
}

func TestAPI_refusesChangesThatCannotWork(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "changes")
	tests := map[string]struct{ from, to, message string }{
		"another prefix":               {`{topics: {prefix: a.}}`, `{topics: {prefix: b.}}`, "topics.prefix: cannot change"},
		"no prefix any more":           {`{topics: {prefix: a.}}`, `{topics: {partitions: 3}}`, "topics.prefix: cannot change"},
		"no topics any more":           {`{topics: {prefix: a.}}`, `{}`, "topics.prefix: cannot change"},
		"embedded to external kafka":   {`{suspend: true}`, `{kafka: {external: {brokers: ["a:1"]}}}`, "kafka: a platform cannot move"},
		"external to embedded storage": {`{database: {external: {secretRef: {name: a}}}}`, `{database: {embedded: {}}}`, "database: a platform cannot move"},
	}
	for name, test := range tests {
		object := manifest(t, namespace, strings.ReplaceAll(name, " ", "-"), test.from)
		if err := unstructured.SetNestedField(object.Object, true, "spec", "suspend"); err != nil {
			t.Fatal(err)
		}
		create(t, object)
		patch := client.RawPatch("application/json-patch+json", replaceSpec(t, test.to))
		err := suite.client.Patch(t.Context(), object, patch)
		if err == nil || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: %v, want %q", name, err, test.message)
		}
	}
}

// No manifest that is admitted is there for ever: what was never reached can be taken back.
func TestAPI_takesChangesOfTopics(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "topics-changes")
	const brokers = `kafka: {external: {brokers: ["a:1"]}}`
	tests := map[string]struct{ from, to string }{
		"fewer-partitions":         {`{suspend: true, topics: {partitions: 500}}`, `{suspend: true, topics: {partitions: 5}}`},
		"fewer-of-a-topic":         {`{suspend: true, topics: {overrides: [{name: reminders, partitions: 9}]}}`, `{suspend: true, topics: {overrides: [{name: reminders}]}}`},
		"a-prefix-later":           {`{suspend: true, topics: {partitions: 3}}`, `{suspend: true, topics: {prefix: a.}}`},
		"fewer-replicas":           {`{suspend: true, topics: {replicationFactor: 5}, ` + brokers + `}`, `{suspend: true, topics: {replicationFactor: 3}, ` + brokers + `}`},
		"as-many-as-brokers-think": {`{suspend: true, topics: {replicationFactor: 5}, ` + brokers + `}`, `{suspend: true, ` + brokers + `}`},
	}
	for name, test := range tests {
		object := manifest(t, namespace, name, test.from)
		create(t, object)
		if err := suite.client.Patch(t.Context(), object, client.RawPatch("application/json-patch+json", replaceSpec(t, test.to))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A manifest may leave out spec as a whole, or take it out: what cannot change cannot change that way either.
func TestAPI_refusesChangesThatCannotWorkWithoutSpec(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "no-spec")
	const database, kafka = "database: a platform cannot move", "kafka: a platform cannot move"
	tests := map[string]struct{ from, patch, message string }{
		"none to external database":   {`{}`, `{spec: {database: {external: {secretRef: {name: a}}}}}`, database},
		"none to external kafka":      {`{}`, `{spec: {kafka: {external: {brokers: ["a:1"]}}}}`, kafka},
		"external database to none":   {`{spec: {database: {external: {secretRef: {name: a}}}}}`, `{spec: null}`, database},
		"external kafka to none":      {`{spec: {kafka: {external: {brokers: ["a:1"]}}}}`, `{spec: null}`, kafka},
		"none to something harmless":  {`{}`, `{spec: {suspend: true}}`, ""},
		"something harmless to none":  {`{spec: {suspend: true}}`, `{spec: null}`, ""},
		"none to an empty spec":       {`{}`, `{spec: {}}`, ""},
		"null to an external storage": {`{spec: null}`, `{spec: {database: {external: {secretRef: {name: a}}}}}`, database},
	}
	for name, test := range tests {
		object := &unstructured.Unstructured{Object: parse(t, test.from)}
		object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("TodoPlatform"))
		object.SetNamespace(namespace)
		object.SetName(strings.ReplaceAll(name, " ", "-"))
		create(t, object)
		patch, err := yaml.YAMLToJSON([]byte(test.patch))
		if err != nil {
			t.Fatal(err)
		}
		err = suite.client.Patch(t.Context(), object, client.RawPatch(types.MergePatchType, patch))
		if (err == nil) != (test.message == "") || err != nil && !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: %v, want %q", name, err, test.message)
		}
	}
}

func TestMissingSecrets_areNamedAndPickedUp(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "missing-secrets")
	runNodes(t, namespace)
	platform := &v1alpha1.TodoPlatform{}
	for _, object := range readManifest(t, "../config/samples/external.yaml") {
		if object.GetKind() != "TodoPlatform" {
			continue
		}
		object.SetNamespace(namespace)
		create(t, object)
		platform.Name, platform.Namespace = object.GetName(), namespace
	}
	key := client.ObjectKeyFromObject(platform)
	secret := func(name string, data map[string]string) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, StringData: data}
	}
	expect := func(condition, reason, message string) {
		t.Helper()
		platform := waitFor(t, key, condition, metav1.ConditionFalse, reason)
		if got := meta.FindStatusCondition(platform.Status.Conditions, condition).Message; !strings.Contains(got, message) {
			t.Errorf("%s says %q, want %q", condition, got, message)
		}
		waitFor(t, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady).Reason)
	}
	expect(v1alpha1.ConditionDatabaseReady, v1alpha1.ReasonSecretMissing, "database.external.secretRef: create Secret database-admin with the key url")
	expect(v1alpha1.ConditionKafkaReady, v1alpha1.ReasonSecretMissing, "kafka.external.tls.caSecretRef: create Secret kafka-ca with the key ca.crt")
	expect(v1alpha1.ConditionExposureReady, v1alpha1.ReasonSecretMissing, "exposure.tlsSecretName: create Secret todo-example-com with the keys tls.crt and tls.key")

	admin := secret("database-admin", map[string]string{"url": "host=db user=admin password=hunter2"})
	authority := certificate(t)
	create(t, admin, secret("kafka-ca", map[string]string{"ca.crt": authority}), secret("kafka-login", map[string]string{"username": "todo"}))
	expect(v1alpha1.ConditionDatabaseReady, v1alpha1.ReasonSecretInvalid, "key url of Secret database-admin must be a URL")
	expect(v1alpha1.ConditionKafkaReady, v1alpha1.ReasonSecretMissing, "Secret kafka-login lacks the key password")

	admin.StringData = map[string]string{"url": "postgres://admin:hunter2@db.example.com/todo"}
	login := secret("kafka-login", map[string]string{"password": "hunter2"})
	if err := errors.Join(suite.client.Update(t.Context(), admin), suite.client.Patch(t.Context(), login, client.Merge)); err != nil {
		t.Fatal(err)
	}
	create(t, secret("todo-example-com", map[string]string{"tls.crt": "c", "tls.key": "k"}))
	expect(v1alpha1.ConditionServicesReady, v1alpha1.ReasonSecretMissing, "notifications.smtp.secretRef: create Secret smtp-login with the keys username and password")

	create(t, secret("smtp-login", map[string]string{"username": "u", "password": "p"}))
	platform = waitReady(t, platform)
	access := suite.brokers.at("kafka-1.example.com:9093").access
	if !access.TLS || string(access.CA) != authority || access.Mechanism != v1alpha1.SASLScramSHA512 || access.Username != "todo" || access.Password != "hunter2" {
		t.Errorf("brokers were reached with %+v", access)
	}
	if text := describeConditions(platform); strings.Contains(text, "hunter2") {
		t.Error("a password is in the status")
	}
}

func TestConvergedPlatform_isNotWrittenTo(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "converged", v1alpha1.TodoPlatformSpec{Services: v1alpha1.ServicesSpec{Audit: v1alpha1.ServiceSpec{Replicas: ptr.To[int32](2)}}})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	waitQuiet(t, platform)
}

// With many platforms, what a pass reads of the API server rather than of the cache is what the operator costs it.
func TestConvergedPlatform_isReadLittleOf(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "little", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	waitQuiet(t, platform)
	eventually(t, func() error { // passes of the operator itself may come between
		before := suite.requests.readsIn(platform.Namespace)
		if _, err := suite.reconciler.Reconcile(t.Context(), ctrl.Request{NamespacedName: client.ObjectKeyFromObject(platform)}); err != nil {
			t.Fatal(err)
		}
		read := suite.requests.readsIn(platform.Namespace)[len(before):]
		// The platform, its Secrets at once, those that are no longer wanted, and those of connections.
		if most := 3 + len(contract.Connections()); len(read) > most {
			return fmt.Errorf("a pass read %d times, want at most %d: %v", len(read), most, read)
		}
		return nil
	})
}

// waitQuiet waits until passes write nothing. The cache may lag behind the last writes, also after a quiet pass.
func waitQuiet(t *testing.T, platform *v1alpha1.TodoPlatform) {
	t.Helper()
	quiet := 0
	eventually(t, func() error {
		before := suite.requests.writesIn(platform.Namespace)
		if _, err := suite.reconciler.Reconcile(t.Context(), ctrl.Request{NamespacedName: client.ObjectKeyFromObject(platform)}); err != nil {
			t.Fatal(err)
		}
		after := suite.requests.writesIn(platform.Namespace)
		if wrote := after[len(before):]; len(wrote) > 0 {
			quiet = 0
			return fmt.Errorf("a converged platform was written to: %v", wrote)
		}
		if quiet++; quiet < 5 {
			return fmt.Errorf("%d quiet passes", quiet)
		}
		return nil
	})
}

// A quantity can be written in many ways, of which the API server keeps one.
func TestQuantities_areWrittenOnce(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "quantities", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	rounds := []map[corev1.ResourceName][]string{
		{
			corev1.ResourceCPU:    {"0.0001", "1000m", "0.5", "1e-1", "1500u"},
			corev1.ResourceMemory: {"1024Mi", "1e9", "0.5Gi", "123456789", "100M"},
		},
		{
			corev1.ResourceCPU:              {"1", "999n", "0", "1.0000", "250e-3"},
			corev1.ResourceMemory:           {"1024Ki", "1.5Gi", "1000000001", "128974848000m", "129e6"},
			corev1.ResourceEphemeralStorage: {"1G", "1.2Gi", "0.1Ki", "5E", "1000k"},
		},
	}
	for _, round := range rounds {
		change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
			services := []*v1alpha1.ServiceSpec{&spec.Services.TodoAPI.ServiceSpec, &spec.Services.RecurringTask, &spec.Services.Notification, &spec.Services.Audit, &spec.Services.RealtimeSync.ServiceSpec}
			for i, service := range services {
				service.Resources = &corev1.ResourceRequirements{Requests: corev1.ResourceList{}}
				for name, quantities := range round {
					service.Resources.Requests[name] = resource.MustParse(quantities[i])
				}
			}
		})
		waitReady(t, platform)
		waitQuiet(t, platform)
	}
}

func TestChildren_comeBack(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "children", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	component := &unstructured.Unstructured{}
	component.SetGroupVersionKind(render.DaprComponent)
	children := map[string]client.Object{
		contract.Audit:                      &appsv1.Deployment{},
		render.KafkaServer:                  &appsv1.StatefulSet{},
		"todoplatform":                      &networkingv1.Ingress{},
		"todoplatform-realtime":             &networkingv1.Ingress{},
		contract.RealtimeSync:               &corev1.Service{},
		contract.PubSub:                     component,
		contract.DatabaseComponent("audit"): &corev1.Secret{},
	}
	for name, child := range children {
		if err := get(t, platform.Namespace, name, child); err != nil {
			t.Fatal(err)
		}
		old := child.GetUID()
		if err := suite.client.Delete(t.Context(), child); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() error {
			if err := get(t, platform.Namespace, name, child); err != nil {
				return err
			}
			if child.GetUID() == old {
				return fmt.Errorf("%T %s was not deleted", child, name)
			}
			return nil
		})
	}
	waitReady(t, platform)
}

func TestChildren_driftIsUndone(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "drift", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	deployment := &appsv1.Deployment{}
	if err := get(t, platform.Namespace, contract.Audit, deployment); err != nil {
		t.Fatal(err)
	}
	patch := `{"spec":{"replicas":5},"metadata":{"annotations":{"example.com/mine":"kept"}}}`
	if err := suite.client.Patch(t.Context(), deployment, client.RawPatch("application/merge-patch+json", []byte(patch))); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if err := get(t, platform.Namespace, contract.Audit, deployment); err != nil {
			return err
		}
		if *deployment.Spec.Replicas != 1 {
			return fmt.Errorf("%d replicas", *deployment.Spec.Replicas)
		}
		return nil
	})
	if deployment.Annotations["example.com/mine"] != "kept" {
		t.Error("an annotation of somebody else was removed")
	}
}

func TestChildren_noLongerWantedArePruned(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "pruned", v1alpha1.TodoPlatformSpec{Services: v1alpha1.ServicesSpec{Audit: v1alpha1.ServiceSpec{Replicas: ptr.To[int32](2)}}})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	if err := errors.Join(get(t, platform.Namespace, contract.Audit, &policyv1.PodDisruptionBudget{}), get(t, platform.Namespace, "todoplatform", &networkingv1.Ingress{})); err != nil {
		t.Fatal(err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Services.Audit.Replicas = nil
		spec.Exposure = v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNodePort}
	})
	waitReady(t, platform)
	eventually(t, func() error {
		return errors.Join(gone(t, platform.Namespace, contract.Audit, &policyv1.PodDisruptionBudget{}), gone(t, platform.Namespace, "todoplatform", &networkingv1.Ingress{}))
	})
	service := &corev1.Service{}
	if err := get(t, platform.Namespace, contract.TodoAPI, service); err != nil || service.Spec.Ports[0].NodePort == 0 {
		t.Errorf("todo-api has no node port: %+v, %v", service.Spec, err)
	}
}

func TestForeignObject_isRefusedAndKept(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "foreign")
	foreign := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: contract.TodoAPI, Namespace: namespace}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 7}}}}
	create(t, foreign)
	platform := &v1alpha1.TodoPlatform{
		ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace},
		Spec:       v1alpha1.TodoPlatformSpec{Exposure: v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNone}},
	}
	create(t, platform)
	runNodes(t, namespace)
	platform = waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionServicesReady, metav1.ConditionFalse, v1alpha1.ReasonForeignObject)
	message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionServicesReady).Message
	if !strings.Contains(message, "Service todo-api exists and does not belong to this platform") {
		t.Errorf("message %q", message)
	}
	if err := get(t, namespace, contract.TodoAPI, foreign); err != nil || foreign.Spec.Ports[0].Port != 7 {
		t.Errorf("the foreign Service was changed: %+v, %v", foreign.Spec, err)
	}
}

func TestSecondPlatformOfANamespace_isRefused(t *testing.T) {
	t.Parallel()
	first := newPlatform(t, "two", v1alpha1.TodoPlatformSpec{})
	second := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "zweite", Namespace: first.Namespace}}
	create(t, second)
	second = waitFor(t, client.ObjectKeyFromObject(second), v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNamespaceTaken)
	if message := meta.FindStatusCondition(second.Status.Conditions, v1alpha1.ConditionStalled).Message; !strings.Contains(message, "already holds the TodoPlatform todo") {
		t.Errorf("message %q", message)
	}
	if len(second.Finalizers) > 0 {
		t.Error("a refused platform has a finalizer")
	}
}

func TestSecretRotation_rollsThePodsThatReadIt(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "rotation")
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "mail", Namespace: namespace}, StringData: map[string]string{"username": "u", "password": "old"}}
	platform := &v1alpha1.TodoPlatform{
		ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace},
		Spec: v1alpha1.TodoPlatformSpec{
			Exposure: v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNone},
			Notifications: v1alpha1.NotificationsSpec{SMTP: &v1alpha1.SMTPSpec{
				Host: "mail.example.com", From: "todo@example.com", SecretRef: &v1alpha1.SecretReference{Name: "mail"}}},
		},
	}
	create(t, secret, platform)
	runNodes(t, namespace)
	waitReady(t, platform)
	hash := func(app string) string {
		deployment := &appsv1.Deployment{}
		if err := get(t, namespace, app, deployment); err != nil {
			t.Fatal(err)
		}
		return deployment.Spec.Template.Annotations[render.AnnotationConfigHash]
	}
	notification, audit := hash(contract.Notification), hash(contract.Audit)
	secret.StringData = map[string]string{"password": "new"}
	if err := suite.client.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if hash(contract.Notification) == notification {
			return errors.New("notification was not rolled")
		}
		return nil
	})
	if hash(contract.Audit) != audit {
		t.Error("audit was rolled, which does not read the Secret")
	}
}

// Whatever else people keep in a Secret, what nobody reads rolls nothing and migrates nothing.
func TestSecrets_keysThatNobodyReadChangeNothing(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "unread")
	platform := &v1alpha1.TodoPlatform{
		ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace},
		Spec: v1alpha1.TodoPlatformSpec{
			Exposure: ownHost(namespace),
			Database: v1alpha1.DatabaseSpec{External: &v1alpha1.ExternalDatabase{SecretRef: &v1alpha1.SecretKeyReference{Name: "admin"}}},
			Notifications: v1alpha1.NotificationsSpec{SMTP: &v1alpha1.SMTPSpec{
				Host: "mail.example.com", From: "todo@example.com", SecretRef: &v1alpha1.SecretReference{Name: "mail"}}},
		},
	}
	secret := func(name string, data map[string]string) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, StringData: data}
	}
	create(t, secret("mail", map[string]string{"username": "u", "password": "p"}),
		secret("admin", map[string]string{"url": "postgres://admin:x@unread.example.com/todo"}), platform)
	runNodes(t, namespace)
	waitReady(t, platform)
	made := func() map[string]string {
		t.Helper()
		deployments, jobs := &appsv1.DeploymentList{}, &batchv1.JobList{}
		if err := errors.Join(suite.client.List(t.Context(), deployments, client.InNamespace(namespace)), suite.client.List(t.Context(), jobs, client.InNamespace(namespace))); err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, deployment := range deployments.Items {
			all[deployment.Name] = fmt.Sprint("generation ", deployment.Generation)
		}
		for _, job := range jobs.Items {
			all[job.Name] = string(job.UID)
		}
		return all
	}
	before := made()
	for _, name := range []string{"mail", "admin", render.SecretDatabaseRoles} {
		if err := suite.client.Patch(t.Context(), secret(name, map[string]string{"note": "ask Ada"}), client.Merge); err != nil {
			t.Fatal(err)
		}
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.DeletionPolicy = v1alpha1.DeletionDelete }) // in no template
	waitReady(t, platform)
	if after := made(); !reflect.DeepEqual(after, before) {
		t.Errorf("was %v, is %v", before, after)
	}
}

// A migration whose image cannot be pulled is mended by what the manifest says of images.
func TestMigrationJob_isReplacedWhenItsPodsWouldBeOthers(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "pull", v1alpha1.TodoPlatformSpec{Registry: "private.example.com/todo"})
	runNodes(t, platform.Namespace, "migrate")
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrating)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "registry"}}
	})
	eventually(t, func() error {
		jobs := &batchv1.JobList{}
		if err := suite.client.List(t.Context(), jobs, client.InNamespace(platform.Namespace)); err != nil {
			return err
		}
		if len(jobs.Items) != 1 || len(jobs.Items[0].Spec.Template.Spec.ImagePullSecrets) != 1 {
			return fmt.Errorf("%d Jobs, not one that names the pull Secret", len(jobs.Items))
		}
		return nil
	})
	waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrating)
}

func TestLanguageModel_waitsForItsKeyAndGoes(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "model", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	component := &unstructured.Unstructured{}
	component.SetGroupVersionKind(render.DaprComponent)
	missing := func(message string) {
		t.Helper()
		eventually(t, func() error {
			live := &v1alpha1.TodoPlatform{}
			if err := get(t, platform.Namespace, platform.Name, live); err != nil {
				return err
			}
			step := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.ConditionComponentsReady)
			if step.Reason != v1alpha1.ReasonSecretMissing || !strings.Contains(step.Message, message) {
				return fmt.Errorf("%s says %s: %s", step.Type, step.Reason, step.Message)
			}
			return nil
		})
		// With a component that refers to nothing, no sidecar in its scope would start.
		if err := gone(t, platform.Namespace, contract.LanguageModel, component); err != nil {
			t.Error(err)
		}
	}
	todoAPI := func() corev1.PodTemplateSpec {
		t.Helper()
		deployment := &appsv1.Deployment{}
		if err := get(t, platform.Namespace, contract.TodoAPI, deployment); err != nil {
			t.Fatal(err)
		}
		return deployment.Spec.Template
	}
	before := todoAPI()

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Chat.Model = &v1alpha1.ModelSpec{Name: "gpt-4o-mini", SecretRef: &v1alpha1.SecretReference{Name: "openai"}}
	})
	missing("chat.model.secretRef: create Secret openai with the key apiKey in namespace model")
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "openai", Namespace: platform.Namespace}, StringData: map[string]string{"key": "sk-1"}}
	create(t, secret)
	missing("chat.model.secretRef: Secret openai lacks the key apiKey")
	if !reflect.DeepEqual(todoAPI(), before) {
		t.Error("todo-api was changed before the key was there")
	}

	secret.StringData = map[string]string{contract.SecretKeyAPIKey: "sk-1"}
	if err := suite.client.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	waitReady(t, platform)
	if err := get(t, platform.Namespace, contract.LanguageModel, component); err != nil {
		t.Error(err)
	}
	asked := todoAPI()
	if !slices.Contains(asked.Spec.Containers[0].Env, corev1.EnvVar{Name: contract.EnvChatModel, Value: "gpt-4o-mini"}) {
		t.Errorf("todo-api is not told: %v", asked.Spec.Containers[0].Env)
	}

	secret.StringData = map[string]string{contract.SecretKeyAPIKey: "sk-2"}
	if err := suite.client.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if reflect.DeepEqual(todoAPI(), asked) {
			return errors.New("todo-api was not rolled to take up the new key")
		}
		return nil
	})

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Chat.Model = nil })
	waitReady(t, platform)
	eventually(t, func() error { return gone(t, platform.Namespace, contract.LanguageModel, component) })
	if !reflect.DeepEqual(todoAPI(), before) {
		t.Error("todo-api is not as it was without a model")
	}
}

func TestUnreachableBrokers_leaveServicesRunning(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "unreachable", v1alpha1.TodoPlatformSpec{Kafka: v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{Brokers: []v1alpha1.HostPort{"unreachable:9092"}}}})
	runNodes(t, platform.Namespace)
	platform = waitReady(t, platform)
	key := client.ObjectKeyFromObject(platform)

	suite.brokers.at("unreachable:9092").fail(errors.New("unreachable:9092: connection refused"))
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Topics.Partitions = ptr.To[int32](8) })
	platform = waitFor(t, key, v1alpha1.ConditionKafkaReady, metav1.ConditionFalse, v1alpha1.ReasonBrokersUnreachable)
	if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady).Message; !strings.Contains(message, "connection refused") {
		t.Errorf("Ready says %q", message)
	}
	waitFor(t, key, v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonBrokersUnreachable)
	waitFor(t, key, v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonServing)
	if err := get(t, platform.Namespace, contract.TodoAPI, &appsv1.Deployment{}); err != nil {
		t.Error(err)
	}

	suite.brokers.at("unreachable:9092").fail(&topics.RefusedError{Cause: errors.New("wrong password")})
	waitFor(t, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonBrokersRefused)
}

// More partitions than asked for, as an administrator adds them, keep nothing from going on.
func TestTopics_areNeverShrunk(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "shrink", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	brokers := suite.brokers.embedded("shrink")
	grown := brokers.snapshot()["reminders"]
	grown.Partitions = 9
	brokers.put(grown)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Version = "2.0.0" })
	platform = waitReady(t, platform)
	const note = "has 9 partitions, the manifest asks for 6; Kafka cannot remove partitions"
	for _, topic := range platform.Status.Topics {
		if (topic.Name == "reminders") != (topic.Message == note) {
			t.Errorf("%s: %q", topic.Name, topic.Message)
		}
	}
	if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionTopicsReady).Message; !strings.Contains(message, "left as it is: reminders "+note) {
		t.Errorf("message %q", message)
	}
	// What was asked for and not reached can be taken back.
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Topics.Overrides = []v1alpha1.TopicOverride{{Name: "reminders", Partitions: ptr.To[int32](9)}}
	})
	waitReady(t, platform)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Topics = v1alpha1.TopicsSpec{Partitions: ptr.To[int32](2)}
	})
	platform = waitReady(t, platform)
	if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionTopicsReady).Message; !strings.Contains(message, "task-events has 6 partitions, the manifest asks for 2") {
		t.Errorf("message %q", message)
	}
}

func TestTopics_configurationThatIsNamedNoLongerIsReset(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "reset", v1alpha1.TodoPlatformSpec{Topics: v1alpha1.TopicsSpec{
		Overrides: []v1alpha1.TopicOverride{{Name: "reminders", Config: map[string]string{"cleanup.policy": "compact, delete"}}}}})
	runNodes(t, platform.Namespace)
	platform = waitReady(t, platform)
	brokers := suite.brokers.embedded("reset")
	byHand := brokers.snapshot()["reminders"]
	byHand.Config = map[string]string{"retention.ms": "604800000", "cleanup.policy": "compact,delete", "segment.ms": "1000"}
	brokers.put(byHand)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Topics = v1alpha1.TopicsSpec{} })
	waitReady(t, platform)
	if got := brokers.snapshot()["reminders"].Config; !reflect.DeepEqual(got, map[string]string{"retention.ms": "604800000", "segment.ms": "1000"}) {
		t.Errorf("configuration %v", got)
	}
}

// Brokers that take a change and do not show it are not changed without end, and are asked less and less often.
func TestTopics_changesWithoutEffectAreToldAndNotHurried(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "forgetful", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	brokers := suite.brokers.embedded("forgetful")
	brokers.mutex.Lock()
	brokers.forgetful = true
	brokers.mutex.Unlock()
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Topics.Overrides = []v1alpha1.TopicOverride{{Name: "reminders", Config: map[string]string{"compression.type": "zstd"}}}
	})
	platform = waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionTopicsReady, metav1.ConditionFalse, v1alpha1.ReasonStarting)
	condition := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionTopicsReady)
	if !strings.Contains(condition.Message, "compression.type of topic reminders") {
		t.Errorf("message %q", condition.Message)
	}
	condition.LastTransitionTime = metav1.NewTime(time.Now().Add(-20 * time.Second))
	pass := suite.reconciler.newPass(platform)
	for ago, want := range map[time.Duration]time.Duration{0: pollTopics, 20 * time.Second: 20 * time.Second, time.Hour: retryAtMost} {
		condition.LastTransitionTime = metav1.NewTime(suite.reconciler.Now().Add(-ago))
		got := pass.moreAndMorePatiently(v1alpha1.ConditionTopicsReady, v1alpha1.ReasonStarting, pollTopics)
		if got.Round(time.Second) != want {
			t.Errorf("after %s it looks again in %s, want %s", ago, got, want)
		}
	}
}

func TestTopics_thatTakeNoEventsAreTold(t *testing.T) {
	t.Parallel()
	suite.brokers.embedded("unwritable").put(topics.Topic{Name: "reminders", Partitions: 6, ReplicationFactor: 1, MinInSync: 2, Config: map[string]string{}})
	platform := newPlatform(t, "unwritable", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	platform = waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionTopicsReady, metav1.ConditionFalse, v1alpha1.ReasonTopicUnwritable)
	if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionTopicsReady).Message; !strings.Contains(message, "no event for reminders: min.insync.replicas is 2 there, and replicas are 1") {
		t.Errorf("message %q", message)
	}
}

func TestFailedMigration_isToldAndTriedAgain(t *testing.T) {
	platform := newPlatform(t, "migration", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace, "migrate")
	key := client.ObjectKeyFromObject(platform)
	waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrating)
	jobs := &batchv1.JobList{}
	if err := suite.client.List(t.Context(), jobs, client.InNamespace(platform.Namespace)); err != nil || len(jobs.Items) != 1 {
		t.Fatalf("%d jobs, %v", len(jobs.Items), err)
	}
	job := &jobs.Items[0]
	if err := endJob(t.Context(), job, batchv1.JobFailed); err != nil {
		t.Fatal(err)
	}
	platform = waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrationFailed)
	if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionSchemaReady).Message; !strings.Contains(message, "kubectl logs -n migration job/"+job.Name) {
		t.Errorf("message %q", message)
	}
	if err := gone(t, platform.Namespace, contract.TodoAPI, &appsv1.Deployment{}); err != nil {
		t.Error(err)
	}
	suite.clock.advance(t, retryMigration+time.Second)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Exposure = v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNone}
	}) // Sooner than the next check.
	failed := job.UID
	eventually(t, func() error {
		if err := get(t, platform.Namespace, job.Name, job); err != nil {
			return err
		}
		if job.UID == failed {
			return errors.New("the failed Job is still there")
		}
		return nil
	})
	if err := endJob(t.Context(), job, batchv1.JobComplete); err != nil {
		t.Fatal(err)
	}
	waitReady(t, platform)
}

// Whether the database carries the schema is asked of it, not remembered.
func TestSchema_isMigratedAgainWhenTheDatabaseIsSetBack(t *testing.T) {
	for name, setBack := range map[string]func(*fakeDatabase){
		"lost":          func(d *fakeDatabase) { d.carry("", nil) },
		"older-backup":  func(d *fakeDatabase) { d.carry("older", d.roles) },
		"without-roles": func(d *fakeDatabase) { d.carry(d.migration, d.roles[1:]) },
	} {
		t.Run(name, func(t *testing.T) {
			platform := newPlatform(t, "set-back-"+name, v1alpha1.TodoPlatformSpec{})
			runNodes(t, platform.Namespace, "migrate")
			key := client.ObjectKeyFromObject(platform)
			waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrating)
			job := migrationJob(t, platform.Namespace)
			if err := endJob(t.Context(), job, batchv1.JobComplete); err != nil {
				t.Fatal(err)
			}
			waitReady(t, platform)

			setBack(suite.databases.embedded(platform.Namespace))
			suite.clock.advance(t, retryMigration+time.Second)
			annotate(t, platform, "example.com/look", "1") // Sooner than the next check.
			waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrating)
			eventually(t, func() error {
				if again := migrationJob(t, platform.Namespace); again == nil || again.UID == job.UID {
					return errors.New("no other Job was made")
				}
				return nil
			})
			if err := endJob(t.Context(), migrationJob(t, platform.Namespace), batchv1.JobComplete); err != nil {
				t.Fatal(err)
			}
			waitReady(t, platform)
		})
	}
}

// What services read to log in is what their roles have: new passwords reach them once the migration has set them.
func TestPasswords_reachServicesAfterTheDatabase(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "passwords", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace, "migrate")
	key := client.ObjectKeyFromObject(platform)
	waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrating)
	if err := endJob(t.Context(), migrationJob(t, platform.Namespace), batchv1.JobComplete); err != nil {
		t.Fatal(err)
	}
	waitReady(t, platform)
	login := func() string {
		t.Helper()
		secret := &corev1.Secret{}
		if err := get(t, platform.Namespace, contract.DatabaseComponent(contract.Audit), secret); err != nil {
			t.Fatal(err)
		}
		return string(secret.Data[render.SecretKeyURL])
	}
	before := login()
	renewed := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: render.SecretDatabaseRoles, Namespace: platform.Namespace}, StringData: map[string]string{"audit": "renewed"}}
	if err := suite.client.Patch(t.Context(), renewed, client.Merge); err != nil {
		t.Fatal(err)
	}
	waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrating)
	if err := endJob(t.Context(), migrationJob(t, platform.Namespace), batchv1.JobFailed); err != nil {
		t.Fatal(err)
	}
	waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionFalse, v1alpha1.ReasonMigrationFailed)
	waitFor(t, key, v1alpha1.ConditionComponentsReady, metav1.ConditionUnknown, v1alpha1.ReasonBlocked)
	if login() != before {
		t.Error("services read a password that their role does not have")
	}
}

// A password that fits no volume is worse than none.
func TestPostgresAdmin_isNotMadeAnewOverAKeptVolume(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "admin-gone", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	admin := &corev1.Secret{}
	if err := get(t, platform.Namespace, render.SecretPostgresAdmin, admin); err != nil {
		t.Fatal(err)
	}
	deleteSecret(t, admin)
	key := client.ObjectKeyFromObject(platform)
	waitFor(t, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretMissing)
	waitFor(t, key, v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonServing)
	if err := gone(t, platform.Namespace, render.SecretPostgresAdmin, &corev1.Secret{}); err != nil {
		t.Error(err)
	}
	// As from a backup: the URL follows from the password.
	restored := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: admin.Name, Namespace: admin.Namespace, Labels: admin.Labels},
		Data: map[string][]byte{contract.SecretKeyPassword: admin.Data[contract.SecretKeyPassword]}}
	create(t, restored)
	waitReady(t, platform)
	if err := get(t, platform.Namespace, render.SecretPostgresAdmin, restored); err != nil || !reflect.DeepEqual(restored.Data, admin.Data) {
		t.Errorf("the restored Secret is not as it was, %v", err)
	}
}

// deleteSecret deletes a Secret until it is not there any more as it was: a pass that has just read it may
// put it back once.
func deleteSecret(t *testing.T, secret *corev1.Secret) {
	t.Helper()
	quiet := 0
	eventually(t, func() error {
		live := &corev1.Secret{}
		err := get(t, secret.Namespace, secret.Name, live)
		if err == nil && reflect.DeepEqual(live.Data, secret.Data) {
			quiet = 0
			return errors.Join(client.IgnoreNotFound(suite.client.Delete(t.Context(), live)), errors.New("the Secret is there"))
		}
		if quiet++; quiet < 20 {
			return errors.New("the Secret may come back")
		}
		return client.IgnoreNotFound(err)
	})
}

// Passwords of roles are what the operator sets, so lost ones are made anew and set.
func TestDatabaseRoles_areMadeAnewAndSet(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "roles-gone", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	before := waitReady(t, platform).Status.AppliedMigration
	roles := &corev1.Secret{}
	if err := get(t, platform.Namespace, render.SecretDatabaseRoles, roles); err != nil {
		t.Fatal(err)
	}
	deleteSecret(t, roles)
	eventually(t, func() error {
		live := &v1alpha1.TodoPlatform{}
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		if live.Status.AppliedMigration == before || !meta.IsStatusConditionTrue(live.Status.Conditions, v1alpha1.ConditionReady) {
			return fmt.Errorf("carries %s, as before: %t", live.Status.AppliedMigration, live.Status.AppliedMigration == before)
		}
		return nil
	})
}

func TestDatabase_ofAnotherPlatformIsRefused(t *testing.T) {
	t.Parallel()
	platform := func(namespace string) *v1alpha1.TodoPlatform {
		made := newPlatform(t, namespace, v1alpha1.TodoPlatformSpec{Database: v1alpha1.DatabaseSpec{
			External: &v1alpha1.ExternalDatabase{SecretRef: &v1alpha1.SecretKeyReference{Name: "admin"}}}})
		create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "admin", Namespace: namespace},
			StringData: map[string]string{"url": "postgres://admin:hunter2@taken.example.com/todo"}})
		runNodes(t, namespace)
		return made
	}
	first := waitReady(t, platform("taken-first"))
	second := waitFor(t, client.ObjectKeyFromObject(platform("taken-second")), v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonDatabaseTaken)
	message := meta.FindStatusCondition(second.Status.Conditions, v1alpha1.ConditionDatabaseReady).Message
	if !strings.Contains(message, "belongs to the TodoPlatform todo in namespace taken-first") {
		t.Errorf("message %q", message)
	}
	if job := migrationJob(t, second.Namespace); job != nil {
		t.Errorf("Job %s was made", job.Name)
	}
	// Once somebody has said that the other is no more, it may be taken.
	suite.databases.at("taken.example.com/todo").own(database.Owner{})
	annotate(t, second, "example.com/look", "1")
	waitReady(t, second)
	annotate(t, first, "example.com/look", "1")
	waitFor(t, client.ObjectKeyFromObject(first), v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonDatabaseTaken)
}

// migrationJob gives the one migration Job of a namespace; nil if there is none.
func migrationJob(t *testing.T, namespace string) *batchv1.Job {
	t.Helper()
	jobs := &batchv1.JobList{}
	if err := suite.client.List(t.Context(), jobs, client.InNamespace(namespace)); err != nil || len(jobs.Items) > 1 {
		t.Fatalf("%d Jobs, %v", len(jobs.Items), err)
	}
	if len(jobs.Items) == 0 {
		return nil
	}
	return &jobs.Items[0]
}

func TestDatabase_thatDoesNotAnswerOrRefusesIsTold(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "database-away", v1alpha1.TodoPlatformSpec{Database: v1alpha1.DatabaseSpec{
		External: &v1alpha1.ExternalDatabase{SecretRef: &v1alpha1.SecretKeyReference{Name: "admin"}}}})
	create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "admin", Namespace: platform.Namespace},
		StringData: map[string]string{"url": "postgres://admin:hunter2@away.example.com/todo"}})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	key, away := client.ObjectKeyFromObject(platform), suite.databases.at("away.example.com/todo")

	away.fail(errors.New("dial 192.0.2.1:5432: connection refused"))
	annotate(t, platform, "example.com/look", "1") // Sooner than the next check.
	waitFor(t, key, v1alpha1.ConditionDatabaseReady, metav1.ConditionFalse, v1alpha1.ReasonDatabaseUnreachable)
	waitFor(t, key, v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonDatabaseUnreachable)
	waitFor(t, key, v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonServing)

	away.fail(database.Refused("password authentication failed"))
	waitFor(t, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonDatabaseRefused)
	away.fail(nil)
	annotate(t, platform, "example.com/look", "2")
	waitReady(t, platform)
}

func TestSuspend_leavesEverythingAsItIs(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "suspend", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.Suspend, spec.Services.Audit.Replicas = true, ptr.To[int32](3)
	})
	key := client.ObjectKeyFromObject(platform)
	waitFor(t, key, v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
	deployment := &appsv1.Deployment{}
	if err := get(t, platform.Namespace, contract.Audit, deployment); err != nil || *deployment.Spec.Replicas != 1 {
		t.Errorf("a suspended platform was changed: %v", err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Suspend = false })
	waitReady(t, platform)
	if err := get(t, platform.Namespace, contract.Audit, deployment); err != nil || *deployment.Spec.Replicas != 3 {
		t.Errorf("the change did not come after the suspension: %v", err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Suspend = true })
	waitFor(t, key, v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
	if err := suite.client.Delete(t.Context(), platform); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
}

func TestDeletion_retainsData(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "retain", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	admin := &corev1.Secret{}
	if err := get(t, platform.Namespace, render.SecretPostgresAdmin, admin); err != nil {
		t.Fatal(err)
	}
	if err := suite.client.Delete(t.Context(), platform); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
	identity := &corev1.Secret{}
	err := errors.Join(
		get(t, platform.Namespace, render.SecretIdentity, identity),
		get(t, platform.Namespace, "postgres-data", &corev1.PersistentVolumeClaim{}),
		get(t, platform.Namespace, "kafka-data", &corev1.PersistentVolumeClaim{}),
		get(t, platform.Namespace, render.SecretDatabaseRoles, &corev1.Secret{}),
		get(t, platform.Namespace, render.SecretKeys, &corev1.Secret{}),
		get(t, platform.Namespace, render.SecretPushKeys, &corev1.Secret{}),
	)
	again := &corev1.Secret{}
	if err = errors.Join(err, get(t, platform.Namespace, render.SecretPostgresAdmin, again)); err != nil {
		t.Fatal(err)
	}
	if len(identity.Data[render.SecretKeyID]) < 20 {
		t.Error("the identity is no long text")
	}
	if !reflect.DeepEqual(again.Data, admin.Data) {
		t.Error("the password changed")
	}
	if len(suite.brokers.embedded(platform.Namespace).snapshot()) != 7 {
		t.Error("topics were deleted")
	}
}

func TestDeletion_deletesDataWhenAskedTo(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "delete", v1alpha1.TodoPlatformSpec{
		DeletionPolicy: v1alpha1.DeletionDelete,
		Kafka:          v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{Brokers: []v1alpha1.HostPort{"delete:9092"}}},
	})
	runNodes(t, platform.Namespace)
	waitReady(t, platform)
	suite.brokers.at("delete:9092").put(topics.Topic{Name: "somebody-elses"})
	if err := suite.client.Delete(t.Context(), platform); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
	if live := suite.brokers.at("delete:9092").snapshot(); len(live) != 1 {
		t.Errorf("topics %v, want only somebody else's", live)
	}
	if err := gone(t, platform.Namespace, render.SecretPostgresAdmin, &corev1.Secret{}); err != nil {
		t.Error(err)
	}
	volume := &corev1.PersistentVolumeClaim{}
	if err := get(t, platform.Namespace, "postgres-data", volume); err == nil && volume.DeletionTimestamp == nil {
		t.Error("the volume is kept")
	}
}

func TestFinalizer_isThereForDataThatGoesAlone(t *testing.T) {
	t.Parallel()
	platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{
		Name: "todo", Namespace: newNamespace(t, "finalizer"), Finalizers: []string{v1alpha1.Finalizer, "example.com/kept"}}}
	create(t, platform)
	expect := func(want ...string) {
		t.Helper()
		eventually(t, func() error {
			live := &v1alpha1.TodoPlatform{}
			if err := get(t, platform.Namespace, platform.Name, live); err != nil {
				return err
			}
			if !reflect.DeepEqual(live.Finalizers, want) {
				return fmt.Errorf("finalizers %v, want %v", live.Finalizers, want)
			}
			return nil
		})
	}
	expect("example.com/kept") // that of an operator that set it always is taken back
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) {
		spec.DeletionPolicy, spec.Suspend = v1alpha1.DeletionDelete, true
	})
	expect("example.com/kept", v1alpha1.Finalizer)
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.DeletionPolicy = v1alpha1.DeletionRetain })
	expect("example.com/kept")
}

// deletable makes a platform with external Kafka, whose data goes with it.
func deletable(t *testing.T, name string) *v1alpha1.TodoPlatform {
	t.Helper()
	namespace := newNamespace(t, name)
	create(t, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: namespace}, StringData: map[string]string{"username": "todo", "password": "hunter2"}})
	platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace}, Spec: v1alpha1.TodoPlatformSpec{
		DeletionPolicy: v1alpha1.DeletionDelete,
		Exposure:       ownHost(namespace),
		Kafka: v1alpha1.KafkaSpec{External: &v1alpha1.ExternalKafka{
			Brokers: []v1alpha1.HostPort{v1alpha1.HostPort(name + ":9092")},
			SASL:    &v1alpha1.KafkaSASL{Mechanism: v1alpha1.SASLPlain, SecretRef: v1alpha1.LoginSecretReference{Name: "login"}},
		}},
	}}
	create(t, platform)
	runNodes(t, namespace)
	return waitReady(t, platform)
}

// waitDeleting waits until a platform says what its deletion waits for.
func waitDeleting(t *testing.T, platform *v1alpha1.TodoPlatform, words ...string) {
	t.Helper()
	eventually(t, func() error {
		live := &v1alpha1.TodoPlatform{}
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		ready := meta.FindStatusCondition(live.Status.Conditions, v1alpha1.ConditionReady)
		for _, word := range words {
			if ready.Reason != v1alpha1.ReasonDeleting || !strings.Contains(ready.Message, word) {
				return fmt.Errorf("Ready says %s: %q, want %q", ready.Reason, ready.Message, word)
			}
		}
		return nil
	})
}

func topicsLeft(t *testing.T, platform *v1alpha1.TodoPlatform) []string {
	t.Helper()
	events := &eventsv1.EventList{}
	if err := suite.client.List(t.Context(), events, client.InNamespace(platform.Namespace)); err != nil {
		t.Fatal(err)
	}
	var notes []string
	for _, event := range events.Items {
		if event.Reason == v1alpha1.ReasonTopicsLeft && event.Regarding.UID == platform.UID {
			notes = append(notes, event.Note)
		}
	}
	return notes
}

func TestDeletion_givesUpOnUnreachableBrokers(t *testing.T) {
	platform := deletable(t, "give-up")
	suite.brokers.at("give-up:9092").fail(errors.New("connection refused"))
	if err := suite.client.Delete(t.Context(), platform); err != nil {
		t.Fatal(err)
	}
	live := &v1alpha1.TodoPlatform{}
	if err := get(t, platform.Namespace, platform.Name, live); err != nil {
		t.Fatal(err)
	}
	until := live.DeletionTimestamp.Add(giveUpDeletion).UTC().Format("15:04:05")
	waitDeleting(t, platform, "waits until "+until, "for the brokers to delete the topics", "connection refused")
	suite.clock.advance(t, giveUpDeletion+time.Second)
	eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
	if notes := topicsLeft(t, platform); len(notes) != 1 || !strings.Contains(notes[0], "connection refused") {
		t.Errorf("events tell %q", notes)
	}
}

func TestDeletion_doesNotWaitForLostNodes(t *testing.T) {
	platform := deletable(t, "lost-node")
	create(t, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "lost", Namespace: platform.Namespace, Labels: ours(platform), Finalizers: []string{"example.com/lost"}},
		Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To[int32](0),
			Selector: &metav1.LabelSelector{MatchLabels: ours(platform)},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: ours(platform)},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app"}}},
			},
		},
	})
	if err := suite.client.Delete(t.Context(), platform); err != nil {
		t.Fatal(err)
	}
	waitDeleting(t, platform, "for the pods to end of ", "lost")
	suite.clock.advance(t, giveUpDeletion+time.Second)
	eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
	if live := suite.brokers.at("lost-node:9092").snapshot(); len(live) != 0 {
		t.Errorf("topics %v are left", live)
	}
}

func TestDeletion_leavesTopicsWhoseSecretIsGone(t *testing.T) {
	t.Parallel()
	platform := deletable(t, "secret-gone")
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: platform.Namespace}}
	if err := errors.Join(suite.client.Delete(t.Context(), platform), suite.client.Delete(t.Context(), secret)); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
	if notes := topicsLeft(t, platform); len(notes) != 1 || !strings.Contains(notes[0], "create Secret login") {
		t.Errorf("events tell %q", notes)
	}
	if live := suite.brokers.at("secret-gone:9092").snapshot(); len(live) == 0 {
		t.Error("the topics are gone")
	}
}

// A namespace that is being deleted takes no events, and may have lost its Secrets.
func TestDeletion_endsInANamespaceThatIsDeleted(t *testing.T) {
	t.Parallel()
	platform := deletable(t, "terminating")
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: platform.Namespace}}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: platform.Namespace}}
	// Without Kubernetes' own controllers the test deletes what they would.
	err := errors.Join(suite.client.Delete(t.Context(), namespace), suite.client.Delete(t.Context(), secret), suite.client.Delete(t.Context(), platform))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error { return gone(t, platform.Namespace, platform.Name, &v1alpha1.TodoPlatform{}) })
	if notes := topicsLeft(t, platform); len(notes) != 0 {
		t.Errorf("events tell %q", notes)
	}
}

// TestDapr runs alone: it takes Dapr away from every platform.
func TestDapr_missingAndOutdated(t *testing.T) {
	injector := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: daprInjector, Namespace: daprSystem}}
	if err := suite.client.Delete(t.Context(), injector); err != nil {
		t.Fatal(err)
	}
	platform := newPlatform(t, "dapr", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	key := client.ObjectKeyFromObject(platform)
	platform = waitFor(t, key, v1alpha1.ConditionDaprReady, metav1.ConditionFalse, v1alpha1.ReasonDaprMissing)
	if message := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionDaprReady).Message; !strings.Contains(message, "no Deployment dapr-sidecar-injector in namespace dapr-system") {
		t.Errorf("message %q", message)
	}
	// What does not need Dapr goes on.
	waitFor(t, key, v1alpha1.ConditionSchemaReady, metav1.ConditionTrue, v1alpha1.ReasonReady)

	if err := installDapr(t.Context(), "1.16.0"); err != nil {
		t.Fatal(err)
	}
	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Version = "2.0.0" }) // Sooner than the next check.
	waitReady(t, platform)
	waitFor(t, key, v1alpha1.ConditionDaprReady, metav1.ConditionTrue, v1alpha1.ReasonDaprOutdated)
}

func manifest(t *testing.T, namespace, name, spec string) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{"spec": parse(t, spec)}}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("TodoPlatform"))
	object.SetNamespace(namespace)
	object.SetName(name)
	return object
}
