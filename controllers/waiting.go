package controllers

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/metrics"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

const (
	// countInterval is how often what waits on the topics is counted.
	countInterval = 30 * time.Second
	// countTimeout bounds counting for one platform.
	countTimeout = 20 * time.Second
	// dropInterval is how often consumer groups of replicas that are no more are looked for.
	dropInterval = 10 * time.Minute
	// countWidth bounds the platforms that are counted for at a time.
	countWidth = 4
)

// counter counts what waits on the topics of all platforms, notices topics that were deleted or changed, and
// clears up after replicas.
// It is no step of a pass: the figures change all the time, and brokers that are away keep nothing else back.
type counter struct {
	*Reconciler
	counted map[types.NamespacedName]bool // in the last round
	cleared time.Time                     // when groups were last looked for
}

// Start counts until ctx ends.
func (c *counter) Start(ctx context.Context) error {
	ticker := time.NewTicker(countInterval)
	defer ticker.Stop()
	for {
		if err := c.countAll(ctx); err != nil {
			ctrl.LoggerFrom(ctx).Error(err, "count what waits on the topics")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// NeedLeaderElection has one replica count, whose figures are then not there twice.
func (*counter) NeedLeaderElection() bool { return true }

// countAll counts for each platform, and takes back the figures of those for which it cannot.
func (c *counter) countAll(ctx context.Context) error {
	platforms := &v1alpha1.TodoPlatformList{}
	if err := c.client.List(ctx, platforms); err != nil {
		return fmt.Errorf("list platforms: %w", err)
	}
	var mutex sync.Mutex
	counted := map[types.NamespacedName]bool{}
	clearUp := !c.Now().Before(c.cleared.Add(dropInterval))
	if clearUp {
		c.cleared = c.Now()
	}
	var counting errgroup.Group
	counting.SetLimit(countWidth)
	for i := range platforms.Items {
		platform := &platforms.Items[i]
		if !platform.DeletionTimestamp.IsZero() || !meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionTopicsReady) {
			continue
		}
		counting.Go(func() error {
			if err := c.count(ctx, platform, clearUp); err != nil {
				return fmt.Errorf("%s/%s: %w", platform.Namespace, platform.Name, err)
			}
			mutex.Lock()
			defer mutex.Unlock()
			counted[client.ObjectKeyFromObject(platform)] = true
			return nil
		})
	}
	err := counting.Wait()
	for former := range c.counted {
		if !counted[former] {
			metrics.ForgetPlatform(former.Namespace, former.Name)
		}
	}
	c.counted = counted
	return err
}

// count sets the figures of one platform, and has it looked at when its topics are not as they should be: no watch
// tells that. clearUp has it delete what replicas left behind.
func (c *counter) count(ctx context.Context, platform *v1alpha1.TodoPlatform, clearUp bool) error {
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	pass := c.newPass(platform)
	defer pass.close()
	access, err := pass.kafkaAccess(ctx)
	if err != nil {
		return err
	}
	if pass.brokers, err = c.Connect(access); err != nil {
		return fmt.Errorf("connect to the brokers: %w", err)
	}
	wanted := topics.Wanted(&platform.Spec)
	live, err := pass.brokers.Describe(ctx, topics.Names(wanted))
	if err != nil {
		return err
	}
	if plan := topics.Difference(wanted, live, managedConfig(platform.Status.Topics)); !plan.Empty() {
		c.lookAt(platform)
	}
	prefix := platform.Spec.Topics.Prefix
	for _, s := range contract.Subscriptions() {
		if !s.DeadLetter { // those of the broadcast have a consumer group for each pod
			continue
		}
		waiting, err := pass.brokers.Waiting(ctx, contract.ConsumerGroup(prefix, platform.Namespace, s.App), prefix+s.Topic)
		if err != nil {
			return err
		}
		dead, err := pass.brokers.Waiting(ctx, contract.DeadLetterGroup(prefix), prefix+contract.DeadLetterTopic(s.Topic, s.App))
		if err != nil {
			return err
		}
		of := []string{platform.Namespace, platform.Name, s.App, s.Topic}
		metrics.EventsWaiting.WithLabelValues(of...).Set(float64(waiting))
		metrics.DeadLetters.WithLabelValues(of...).Set(float64(dead))
	}
	if clearUp {
		if err := c.dropGroups(ctx, platform, pass.brokers); err != nil {
			// What was counted holds all the same.
			ctrl.LoggerFrom(ctx).Error(err, "clear up the consumer groups of former replicas", "namespace", platform.Namespace, "platform", platform.Name)
		}
	}
	return nil
}
