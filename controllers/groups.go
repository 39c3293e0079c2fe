package controllers

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

// maxDropped bounds the consumer groups that are deleted at a time: the next round goes on.
const maxDropped = 100

// dropGroups deletes the consumer groups of replicas that are no more. Each replica of realtime-sync has its own,
// named for its pod, and a pod's name never comes again. The topics must be the platform's.
func (r *Reconciler) dropGroups(ctx context.Context, platform *v1alpha1.TodoPlatform, brokers topics.Brokers) error {
	names, err := brokers.Groups(ctx)
	if err != nil {
		return err
	}
	former := map[string]string{} // pod by group
	for _, name := range names {
		if pod, is := contract.ReplicaOfGroup(platform.Spec.Topics.Prefix, platform.Namespace, contract.RealtimeSync, name); is {
			former[name] = pod
		}
	}
	if len(former) == 0 {
		return nil
	}
	// After the groups, and not from the cache: no pod that has one is missed.
	pods := &corev1.PodList{}
	err = r.live.List(ctx, pods, client.InNamespace(platform.Namespace), client.MatchingLabels{render.LabelName: contract.RealtimeSync, render.LabelInstance: platform.Name})
	if err != nil {
		return fmt.Errorf("list the pods of %s: %w", contract.RealtimeSync, err)
	}
	there := sets.New[string]()
	for i := range pods.Items {
		there.Insert(pods.Items[i].Name)
	}
	var failures []error
	dropped := 0
	for name, pod := range former {
		if there.Has(pod) || dropped == maxDropped {
			continue
		}
		dropped++
		if _, err := brokers.DropGroup(ctx, name); err != nil {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}
