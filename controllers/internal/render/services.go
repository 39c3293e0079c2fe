package render

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

const (
	// internalSuffix ends the name of the Service through which sidecars reach an invoked app.
	internalSuffix = "-internal"
	// publicServicePort is the port of a public app's Service.
	publicServicePort = 80
	// maxSurge is how many pods of an app a roll-out adds at a time.
	maxSurge = 1
	// daprInternalPort is where sidecars talk to each other; Dapr's default.
	daprInternalPort = 50002
)

// AnnotationConfigHash on a pod template rolls the pods when a Dapr object or a Secret
// that their sidecar read at its start changes.
const AnnotationConfigHash = "platform.todoplatform.dev/config-hash"

// SidecarContainer is the name of the container that Dapr's injector adds.
const SidecarContainer = contract.Sidecar

// SidecarToken names the Secret with what an app and its sidecar show each other. Each app has its own, so that
// what one knows opens no other.
func SidecarToken(app string) string { return app + "-sidecar-token" }

// SidecarTokenSecret renders that Secret without its content. It goes with the platform: another one makes its own.
func SidecarTokenSecret(in *Input, app string) *corev1.Secret {
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: in.meta(PartServices, app, SidecarToken(app)),
		Type:       corev1.SecretTypeOpaque,
	}
}

// ServiceObjects renders what runs the five services.
func ServiceObjects(in *Input) []client.Object {
	var objects []client.Object
	for _, app := range contract.Services() {
		objects = append(objects, in.networkPolicies(PartServices, app)...)
		objects = append(objects, in.serviceAccount(app), in.Deployment(app))
		if _, public := contract.PublicApps()[app]; public {
			objects = append(objects, in.publicService(app))
		}
		if invoked(app) {
			objects = append(objects, in.internalService(app))
		}
		if secrets := in.readableSecrets(app); len(secrets) > 0 {
			objects = append(objects, in.role(app, namesOf(secrets)), in.roleBinding(app))
		}
		if in.mayHaveSeveral(app) {
			objects = append(objects, in.disruptionBudget(app))
		}
		if scaling := Autoscaling(&in.Platform.Spec.Services, app); scaling != nil {
			objects = append(objects, in.autoscaler(app, scaling))
		}
	}
	return objects
}

func (in *Input) serviceAccount(app string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   in.meta(PartServices, app, app),
		AutomountServiceAccountToken: ptr.To(false),
	}
}

// role lets an app's sidecar read the Secrets that the app asks it for, and no others.
func (in *Input) role(app string, secrets []string) *rbacv1.Role {
	return &rbacv1.Role{
		TypeMeta:   metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "Role"},
		ObjectMeta: in.meta(PartServices, app, app),
		Rules: []rbacv1.PolicyRule{{
			APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: secrets, Verbs: []string{"get"},
		}},
	}
}

func (in *Input) roleBinding(app string) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding"},
		ObjectMeta: in.meta(PartServices, app, app),
		RoleRef:    rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "Role", Name: app},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Name: app, Namespace: in.Platform.Namespace}},
	}
}

// publicService is <app>, not <app>-dapr: that name belongs to Dapr.
func (in *Input) publicService(app string) *corev1.Service {
	kind := corev1.ServiceTypeClusterIP
	if Exposure(&in.Platform.Spec.Exposure) == v1alpha1.ExposureNodePort {
		kind = corev1.ServiceTypeNodePort
	}
	meta := in.meta(PartServices, app, app)
	meta.Annotations = entrySettings(app).service
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: meta,
		Spec: corev1.ServiceSpec{
			Type:     kind,
			Selector: in.selector(app),
			Ports:    []corev1.ServicePort{{Name: "http", Port: publicServicePort, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString("http")}},
		},
	}
}

// internalService gives the sidecars of an invoked app one address that never changes.
// Dapr's own Service is a list of pods in DNS, of which callers ask at most twice a
// minute: after a roll they would call pods that are gone for up to 30 seconds.
// Through the audit service's the operator also asks for platform heads.
func (in *Input) internalService(app string) *corev1.Service {
	ports := []corev1.ServicePort{{
		Name: "dapr-internal", Port: daprInternalPort, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt32(daprInternalPort),
	}}
	if app == contract.Audit {
		ports = append(ports, corev1.ServicePort{Name: "health", Port: contract.HealthPort, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString("health")})
	}
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: in.meta(PartServices, app, app+internalSuffix),
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeClusterIP,
			Selector: in.selector(app),
			Ports:    ports,
		},
	}
}

// HealthAddress is the host:port of an invoked app's probes, for the operator.
func HealthAddress(namespace, app string) string {
	return net.JoinHostPort(app+internalSuffix+"."+namespace+".svc", strconv.Itoa(contract.HealthPort))
}

// invoked says whether other apps may invoke app.
func invoked(app string) bool {
	return slices.ContainsFunc(contract.Invocations(), func(i contract.Invocation) bool { return i.Callee == app })
}

// ConnectedApps lists the apps that reach the database.
func ConnectedApps() []string {
	var apps []string
	for _, connection := range contract.Connections() {
		apps = append(apps, connection.App)
	}
	return unique(apps)
}

// connects says whether an app reaches the database.
func connects(app string) bool { return slices.Contains(ConnectedApps(), app) }

func (in *Input) disruptionBudget(app string) *policyv1.PodDisruptionBudget {
	return &policyv1.PodDisruptionBudget{
		TypeMeta:   metav1.TypeMeta{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"},
		ObjectMeta: in.meta(PartServices, app, app),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable: ptr.To(intstr.FromInt32(1)),
			Selector:       &metav1.LabelSelector{MatchLabels: in.selector(app)},
		},
	}
}

// autoscaler sets the number of an app's pods by the CPU that the app itself uses: its sidecar has a
// small request of its own, and would bring more pods soon.
func (in *Input) autoscaler(app string, scaling *v1alpha1.AutoscalingSpec) *autoscalingv2.HorizontalPodAutoscaler {
	return &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta:   metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"},
		ObjectMeta: in.meta(PartServices, app, app),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: app},
			MinReplicas:    ptr.To(ptr.Deref(scaling.MinReplicas, 1)),
			MaxReplicas:    scaling.MaxReplicas,
			Metrics: []autoscalingv2.MetricSpec{{
				Type: autoscalingv2.ContainerResourceMetricSourceType,
				ContainerResource: &autoscalingv2.ContainerResourceMetricSource{
					Container: app,
					Name:      corev1.ResourceCPU,
					Target: autoscalingv2.MetricTarget{
						Type:               autoscalingv2.UtilizationMetricType,
						AverageUtilization: ptr.To(ptr.Deref(scaling.TargetCPUUtilization, 70)),
					},
				},
			}},
		},
	}
}

// Deployment renders what runs one app.
func (in *Input) Deployment(app string) *appsv1.Deployment {
	annotations := in.daprAnnotations(app)
	annotations[AnnotationConfigHash] = in.ConfigHash(app)
	var volumes []corev1.Volume
	if connects(app) {
		volumes = in.authorityVolumes()
	}
	if len(volumes) > 0 { // the sidecar connects, not the app
		annotations["dapr.io/volume-mounts"] = databaseCAVolume + ":" + databaseCAMount
	}
	deployment := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: in.meta(PartServices, app, app),
		Spec: appsv1.DeploymentSpec{
			Replicas: in.replicas(app),
			Selector: &metav1.LabelSelector{MatchLabels: in.selector(app)},
			Strategy: appsv1.DeploymentStrategy{
				Type: appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{
					MaxUnavailable: ptr.To(intstr.FromInt32(0)),
					MaxSurge:       ptr.To(intstr.FromInt32(maxSurge)),
				},
			},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: in.podLabels(app), Annotations: annotations},
				Spec: corev1.PodSpec{
					ServiceAccountName: app,
					// The sidecar takes the token from the app's container; only the secret store needs one.
					AutomountServiceAccountToken: ptr.To(len(in.readableSecrets(app)) > 0),
					EnableServiceLinks:           ptr.To(false),
					ImagePullSecrets:             in.Platform.Spec.ImagePullSecrets,
					SecurityContext:              podSecurity(appUser),
					// More than the sidecar's blocked and graceful shutdown together.
					TerminationGracePeriodSeconds: ptr.To[int64](45),
					Volumes:                       volumes,
					Containers:                    []corev1.Container{in.container(app)},
					TopologySpreadConstraints:     in.spread(app),
				},
			},
		},
	}
	in.shape(app, &deployment.Spec.Template, ServiceSpec(&in.Platform.Spec.Services, app).PodTemplate.PodTemplate)
	leaveLostNodes(&deployment.Spec.Template.Spec)
	return deployment
}

// lostNodeSeconds is how long a service waits for its node, once the cluster calls it lost. Kubernetes'
// default of five minutes is for pods that are dear to start again; these start in seconds and
// keep nothing on their node.
const lostNodeSeconds = 30

// leaveLostNodes has a pod replaced soon when its node goes silent, unless the manifest says how long to wait.
func leaveLostNodes(pod *corev1.PodSpec) {
	for _, taint := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		said := func(t corev1.Toleration) bool { return t.Key == taint || t.Key == "" }
		if !slices.ContainsFunc(pod.Tolerations, said) {
			pod.Tolerations = append(slices.Clone(pod.Tolerations), corev1.Toleration{
				Key: taint, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: ptr.To[int64](lostNodeSeconds),
			})
		}
	}
}

// A stopping service to which others connect goes on serving until its pod is known not to be
// ready: after the probes that must fail for it, and the seconds in which routing follows.
const (
	readinessPeriodSeconds    = 2
	readinessFailureThreshold = 2
	routingFollowsSeconds     = 2
	drainDelay                = (readinessPeriodSeconds*readinessFailureThreshold + routingFollowsSeconds) * time.Second
)

func (in *Input) container(app string) corev1.Container {
	ports := []corev1.ContainerPort{{Name: "health", ContainerPort: contract.HealthPort, Protocol: corev1.ProtocolTCP}}
	if _, public := contract.PublicApps()[app]; public {
		ports = append(ports, corev1.ContainerPort{Name: "http", ContainerPort: contract.PublicPort, Protocol: corev1.ProtocolTCP})
	}
	spec := ServiceSpec(&in.Platform.Spec.Services, app)
	resources := requirements(spec.Resources, "20m", "32Mi", memoryLimit(app))
	return corev1.Container{
		Name:            app,
		Image:           in.serviceImage(app),
		ImagePullPolicy: in.pullPolicy(),
		Env:             slices.Concat(in.env(app), goMemoryEnv(resources), manifestEnv(spec.PodTemplate.Env)),
		Ports:           ports,
		Resources:       resources,
		SecurityContext: containerSecurity(),
		// The sidecar starts beside the app, in no order: a generous start, then quick checks.
		StartupProbe: &corev1.Probe{ProbeHandler: healthProbe("/livez"), PeriodSeconds: 1, FailureThreshold: 120},
		ReadinessProbe: &corev1.Probe{
			ProbeHandler: healthProbe("/readyz"), TimeoutSeconds: 2,
			PeriodSeconds: readinessPeriodSeconds, FailureThreshold: readinessFailureThreshold,
		},
		LivenessProbe:            &corev1.Probe{ProbeHandler: healthProbe("/livez"), PeriodSeconds: 10, TimeoutSeconds: 5},
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
	}
}

func healthProbe(path string) corev1.ProbeHandler {
	return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString("health")}}
}

// memoryLimit is what an app may use when the manifest says nothing. A replica of
// realtime-sync holds 10,000 sockets of up to 30 KiB, which is 300 MiB, and refuses more
// at 80 % of GOMEMLIMIT, which is 368 MiB of these 512; the kernel's share of a socket, some
// 5 KiB, is in what remains.
func memoryLimit(app string) string {
	if app == contract.RealtimeSync {
		return "512Mi"
	}
	return "256Mi"
}

// goMemoryEnv tells the Go runtime how much memory a container may use, so that it collects
// garbage more often before the kernel ends the process. The tenth left over is for what
// the runtime does not count. Without a limit there is nothing to tell.
func goMemoryEnv(resources corev1.ResourceRequirements) []corev1.EnvVar {
	limit := resources.Limits.Memory()
	if limit.IsZero() {
		return nil
	}
	return []corev1.EnvVar{{Name: "GOMEMLIMIT", Value: goMemory(*limit)}}
}

// goMemory is GOMEMLIMIT in a container with a limit.
func goMemory(limit resource.Quantity) string { return strconv.FormatInt(limit.Value()/10*9, 10) }

// What a sidecar may use.
const (
	sidecarProcessors  = "1"
	sidecarMemoryLimit = "256Mi"
)

// env gives an app what it needs to know beyond the contract.
func (in *Input) env(app string) []corev1.EnvVar {
	env := []corev1.EnvVar{
		{Name: contract.EnvLogLevel, Value: in.logLevel()},
		secretEnv(contract.EnvAPIToken, SidecarToken(app), contract.SecretKeyToken),
		secretEnv(contract.EnvAppToken, SidecarToken(app), contract.SecretKeyToken),
	}
	if prefix := in.Platform.Spec.Topics.Prefix; prefix != "" {
		env = append(env, corev1.EnvVar{Name: contract.EnvTopicPrefix, Value: prefix})
	}
	if tracing := in.Platform.Spec.Observability.Tracing; tracing != nil && contract.PublicApps()[app] != "" {
		env = append(env,
			corev1.EnvVar{Name: contract.EnvTraceSampling, Value: samplingRatio(tracing)},
			corev1.EnvVar{Name: contract.EnvTraceCollector, Value: collector(tracing)})
	}
	if _, public := contract.PublicApps()[app]; public || invoked(app) {
		env = append(env, corev1.EnvVar{Name: contract.EnvDrainDelay, Value: drainDelay.String()})
	}
	if app == contract.TodoAPI || app == contract.Notification || app == contract.RealtimeSync {
		env = append(env, corev1.EnvVar{Name: contract.EnvPublicURL, Value: PublicURL(&in.Platform.Spec.Exposure)})
	}
	if networks := in.Platform.Spec.Notifications.Webhooks.AllowedNetworks; len(networks) > 0 && (app == contract.TodoAPI || app == contract.Notification) {
		env = append(env, corev1.EnvVar{Name: contract.EnvWebhookNetworks, Value: strings.Join(texts(networks), ",")})
	}
	switch app {
	case contract.TodoAPI:
		env = append(env,
			corev1.EnvVar{Name: contract.EnvKeysSecret, Value: SecretKeys},
			corev1.EnvVar{Name: contract.EnvTrustedProxies, Value: strings.Join(TrustedProxies(&in.Platform.Spec.Exposure), ",")},
			corev1.EnvVar{Name: contract.EnvEmailVerification, Value: emailVerification(&in.Platform.Spec)},
			corev1.EnvVar{Name: contract.EnvSignUp, Value: signUp(&in.Platform.Spec.Auth)},
			corev1.EnvVar{Name: contract.EnvOwners, Value: strings.ToLower(strings.Join(in.Platform.Spec.Auth.Owners, ","))})
		if lifetime := in.Platform.Spec.Auth.SessionLifetime; lifetime != nil {
			env = append(env, corev1.EnvVar{Name: contract.EnvSessionLifetime, Value: lifetime.Duration.String()})
		}
		if lifetime := in.Platform.Spec.Auth.AccessTokenLifetime; lifetime != nil {
			env = append(env, corev1.EnvVar{Name: contract.EnvAccessTokenLifetime, Value: lifetime.Duration.String()})
		}
		env = append(env, retentionEnv(in.Platform.Spec.Retention)...)
		env = append(env, modelEnv(in.Platform.Spec.Chat.Model)...)
	case contract.Audit:
		env = append(env, corev1.EnvVar{Name: contract.EnvHeadKeysSecret, Value: SecretAuditKeys})
		env = append(env, daysEnv(contract.EnvAuditRetentionDays, in.Platform.Spec.Audit.RetentionDays)...)
	case contract.Notification:
		env = append(env, corev1.EnvVar{Name: contract.EnvPushKeysSecret, Value: SecretPushKeys})
		env = append(env, smtpEnv(in.Platform.Spec.Notifications.SMTP)...)
	}
	return env
}

func retentionEnv(retention v1alpha1.RetentionSpec) []corev1.EnvVar {
	return slices.Concat(
		daysEnv(contract.EnvTrashDays, retention.TrashDays),
		daysEnv(contract.EnvChangesDays, retention.ChangesDays),
		daysEnv(contract.EnvConversationDays, retention.ConversationDays))
}

// daysEnv leaves out what is not said: services know the default.
func daysEnv(name string, days *int32) []corev1.EnvVar {
	if days == nil {
		return nil
	}
	return []corev1.EnvVar{{Name: name, Value: strconv.Itoa(int(*days))}}
}

// emailVerification says whether mail goes to verified addresses only. Where no mail goes out,
// or its link could lead nowhere, nobody is asked to verify anything.
func emailVerification(spec *v1alpha1.TodoPlatformSpec) string {
	if spec.Auth.EmailVerification == v1alpha1.EmailVerificationDisabled || spec.Notifications.SMTP == nil || PublicURL(&spec.Exposure) == "" {
		return contract.EmailVerificationDisabled
	}
	return contract.EmailVerificationRequired
}

// signUp says who may make an account.
func signUp(spec *v1alpha1.AuthSpec) string {
	switch spec.SignUp {
	case v1alpha1.SignUpClosed:
		return contract.SignUpClosed
	case v1alpha1.SignUpInvitation:
		return contract.SignUpInvitation
	}
	return contract.SignUpOpen
}

func smtpEnv(smtp *v1alpha1.SMTPSpec) []corev1.EnvVar {
	if smtp == nil {
		return nil
	}
	encryption := smtp.TLS
	if encryption == "" {
		encryption = v1alpha1.SMTPTLSStartTLS
	}
	env := []corev1.EnvVar{
		{Name: contract.EnvSMTPHost, Value: smtp.Host},
		{Name: contract.EnvSMTPPort, Value: strconv.Itoa(int(smtpPort(smtp)))},
		{Name: contract.EnvSMTPFrom, Value: smtp.From},
		{Name: contract.EnvSMTPTLS, Value: string(encryption)},
	}
	if smtp.MessagesPerMinute != nil {
		env = append(env, corev1.EnvVar{Name: contract.EnvSMTPPerMinute, Value: strconv.Itoa(int(*smtp.MessagesPerMinute))})
	}
	if smtp.SecretRef != nil {
		env = append(env, corev1.EnvVar{Name: contract.EnvSMTPSecret, Value: smtp.SecretRef.Name})
	}
	return env
}

func smtpPort(smtp *v1alpha1.SMTPSpec) int32 { return ptr.Deref(smtp.Port, 587) }

// daprAnnotations tell Dapr's injector about an app.
func (in *Input) daprAnnotations(app string) map[string]string {
	annotations := map[string]string{
		"dapr.io/enabled":      "true",
		"dapr.io/app-id":       app,
		"dapr.io/app-port":     strconv.Itoa(contract.AppPort),
		"dapr.io/app-protocol": "grpc",
		// Callbacks stay on loopback: nobody else can pretend to be the sidecar.
		"dapr.io/app-channel-address":              "127.0.0.1",
		"dapr.io/api-token-secret":                 SidecarToken(app),
		"dapr.io/app-token-secret":                 SidecarToken(app),
		"dapr.io/config":                           app,
		"dapr.io/log-as-json":                      "true",
		"dapr.io/log-level":                        in.logLevel(),
		"dapr.io/disable-builtin-k8s-secret-store": "true",
		"dapr.io/sidecar-cpu-request":              "20m",
		"dapr.io/sidecar-cpu-limit":                sidecarProcessors,
		// What Go gives itself on a large node would be throttled, and threads that wake each other
		// for one request cost a fifth of it (docs/decisions/0013).
		"dapr.io/env":                          "GOMAXPROCS=" + sidecarProcessors + ",GOMEMLIMIT=" + goMemory(resource.MustParse(sidecarMemoryLimit)),
		"dapr.io/sidecar-memory-request":       "48Mi",
		"dapr.io/sidecar-memory-limit":         sidecarMemoryLimit,
		"dapr.io/sidecar-seccomp-profile-type": "RuntimeDefault",
		// Restricted pods start in seconds; the injector's defaults would add several more.
		"dapr.io/sidecar-readiness-probe-delay-seconds":  "1",
		"dapr.io/sidecar-readiness-probe-period-seconds": "2",
		// A sidecar answers its probe only once its components are connected, and each of them may
		// take contract.ComponentInitTimeout: three missed probes would end it before that.
		"dapr.io/sidecar-liveness-probe-threshold": "10",
		// An app that does not answer gets no events and no jobs, instead of failed ones.
		"dapr.io/enable-app-health-check":   "true",
		"dapr.io/app-health-probe-interval": strconv.Itoa(int(contract.AppHealthInterval.Seconds())),
		"dapr.io/app-health-probe-timeout":  strconv.Itoa(int(contract.AppHealthTimeout.Milliseconds())),
		"dapr.io/app-health-threshold":      strconv.Itoa(contract.AppHealthThreshold),
		// At SIGTERM subscriptions stop at once, while the app may still finish what it holds.
		"dapr.io/block-shutdown-duration":   contract.BlockShutdown.String(),
		"dapr.io/graceful-shutdown-seconds": strconv.Itoa(int(contract.GracefulShutdown.Seconds())),
		"dapr.io/max-body-size":             contract.MaxBodySize,
		// A blank address switches a client off: an outage of that part cannot take the sidecar down.
		"dapr.io/placement-host-address": " ",
	}
	if app != contract.Notification {
		annotations["dapr.io/scheduler-host-address"] = " "
	}
	return annotations
}

// ConfigHash covers what an app's sidecar reads at its start and does not read again:
// the Dapr objects in its scope and the Secrets behind them. It also covers the number
// of partitions of the app's topics: each sidecar finds new ones at its own time, and
// what others publish to them would wait until then.
func (in *Input) ConfigHash(app string) string {
	var inputs []any
	for _, object := range in.daprObjects() {
		if inScope(object, app) {
			inputs = append(inputs, object.Object)
		}
	}
	secrets := ConnectionSecrets(in)
	for i, connection := range contract.Connections() {
		if connection.App == app {
			inputs = append(inputs, secrets[i].(*corev1.Secret).Data)
		}
	}
	for _, value := range in.sidecarSecrets(app) {
		inputs = append(inputs, in.SecretHashes[value])
	}
	used := in.topicsOf(app)
	for _, topic := range topics.Wanted(&in.Platform.Spec) {
		if slices.Contains(used, topic.Name) {
			inputs = append(inputs, topic.Name, topic.Partitions)
		}
	}
	return Hash(inputs...)
}

// sidecarSecrets lists the values in Secrets that an app's sidecar reads, beside those of its connections.
func (in *Input) sidecarSecrets(app string) []string {
	values := []string{
		SecretValue(SidecarToken(app), contract.SecretKeyToken),
		SecretValue(in.Kafka.LoginSecret, in.Kafka.UsernameKey),
		SecretValue(in.Kafka.LoginSecret, in.Kafka.PasswordKey),
		SecretValue(in.Kafka.CASecret, in.Kafka.CAKey),
	}
	if in.Kafka.CertSecret != "" { // platforms without one are not to be rolled for it
		values = append(values, SecretValue(in.Kafka.CertSecret, in.Kafka.CertKey), SecretValue(in.Kafka.CertSecret, in.Kafka.PrivateKeyKey))
	}
	if in.Database.CASecret != "" && connects(app) {
		values = append(values, SecretValue(in.Database.CASecret, in.Database.CAKey))
	}
	for _, secret := range in.readableSecrets(app) {
		for _, key := range secret.keys {
			values = append(values, SecretValue(secret.name, key))
		}
	}
	if model := ModelSecret(&in.Platform.Spec.Chat); model != "" && app == contract.TodoAPI {
		values = append(values, SecretValue(model, contract.SecretKeyAPIKey))
	}
	return values
}

// topicsOf lists the topics that app publishes to or subscribes to.
func (in *Input) topicsOf(app string) []string {
	var used []string
	for _, topic := range contract.Publications()[app] {
		used = append(used, in.topic(topic))
	}
	for _, subscription := range contract.Subscriptions() {
		if subscription.App == app {
			used = append(used, in.topic(subscription.Topic))
		}
	}
	return used
}

func inScope(object *unstructured.Unstructured, app string) bool {
	if object.GroupVersionKind() == DaprConfiguration {
		return object.GetName() == app
	}
	scopes, scoped, _ := unstructured.NestedStringSlice(object.Object, "scopes")
	if !scoped {
		return true
	}
	for _, scope := range scopes {
		if scope == app {
			return true
		}
	}
	return false
}
