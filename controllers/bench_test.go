package controllers

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/test/servers"
)

var (
	benchPlatforms = flag.Int("platforms", 1000, "of a benchmark: how many platforms there are, each in a namespace of its own")
	benchSteady    = flag.Duration("steady", 10*time.Minute, "of a benchmark: how long the operator is watched while nothing changes")
	benchWorkers   = flag.Int("workers", 4, "of a benchmark: platforms that the operator reconciles at the same time")
)

const (
	// benchPatience bounds the wait for all platforms.
	benchPatience = 30 * time.Minute
	// benchWidth is how many requests of the benchmark itself are under way at a time.
	benchWidth = 8
	// scrapeInterval is how often the operator's metrics are read while it works.
	scrapeInterval = 5 * time.Second
	// requests is the metric that counts requests to the API server.
	requests = "rest_client_requests_total"
)

// BenchmarkPlatforms measures the operator, in a process of its own, with many platforms on a real API server: until all are
// Ready, while nothing changes, until all follow a change, and after a restart. The benchmark plays nodes, brokers and
// databases. It prints a table.
func BenchmarkPlatforms(b *testing.B) {
	for b.Loop() {
		measurePlatforms(b)
	}
}

// setting is what a measurement works with.
type setting struct {
	operator *benchOperator
	outside  *listeningOutside
	watched  *watchedPlatforms
}

func measurePlatforms(b *testing.B) {
	n := *benchPlatforms
	s := &setting{watched: playCluster(b), outside: listenOutside(b)}
	s.operator = startBenchOperator(b, s.outside)
	inParallel(b, n, func(i int) error {
		return suite.client.Create(b.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: benchNamespace(i)}})
	})
	fmt.Printf("\n%d platforms, %d workers\n\n", n, *benchWorkers)
	fmt.Println("| phase | took | passes | of them failed | CPU | most memory | heap then | writes | reads | questions to brokers | to databases | transitions |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|")

	s.measure(b, "all become Ready", func() {
		inParallel(b, n, func(i int) error {
			namespace := benchNamespace(i)
			return suite.client.Create(b.Context(), &v1alpha1.TodoPlatform{
				ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: namespace},
				Spec:       v1alpha1.TodoPlatformSpec{Exposure: ownHost(namespace)},
			})
		})
		s.operator.until(b, func(scraped) bool { return s.watched.ready(1) == n })
	})
	s.operator.rest(b)

	steady := s.measure(b, "nothing changes", func() { time.Sleep(*benchSteady) })
	if steady.writes > 0 || steady.transitions > 0 {
		b.Errorf("while nothing changed, there were %.0f writes and %.0f transitions of conditions", steady.writes, steady.transitions)
	}

	s.measure(b, "all follow a change", func() {
		inParallel(b, n, func(i int) error {
			platform := &v1alpha1.TodoPlatform{ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: benchNamespace(i)}}
			return suite.client.Patch(b.Context(), platform, client.RawPatch(types.MergePatchType, []byte(`{"spec":{"logging":{"level":"warn"}}}`)))
		})
		s.operator.until(b, func(scraped) bool { return s.watched.ready(2) == n })
	})
	s.operator.rest(b)

	s.operator.process.Terminate()
	restarted := s.measure(b, "the operator starts again", func() {
		s.operator.start(b)
		s.operator.until(b, func(m scraped) bool {
			return m.sum("controller_runtime_reconcile_total") >= float64(n) && m.sum("workqueue_depth") == 0
		})
	})
	if restarted.writes > 0 || restarted.transitions > 0 {
		b.Errorf("after a restart, there were %.0f writes and %.0f transitions of conditions", restarted.writes, restarted.transitions)
	}
}

func benchNamespace(i int) string { return fmt.Sprintf("bench-%04d", i) }

// inParallel does something for each platform.
func inParallel(b *testing.B, n int, do func(i int) error) {
	b.Helper()
	var doing errgroup.Group
	doing.SetLimit(benchWidth)
	for i := range n {
		doing.Go(func() error { return do(i) })
	}
	if err := doing.Wait(); err != nil {
		b.Fatal(err)
	}
}

// benchOperator is the operator in a process of its own.
type benchOperator struct {
	process *servers.Process
	address string // of its metrics
	most    float64
}

func startBenchOperator(b *testing.B, outside *listeningOutside) *benchOperator {
	b.Helper()
	dir := b.TempDir()
	kubeconfig := filepath.Join(dir, "kubeconfig")
	if err := writeKubeconfig(asOperator(suite.config), kubeconfig); err != nil {
		b.Fatal(err)
	}
	o := &benchOperator{address: servers.Loopback(servers.FreePort())}
	profiling := servers.Loopback(servers.FreePort())
	o.process = servers.NewProcess("operator", dir, func() *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-workers", strconv.Itoa(*benchWorkers))
		cmd.Env = append(os.Environ(), clientcmd.RecommendedConfigPathEnvVar+"="+kubeconfig,
			outsideVariable+"="+outside.address, metricsVariable+"="+o.address, profilingVariable+"="+profiling)
		return cmd
	})
	fmt.Fprintf(os.Stderr, "profiles of the operator: http://%s/debug/pprof/\n", profiling)
	o.start(b)
	b.Cleanup(o.process.Terminate)
	return o
}

// start starts the process, and waits until it tells its metrics.
func (o *benchOperator) start(b *testing.B) {
	b.Helper()
	o.most = 0
	if err := o.process.Start(func() bool { _, err := scrape(o.address); return err == nil }); err != nil {
		b.Fatal(err)
	}
}

// until waits for what the metrics or something else tells.
func (o *benchOperator) until(b *testing.B, done func(scraped) bool) {
	b.Helper()
	deadline, next := time.Now().Add(benchPatience), time.Now()
	last := scraped{}
	for {
		if !time.Now().Before(next) {
			next = time.Now().Add(scrapeInterval)
			last = o.metrics(b)
		}
		if done(last) {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("not done within %s; the operator's log ends with:\n%s", benchPatience, o.process.LogTail())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// rest waits until a change has no more consequences: nothing waits to be looked at, and nothing was written for a while.
func (o *benchOperator) rest(b *testing.B) {
	b.Helper()
	before := -1.0
	for m := o.metrics(b); m.writes() != before || m.sum("workqueue_depth") > 0; m = o.metrics(b) {
		before = m.writes()
		time.Sleep(scrapeInterval)
	}
}

func (o *benchOperator) metrics(b *testing.B) scraped {
	b.Helper()
	found, err := scrape(o.address)
	if err != nil {
		b.Fatalf("%v; the operator's log ends with:\n%s", err, o.process.LogTail())
	}
	o.most = max(o.most, found.sum("process_resident_memory_bytes"))
	return found
}

// scraped are values of metrics by series.
type scraped map[string]float64

func scrape(address string) (scraped, error) {
	response, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it was read
	found := scraped{}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		at := strings.LastIndex(lines.Text(), " ")
		if value, err := strconv.ParseFloat(lines.Text()[at+1:], 64); err == nil && at > 0 {
			found[lines.Text()[:at]] = value
		}
	}
	return found, lines.Err()
}

// reads and writes count requests to the API server.
func (m scraped) reads() float64  { return m.sum(requests, `method="GET"`) }
func (m scraped) writes() float64 { return m.sum(requests) - m.reads() }

// sum adds all series of a name whose labels contain each of some texts.
func (m scraped) sum(name string, labels ...string) (total float64) {
	for series, value := range m {
		if series != name && !strings.HasPrefix(series, name+"{") {
			continue
		}
		matches := true
		for _, label := range labels {
			matches = matches && strings.Contains(series, label)
		}
		if matches {
			total += value
		}
	}
	return total
}

// writeKubeconfig lets another process use a config.
func writeKubeconfig(config *rest.Config, path string) error {
	const name = "bench"
	return clientcmd.WriteToFile(clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{name: {Server: config.Host, CertificateAuthorityData: config.CAData}},
		AuthInfos: map[string]*clientcmdapi.AuthInfo{name: {
			ClientCertificateData: config.CertData, ClientKeyData: config.KeyData,
			Impersonate: config.Impersonate.UserName, ImpersonateGroups: config.Impersonate.Groups,
		}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name}},
		CurrentContext: name,
	}, path)
}

// listeningOutside is what the operator reaches of this process.
type listeningOutside struct {
	*outside
	address string
}

func listenOutside(b *testing.B) *listeningOutside {
	b.Helper()
	listener, err := net.Listen("tcp", servers.Loopback(0))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = listener.Close() })
	served, err := serveOutside(listener)
	if err != nil {
		b.Fatal(err)
	}
	return &listeningOutside{served, listener.Addr().String()}
}

// watchedPlatforms is what the conditions of all platforms tell.
type watchedPlatforms struct {
	mutex   sync.Mutex
	readyIn map[string]int64 // by namespace, the generation
	changes int              // of conditions
}

// watch notes what an update tells.
func (w *watchedPlatforms) watch(before, after any) {
	was, is := before.(*v1alpha1.TodoPlatform), after.(*v1alpha1.TodoPlatform)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, condition := range is.Status.Conditions {
		former := meta.FindStatusCondition(was.Status.Conditions, condition.Type)
		if former == nil || former.Status != condition.Status || former.Reason != condition.Reason {
			w.changes++
		}
	}
	delete(w.readyIn, is.Namespace)
	ready := meta.FindStatusCondition(is.Status.Conditions, v1alpha1.ConditionReady)
	if ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == is.Generation {
		w.readyIn[is.Namespace] = is.Generation
	}
}

// ready counts the platforms that are Ready in a generation.
func (w *watchedPlatforms) ready(generation int64) int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	count := 0
	for _, in := range w.readyIn {
		if in == generation {
			count++
		}
	}
	return count
}

func (w *watchedPlatforms) transitions() int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.changes
}

// playCluster plays nodes and Kubernetes' own controllers in all namespaces, and watches the platforms.
func playCluster(b *testing.B) *watchedPlatforms {
	b.Helper()
	options := ManagerOptions()
	options.Metrics = metricsserver.Options{BindAddress: "0"}
	mgr, err := ctrl.NewManager(suite.config, options)
	if err != nil {
		b.Fatal(err)
	}
	watched := &watchedPlatforms{readyIn: map[string]int64{}}
	informer, err := mgr.GetCache().GetInformer(b.Context(), &v1alpha1.TodoPlatform{}, cache.BlockUntilSynced(false))
	if err == nil {
		_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{UpdateFunc: watched.watch})
	}
	err = errors.Join(err,
		play(mgr, &appsv1.StatefulSet{}, func(ctx context.Context, set *appsv1.StatefulSet) error {
			return errors.Join(runPod(ctx, set, set.Spec.Template), startSet(ctx, set))
		}),
		play(mgr, &appsv1.Deployment{}, func(ctx context.Context, deployment *appsv1.Deployment) error {
			return errors.Join(runPod(ctx, deployment, deployment.Spec.Template), startDeployment(ctx, deployment))
		}),
		play(mgr, &batchv1.Job{}, func(ctx context.Context, job *batchv1.Job) error {
			return endJob(ctx, job, batchv1.JobComplete)
		}))
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- mgr.Start(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := <-stopped; err != nil {
			b.Error(err)
		}
	})
	return watched
}

// play does what Kubernetes does with objects of a kind.
func play[T client.Object](mgr ctrl.Manager, kind T, act func(context.Context, T) error) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(kind).
		WithOptions(controller.Options{MaxConcurrentReconciles: benchWidth, SkipNameValidation: ptr.To(true)}).
		Complete(reconcile.Func(func(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
			object := kind.DeepCopyObject().(T)
			if err := mgr.GetClient().Get(ctx, request.NamespacedName, object); err != nil {
				return reconcile.Result{}, client.IgnoreNotFound(err)
			}
			return reconcile.Result{}, act(ctx, object)
		}))
}

// runPod makes the pod of a generation of what it belongs to, and takes away that of the generation before: the
// operator's cache holds pods, too.
func runPod(ctx context.Context, of client.Object, template corev1.PodTemplateSpec) error {
	named := func(generation int64) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: of.GetNamespace(), Name: fmt.Sprintf("%s-%d", of.GetName(), generation)}}
	}
	pod := named(of.GetGeneration())
	pod.Labels, pod.Annotations, pod.Spec = template.Labels, template.Annotations, template.Spec
	if err := controllerutil.SetControllerReference(of, pod, suite.client.Scheme()); err != nil {
		return err
	}
	if err := suite.client.Create(ctx, pod); apierrors.IsAlreadyExists(err) {
		return nil
	} else if err != nil {
		return err
	}
	pod.Status.Phase = corev1.PodRunning
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	for _, container := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{Name: container.Name, Image: container.Image, Ready: true})
	}
	former := named(of.GetGeneration() - 1)
	return errors.Join(suite.client.Status().Update(ctx, pod), client.IgnoreNotFound(suite.client.Delete(ctx, former, client.GracePeriodSeconds(0))))
}

// measured is what one phase took.
type measured struct {
	took                                     time.Duration
	passes, cpu, most, heap, writes, reads   float64
	brokers, databases, transitions, retries float64
}

// measure does something and tells what it took the operator, as a row of the table.
func (s *setting) measure(b *testing.B, phase string, do func()) measured {
	b.Helper()
	before, err := scrape(s.operator.address)
	if err != nil {
		before = scraped{} // it does not run yet
	}
	s.operator.most = 0
	brokers, databases, transitions := s.outside.brokers.Load(), s.outside.databases.Load(), s.watched.transitions()
	from := time.Now()
	do()
	took := time.Since(from)
	after := s.operator.metrics(b)
	grown := func(name string, labels ...string) float64 {
		return after.sum(name, labels...) - before.sum(name, labels...)
	}
	found := measured{
		took:   took,
		passes: grown("controller_runtime_reconcile_total"), retries: grown("controller_runtime_reconcile_errors_total"),
		cpu: grown("process_cpu_seconds_total"), most: s.operator.most, heap: after.sum("go_memstats_heap_inuse_bytes"),
		reads: after.reads() - before.reads(), writes: after.writes() - before.writes(),
		brokers: float64(s.outside.brokers.Load() - brokers), databases: float64(s.outside.databases.Load() - databases),
		transitions: float64(s.watched.transitions() - transitions),
	}
	fmt.Printf("| %s | %s | %.0f | %.0f | %.1f s | %.0f MiB | %.0f MiB | %.0f | %.0f | %.0f | %.0f | %.0f |\n", phase, took.Round(100*time.Millisecond), found.passes, found.retries, found.cpu,
		found.most/(1<<20), found.heap/(1<<20), found.writes, found.reads, found.brokers, found.databases, found.transitions)
	return found
}
