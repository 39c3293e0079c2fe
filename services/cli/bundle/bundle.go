package bundle

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/services/cli/cluster"
	"github.com/todoplatform/todoplatform/services/cli/diagnose"
	"github.com/todoplatform/todoplatform/services/cli/mask"
	"github.com/todoplatform/todoplatform/services/cli/status"
	"github.com/todoplatform/todoplatform/services/cli/version"
)

const (
	// maxLines is how many lines of a log are kept.
	maxLines = 5000
	// maxLog bounds one log in bytes.
	maxLog = 8 << 20
)

// bundle is an archive under way. Whatever goes into it passes the mask.
type bundle struct {
	cluster *cluster.Cluster
	seen    *cluster.Snapshot
	mask    mask.Mask
	folder  string
	made    time.Time
	tar     *tar.Writer
}

// write writes the archive.
func write(ctx context.Context, out io.Writer, c *cluster.Cluster, s *cluster.Snapshot, made time.Time) error {
	compressed := gzip.NewWriter(out)
	b := &bundle{
		cluster: c, seen: s, made: made, tar: tar.NewWriter(compressed),
		folder: fmt.Sprintf("%s-%s-%s", s.Platform.Namespace, s.Platform.Name, made.Format("20060102T150405Z")),
	}
	return errors.Join(b.fill(ctx), b.tar.Close(), compressed.Close())
}

// fill adds the parts. Secrets are read first, so that the mask knows their values.
func (b *bundle) fill(ctx context.Context) error {
	for _, part := range []func(context.Context) error{b.addSecrets, b.addObjects, b.addEvents, b.addLogs, b.addVersions, b.addFindings} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// add puts a file into the archive, without secrets.
func (b *bundle) add(name, text string) error {
	text = b.mask.Hide(text)
	header := &tar.Header{Name: path.Join(b.folder, name), Mode: 0o600, Size: int64(len(text)), ModTime: b.made, Format: tar.FormatPAX}
	if err := b.tar.WriteHeader(header); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	if _, err := io.WriteString(b.tar, text); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	return nil
}

// addYAML puts an object into the archive.
func (b *bundle) addYAML(name string, object any) error {
	text, err := yaml.Marshal(object)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return b.add(name, string(text))
}

// unread notes what could not be read.
func (b *bundle) unread(what string, err error) {
	b.seen.Unread = append(b.seen.Unread, cluster.Unread{What: what, Why: err.Error()})
}

// addLogs adds the logs of the pods of the platform, of its operator and of Dapr.
func (b *bundle) addLogs(ctx context.Context) error {
	pods := slices.Clone(b.seen.Pods)
	for _, other := range []struct {
		what string
		list func(context.Context) ([]corev1.Pod, error)
	}{{"pods of the operator", b.cluster.OperatorPods}, {"pods of Dapr", b.cluster.DaprPods}} {
		found, err := other.list(ctx)
		if err != nil {
			b.unread(other.what, err)
		}
		pods = append(pods, found...)
	}
	for i := range pods {
		for _, container := range slices.Concat(pods[i].Status.InitContainerStatuses, pods[i].Status.ContainerStatuses) {
			if err := b.addLog(ctx, &pods[i], container.Name, false); err != nil {
				return err
			}
			if container.RestartCount > 0 {
				if err := b.addLog(ctx, &pods[i], container.Name, true); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (b *bundle) addLog(ctx context.Context, pod *corev1.Pod, container string, previous bool) error {
	name := path.Join("logs", pod.Namespace, pod.Name, container+".log")
	if previous {
		name = strings.TrimSuffix(name, ".log") + ".previous.log"
	}
	text, err := b.cluster.Log(ctx, pod.Namespace, pod.Name,
		cluster.LogOptions{Container: container, Previous: previous, Timestamps: true, Lines: maxLines, Bytes: maxLog})
	if err != nil {
		b.unread(name, err)
		return ctx.Err()
	}
	return b.add(name, text)
}

// addVersions adds what runs in which version.
func (b *bundle) addVersions(ctx context.Context) error {
	lines := []string{fmt.Sprintf("todoplatform %s (%s/%s)", version.Own(), runtime.GOOS, runtime.GOARCH)}
	server, err := b.cluster.Version(ctx)
	if err != nil {
		b.unread("the version of Kubernetes", err)
	}
	lines = append(lines, "kubernetes "+server, "platform "+b.seen.Platform.Status.Version, "schema "+b.seen.Platform.Status.AppliedMigration)
	for _, operator := range b.seen.Operators {
		for _, container := range operator.Spec.Template.Spec.Containers {
			lines = append(lines, "operator "+container.Image)
		}
	}
	for _, part := range b.seen.Dapr {
		lines = append(lines, part.Name+" "+part.Image)
	}
	for _, pod := range b.seen.Pods {
		for _, container := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
			lines = append(lines, pod.Name+"/"+container.Name+" "+container.Image+" "+container.ImageID)
		}
	}
	return b.add("versions.txt", strings.Join(lines, "\n")+"\n")
}

// addFindings adds what status and diagnose print, and so what could not be read, last.
func (b *bundle) addFindings(context.Context) error {
	var tree, findings strings.Builder
	if err := errors.Join(status.Print(&tree, b.seen), diagnose.Print(&findings, b.seen, diagnose.Find(b.seen))); err != nil {
		return err
	}
	return errors.Join(b.add("status.txt", tree.String()), b.add("findings.txt", findings.String()))
}
