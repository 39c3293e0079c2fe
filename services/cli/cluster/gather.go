package cluster

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/cli/mask"
)

const (
	// maxExcerpts bounds the containers in trouble of which the last lines are read.
	maxExcerpts = 12
	// excerptLines is how many lines of each.
	excerptLines = 8
	// maxExcerpt bounds them in bytes, and maxLine one line of them.
	maxExcerpt = 1 << 16
	maxLine    = 400
	// maxNodes bounds the nodes that are asked for the volumes of the platform.
	maxNodes = 20
)

// Gather looks at all that a Snapshot holds but for its Queues. What may not or cannot be read is told in Unread: a
// snapshot with holes is worth more than none.
func (c *Cluster) Gather(ctx context.Context) *Snapshot {
	s := &Snapshot{Platform: c.Platform, OperatorNamespace: c.operatorNamespace, DaprNamespace: c.daprNamespace}
	c.readPlatform(ctx, s)
	c.readSurroundings(ctx, s)
	c.readClocks(ctx, s)
	s.Logs = c.readExcerpts(ctx, s)
	s.Certificates = c.readCertificates(ctx, s)
	s.Volumes = c.readVolumes(ctx, s)
	return s
}

// GatherWorkloads looks at the pods of the platform and its clocks alone.
func (c *Cluster) GatherWorkloads(ctx context.Context) *Snapshot {
	s := &Snapshot{Platform: c.Platform, OperatorNamespace: c.operatorNamespace, DaprNamespace: c.daprNamespace}
	c.readClock(ctx, s)
	s.Pods = read[corev1.Pod](ctx, c, s, "pods", pods, c.owned())
	return s
}

// owned selects the objects of the platform.
func (c *Cluster) owned() Selection {
	return Selection{Namespace: c.Platform.Namespace, Labels: labels.Set{contract.LabelManagedBy: contract.ManagedBy, contract.LabelInstance: c.Platform.Name}}
}

// ofOperator selects the objects of the operator.
func (c *Cluster) ofOperator() Selection {
	return Selection{Namespace: c.operatorNamespace, Labels: labels.Set{"control-plane": "controller-manager", contract.LabelName: "todoplatform"}}
}

// ofDapr selects the objects of Dapr's control plane.
func (c *Cluster) ofDapr() Selection {
	return Selection{Namespace: c.daprNamespace, Labels: labels.Set{"app.kubernetes.io/part-of": "dapr"}}
}

func (c *Cluster) readPlatform(ctx context.Context, s *Snapshot) {
	s.Pods = read[corev1.Pod](ctx, c, s, "pods", pods, c.owned())
	s.Deployments = read[appsv1.Deployment](ctx, c, s, "Deployments", deployments, c.owned())
	s.StatefulSets = read[appsv1.StatefulSet](ctx, c, s, "StatefulSets", statefulSets, c.owned())
	s.Claims = read[corev1.PersistentVolumeClaim](ctx, c, s, "volume claims", claims, c.owned())
	s.Warnings = read[corev1.Event](ctx, c, s, "events", events, Selection{Namespace: c.Platform.Namespace, Fields: "type=" + corev1.EventTypeWarning})
}

func (c *Cluster) readSurroundings(ctx context.Context, s *Snapshot) {
	s.Operators = read[appsv1.Deployment](ctx, c, s, "the operator's Deployment", deployments, c.ofOperator())
	for _, d := range read[appsv1.Deployment](ctx, c, s, "Dapr's Deployments", deployments, c.ofDapr()) {
		s.Dapr = append(s.Dapr, workload("deployment", &d.ObjectMeta, d.Spec.Replicas, d.Status.ReadyReplicas, &d.Spec.Template))
	}
	for _, d := range read[appsv1.StatefulSet](ctx, c, s, "Dapr's StatefulSets", statefulSets, c.ofDapr()) {
		s.Dapr = append(s.Dapr, workload("statefulset", &d.ObjectMeta, d.Spec.Replicas, d.Status.ReadyReplicas, &d.Spec.Template))
	}
}

func workload(kind string, object *metav1.ObjectMeta, wanted *int32, ready int32, template *corev1.PodTemplateSpec) Workload {
	w := Workload{Kind: kind, Namespace: object.Namespace, Name: object.Name, Wanted: 1, Ready: ready}
	if wanted != nil {
		w.Wanted = *wanted
	}
	if len(template.Spec.Containers) > 0 {
		w.Image = template.Spec.Containers[0].Image
	}
	return w
}

// read lists objects, and notes what could not be read.
func read[T any](ctx context.Context, c *Cluster, s *Snapshot, what string, of schema.GroupVersionResource, selection Selection) []T {
	found, err := list[T](ctx, c.api, of, selection)
	if err != nil {
		s.unread(what, err)
	}
	return found
}

func (s *Snapshot) unread(what string, err error) {
	s.Unread = append(s.Unread, Unread{What: what, Why: err.Error()})
}

// readClocks reads the clocks of the API server, this machine and the nodes. A node tells the time of its own clock
// with each renewal of its lease.
func (c *Cluster) readClocks(ctx context.Context, s *Snapshot) {
	renewals := read[coordinationv1.Lease](ctx, c, s, "leases of the nodes", leases, Selection{Namespace: corev1.NamespaceNodeLease})
	c.readClock(ctx, s)
	for _, node := range read[corev1.Node](ctx, c, s, "nodes", nodes, Selection{}) {
		found := Node{Name: node.Name}
		for _, condition := range node.Status.Conditions {
			found.Ready = found.Ready || condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue
		}
		for _, lease := range renewals {
			if lease.Name == node.Name && lease.Spec.RenewTime != nil {
				found.Renewed = lease.Spec.RenewTime.Time
			}
		}
		s.Nodes = append(s.Nodes, found)
	}
}

// readClock reads the clocks of the API server, which answers with its time, and of this machine.
func (c *Cluster) readClock(ctx context.Context, s *Snapshot) {
	asked := time.Now()
	now, err := c.api.time(ctx)
	if err != nil {
		s.unread("the API server's clock", err)
		return
	}
	s.Now, s.Here = now, asked.Add(time.Since(asked)/2)
}

// readExcerpts reads the last lines of containers in trouble, and of the others in their pods: an app and its sidecar
// explain each other.
func (c *Cluster) readExcerpts(ctx context.Context, s *Snapshot) map[ContainerName][]string {
	excerpts := map[ContainerName][]string{}
	for _, pod := range s.Pods {
		if !runs(&pod) || !slices.ContainsFunc(TroublesOf(&pod, s.Time()), worthALook) {
			continue
		}
		for _, container := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
			if len(excerpts) == maxExcerpts {
				return excerpts
			}
			if container.State.Waiting != nil && container.RestartCount == 0 {
				continue // it has not written anything yet
			}
			lines, err := c.lastLines(ctx, pod.Name, &container)
			if err != nil {
				s.unread("log of "+pod.Name+"/"+container.Name, err)
				continue
			}
			excerpts[ContainerName{pod.Name, container.Name}] = lines
		}
	}
	return excerpts
}

func worthALook(t Trouble) bool {
	return t.Kind == Crashing || t.Kind == OutOfMemory || t.Kind == NotReady
}

// lastLines reads the end of what a container wrote: the one before if this one has not begun.
func (c *Cluster) lastLines(ctx context.Context, pod string, container *corev1.ContainerStatus) ([]string, error) {
	text, err := c.Log(ctx, c.Platform.Namespace, pod, LogOptions{
		Container: container.Name, Lines: excerptLines, Bytes: maxExcerpt,
		Previous: container.State.Running == nil && container.RestartCount > 0 && container.State.Terminated == nil,
	})
	if err != nil {
		return nil, err
	}
	var hide mask.Mask
	var excerpt []string
	for line := range strings.Lines(hide.Hide(text)) {
		line = strings.TrimRight(line, "\r\n")
		if len(line) > maxLine {
			line = strings.ToValidUTF8(line[:maxLine], "") + "…"
		}
		excerpt = append(excerpt, line)
	}
	return excerpt, nil
}

// readCertificates reads the certificates in the Secrets that the manifest names.
func (c *Cluster) readCertificates(ctx context.Context, s *Snapshot) []Certificate {
	type place struct{ name, key string }
	var places []place
	if name := c.Platform.Spec.Exposure.TLSSecretName; name != "" {
		places = append(places, place{name, corev1.TLSCertKey})
	}
	if external := c.Platform.Spec.Kafka.External; external != nil && external.TLS != nil && external.TLS.CASecretRef != nil {
		places = append(places, place{external.TLS.CASecretRef.Name, cmp.Or(string(external.TLS.CASecretRef.Key), "ca.crt")})
	}
	if external := c.Platform.Spec.Database.External; external != nil && external.CASecretRef != nil {
		places = append(places, place{external.CASecretRef.Name, cmp.Or(string(external.CASecretRef.Key), "ca.crt")})
	}
	var certificates []Certificate
	for _, p := range places {
		secret := &corev1.Secret{}
		if err := c.api.read(ctx, where(secrets, c.Platform.Namespace, p.name), nil, secret); err != nil {
			s.unread("the certificate in Secret "+p.name, err)
			continue
		}
		certificate, err := firstToEnd(secret.Data[p.key])
		if err != nil {
			s.unread("the certificate in Secret "+p.name, fmt.Errorf("key %s: %w", p.key, err))
			continue
		}
		certificates = append(certificates, Certificate{Secret: p.name, Key: p.key, Subject: certificate.Subject.String(), Ends: certificate.NotAfter})
	}
	return certificates
}

// firstToEnd reads certificates in PEM form, and returns the one that ends first.
func firstToEnd(text []byte) (first *x509.Certificate, err error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		if first == nil || certificate.NotAfter.Before(first.NotAfter) {
			first = certificate
		}
	}
	if first == nil {
		return nil, errors.New("it holds no certificate in PEM form")
	}
	return first, nil
}

// readVolumes asks the kubelets of the pods with volumes how full those are. Few have the right to that.
func (c *Cluster) readVolumes(ctx context.Context, s *Snapshot) []Volume {
	var holding []string
	for _, pod := range s.Pods {
		claims := slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.PersistentVolumeClaim != nil })
		if claims && pod.Spec.NodeName != "" && !slices.Contains(holding, pod.Spec.NodeName) && len(holding) < maxNodes {
			holding = append(holding, pod.Spec.NodeName)
		}
	}
	var volumes []Volume
	for _, node := range holding {
		var told stats
		if err := c.api.read(ctx, where(nodes, "", node, "proxy", "stats", "summary"), nil, &told); err != nil {
			s.unread("how full volumes on node "+node+" are", err)
			continue
		}
		volumes = append(volumes, told.volumes(c.Platform.Namespace)...)
	}
	return volumes
}

// stats is what a kubelet tells of the pods of its node.
type stats struct {
	Pods []struct {
		Volume []struct {
			CapacityBytes, AvailableBytes int64
			PVCRef                        struct{ Name, Namespace string }
		}
	}
}

// volumes lists those of the claims of a namespace.
func (told *stats) volumes(namespace string) []Volume {
	var volumes []Volume
	for _, pod := range told.Pods {
		for _, volume := range pod.Volume {
			if volume.PVCRef.Namespace == namespace && volume.CapacityBytes > 0 {
				volumes = append(volumes, Volume{Claim: volume.PVCRef.Name, Used: volume.CapacityBytes - volume.AvailableBytes, Capacity: volume.CapacityBytes})
			}
		}
	}
	return volumes
}

// Time is the cluster's time when the snapshot was taken, as far as it is known.
func (s *Snapshot) Time() time.Time {
	if s.Now.IsZero() {
		return time.Now()
	}
	return s.Now
}
