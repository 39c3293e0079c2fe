//go:build neighbours

package e2e

import (
	"context"
	"crypto/x509"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/test/servers"
)

// Bounds of the drills. They are far above what was measured, which is logged.
const (
	enforcedWithin  = time.Minute
	scaledUpWithin  = 5 * time.Minute
	scaledInWithin  = 5 * time.Minute // the local cluster's autoscalers wait for a minute
	certifiedWithin = time.Minute
	dialFor         = 3 * time.Second
)

func init() { own.name, own.port = "e2e-neighbours", "18084" }

// TestNeighbours tells how a platform gets on with what clusters have: a network that enforces NetworkPolicies,
// a metrics server, cert-manager. Its chapters build on each other.
func TestNeighbours(t *testing.T) {
	chapter := func(name string, tell func(*testing.T)) {
		if !t.Run(name, tell) {
			t.FailNow()
		}
	}
	if err := program("neighbours"); err != nil {
		t.Fatal(err)
	}
	var ada, bob *person
	chapter("a platform comes up where its NetworkPolicies are enforced", comeUpPoliced)
	chapter("people live with it", func(t *testing.T) {
		ada, bob = signUp(t, "ada", "Europe/Berlin"), signUp(t, "bob", "Asia/Kolkata")
		waterPlants(t, ada, bob)
	})
	chapter("nobody reaches more than they need", keepStrangersOut)
	chapter("pods of todo-api come and go with the load", func(t *testing.T) { scaleWithTheLoad(t, ada, bob) })
	chapter("cert-manager makes the certificate after the Ingress", func(t *testing.T) { waitForACertificate(t, ada) })
}

// comeUpPoliced brings up the sample with policies for both directions. Metrics are read from one namespace.
func comeUpPoliced(t *testing.T) {
	objects := sample(t)
	for _, object := range objects {
		if object.GetKind() != "TodoPlatform" {
			continue
		}
		policy := map[string]any{"mode": "IngressAndEgress", "metricsFrom": []any{"monitoring"}}
		if err := unstructured.SetNestedMap(object.Object, policy, "spec", "networkPolicy"); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	cluster.apply(t, mailbox(t)...)
	cluster.apply(t, append(objects, wayToTheMailbox())...)
	cluster.waitReady(t, readyWithin)
	t.Logf("FIGURE apply to Ready, policed: %s", since(start, time.Now()))
}

// wayToTheMailbox is what docs/operator.md tells those to add whose Service maps its port to another: policies know
// the port of the pod alone, and the manifest that of the Service.
func wayToTheMailbox() *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": map[string]any{"namespace": namespace, "name": "mailbox"},
		"spec": map[string]any{
			"podSelector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": contract.Notification}},
			"policyTypes": []any{"Egress"},
			"egress":      []any{map[string]any{"ports": []any{map[string]any{"protocol": "TCP", "port": int64(2525)}}}},
		},
	}}
}

// path is one on which somebody may open a connection or may not.
type path struct {
	from   *dialer
	app    string
	port   int32
	opened bool
}

// keepStrangersOut tries paths from pods of all kinds, while policies are enforced and without any.
func keepStrangersOut(t *testing.T) {
	stranger := startDialer(t, "strangers", nil)
	reader := startDialer(t, "monitoring", nil)
	kafkaClient := startDialer(t, namespace, map[string]string{"platform.todoplatform.dev/kafka-client": "true"})
	// It passes for a migration, which needs the database, and nothing else.
	migration := startDialer(t, namespace, map[string]string{"app.kubernetes.io/name": "migrate", "app.kubernetes.io/instance": platformKey.Name})
	const postgres, kafka, sidecar, sidecarMetrics = 5432, 9092, 50002, 9090
	paths := []path{
		{stranger, contract.TodoAPI, contract.PublicPort, true},
		{stranger, contract.RealtimeSync, contract.PublicPort, true},
		{stranger, contract.TodoAPI, sidecar, false},
		{stranger, contract.TodoAPI, contract.HealthPort, false},
		{stranger, contract.Audit, contract.HealthPort, false},
		{stranger, contract.Notification, sidecarMetrics, false},
		{stranger, "postgres", postgres, false},
		{stranger, "kafka", kafka, false},
		{reader, contract.Audit, contract.HealthPort, true},
		{reader, contract.Audit, sidecarMetrics, true},
		{reader, contract.Audit, sidecar, false},
		{reader, "postgres", postgres, false},
		{kafkaClient, "kafka", kafka, true},
		{kafkaClient, "postgres", postgres, false},
		{migration, "postgres", postgres, true},
		{migration, "kafka", kafka, false},
		{migration, contract.TodoAPI, contract.PublicPort, false}, // which lets it in
	}
	eventually(t, enforcedWithin, "all paths are as policies say", func(ctx context.Context) error { return tryPaths(ctx, t, paths) })

	cluster.patchPlatform(t, `{"spec":{"networkPolicy":{"mode":"Disabled","metricsFrom":null}}}`)
	cluster.waitReady(t, time.Minute)
	for i := range paths {
		paths[i].opened = true
	}
	eventually(t, enforcedWithin, "without policies all paths are open", func(ctx context.Context) error { return tryPaths(ctx, t, paths) })
	cluster.patchPlatform(t, `{"spec":{"networkPolicy":{"mode":"IngressAndEgress"}}}`)
	cluster.waitReady(t, time.Minute)
}

// tryPaths complains of paths that are not as they should be.
func tryPaths(ctx context.Context, t *testing.T, paths []path) error {
	t.Helper()
	var wrong []string
	for _, path := range paths {
		pods := cluster.podsOf(ctx, t, path.app)
		if len(pods) == 0 {
			return fmt.Errorf("no pod of %s", path.app)
		}
		if opened := path.from.opens(ctx, t, pods[0].Status.PodIP, path.port); opened != path.opened {
			wrong = append(wrong, fmt.Sprintf("from %s to %s at %d: %t", path.from.namespace, path.app, path.port, opened))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("opened %s", strings.Join(wrong, ", "))
	}
	return nil
}

// dialer is a pod that tries to open connections.
type dialer struct{ namespace, name string }

// startDialer starts one with labels, in a namespace that is made if need be.
func startDialer(t *testing.T, namespace string, labels map[string]string) *dialer {
	t.Helper()
	space := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	if err := client.IgnoreAlreadyExists(cluster.Create(t.Context(), space)); err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, GenerateName: "dialer-", Labels: labels},
		Spec: corev1.PodSpec{
			TerminationGracePeriodSeconds: ptr.To[int64](0),
			SecurityContext:               &corev1.PodSecurityContext{RunAsNonRoot: ptr.To(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
			Containers: []corev1.Container{{
				Name: "dialer", Image: "docker.io/library/postgres:18", ImagePullPolicy: corev1.PullNever, Command: []string{"sleep", "infinity"}, // it has a shell
				SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: ptr.To(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
			}},
		},
	}
	if err := cluster.Create(t.Context(), pod); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Delete(context.WithoutCancel(t.Context()), pod) })
	kubectl(t, "wait", "--for=condition=Ready", "--timeout=1m", "--namespace="+namespace, "pod/"+pod.Name)
	return &dialer{namespace, pod.Name}
}

// opens tells whether a connection to a port of an address opens in time.
func (d *dialer) opens(ctx context.Context, t *testing.T, address string, port int32) bool {
	t.Helper()
	seconds := strconv.Itoa(int(dialFor.Seconds()))
	return kubectlCommand(ctx, t, "exec", "--namespace="+d.namespace, d.name, "--",
		"timeout", seconds, "bash", "-c", "exec 3<>/dev/tcp/"+address+"/"+strconv.Itoa(int(port))).Run() == nil
}

// scaleWithTheLoad has people read without pause until there is another pod of todo-api, and rest until it is gone.
// Somebody is served all the time, and the operator leaves the number of pods alone.
func scaleWithTheLoad(t *testing.T, people ...*person) {
	cluster.patchPlatform(t, `{"spec":{"services":{"todoAPI":{"replicas":null,"resources":{"requests":{"cpu":"100m"}},
		"autoscaling":{"minReplicas":1,"maxReplicas":2,"targetCPUUtilization":50}}}}}`)
	cluster.waitReady(t, readyWithin)
	for _, p := range people {
		p.login(t)
	}
	waitReplicas(t, 1, scaledInWithin) // to start is work, too
	available := watchAvailable(t)
	began := time.Now()
	rest := readWithoutPause(t, people)
	waitReplicas(t, 2, scaledUpWithin)
	t.Logf("FIGURE two replicas serve %s after the load began", since(began, time.Now()))
	cluster.waitReady(t, readyWithin)
	rest()
	rested := time.Now()
	waitReplicas(t, 1, scaledInWithin)
	t.Logf("FIGURE one replica %s after it ended", since(rested, time.Now()))
	cluster.waitReady(t, readyWithin)
	if complaint := available(); complaint != "" {
		t.Errorf("meanwhile: %s", complaint)
	}
}

// readWithoutPause has people read until they are told to rest.
func readWithoutPause(t *testing.T, people []*person) (rest func()) {
	ctx, stop := context.WithCancel(context.Background())
	var reading sync.WaitGroup
	for _, p := range people {
		for range 4 {
			reading.Go(func() {
				for ctx.Err() == nil {
					_, _ = p.api.ListTasks(ctx, "all", 50, "") // what is refused is work, too
				}
			})
		}
	}
	rest = sync.OnceFunc(func() { stop(); reading.Wait() })
	t.Cleanup(rest)
	return rest
}

// watchAvailable looks at the platform each second; what it returns tells of the first time that nobody was served.
func watchAvailable(t *testing.T) (complaint func() string) {
	ctx, stop := context.WithCancel(context.Background())
	var watching sync.WaitGroup
	var first string
	watching.Go(func() {
		for ctx.Err() == nil {
			platform := &v1alpha1.TodoPlatform{}
			if err := cluster.Get(ctx, platformKey, platform); err == nil && first == "" {
				for _, c := range platform.Status.Conditions {
					if c.Type == v1alpha1.ConditionAvailable && c.Status != metav1.ConditionTrue {
						first = c.Reason + ": " + c.Message
					}
				}
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	})
	end := sync.OnceFunc(func() { stop(); watching.Wait() })
	t.Cleanup(end)
	return func() string { end(); return first }
}

// waitReplicas waits until as many replicas of todo-api are wanted, and serve.
func waitReplicas(t *testing.T, replicas int32, within time.Duration) {
	t.Helper()
	eventually(t, within, fmt.Sprintf("%d of todo-api serve", replicas), func(ctx context.Context) error {
		deployment := &appsv1.Deployment{}
		if err := cluster.Get(ctx, client.ObjectKey{Namespace: namespace, Name: contract.TodoAPI}, deployment); err != nil {
			return err
		}
		if *deployment.Spec.Replicas != replicas || deployment.Status.ReadyReplicas != replicas {
			return fmt.Errorf("%d wanted, %d ready", *deployment.Spec.Replicas, deployment.Status.ReadyReplicas)
		}
		return nil
	})
}

// waitForACertificate names a certificate that is to come. The platform says so until there is an issuer, and then
// people come by https.
func waitForACertificate(t *testing.T, ada *person) {
	const issuer = "ours"
	cluster.patchPlatform(t, `{"spec":{"exposure":{"host":"`+secureHost+`","url":null,"tlsSecretName":"todo-tls","annotations":{"cert-manager.io/issuer":"`+issuer+`"}}}}`)
	waitCondition(t, v1alpha1.ConditionExposureReady, metav1.ConditionFalse, certifiedWithin)
	if c := conditionOf(t, v1alpha1.ConditionExposureReady); c.Reason != v1alpha1.ReasonSecretMissing || !strings.Contains(c.Message, "todo-tls") {
		t.Errorf("ExposureReady says %s: %s", c.Reason, c.Message)
	}
	if c := conditionOf(t, v1alpha1.ConditionStalled); c.Status == metav1.ConditionTrue {
		t.Errorf("Stalled: %s", c.Message)
	}
	authority := servers.NewAuthority(t)
	began := time.Now()
	issueBy(t, authority, issuer)
	cluster.waitReady(t, certifiedWithin)
	t.Logf("FIGURE Ready %s after there was an issuer", since(began, time.Now()))
	if url := cluster.platform(t).Status.URL; url != "https://"+secureHost {
		t.Errorf("status.url is %q", url)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority.PEM)
	ada.comeBy("https://"+secureHost, secureClient(t, pool))
	ada.login(t)
	ada.open(t).close()
}

// issueBy makes an Issuer of an authority.
func issueBy(t *testing.T, authority *servers.Authority, name string) {
	t.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name + "-authority"}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: authority.PEM, corev1.TLSPrivateKeyKey: authority.Key(t)}}
	if err := cluster.Create(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": map[string]any{"namespace": namespace, "name": name},
		"spec": map[string]any{"ca": map[string]any{"secretName": secret.Name}},
	}}
	cluster.apply(t, object)
}
