package render_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/test/servers"
)

// secretContents are those of Secrets by name and key.
type secretContents map[string]map[string]string

// What is rendered for encryption and logins of Kafka is what sidecars understand: that of a service which publishes
// and subscribes does both, and needs no more rights than the KafkaUser in config/environments has.
func TestRender_sidecarsReachSecuredKafka(t *testing.T) {
	const user, password = "todo", "correct horse, battery staple"
	broker := servers.StartGuardedKafka(t, user, password)
	for _, principal := range []string{"User:" + user, "User:CN=" + user} {
		broker.Grant(t, servers.RightsOf(t, "../../../config/environments/components/strimzi/user.yaml", principal)...)
	}
	certificate, key := broker.Authority.Issue(t, user)
	secrets := secretContents{
		"authority":   {"ca.crt": string(broker.Authority.PEM)},
		"login":       {"username": user, "password": password},
		"certificate": {"tls.crt": string(certificate), "tls.key": string(key)},
	}
	encrypted := render.Kafka{TLS: true, CASecret: "authority", CAKey: "ca.crt"}
	login := func(mechanism v1alpha1.SASLMechanism) render.Kafka {
		kafka := encrypted
		kafka.Brokers = []string{broker.Address(servers.WithLogin)}
		kafka.Mechanism, kafka.LoginSecret, kafka.UsernameKey, kafka.PasswordKey = mechanism, "login", "username", "password"
		return kafka
	}
	known := encrypted
	known.Brokers = []string{broker.Address(servers.WithCertificate)}
	known.CertSecret, known.CertKey, known.PrivateKeyKey = "certificate", "tls.crt", "tls.key"

	for name, kafka := range map[string]render.Kafka{
		"plain":       login(v1alpha1.SASLPlain),
		"scram-256":   login(v1alpha1.SASLScramSHA256),
		"scram-512":   login(v1alpha1.SASLScramSHA512),
		"certificate": known,
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, samples+"external.yaml")
			in.Kafka = kafka
			prefix := "todo." + name + "."
			in.Platform.Spec.Topics.Prefix = prefix
			taken, published := prefix+contract.TopicTaskEvents, prefix+contract.TopicReminders
			createTopics(t, broker.Kafka, taken, published)
			delivered := make(chan string, 1)
			sidecar := startSidecar(t, in, secrets, delivered)

			answer, err := http.Post(sidecar+"/v1.0/publish/"+contract.PubSub+"/"+published, "application/json", strings.NewReader(`"from the service"`))
			if err != nil {
				t.Fatal(err)
			}
			if _ = answer.Body.Close(); answer.StatusCode != http.StatusNoContent {
				t.Errorf("publishing got %s", answer.Status)
			}
			records := kafkago.NewReader(kafkago.ReaderConfig{Brokers: []string{broker.Address(servers.Plaintext)}, Topic: published, MaxWait: time.Second})
			defer func() { _ = records.Close() }()
			if record, err := records.ReadMessage(t.Context()); err != nil || !strings.Contains(string(record.Value), "from the service") {
				t.Errorf("the topic holds %q, %v", record.Value, err)
			}

			writer := &kafkago.Writer{Addr: kafkago.TCP(broker.Address(servers.Plaintext)), Topic: taken}
			defer func() { _ = writer.Close() }()
			// What is known of the broker's topics is a few seconds old.
			if !servers.Poll(servers.StartTimeout, func() bool {
				err = writer.WriteMessages(t.Context(), kafkago.Message{Value: []byte("from another service")})
				return err == nil
			}) {
				t.Fatal(err)
			}
			select {
			case got := <-delivered:
				if !strings.Contains(got, "data_base64") {
					t.Errorf("the service was brought %q", got)
				}
			case <-time.After(time.Minute):
				t.Error("the service was brought nothing")
			}
		})
	}
}

func createTopics(t *testing.T, broker *servers.Kafka, names ...string) {
	t.Helper()
	request := &kafkago.CreateTopicsRequest{}
	for _, name := range names {
		request.Topics = append(request.Topics, kafkago.TopicConfig{Topic: name, NumPartitions: 1, ReplicationFactor: 1})
	}
	answer, err := broker.Client.CreateTopics(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range answer.Errors {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// startSidecar runs the sidecar of a service that hands on what it is brought first, and returns the sidecar's address.
func startSidecar(t *testing.T, in *render.Input, secrets secretContents, delivered chan<- string) (address string) {
	t.Helper()
	program, err := servers.Binary("bin", "daprd")
	if err != nil {
		t.Fatal(err)
	}
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.NotFound(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body)
		select {
		case delivered <- string(body):
		default:
		}
	}))
	t.Cleanup(service.Close)
	target, err := url.Parse(service.URL)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeKafkaResources(t, dir, in, secrets)
	httpPort := servers.FreePort()
	address = "http://" + servers.Loopback(httpPort)
	process := servers.NewProcess("daprd", dir, func() *exec.Cmd {
		command := exec.Command(program, "--app-id", contract.Notification, "--app-port", target.Port(), "--app-protocol", "http",
			"--resources-path", dir, "--dapr-listen-addresses", "127.0.0.1", "--enable-metrics=false",
			"--dapr-http-port", strconv.Itoa(httpPort), "--dapr-grpc-port", strconv.Itoa(servers.FreePort()),
			"--dapr-internal-grpc-port", strconv.Itoa(servers.FreePort()))
		command.Env = append(os.Environ(), "NAMESPACE="+in.Platform.Namespace)
		return command
	})
	t.Cleanup(func() {
		process.Kill()
		if t.Failed() {
			t.Logf("the log of the sidecar ends with:\n%s", process.LogTail())
		}
	})
	if err := process.Start(func() bool { return healthy(address) }); err != nil {
		t.Fatal(err)
	}
	return address
}

func healthy(address string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/v1.0/healthz", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusNoContent
}

// writeKafkaResources writes what is rendered of Kafka as a sidecar outside of a cluster reads it, which finds Secrets
// in a file, and one of the subscriptions.
func writeKafkaResources(t *testing.T, dir string, in *render.Input, secrets secretContents) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secrets.json")
	content, err := json.Marshal(secrets)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	const store = "files"
	resources := []map[string]any{{
		"apiVersion": "dapr.io/v1alpha1", "kind": "Component", "metadata": map[string]any{"name": store},
		"spec": map[string]any{"type": "secretstores.local.file", "version": "v1", "metadata": []any{
			map[string]any{"name": "secretsFile", "value": file}, map[string]any{"name": "multiValued", "value": "true"}}},
	}}
	for _, object := range render.DaprObjects(in) {
		resource, ok := object.(*unstructured.Unstructured)
		switch name := object.GetName(); {
		case !ok:
		case name == contract.PubSub:
			resource.Object["auth"] = map[string]any{"secretStore": store}
			resources = append(resources, resource.Object)
		case name == contract.Notification+"-"+contract.TopicTaskEvents:
			resources = append(resources, resource.Object)
		}
	}
	if len(resources) != 3 {
		t.Fatalf("%d resources, want the store, the component and the subscription", len(resources))
	}
	for i, resource := range resources {
		text, err := yaml.Marshal(resource)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)+".yaml"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
