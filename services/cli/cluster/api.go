package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

const (
	// callTimeout bounds one call to the API server.
	callTimeout = 30 * time.Second
	// queries is how many calls a second may be made, with as many at once: gathering is a burst.
	queries = 50
	// maxObjects bounds what is read of one kind.
	maxObjects = 2000
)

// The resources that are read as Go types.
var (
	platforms    = v1alpha1.GroupVersion.WithResource("todoplatforms")
	pods         = corev1.SchemeGroupVersion.WithResource("pods")
	claims       = corev1.SchemeGroupVersion.WithResource("persistentvolumeclaims")
	events       = corev1.SchemeGroupVersion.WithResource("events")
	secrets      = corev1.SchemeGroupVersion.WithResource("secrets")
	nodes        = corev1.SchemeGroupVersion.WithResource("nodes")
	deployments  = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	statefulSets = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "statefulsets"}
	leases       = schema.GroupVersionResource{Group: "coordination.k8s.io", Version: "v1", Resource: "leases"}
)

// api speaks to the API server in plain JSON. The typed clients know every kind of Kubernetes, and would more than
// double the program.
type api struct{ client *rest.RESTClient }

func newAPI(config *rest.Config) (api, error) {
	config = rest.CopyConfig(config)
	config.Timeout, config.QPS, config.Burst = callTimeout, queries, queries
	config.WarningHandler = rest.NoWarnings{}
	// Nothing but errors is decoded by it.
	known := runtime.NewScheme()
	metav1.AddToGroupVersion(known, schema.GroupVersion{Version: "v1"})
	config.NegotiatedSerializer = serializer.NewCodecFactory(known).WithoutConversion()
	config.ContentType = runtime.ContentTypeJSON
	client, err := rest.UnversionedRESTClientFor(config)
	return api{client}, err
}

// Selection is which objects to list.
type Selection struct {
	Namespace string // empty: all of the cluster
	Labels    labels.Set
	Fields    string
}

// where is the path of a resource, or of one object of it.
func where(of schema.GroupVersionResource, namespace string, more ...string) string {
	root := path.Join("/apis", of.Group, of.Version)
	if of.Group == "" {
		root = path.Join("/api", of.Version)
	}
	if namespace != "" {
		root = path.Join(root, "namespaces", namespace)
	}
	return path.Join(append([]string{root, of.Resource}, more...)...)
}

// read reads a path as JSON.
func (a api) read(ctx context.Context, at string, parameters map[string]string, into any) error {
	request := a.client.Get().AbsPath(at).SetHeader("Accept", runtime.ContentTypeJSON)
	for name, value := range parameters {
		request.Param(name, value)
	}
	result := request.Do(ctx)
	if err := result.Error(); err != nil { // in the words of the API server, which Raw does not read
		return err
	}
	answer, err := result.Raw()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("read the answer of the API server: %w", err)
	}
	return nil
}

// list reads the objects of a resource. There may be some although there is an error, which is then that there are more.
func list[T any](ctx context.Context, a api, of schema.GroupVersionResource, selection Selection) ([]T, error) {
	var found struct {
		Metadata metav1.ListMeta `json:"metadata"`
		Items    []T             `json:"items"`
	}
	err := a.read(ctx, where(of, selection.Namespace), map[string]string{
		"limit": strconv.Itoa(maxObjects), "labelSelector": selection.Labels.String(), "fieldSelector": selection.Fields,
	}, &found)
	if err == nil && found.Metadata.Continue != "" {
		err = fmt.Errorf("there are more than %d, of which the others were left out", maxObjects)
	}
	return found.Items, err
}

// log begins to read a log. Close it.
func (a api) log(ctx context.Context, namespace, pod string, options LogOptions) (io.ReadCloser, error) {
	request := a.client.Get().AbsPath(where(pods, namespace, pod, "log")).
		Param("container", options.Container).Param("previous", strconv.FormatBool(options.Previous)).
		Param("timestamps", strconv.FormatBool(options.Timestamps)).Param("tailLines", strconv.Itoa(options.Lines)).
		Param("limitBytes", strconv.Itoa(options.Bytes))
	return request.Stream(ctx)
}

// time is what the API server's clock shows.
func (a api) time(ctx context.Context) (time.Time, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.client.Get().AbsPath("/version").URL().String(), nil)
	if err != nil {
		return time.Time{}, err
	}
	answer, err := a.client.Client.Do(request)
	if err != nil {
		return time.Time{}, err
	}
	defer func() { _ = answer.Body.Close() }() // nothing was written
	return http.ParseTime(answer.Header.Get("Date"))
}
