package render

import (
	"cmp"
	"maps"
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// DefaultRegistry holds the service images of a manifest that names no registry.
const DefaultRegistry = "ghcr.io/todoplatform"

// Images of the embedded servers.
const (
	kafkaImage    = "docker.io/apache/kafka:4.4.0"
	postgresImage = "docker.io/library/postgres:" + defaultPostgresMajor
)

// defaultPostgresMajor is the major version of embedded PostgreSQL when the manifest names no image.
const defaultPostgresMajor = "18"

// PostgresMajor gives the major version of embedded PostgreSQL. No other can read the files that it writes.
func PostgresMajor(spec *v1alpha1.TodoPlatformSpec) string {
	named, _, _ := strings.Cut(string(embeddedPostgres(spec).Image), "@")
	tag := named[strings.LastIndex(named, ":")+1:]
	if major := majorDigits.FindString(tag); major != "" {
		return major
	}
	return defaultPostgresMajor
}

var majorDigits = regexp.MustCompile(`^[0-9]+`)

// embeddedPostgres gives the manifest's word on the server of the embedded database.
func embeddedPostgres(spec *v1alpha1.TodoPlatformSpec) v1alpha1.EmbeddedSpec {
	if spec.Database.Embedded == nil {
		return v1alpha1.EmbeddedSpec{}
	}
	return spec.Database.Embedded.EmbeddedSpec
}

func (in *Input) postgresImage() string {
	return cmp.Or(string(embeddedPostgres(&in.Platform.Spec).Image), postgresImage)
}

func (in *Input) pullPolicy() corev1.PullPolicy {
	return cmp.Or(in.Platform.Spec.ImagePullPolicy, corev1.PullIfNotPresent)
}

func (in *Input) logLevel() string {
	return string(cmp.Or(in.Platform.Spec.Logging.Level, v1alpha1.LogInfo))
}

// serviceImage names the image of an app.
func (in *Input) serviceImage(app string) string {
	return cmp.Or(string(ServiceSpec(&in.Platform.Spec.Services, app).Image), in.image(app))
}

// toolsImage names the image of the command line, which also carries the migrations.
func (in *Input) toolsImage() string {
	return cmp.Or(string(in.Platform.Spec.ToolsImage), in.image("todoplatform"))
}

// image names the image of a binary of the wanted version.
func (in *Input) image(binary string) string {
	registry := in.Platform.Spec.Registry
	if registry == "" {
		registry = DefaultRegistry
	}
	return registry + "/" + binary + ":" + in.Version
}

// ServiceSpec gives the manifest's word on an app.
func ServiceSpec(spec *v1alpha1.ServicesSpec, app string) v1alpha1.ServiceSpec {
	switch app {
	case contract.TodoAPI:
		return spec.TodoAPI.ServiceSpec
	case contract.RecurringTask:
		return spec.RecurringTask
	case contract.Notification:
		return spec.Notification
	case contract.Audit:
		return spec.Audit
	default:
		return spec.RealtimeSync.ServiceSpec
	}
}

// Autoscaling gives the bounds between which the number of an app's pods follows its work; nil when it does not.
func Autoscaling(spec *v1alpha1.ServicesSpec, app string) *v1alpha1.AutoscalingSpec {
	switch app {
	case contract.TodoAPI:
		return spec.TodoAPI.Autoscaling
	case contract.RealtimeSync:
		return spec.RealtimeSync.Autoscaling
	}
	return nil
}

// replicas gives the number of pods of an app; nil leaves it to a HorizontalPodAutoscaler.
func (in *Input) replicas(app string) *int32 {
	if Autoscaling(&in.Platform.Spec.Services, app) != nil {
		return nil
	}
	return ptr.To(ptr.Deref(ServiceSpec(&in.Platform.Spec.Services, app).Replicas, 1))
}

// mayHaveSeveral says whether an app has, or is free to have, more than one pod.
func (in *Input) mayHaveSeveral(app string) bool {
	return maxReplicas(&in.Platform.Spec.Services, app) > 1
}

// maxReplicas is how many pods of an app there may be, but for what a roll-out adds.
func maxReplicas(spec *v1alpha1.ServicesSpec, app string) int {
	if scaling := Autoscaling(spec, app); scaling != nil {
		return int(scaling.MaxReplicas)
	}
	return int(ptr.Deref(ServiceSpec(spec, app).Replicas, 1))
}

// Exposure gives the way in which people reach the platform.
func Exposure(spec *v1alpha1.ExposureSpec) v1alpha1.ExposureType {
	if spec.Type == "" {
		return v1alpha1.ExposureIngress
	}
	return spec.Type
}

// TrustedProxies gives the networks of the proxies that may tell the address of a client.
func TrustedProxies(spec *v1alpha1.ExposureSpec) []string {
	if kind := Exposure(spec); spec.TrustedProxies == nil && (kind == v1alpha1.ExposureIngress || kind == v1alpha1.ExposureGateway) {
		return []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}
	}
	return texts(spec.TrustedProxies)
}

func texts[T ~string](values []T) []string {
	written := make([]string, 0, len(values))
	for _, value := range values {
		written = append(written, string(value))
	}
	return written
}

// RotationPeriod gives the age at which a signing key is followed by another.
func RotationPeriod(spec *v1alpha1.AuthSpec) time.Duration {
	if spec.SigningKeys.RotationPeriod == nil {
		return 90 * 24 * time.Hour
	}
	return spec.SigningKeys.RotationPeriod.Duration
}

// PublicURL gives the address under which people reach the platform. Empty: unknown.
func PublicURL(spec *v1alpha1.ExposureSpec) string {
	switch {
	case spec.URL != "":
		return spec.URL
	case spec.Host == "":
		return ""
	case spec.TLSSecretName != "", Exposure(spec) == v1alpha1.ExposureGateway:
		return "https://" + spec.Host
	default:
		return "http://" + spec.Host
	}
}

// Containers write logs, which count as ephemeral storage, and servers a few files. The limit is above what is kept of
// the logs of a container and its sidecar, and of the gigabyte that Kafka writes of its garbage collector: only what has
// run wild meets it, before it fills the node.
const ephemeralStorage, ephemeralStorageLimit = "16Mi", "2Gi"

// requirements gives the resources of a container: the manifest's, and for what it does not name
// requests that pack well on small machines with limits on memory and ephemeral storage only, since a
// limit on CPU would slow every answer at the moment of most work. A limit of 0 in the manifest is none.
func requirements(wanted *corev1.ResourceRequirements, cpu, memory, memoryLimit string) corev1.ResourceRequirements {
	requests := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse(cpu),
		corev1.ResourceMemory:           resource.MustParse(memory),
		corev1.ResourceEphemeralStorage: resource.MustParse(ephemeralStorage),
	}
	limits := corev1.ResourceList{
		corev1.ResourceMemory:           resource.MustParse(memoryLimit),
		corev1.ResourceEphemeralStorage: resource.MustParse(ephemeralStorageLimit),
	}
	if wanted == nil {
		return corev1.ResourceRequirements{Requests: requests, Limits: limits}
	}
	maps.Copy(requests, rounded(wanted.Requests))
	maps.Copy(limits, rounded(wanted.Limits))
	maps.DeleteFunc(limits, func(_ corev1.ResourceName, limit resource.Quantity) bool { return limit.IsZero() })
	for name, limit := range limits {
		request, asked := requests[name]
		if !asked || request.Cmp(limit) <= 0 {
			continue
		}
		// A default gives way to what the manifest says.
		_, requestNamed := wanted.Requests[name]
		_, limitNamed := wanted.Limits[name]
		switch {
		case !requestNamed:
			requests[name] = limit
		case !limitNamed:
			limits[name] = request
		}
	}
	return corev1.ResourceRequirements{Requests: requests, Limits: limits, Claims: wanted.Claims}
}

// rounded gives quantities as the API server keeps them: in whole thousandths, rounded up. As they were
// written they would differ from what is there, and be applied again and again.
func rounded(quantities corev1.ResourceList) corev1.ResourceList {
	kept := corev1.ResourceList{}
	for name, quantity := range quantities {
		quantity = quantity.DeepCopy()
		quantity.RoundUp(resource.Milli)
		kept[name] = quantity
	}
	return kept
}
