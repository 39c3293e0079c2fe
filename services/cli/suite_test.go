package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/services/cli"
	"github.com/todoplatform/todoplatform/test/apiserver"
)

// suite is a real API server. kubelet plays the part of its only node.
var suite struct {
	config *rest.Config
	client client.Client
	kubelet
}

func TestMain(m *testing.M) {
	code, err := runSuite(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runSuite(m *testing.M) (code int, err error) {
	config, stop, err := apiserver.Start()
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	suite.config = config
	if err := v1alpha1.AddToScheme(scheme.Scheme); err != nil {
		return 1, err
	}
	if suite.client, err = client.New(config, client.Options{Scheme: scheme.Scheme}); err != nil {
		return 1, err
	}
	server := httptest.NewUnstartedServer(&suite.kubelet)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	if err := makeNode(server.Listener.Addr().(*net.TCPAddr)); err != nil {
		return 1, err
	}
	if err := makeSurroundings(); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// makeNode makes the node, whose clock is ahead, with its kubelet at an address.
func makeNode(kubelet *net.TCPAddr) error {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node"}}
	status := corev1.NodeStatus{
		Addresses:       []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: kubelet.IP.String()}},
		Conditions:      []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: int32(kubelet.Port)}},
	}
	ahead := metav1.NewMicroTime(time.Now().Add(10 * time.Minute))
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: "node", Namespace: corev1.NamespaceNodeLease}, Spec: coordinationv1.LeaseSpec{RenewTime: &ahead}}
	ctx := context.Background()
	leases := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: corev1.NamespaceNodeLease}}
	return errors.Join(client.IgnoreAlreadyExists(suite.client.Create(ctx, leases)), createWith(ctx, node, func() { node.Status = status }), suite.client.Create(ctx, lease))
}

// kubelet hands out logs by namespace, pod, container and whether they are of the one before.
type kubelet struct {
	mutex sync.Mutex
	logs  map[string]string
}

func (k *kubelet) write(place, text string) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.logs == nil {
		k.logs = map[string]string{}
	}
	k.logs[place] = text
}

func (k *kubelet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	place := strings.TrimPrefix(r.URL.Path, "/containerLogs/")
	if r.URL.Query().Get("previous") == "true" {
		place += ".previous"
	}
	text, found := k.logs[place]
	if !found {
		http.NotFound(w, r)
		return
	}
	_, _ = io.WriteString(w, text)
}

// makeSurroundings makes an operator and a Dapr that do not run.
func makeSurroundings() error {
	ctx := context.Background()
	var failed error
	for namespace, labels := range map[string]map[string]string{
		"todoplatform-system": {"control-plane": "controller-manager", contract.LabelName: "todoplatform"},
		"dapr-system":         {"app.kubernetes.io/part-of": "dapr"},
	} {
		name := map[string]string{"todoplatform-system": "todoplatform-controller-manager", "dapr-system": "dapr-sidecar-injector"}[namespace]
		failed = errors.Join(failed,
			suite.client.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}),
			suite.client.Create(ctx, deployment(namespace, name, labels)))
	}
	return failed
}

func deployment(namespace, name string, labels map[string]string) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": name}},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "example.com/" + name + ":1.16.15"}}},
			},
		},
	}
}

// createWith creates an object and gives it the status that set sets.
func createWith(ctx context.Context, object client.Object, set func()) error {
	if err := suite.client.Create(ctx, object); err != nil {
		return err
	}
	set()
	return suite.client.Status().Update(ctx, object)
}

func create(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, object := range objects {
		if err := suite.client.Create(t.Context(), object); err != nil {
			t.Fatalf("create %T %s: %v", object, object.GetName(), err)
		}
	}
}

// of names an object of a platform's own.
func of(namespace, name, component string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{
		contract.LabelManagedBy: contract.ManagedBy, contract.LabelInstance: "todo", contract.LabelName: component,
	}}
}

// newPlatform makes a platform in a namespace of its own, which is Ready or not.
func newPlatform(t *testing.T, namespace string, ready bool) {
	t.Helper()
	create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
	platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace}}
	platform.Spec.Exposure.Host, platform.Spec.Exposure.TLSSecretName = "todo.example.com", "todo-tls"
	err := createWith(t.Context(), platform, func() {
		status, reason, message := metav1.ConditionTrue, v1alpha1.ReasonReady, "the platform is as the manifest describes"
		if !ready {
			status, reason, message = metav1.ConditionFalse, v1alpha1.ReasonStarting, "pod todo-api-1: container todo-api ended with code 1"
		}
		condition := metav1.Condition{Type: v1alpha1.ConditionReady, Status: status, Reason: reason, Message: message, ObservedGeneration: 1, LastTransitionTime: metav1.Now()}
		platform.Status.Conditions = []metav1.Condition{condition}
		platform.Status.WantedVersion, platform.Status.URL = "1.2.3", "https://todo.example.com"
		platform.Status.Services = []v1alpha1.ServiceStatus{{Name: contract.TodoAPI, Replicas: 1, Image: "example.com/todo-api:1.2.3"}}
		platform.Status.Topics = []v1alpha1.TopicStatus{{Name: contract.TopicTaskEvents, Partitions: 3, ReplicationFactor: 1}}
		platform.Status.SigningKeys.Keys = []v1alpha1.SigningKeyStatus{{ID: "K1", Role: "Signing"}}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// crash gives a platform a pod of todo-api that ends again and again, and says why in its log.
func crash(t *testing.T, namespace string, containers ...corev1.Container) {
	t.Helper()
	pod := &corev1.Pod{ObjectMeta: of(namespace, "todo-api-1", contract.TodoAPI), Spec: corev1.PodSpec{
		NodeName:   "node",
		Containers: append(containers, corev1.Container{Name: contract.TodoAPI, Image: "example.com/todo-api:1.2.3"}, corev1.Container{Name: contract.Sidecar, Image: "daprio/daprd:1.16.15"}),
	}}
	err := createWith(t.Context(), pod, func() {
		pod.Status.Phase = corev1.PodRunning
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{
			{
				Name: contract.TodoAPI, RestartCount: 4, Image: "example.com/todo-api:1.2.3",
				State:                corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
				LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1, FinishedAt: metav1.Now()}},
			},
			{Name: contract.Sidecar, Ready: true, Image: "daprio/daprd:1.16.15", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}},
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	suite.write(path.Join(namespace, "todo-api-1", contract.TodoAPI+".previous"), "listening\nno database at postgres://todo:hunter2hunter2@postgres:5432/todo\n")
	suite.write(path.Join(namespace, "todo-api-1", contract.TodoAPI), "listening\n")
	suite.write(path.Join(namespace, "todo-api-1", contract.Sidecar), "the app is not healthy\n")
}

// kubeconfig writes one for the administrator, or for a user whom that one stands in for.
func kubeconfig(t *testing.T, user string) string {
	t.Helper()
	config := clientcmdapi.NewConfig()
	config.Clusters["test"] = &clientcmdapi.Cluster{Server: suite.config.Host, CertificateAuthorityData: suite.config.CAData}
	config.AuthInfos["test"] = &clientcmdapi.AuthInfo{ClientCertificateData: suite.config.CertData, ClientKeyData: suite.config.KeyData, Impersonate: user}
	config.Contexts["test"] = &clientcmdapi.Context{Cluster: "test", AuthInfo: "test", Namespace: "default"}
	config.CurrentContext = "test"
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	return file
}

// run runs todoplatform as a user, and returns what it prints and its exit status.
func run(t *testing.T, user string, args ...string) (output string, status int) {
	t.Helper()
	command := cli.New(func(string) string { return "" })
	var out bytes.Buffer
	command.SetArgs(append(args, "--kubeconfig", kubeconfig(t, user)))
	command.SetOut(&out)
	command.SetErr(&out)
	err := command.ExecuteContext(t.Context())
	if err != nil {
		fmt.Fprintln(&out, err)
	}
	return out.String(), cli.ExitStatus(err)
}

func wantParts(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it lacks %q:\n%s", part, text)
		}
	}
}
