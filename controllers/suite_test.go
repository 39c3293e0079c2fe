package controllers

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/test/apiserver"
)

// patience bounds every wait in these tests.
const patience = 30 * time.Second

// daprSystem is the namespace of Dapr's control plane in these tests.
const daprSystem = "dapr-system"

// suite is a real API server with the operator at work on it, with the rights that it is installed with. There is no kubelet and
// no controller of Kubernetes' own: nodes plays their part.
var suite struct {
	config     *rest.Config // of an administrator
	minor      uint         // of the API server's version, such as 37
	client     client.Client
	reconciler *Reconciler
	brokers    fakeBrokers
	databases  fakeDatabases
	audits     fakeAudits
	requests   requestCounter
	clock      fakeClock
}

func TestMain(m *testing.M) {
	flag.Parse()
	run := func() (int, error) { return runSuite(m) }
	if address := os.Getenv(outsideVariable); address != "" {
		run = func() (int, error) { return 0, operate(address) }
	}
	code, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "envtest:", err)
		code = 1
	}
	os.Exit(code)
}

func runSuite(m *testing.M) (code int, err error) {
	ctrl.SetLogger(logr.FromSlogHandler(slog.DiscardHandler))
	config, stop, err := apiserver.Start()
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, stop()) }()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	suite.config = config
	if suite.client, err = client.New(config, client.Options{Scheme: ManagerOptions().Scheme}); err != nil {
		return 1, err
	}
	if suite.minor, err = minorVersion(config); err != nil {
		return 1, err
	}
	if err := installRights(ctx, suite.client); err != nil {
		return 1, err
	}
	if err := installDapr(ctx, "1.16.15"); err != nil {
		return 1, err
	}
	if flag.Lookup("test.bench").Value.String() != "" {
		return m.Run(), nil // a benchmark has its operator in a process of its own
	}
	stopped, err := startOperator(ctx, config)
	if err != nil {
		return 1, err
	}
	defer func() { cancel(); err = errors.Join(err, <-stopped) }()
	return m.Run(), nil
}

func minorVersion(config *rest.Config) (uint, error) {
	server, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return 0, err
	}
	answer, err := server.ServerVersion()
	if err != nil {
		return 0, fmt.Errorf("ask the API server for its version: %w", err)
	}
	parsed, err := version.ParseSemantic(answer.GitVersion)
	if err != nil {
		return 0, fmt.Errorf("read the version of the API server: %w", err)
	}
	return parsed.Minor(), nil
}

func startOperator(ctx context.Context, config *rest.Config) (<-chan error, error) {
	operator := asOperator(config)
	operator.QPS, operator.Burst = -1, -1
	operator.Wrap(suite.requests.wrap)
	options := ManagerOptions()
	options.Metrics = metricsserver.Options{BindAddress: "0"}
	mgr, err := ctrl.NewManager(operator, options)
	if err != nil {
		return nil, err
	}
	suite.reconciler = New(Config{Version: "1.2.3", Namespace: operatorSystem, DaprNamespace: daprSystem, Connect: suite.brokers.connect, AskDatabase: suite.databases.ask, FetchHeads: suite.audits.fetch, Now: suite.clock.now})
	if err := suite.reconciler.SetupWithManager(ctx, mgr, 4); err != nil {
		return nil, err
	}
	stopped := make(chan error, 1)
	go func() { stopped <- mgr.Start(ctx) }()
	return stopped, nil
}

// installDapr puts an available sidecar injector of a release where the operator looks.
func installDapr(ctx context.Context, release string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: daprSystem}}
	if err := client.IgnoreAlreadyExists(suite.client.Create(ctx, namespace)); err != nil {
		return err
	}
	labels := map[string]string{"app": daprInjector}
	injector := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: daprInjector, Namespace: daprSystem},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "injector", Image: "example.com:5000/dapr/injector:" + release}}},
			},
		},
	}
	if err := suite.client.Create(ctx, injector); err != nil {
		return err
	}
	injector.Status = appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: 1, ReadyReplicas: 1, UpdatedReplicas: 1, AvailableReplicas: 1}
	return suite.client.Status().Update(ctx, injector)
}

// requestCounter notes the operator's requests by namespace, as the API server gets them.
type requestCounter struct {
	mutex         sync.Mutex
	reads, writes map[string][]string
}

func (c *requestCounter) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if parts := strings.Split(request.URL.Path, "/namespaces/"); len(parts) == 2 {
			c.note(request.Method, request.URL.Path, strings.Split(parts[1], "/")[0])
		}
		return next.RoundTrip(request)
	})
}

func (c *requestCounter) note(method, path, namespace string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.reads == nil {
		c.reads, c.writes = map[string][]string{}, map[string][]string{}
	}
	noted := c.writes
	if method == http.MethodGet {
		noted = c.reads
	}
	noted[namespace] = append(noted[namespace], method+" "+path)
}

func (c *requestCounter) writesIn(namespace string) []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.Clone(c.writes[namespace])
}

func (c *requestCounter) readsIn(namespace string) []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.Clone(c.reads[namespace])
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// fakeClock is the real time plus what a test adds.
type fakeClock struct {
	mutex sync.Mutex
	ahead time.Duration
}

func (c *fakeClock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return time.Now().Add(c.ahead)
}

// advance puts the clock ahead until the test ends. Such a test must not be parallel.
func (c *fakeClock) advance(t *testing.T, d time.Duration) {
	c.add(d)
	t.Cleanup(func() { c.add(-d) })
}

func (c *fakeClock) add(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.ahead += d
}

// create makes an object and fails the test if the API server refuses it.
func create(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, object := range objects {
		if err := suite.client.Create(t.Context(), object); err != nil {
			t.Fatalf("create %T %s: %v", object, object.GetName(), err)
		}
	}
}

// newNamespace makes a namespace of the test's own, with the level that the samples enforce.
func newNamespace(t *testing.T, name string) string {
	t.Helper()
	create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}}})
	return name
}

// newPlatform makes a platform in a namespace of its own, with a host of its own: every host is one platform's.
func newPlatform(t *testing.T, namespace string, spec v1alpha1.TodoPlatformSpec) *v1alpha1.TodoPlatform {
	t.Helper()
	if render.Exposure(&spec.Exposure) == v1alpha1.ExposureIngress && spec.Exposure.Host == "" {
		spec.Exposure.Host = ownHost(namespace).Host
	}
	platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: newNamespace(t, namespace)}, Spec: spec}
	create(t, platform)
	return platform
}

// ownHost is an entry that no other test asks for.
func ownHost(namespace string) v1alpha1.ExposureSpec {
	return v1alpha1.ExposureSpec{Host: namespace + ".example.com"}
}

// readManifest reads the documents of a sample.
func readManifest(t *testing.T, path string) []*unstructured.Unstructured {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var objects []*unstructured.Unstructured
	for _, document := range strings.Split(string(content), "\n---\n") {
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(document), &object.Object); err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
	return objects
}

// eventually polls until check is content, and fails the test with its last complaint.
func eventually(t *testing.T, check func() error) {
	t.Helper()
	eventuallyIn(t, patience, check)
}

// eventuallyIn is eventually with another bound.
func eventuallyIn(t *testing.T, patience time.Duration, check func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-tick.C:
		}
	}
}

// waitFor polls until a platform's condition has a status and a reason, checks the
// status as a whole, and gives the platform.
func waitFor(t *testing.T, key client.ObjectKey, condition string, want metav1.ConditionStatus, reason string) *v1alpha1.TodoPlatform {
	t.Helper()
	platform := &v1alpha1.TodoPlatform{}
	eventually(t, func() error {
		if err := suite.client.Get(t.Context(), key, platform); err != nil {
			return err
		}
		have := meta.FindStatusCondition(platform.Status.Conditions, condition)
		if have == nil || have.Status != want || have.Reason != reason || have.ObservedGeneration != platform.Generation {
			return fmt.Errorf("%s is not %s for %s in generation %d:\n%s", condition, want, reason, platform.Generation, describeConditions(platform))
		}
		return nil
	})
	checkStatus(t, platform)
	return platform
}

func waitReady(t *testing.T, platform *v1alpha1.TodoPlatform) *v1alpha1.TodoPlatform {
	t.Helper()
	return waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
}

// checkStatus checks what must hold of every status that the operator writes, so that
// kubectl wait and tools that read conditions by the usual rules judge it rightly.
func checkStatus(t *testing.T, platform *v1alpha1.TodoPlatform) {
	t.Helper()
	wanted := append(v1alpha1.StepConditions(), v1alpha1.ConditionAvailable, v1alpha1.ConditionReady, v1alpha1.ConditionProgressing, v1alpha1.ConditionStalled)
	for _, kind := range wanted {
		if condition := meta.FindStatusCondition(platform.Status.Conditions, kind); condition == nil || condition.Reason == "" || condition.LastTransitionTime.IsZero() {
			t.Errorf("condition %s: %+v", kind, condition)
		}
	}
	if render.Backup(&platform.Spec) != nil {
		wanted = append(wanted, v1alpha1.ConditionBackedUp)
	}
	if len(platform.Status.Conditions) != len(wanted) {
		t.Errorf("%d conditions, want %d", len(platform.Status.Conditions), len(wanted))
	}
	is := func(kind string) bool { return meta.IsStatusConditionTrue(platform.Status.Conditions, kind) }
	ready := meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady)
	if ready.Status != metav1.ConditionUnknown {
		states := 0
		for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionProgressing, v1alpha1.ConditionStalled} {
			if is(kind) {
				states++
			}
		}
		if states != 1 {
			t.Errorf("not exactly one of Ready, Progressing and Stalled:\n%s", describeConditions(platform))
		}
	}
	if !is(v1alpha1.ConditionReady) {
		return
	}
	if platform.Status.ObservedGeneration != platform.Generation {
		t.Errorf("Ready in generation %d, observed %d", platform.Generation, platform.Status.ObservedGeneration)
	}
	for _, kind := range v1alpha1.StepConditions() {
		if !is(kind) {
			t.Errorf("Ready, but %s is not:\n%s", kind, describeConditions(platform))
		}
	}
}

func describeConditions(platform *v1alpha1.TodoPlatform) string {
	var text strings.Builder
	for _, condition := range platform.Status.Conditions {
		fmt.Fprintf(&text, "  %-16s %-8s %-20s generation %d  %s\n", condition.Type, condition.Status, condition.Reason, condition.ObservedGeneration, condition.Message)
	}
	return text.String()
}

// get reads an object into the given one.
func get(t *testing.T, namespace, name string, object client.Object) error {
	t.Helper()
	return suite.client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, object)
}

// gone is nil when an object does not exist.
func gone(t *testing.T, namespace, name string, object client.Object) error {
	t.Helper()
	err := get(t, namespace, name, object)
	if apierrors.IsNotFound(err) {
		return nil
	}
	return errors.Join(err, fmt.Errorf("%T %s still exists", object, name))
}

// change edits a platform's spec until no conflict is in the way.
func change(t *testing.T, platform *v1alpha1.TodoPlatform, edit func(*v1alpha1.TodoPlatformSpec)) {
	t.Helper()
	eventually(t, func() error {
		live := &v1alpha1.TodoPlatform{}
		if err := get(t, platform.Namespace, platform.Name, live); err != nil {
			return err
		}
		edit(&live.Spec)
		return suite.client.Update(t.Context(), live)
	})
}

// yamlOfDocs gives the blocks of YAML of a page of docs.
func yamlOfDocs(t *testing.T, page string) (blocks []string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile("(?s)\n```yaml\n(.+?)\n```\n").FindAllStringSubmatch(string(content), -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// parse reads YAML.
func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	content := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &content); err != nil {
		t.Fatal(err)
	}
	return content
}

// replaceSpec makes a JSON patch (RFC 6902) that replaces the spec.
func replaceSpec(t *testing.T, spec string) []byte {
	t.Helper()
	patch, err := json.Marshal([]map[string]any{{"op": "replace", "path": "/spec", "value": parse(t, spec)}})
	if err != nil {
		t.Fatal(err)
	}
	return patch
}
