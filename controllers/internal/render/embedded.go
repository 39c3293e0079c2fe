package render

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// server describes an embedded server: one pod with one volume behind one Service.
type server struct {
	part      Part
	name      string
	port      int32
	user      int64
	container corev1.Container
	// dataPath is where the volume is mounted; scratch paths get memory-free empty folders.
	dataPath string
	scratch  []string
	spec     v1alpha1.EmbeddedSpec
	grace    int64
	// marks are annotations of the volume claim.
	marks map[string]string
}

// volumeSuffix ends the name of the volume claim of a server.
const volumeSuffix = "-data"

// objects renders the NetworkPolicy, the Service, the volume claim and the StatefulSet of a server.
func (in *Input) objects(s server) []client.Object {
	return append(in.networkPolicies(s.part, s.name), in.serverService(s), in.serverVolume(s), in.serverStatefulSet(s))
}

// serverService is headless, so that the one pod has a name of its own, and names the
// pod before it is ready, so that no resolver remembers that it does not exist.
func (in *Input) serverService(s server) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: in.meta(s.part, s.name, s.name),
		Spec: corev1.ServiceSpec{
			ClusterIP:                corev1.ClusterIPNone,
			PublishNotReadyAddresses: true,
			Selector:                 in.selector(s.name),
			Ports:                    []corev1.ServicePort{{Name: s.name, Port: s.port, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt32(s.port)}},
		},
	}
}

// serverVolume is a claim of its own rather than a template of the StatefulSet, so
// that it can grow in place.
func (in *Input) serverVolume(s server) *corev1.PersistentVolumeClaim {
	storage := resource.MustParse("2Gi")
	if s.spec.Storage != nil {
		storage = *s.spec.Storage
	}
	meta := in.meta(s.part, s.name, s.name+volumeSuffix)
	retain(&meta)
	maps.Copy(meta.Annotations, s.marks)
	return &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: meta,
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes:      []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			StorageClassName: s.spec.StorageClassName,
			Resources:        corev1.VolumeResourceRequirements{Requests: rounded(corev1.ResourceList{corev1.ResourceStorage: storage})},
		},
	}
}

func (in *Input) serverStatefulSet(s server) *appsv1.StatefulSet {
	container := s.container
	container.Name = s.name
	container.ImagePullPolicy = in.pullPolicy()
	container.SecurityContext = containerSecurity()
	container.TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
	container.Ports = []corev1.ContainerPort{{Name: s.name, ContainerPort: s.port, Protocol: corev1.ProtocolTCP}}
	container.VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: s.dataPath}}
	listening := corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString(s.name)}}
	container.StartupProbe = &corev1.Probe{ProbeHandler: listening, PeriodSeconds: 1, FailureThreshold: 300}
	// No liveness probe: the port of a server that hangs goes on accepting, so only a busy machine would fail one.
	container.ReadinessProbe = &corev1.Probe{ProbeHandler: listening, PeriodSeconds: 5}

	volumes := []corev1.Volume{{
		Name: "data",
		VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: s.name + volumeSuffix},
		},
	}}
	for i, path := range s.scratch {
		name := "scratch-" + string(rune('a'+i))
		volumes = append(volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
		container.VolumeMounts = append(container.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: path})
	}

	security := podSecurity(s.user)
	security.FSGroup = ptr.To(s.user)
	security.FSGroupChangePolicy = ptr.To(corev1.FSGroupChangeOnRootMismatch)
	set := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: in.meta(s.part, s.name, s.name),
		Spec: appsv1.StatefulSetSpec{
			Replicas:    ptr.To[int32](1),
			ServiceName: s.name,
			Selector:    &metav1.LabelSelector{MatchLabels: in.selector(s.name)},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: in.podLabels(s.name)},
				Spec: corev1.PodSpec{
					AutomountServiceAccountToken:  ptr.To(false),
					EnableServiceLinks:            ptr.To(false),
					ImagePullSecrets:              in.Platform.Spec.ImagePullSecrets,
					SecurityContext:               security,
					TerminationGracePeriodSeconds: ptr.To(s.grace),
					Containers:                    []corev1.Container{container},
					Volumes:                       volumes,
				},
			},
		},
	}
	in.shape(s.name, &set.Spec.Template, v1alpha1.PodTemplate{})
	return set
}

// podSecurity meets the restricted PodSecurity level.
func podSecurity(user int64) *corev1.PodSecurityContext {
	return &corev1.PodSecurityContext{
		RunAsNonRoot:   ptr.To(true),
		RunAsUser:      ptr.To(user),
		RunAsGroup:     ptr.To(user),
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

// containerSecurity meets the restricted PodSecurity level.
func containerSecurity() *corev1.SecurityContext {
	return &corev1.SecurityContext{
		AllowPrivilegeEscalation: ptr.To(false),
		ReadOnlyRootFilesystem:   ptr.To(true),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
}

// secretEnv sets an environment variable from a key of a Secret.
func secretEnv(name, secret, key string) corev1.EnvVar {
	return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: key,
	}}}
}
