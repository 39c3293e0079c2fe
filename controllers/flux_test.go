//go:build gitops

package controllers

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/test/servers"
)

const (
	// fluxPoll is how often Flux looks at what it waits for.
	fluxPoll = 5 * time.Second
	// gitopsPatience bounds waits. It is far below the time that docs/gitops.md gives a platform.
	gitopsPatience = 2 * time.Minute

	fluxBucket    = "fleet"
	fluxNamespace = "flux-system"
	fluxRequested = "reconcile.fluxcd.io/requestedAt"
	fluxPrune     = "kustomize.toolkit.fluxcd.io/prune"
)

// samplePlatform is the platform of the sample.
var samplePlatform = &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Namespace: "todo", Name: "todo"}}

// TestFlux has the controllers of Flux fetch and apply the sample by the Kustomization of docs/gitops.md, beside the
// operator and the garbage collector of Kubernetes. Its chapters build on each other.
func TestFlux(t *testing.T) {
	fleet := startFlux(t)
	chapter := func(name string, tell func(*testing.T)) {
		if !t.Run(name, tell) {
			t.FailNow()
		}
	}
	chapter("a Kustomization waits until the platform is Ready", func(t *testing.T) {
		fleet.deliver(t, map[string]string{"sample.yaml": fluxSample(t, unedited), "other.yaml": something})
		create(t, kustomizationOfDocs(t))
		waitFor(t, client.ObjectKeyFromObject(samplePlatform), v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonStarting)
		fleet.expect(t, metav1.ConditionUnknown, "Progressing", "Reconciliation in progress")
		if servers.Poll(2*fluxPoll, func() bool { return readKustomization(t).is(metav1.ConditionTrue) }) {
			t.Fatal("the Kustomization is Ready while its platform progresses")
		}
	})
	runNodes(t, samplePlatform.Namespace)
	chapter("it is Ready with the platform", func(t *testing.T) { fleet.expectReady(t) })
	chapter("nobody writes any more", func(t *testing.T) { reconcileWithoutWriting(t, fleet) })
	chapter("a change arrives", func(t *testing.T) {
		fleet.deliver(t, map[string]string{"sample.yaml": fluxSample(t, func(platform *v1alpha1.TodoPlatform) { platform.Spec.Services.Audit.Replicas = ptr.To[int32](2) })})
		fleet.expectReady(t)
		audit := &appsv1.Deployment{}
		if err := get(t, samplePlatform.Namespace, contract.Audit, audit); err != nil || *audit.Spec.Replicas != 2 {
			t.Errorf("audit has %d replicas, %v", *audit.Spec.Replicas, err)
		}
	})
	chapter("a stalled platform fails it at once, until the Secret comes", func(t *testing.T) { stall(t, fleet) })
	chapter("it waits in vain for a suspended platform", func(t *testing.T) { suspendAndResume(t, fleet) })
	chapter("what is annotated stays", func(t *testing.T) { pruneWhatIsAnnotated(t, fleet) })
	chapter("a platform is pruned without its data", func(t *testing.T) { pruneThePlatform(t, fleet) })
}

// reconcileWithoutWriting asks for two reconciliations of what is as it should be.
func reconcileWithoutWriting(t *testing.T, fleet *fleet) {
	waitQuiet(t, samplePlatform)
	before, written := inNamespace(t, samplePlatform.Namespace, nil), suite.requests.writesIn(samplePlatform.Namespace)
	for range 2 {
		fleet.ask(t, kustomizationOfDocs(t))
		fleet.expectReady(t)
	}
	if after := inNamespace(t, samplePlatform.Namespace, nil); !maps.Equal(before, after) {
		t.Errorf("resource versions were\n%v, are\n%v", before, after)
	}
	if now := suite.requests.writesIn(samplePlatform.Namespace); len(now) != len(written) {
		t.Errorf("the operator wrote %v", now[len(written):])
	}
}

// stall has the platform need a Secret that comes later.
func stall(t *testing.T, fleet *fleet) {
	fleet.deliver(t, map[string]string{"sample.yaml": fluxSample(t, func(platform *v1alpha1.TodoPlatform) {
		platform.Spec.Notifications.SMTP = &v1alpha1.SMTPSpec{Host: "smtp.example.com", From: "todo@example.com", SecretRef: &v1alpha1.SecretReference{Name: "smtp-login"}}
	})})
	fleet.expect(t, metav1.ConditionFalse, "HealthCheckFailed", "failed early due to stalled resources: [TodoPlatform/todo/todo status: 'Failed'")
	create(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: samplePlatform.Namespace, Name: "smtp-login"},
		StringData: map[string]string{"username": "todo", "password": sentinel},
	})
	fleet.expectReady(t)
}

// suspendAndResume bounds the wait for what does not come.
func suspendAndResume(t *testing.T, fleet *fleet) {
	setTimeout(t, "30s") // no less is taken
	fleet.deliver(t, map[string]string{"sample.yaml": fluxSample(t, func(platform *v1alpha1.TodoPlatform) { platform.Spec.Suspend = true })})
	fleet.expect(t, metav1.ConditionFalse, "HealthCheckFailed", "timeout waiting for: [TodoPlatform/todo/todo status: 'InProgress'")
	fleet.deliver(t, map[string]string{"sample.yaml": fluxSample(t, unedited)})
	fleet.expectReady(t)
	setTimeout(t, "10m")
}

// pruneWhatIsAnnotated takes out of the repository a platform that is annotated, and data that somebody put there.
func pruneWhatIsAnnotated(t *testing.T, fleet *fleet) {
	namespace := samplePlatform.Namespace
	kept := []client.Object{&corev1.PersistentVolumeClaim{}, &corev1.Secret{}}
	for i, name := range []string{"postgres-data", render.SecretPostgresAdmin} {
		if err := get(t, namespace, name, kept[i]); err != nil {
			t.Fatal(err)
		}
	}
	volume := kept[0].(*corev1.PersistentVolumeClaim)
	volume.Status.Phase = corev1.ClaimBound // else Flux waits for it
	if err := suite.client.Status().Update(t.Context(), volume); err != nil {
		t.Fatal(err)
	}
	fleet.deliver(t, map[string]string{
		"sample.yaml": fluxSample(t, func(platform *v1alpha1.TodoPlatform) { platform.Annotations = map[string]string{fluxPrune: "disabled"} }),
		"data.yaml":   bare("v1", "PersistentVolumeClaim", volume.Name) + bare("v1", "Secret", kept[1].GetName()),
	})
	fleet.expectReady(t)
	applied := readKustomization(t)
	for _, kind := range []string{"Namespace", "TodoPlatform", "PersistentVolumeClaim", "Secret", "ConfigMap"} {
		if !applied.has(kind) {
			t.Errorf("Flux does not know that it applied a %s: %+v", kind, applied.Inventory)
		}
	}

	fleet.deliver(t, map[string]string{"sample.yaml": "", "data.yaml": ""})
	fleet.expectReady(t)
	for _, object := range append(kept, samplePlatform.DeepCopy(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}) {
		uid := object.GetUID()
		if err := suite.client.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			t.Error(err)
		} else if object.GetDeletionTimestamp() != nil || uid != "" && object.GetUID() != uid {
			t.Errorf("%T %s was deleted", object, object.GetName())
		}
	}
}

// pruneThePlatform takes out of the repository a platform that is not annotated.
func pruneThePlatform(t *testing.T, fleet *fleet) {
	fleet.deliver(t, map[string]string{"sample.yaml": fluxSample(t, unedited)})
	fleet.expectReady(t)
	retained := client.MatchingLabels{render.LabelRetained: "true"}
	data := inNamespace(t, samplePlatform.Namespace, retained)
	for _, want := range []string{"PersistentVolumeClaim/postgres-data", "PersistentVolumeClaim/kafka-data", "Secret/" + render.SecretPostgresAdmin, "Secret/" + render.SecretKeys} {
		if data[want] == "" {
			t.Errorf("%s is not among the data: %v", want, data)
		}
	}

	fleet.deliver(t, map[string]string{"sample.yaml": ""})
	fleet.expectReady(t)
	eventuallyIn(t, gitopsPatience, func() error { return gone(t, samplePlatform.Namespace, samplePlatform.Name, &v1alpha1.TodoPlatform{}) })
	eventuallyIn(t, gitopsPatience, func() error {
		if left := inNamespace(t, samplePlatform.Namespace, ours(samplePlatform)); !slices.Equal(slices.Sorted(maps.Keys(left)), slices.Sorted(maps.Keys(data))) {
			return fmt.Errorf("of the platform are left %v, want %v", left, data)
		}
		return nil
	})
	if after := inNamespace(t, samplePlatform.Namespace, retained); !maps.Equal(after, data) {
		t.Errorf("the data was %v, is %v", data, after)
	}
	if err := suite.client.Get(t.Context(), client.ObjectKey{Name: samplePlatform.Namespace}, &corev1.Namespace{}); err != nil {
		t.Error(err)
	}
}

// something is in the repository beside the platform.
const something = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: " + fluxNamespace + "}\n"

func fluxSample(t *testing.T, edit func(*v1alpha1.TodoPlatform)) string {
	t.Helper()
	return sample(t, samplePlatform.Namespace, edit)
}

func unedited(*v1alpha1.TodoPlatform) {}

// bare is a manifest that says no more than that something is there.
func bare(version, kind, name string) string {
	return fmt.Sprintf("---\napiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: %s}\n", version, kind, name, samplePlatform.Namespace)
}

// sample is the manifest of the sample, in a namespace of that name, with its platform edited.
func sample(t *testing.T, namespace string, edit func(*v1alpha1.TodoPlatform)) string {
	t.Helper()
	var text strings.Builder
	for _, object := range readManifest(t, "../config/samples/platform_v1alpha1_todoplatform.yaml") {
		if object.GetKind() == "TodoPlatform" {
			platform := &v1alpha1.TodoPlatform{}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, platform); err != nil {
				t.Fatal(err)
			}
			platform.Namespace = namespace
			edit(platform)
			object = asUnstructured(t, platform)
		} else {
			object.SetName(namespace)
		}
		document, err := yaml.Marshal(object.Object)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString("---\n" + string(document))
	}
	return text.String()
}

// inNamespace gives the resource version of everything in a namespace that has the labels, but of events.
func inNamespace(t *testing.T, namespace string, labels client.MatchingLabels) map[string]string {
	t.Helper()
	server, err := discovery.NewDiscoveryClientForConfig(suite.config)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := server.ServerPreferredNamespacedResources()
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, group := range discovery.FilteredBy(discovery.SupportsAllVerbs{Verbs: []string{"list"}}, groups) {
		version, err := schema.ParseGroupVersion(group.GroupVersion)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range group.APIResources {
			if kind.Kind == "Event" {
				continue
			}
			list := &unstructured.UnstructuredList{}
			list.SetGroupVersionKind(version.WithKind(kind.Kind + "List"))
			if err := suite.client.List(t.Context(), list, client.InNamespace(namespace), labels); err != nil {
				t.Fatal(err)
			}
			for _, object := range list.Items {
				versions[kind.Kind+"/"+object.GetName()] = object.GetResourceVersion()
			}
		}
	}
	return versions
}

// fleet is what Flux fetches.
type fleet struct {
	store *minio.Client
	asked int
}

// deliver writes files, removes those that are empty, and waits until Flux has fetched them all.
func (f *fleet) deliver(t *testing.T, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := "todo/" + name
		var err error
		if content == "" {
			err = f.store.RemoveObject(t.Context(), fluxBucket, path, minio.RemoveObjectOptions{})
		} else {
			_, err = f.store.PutObject(t.Context(), fluxBucket, path, strings.NewReader(content), int64(len(content)), minio.PutObjectOptions{})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f.ask(t, bucketOfFlux())
}

// ask has Flux look at an object of its own now, and waits until it has.
func (f *fleet) ask(t *testing.T, object *unstructured.Unstructured) {
	t.Helper()
	f.asked++
	now := strconv.Itoa(f.asked)
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"annotations":{"`+fluxRequested+`":"`+now+`"}}}`))
	if err := suite.client.Patch(t.Context(), object, patch); err != nil {
		t.Fatal(err)
	}
	eventuallyIn(t, gitopsPatience, func() error {
		if seen := readStatus(t, object); seen.Handled != now || !seen.is(metav1.ConditionTrue) {
			return fmt.Errorf("%s %s: %+v", object.GetKind(), object.GetName(), seen)
		}
		return nil
	})
}

// expectReady waits until the Kustomization is Ready with what was delivered last, and looks whether the platform, where
// there is one, is Ready, too.
func (f *fleet) expectReady(t *testing.T) {
	t.Helper()
	f.expect(t, metav1.ConditionTrue, "ReconciliationSucceeded", "")
	platform := &v1alpha1.TodoPlatform{}
	err := get(t, samplePlatform.Namespace, samplePlatform.Name, platform)
	if client.IgnoreNotFound(err) != nil {
		t.Fatal(err)
	}
	if err == nil && !meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionReady) {
		t.Errorf("the Kustomization is Ready and its platform is not:\n%s", describeConditions(platform))
	}
}

// expect waits until the Kustomization says something of what was delivered last.
func (f *fleet) expect(t *testing.T, status metav1.ConditionStatus, reason, message string) {
	t.Helper()
	eventuallyIn(t, gitopsPatience, func() error {
		revision, seen := readStatus(t, bucketOfFlux()).Artifact.Revision, readKustomization(t)
		ready := meta.FindStatusCondition(seen.Conditions, "Ready")
		if seen.Attempted != revision || !seen.is(status) || ready.Reason != reason || !strings.Contains(ready.Message, message) {
			return fmt.Errorf("want %s for %s of %s with %q, have %+v", status, reason, revision, message, seen)
		}
		return nil
	})
}

// fluxStatus is what is looked at of what Flux says of its objects.
type fluxStatus struct {
	Observed   int64              `json:"observedGeneration"`
	Handled    string             `json:"lastHandledReconcileAt"`
	Attempted  string             `json:"lastAttemptedRevision"`
	Conditions []metav1.Condition `json:"conditions"`
	Artifact   struct {
		Revision string `json:"revision"`
	} `json:"artifact"`
	Inventory struct {
		Entries []struct {
			ID string `json:"id"`
		} `json:"entries"`
	} `json:"inventory"`
}

func (s fluxStatus) is(status metav1.ConditionStatus) bool {
	return meta.IsStatusConditionPresentAndEqual(s.Conditions, "Ready", status)
}

// has tells whether Flux keeps an account of an object of the kind.
func (s fluxStatus) has(kind string) bool {
	for _, entry := range s.Inventory.Entries {
		if strings.HasSuffix(entry.ID, "_"+kind) {
			return true
		}
	}
	return false
}

func readKustomization(t *testing.T) fluxStatus {
	t.Helper()
	return readStatus(t, kustomizationOfDocs(t))
}

func readStatus(t *testing.T, object *unstructured.Unstructured) (status fluxStatus) {
	t.Helper()
	live := object.DeepCopy()
	if err := suite.client.Get(t.Context(), client.ObjectKeyFromObject(object), live); err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(live.Object["status"])
	if err == nil {
		err = json.Unmarshal(content, &status)
	}
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// bucketOfFlux is the bucket as Flux is told of it.
func bucketOfFlux() *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(schema.GroupVersionKind{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "Bucket"})
	object.SetNamespace(fluxNamespace)
	object.SetName(fluxBucket)
	return object
}

// kustomizationOfDocs is the Kustomization of docs/gitops.md, of a bucket.
func kustomizationOfDocs(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	for _, block := range yamlOfDocs(t, "gitops.md") {
		object := &unstructured.Unstructured{Object: parse(t, block)}
		if object.GetKind() != "Kustomization" {
			continue
		}
		edit := map[string]any{"kind": "Bucket", "name": fluxBucket}
		if err := errors.Join(unstructured.SetNestedMap(object.Object, edit, "spec", "sourceRef"), unstructured.SetNestedField(object.Object, "2s", "spec", "retryInterval")); err != nil {
			t.Fatal(err)
		}
		return object
	}
	t.Fatal("there is no Kustomization")
	return nil
}

// setTimeout changes how long the Kustomization waits.
func setTimeout(t *testing.T, timeout string) {
	t.Helper()
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"timeout":"`+timeout+`"}}`))
	if err := suite.client.Patch(t.Context(), kustomizationOfDocs(t), patch); err != nil {
		t.Fatal(err)
	}
}

// startFlux starts the controllers of Flux that fetch and apply, what they fetch from, and the garbage collector.
func startFlux(t *testing.T) *fleet {
	t.Helper()
	create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: fluxNamespace}})
	for _, controller := range []string{"source-controller", "kustomize-controller"} {
		definitions, err := servers.Binary("schemas", controller)
		if err == nil {
			definitions, err = filepath.EvalSymlinks(definitions)
		}
		if err == nil {
			_, err = envtest.InstallCRDs(suite.config, envtest.CRDInstallOptions{Paths: []string{definitions}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	artifacts := servers.Loopback(servers.FreePort())
	startGarbageCollector(t)
	runController(t, "source-controller", "http", "/readyz", func(port int, _ string) []string {
		return []string{
			"--metrics-addr=0", "--health-addr=" + servers.Loopback(port),
			"--storage-path=" + t.TempDir(), "--storage-addr=" + artifacts, "--storage-adv-addr=" + artifacts,
		}
	})
	runController(t, "kustomize-controller", "http", "/readyz", func(port int, _ string) []string {
		return []string{"--metrics-addr=0", "--health-addr=" + servers.Loopback(port)}
	})

	endpoint := strings.TrimPrefix(servers.StartObjectStore(t, fluxBucket), "http://")
	store, err := minio.New(endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(servers.StoreKeyID, servers.StoreKey, ""), Region: servers.StoreRegion,
	})
	if err != nil {
		t.Fatal(err)
	}
	bucket := bucketOfFlux()
	bucket.Object["spec"] = map[string]any{
		"endpoint": endpoint, "insecure": true, "bucketName": fluxBucket, "region": servers.StoreRegion,
		"interval": "1h", "secretRef": map[string]any{"name": fluxBucket},
	}
	create(t, bucket, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: fluxNamespace, Name: fluxBucket},
		StringData: map[string]string{"accesskey": servers.StoreKeyID, "secretkey": servers.StoreKey},
	})
	return &fleet{store: store}
}

// startGarbageCollector starts that of Kubernetes, which deletes what a platform owns after it.
func startGarbageCollector(t *testing.T) {
	t.Helper()
	runController(t, "kube-controller-manager", "https", "/healthz", func(port int, kubeconfig string) []string {
		return []string{
			"--kubeconfig=" + kubeconfig, "--controllers=garbage-collector-controller", "--leader-elect=false", "--cert-dir=" + t.TempDir(),
			"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(port),
		}
	})
}

// runController runs a program with the rights of an administrator until the test ends.
func runController(t *testing.T, name, scheme, health string, arguments func(port int, kubeconfig string) []string) {
	t.Helper()
	program, err := servers.Binary("bin", name)
	if err != nil {
		t.Fatal(err)
	}
	dir, port, kubeconfig := t.TempDir(), servers.FreePort(), administrator(t)
	process := servers.NewProcess(name, dir, func() *exec.Cmd {
		command := exec.Command(program, arguments(port, kubeconfig)...)
		command.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "RUNTIME_NAMESPACE="+fluxNamespace, "TMPDIR="+dir)
		return command
	})
	t.Cleanup(process.Kill)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(process.LogTail())
		}
	})
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	err = process.Start(func() bool {
		answer, err := client.Get(scheme + "://" + servers.Loopback(port) + health)
		return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	})
	if err != nil {
		t.Fatal(err)
	}
}

// administrator is a kubeconfig.
func administrator(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "kubeconfig")
	if err := writeKubeconfig(suite.config, path); err != nil {
		t.Fatal(err)
	}
	return path
}
