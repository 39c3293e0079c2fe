package charts_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/test/apiserver"
	"github.com/todoplatform/todoplatform/test/manifest"
	"github.com/todoplatform/todoplatform/test/servers"
)

const (
	serviceAccount = "system:serviceaccount:operators:todoplatform-controller-manager"
	daprReader     = "todoplatform-dapr-reader"
)

// startAPIServer starts a real API server for a test.
func startAPIServer(t *testing.T) *rest.Config {
	t.Helper()
	config, stop, err := apiserver.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return config
}

// The operator itself runs, as the ServiceAccount of a chart for one namespace. There are no nodes, so no platform
// gets further than to its servers.
func TestChart_confinesTheOperatorToNamespaces(t *testing.T) {
	config := startAPIServer(t)
	admin := newAdmin(t, config)
	for _, name := range []string{"operators", "dapr-system", "ours", "theirs"} {
		create(t, admin, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
	for _, namespace := range []string{"ours", "theirs"} {
		create(t, admin, &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace}})
	}
	installInjector(t, admin)

	objects := manifest.Render(t, "helm", "template", "todoplatform", "todoplatform-operator", "--namespace", "operators",
		"--set", "watchNamespaces={ours},clusterRoles.create=false,crds.install=false")
	for name, object := range objects {
		if strings.HasPrefix(name, "Cluster") || strings.HasPrefix(name, "CustomResource") {
			t.Errorf("%s is the whole cluster's", name)
		}
		if object.GroupVersionKind().Group == "rbac.authorization.k8s.io" && object.GetName() != daprReader {
			create(t, admin, object)
		}
	}
	runOperator(t, config, objects["Deployment/todoplatform-controller-manager"])

	dapr := waitForDapr(t, admin, v1alpha1.ReasonDaprUnseen)
	if !strings.Contains(dapr.Message, "may not read Deployment dapr-sidecar-injector in namespace dapr-system") {
		t.Errorf("message %q", dapr.Message)
	}
	create(t, admin, objects["Role/"+daprReader])
	create(t, admin, objects["RoleBinding/"+daprReader])
	waitForDapr(t, admin, v1alpha1.ReasonReady)
	eventually(t, "the servers are there", func() error {
		for _, name := range []string{"kafka", "postgres"} {
			if err := admin.Get(t.Context(), client.ObjectKey{Namespace: "ours", Name: name}, &appsv1.StatefulSet{}); err != nil {
				return err
			}
			if err := admin.Get(t.Context(), client.ObjectKey{Namespace: "ours", Name: name}, &networkingv1.NetworkPolicy{}); err != nil {
				return err
			}
		}
		return nil
	})

	left := &v1alpha1.TodoPlatform{}
	if err := admin.Get(t.Context(), client.ObjectKey{Namespace: "theirs", Name: "todo"}, left); err != nil || len(left.Finalizers) > 0 || len(left.Status.Conditions) > 0 {
		t.Errorf("the platform of a namespace that is not watched: %v, finalizers %v, %d conditions", err, left.Finalizers, len(left.Status.Conditions))
	}
	for namespace, want := range map[string]bool{"ours": true, "theirs": false, "operators": false, "dapr-system": false, "": false} {
		review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{User: serviceAccount, ResourceAttributes: &authorizationv1.ResourceAttributes{
			Namespace: namespace, Verb: "get", Resource: "secrets",
		}}}
		if create(t, admin, review); review.Status.Allowed != want {
			t.Errorf("the operator may read Secrets in namespace %q: %t", namespace, review.Status.Allowed)
		}
	}
}

func newAdmin(t *testing.T, config *rest.Config) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	admin, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	return admin
}

func create(t *testing.T, admin client.Client, object client.Object) {
	t.Helper()
	if err := admin.Create(t.Context(), object); err != nil {
		t.Fatalf("create %s: %v", object.GetName(), err)
	}
}

// installInjector puts an available injector of Dapr where the operator looks.
func installInjector(t *testing.T, admin client.Client) {
	t.Helper()
	labels := map[string]string{"app": "dapr-sidecar-injector"}
	injector := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "dapr-sidecar-injector", Namespace: "dapr-system"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "injector", Image: "dapr/injector:1.16.15"}}},
			},
		},
	}
	create(t, admin, injector)
	injector.Status = appsv1.DeploymentStatus{Replicas: 1, ReadyReplicas: 1, AvailableReplicas: 1}
	if err := admin.Status().Update(t.Context(), injector); err != nil {
		t.Fatal(err)
	}
}

// runOperator runs what a Deployment describes as a process, with the rights of its ServiceAccount, until the test ends.
func runOperator(t *testing.T, config *rest.Config, object *unstructured.Unstructured) {
	t.Helper()
	deployment := &appsv1.Deployment{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(object.Object, deployment, true); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	binary, kubeconfig := filepath.Join(dir, "manager"), filepath.Join(dir, "kubeconfig")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../cmd/manager").CombinedOutput(); err != nil {
		t.Fatalf("build the operator: %v\n%s", err, out)
	}
	access := clientcmdapi.NewConfig()
	access.Clusters["test"] = &clientcmdapi.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	access.AuthInfos["operator"] = &clientcmdapi.AuthInfo{
		ClientCertificateData: config.CertData, ClientKeyData: config.KeyData,
		Impersonate: serviceAccount, ImpersonateGroups: []string{"system:serviceaccounts", "system:serviceaccounts:operators", "system:authenticated"},
	}
	access.Contexts["test"] = &clientcmdapi.Context{Cluster: "test", AuthInfo: "operator"}
	access.CurrentContext = "test"
	if err := clientcmd.WriteToFile(*access, kubeconfig); err != nil {
		t.Fatal(err)
	}
	args := slices.DeleteFunc(deployment.Spec.Template.Spec.Containers[0].Args, func(arg string) bool {
		return arg == "--leader-elect" // which a pod alone can be
	})
	ctx, cancel := context.WithCancel(context.Background())
	var log bytes.Buffer
	command := exec.CommandContext(ctx, binary, append(args, "--kubeconfig="+kubeconfig, fmt.Sprintf("--health-probe-bind-address=127.0.0.1:%d", servers.FreePort()))...)
	command.Stdout, command.Stderr = &log, &log
	command.Env = append(os.Environ(), "KUBECONFIG=")
	if err := command.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait() // it was killed
		if t.Failed() {
			t.Logf("the operator's log:\n%s", log.String())
		}
	})
}

// waitForDapr waits until the platform that is watched tells a reason of DaprReady, and gives the condition.
func waitForDapr(t *testing.T, admin client.Client, reason string) (condition *metav1.Condition) {
	t.Helper()
	eventually(t, "DaprReady says "+reason, func() error {
		platform := &v1alpha1.TodoPlatform{}
		if err := admin.Get(t.Context(), client.ObjectKey{Namespace: "ours", Name: "todo"}, platform); err != nil {
			return err
		}
		condition = meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionDaprReady)
		if condition == nil || condition.Reason != reason || condition.Status != metav1.ConditionTrue {
			return fmt.Errorf("conditions %+v", platform.Status.Conditions)
		}
		return nil
	})
	return condition
}

// eventually waits until check is content. what completes the sentence "waiting until …".
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	var last error
	if !servers.Poll(time.Minute, func() bool { last = check(); return last == nil }) {
		t.Fatalf("gave up waiting until %s: %v", what, last)
	}
}
