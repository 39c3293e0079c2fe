package controllers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/controllers/internal/database"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

// fakeBrokers are Kafka clusters in memory, by the address of their first broker.
type fakeBrokers struct {
	mutex    sync.Mutex
	clusters map[string]*fakeCluster
}

type fakeCluster struct {
	mutex  sync.Mutex
	topics map[string]topics.Topic
	fault  error
	access topics.Access
	// waiting is by group and topic.
	waiting map[string]int64
	// applied counts changes of configuration, by topic. A forgetful cluster takes them without effect.
	applied   map[string]int
	forgetful bool
	owners    map[string]topics.Owner // by prefix
	groups    map[string]bool         // consumer groups, and whether somebody consumes in them
}

func (f *fakeBrokers) at(address string) *fakeCluster {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.clusters == nil {
		f.clusters = map[string]*fakeCluster{}
	}
	if f.clusters[address] == nil {
		f.clusters[address] = &fakeCluster{topics: map[string]topics.Topic{}, waiting: map[string]int64{}, applied: map[string]int{}, owners: map[string]topics.Owner{}}
	}
	return f.clusters[address]
}

// embedded is the cluster that stands for embedded Kafka of a namespace.
func (f *fakeBrokers) embedded(namespace string) *fakeCluster {
	return f.at("kafka-0.kafka." + namespace + ".svc:9092")
}

func (f *fakeBrokers) connect(access topics.Access) (topics.Brokers, error) {
	real, err := topics.Dial(access) // what is wrong with the access itself is found without brokers
	if err != nil {
		return nil, err
	}
	real.Close()
	cluster := f.at(access.Brokers[0])
	cluster.mutex.Lock()
	defer cluster.mutex.Unlock()
	cluster.access = access
	return cluster, nil
}

// fail makes every call fail with an error; nil heals.
func (c *fakeCluster) fail(fault error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.fault = fault
}

// put makes a topic behind the operator's back.
func (c *fakeCluster) put(topic topics.Topic) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.topics[topic.Name] = topic
}

func (c *fakeCluster) snapshot() map[string]topics.Topic {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return maps.Clone(c.topics)
}

func (c *fakeCluster) Probe(context.Context) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.fault
}

func (c *fakeCluster) Describe(_ context.Context, names []string) (map[string]topics.Topic, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	found := map[string]topics.Topic{}
	for _, name := range names {
		if topic, exists := c.topics[name]; exists {
			topic.Config = maps.Clone(topic.Config)
			found[name] = topic
		}
	}
	return found, c.fault
}

func (c *fakeCluster) Apply(_ context.Context, plan topics.Plan) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, topic := range plan.Create {
		if topic.ReplicationFactor == topics.BrokerDefault {
			topic.ReplicationFactor = 3
		}
		topic.Config = maps.Clone(topic.Config)
		c.topics[topic.Name] = topic
	}
	for name, partitions := range plan.Grow {
		topic := c.topics[name]
		topic.Partitions = partitions
		c.topics[name] = topic
	}
	for name, config := range plan.Configure {
		c.applied[name]++
		if !c.forgetful {
			maps.Copy(c.topics[name].Config, config)
		}
	}
	for name, keys := range plan.Reset {
		for _, key := range keys {
			delete(c.topics[name].Config, key)
		}
	}
	return c.fault
}

func (c *fakeCluster) Owner(_ context.Context, prefix string) (*topics.Owner, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	owner, owned := c.owners[prefix]
	if !owned {
		return nil, c.fault
	}
	return &owner, c.fault
}

func (c *fakeCluster) Claim(_ context.Context, prefix string, _ int, claimant topics.Owner) (topics.Owner, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, owned := c.owners[prefix]; !owned && c.fault == nil {
		c.owners[prefix] = claimant
	}
	return c.owners[prefix], c.fault
}

// leave says how many records of a topic a group has not passed.
func (c *fakeCluster) leave(group, topic string, waiting int64) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.waiting[group+" "+topic] = waiting
}

func (c *fakeCluster) Waiting(_ context.Context, group, topic string) (int64, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.waiting[group+" "+topic], c.fault
}

func (c *fakeCluster) Delete(_ context.Context, names []string) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.fault != nil {
		return c.fault
	}
	for _, name := range names {
		delete(c.topics, name)
		if prefix, isOwner := strings.CutSuffix(name, topics.OwnerTopic); isOwner {
			delete(c.owners, prefix)
		}
	}
	return nil
}

// consume makes a consumer group.
func (c *fakeCluster) consume(group string, busy bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.groups == nil {
		c.groups = map[string]bool{}
	}
	c.groups[group] = busy
}

func (c *fakeCluster) Groups(context.Context) ([]string, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.Sorted(maps.Keys(c.groups)), c.fault
}

func (c *fakeCluster) DropGroup(_ context.Context, name string) (bool, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	busy, there := c.groups[name]
	if there && !busy && c.fault == nil {
		delete(c.groups, name)
	}
	return there && !busy, c.fault
}

func (c *fakeCluster) Close() {}

// fakeDatabases are databases in memory, by host and name as in db.example.com/todo.
type fakeDatabases struct {
	mutex sync.Mutex
	known map[string]*fakeDatabase
}

type fakeDatabase struct {
	mutex     sync.Mutex
	owner     database.Owner
	migration string
	roles     []string
	restored  bool
	fault     error
	question  database.Question // the last
}

func (f *fakeDatabases) at(place string) *fakeDatabase {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.known == nil {
		f.known = map[string]*fakeDatabase{}
	}
	if f.known[place] == nil {
		f.known[place] = &fakeDatabase{}
	}
	return f.known[place]
}

// behind gives the database that a URL leads to.
func (f *fakeDatabases) behind(address string) (*fakeDatabase, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	return f.at(parsed.Hostname() + parsed.Path), nil
}

// embedded is the database of embedded PostgreSQL in a namespace.
func (f *fakeDatabases) embedded(namespace string) *fakeDatabase {
	return f.at("postgres." + namespace + ".svc/todoplatform")
}

func (f *fakeDatabases) ask(_ context.Context, question database.Question) (database.State, error) {
	asked, err := f.behind(question.URL)
	if err != nil {
		return database.State{}, err
	}
	asked.mutex.Lock()
	defer asked.mutex.Unlock()
	asked.question = question
	missing := slices.DeleteFunc(slices.Clone(question.Roles), func(role string) bool { return slices.Contains(asked.roles, role) })
	return database.State{Owner: asked.owner, Migration: asked.migration, Missing: missing, Empty: asked.migration == "" && !asked.restored}, asked.fault
}

// asked gives the last question.
func (d *fakeDatabase) asked() database.Question {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.question
}

// has tells whether a database has a role.
func (d *fakeDatabase) has(role string) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return slices.Contains(d.roles, role)
}

// carry makes a database carry a migration with roles.
func (d *fakeDatabase) carry(migration string, roles []string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.migration, d.roles = migration, roles
}

// restore makes a database hold what a backup held: another migration than is wanted.
func (d *fakeDatabase) restore() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.restored = true
}

// fail makes every question fail with an error; nil heals.
func (d *fakeDatabase) fail(fault error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.fault = fault
}

// own makes a database a platform's.
func (d *fakeDatabase) own(owner database.Owner) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.owner = owner
}

// work does the work of a Job.
func (f *fakeDatabases) work(ctx context.Context, job *batchv1.Job) error {
	switch job.Labels[render.LabelPart] {
	case string(render.PartMigration):
		return f.migrate(ctx, job)
	case string(render.PartRestore):
		f.embedded(job.Namespace).restore()
	}
	return nil
}

// migrate does the work of a migration Job.
func (f *fakeDatabases) migrate(ctx context.Context, job *batchv1.Job) error {
	env := map[string]string{}
	var roles []string
	for _, variable := range job.Spec.Template.Spec.Containers[0].Env {
		env[variable.Name] = variable.Value
		if from := variable.ValueFrom; from != nil {
			secret := &corev1.Secret{}
			if err := suite.client.Get(ctx, client.ObjectKey{Namespace: job.Namespace, Name: from.SecretKeyRef.Name}, secret); err != nil {
				return err
			}
			env[variable.Name] = string(secret.Data[from.SecretKeyRef.Key])
		}
		if strings.HasPrefix(variable.Name, contract.EnvMigrateRolePrefix) || strings.HasPrefix(variable.Name, contract.EnvMigrateSecondRolePrefix) {
			roles = append(roles, variable.Value)
		}
	}
	migrated, err := f.behind(env[contract.EnvMigrateURL])
	if err != nil {
		return err
	}
	migrated.own(database.Owner{ID: env[contract.EnvPlatformID], Namespace: env[contract.EnvPlatformNamespace], Name: env[contract.EnvPlatformName]})
	migrated.carry(env[contract.EnvMigrateID], roles)
	return nil
}

// fakeAudits are audit services in memory, by their address. One of which nothing is known has made no head.
type fakeAudits struct {
	mutex    sync.Mutex
	services map[string]fakeAudit
}

type fakeAudit struct {
	heads []heads.Signed // from the first on
	fault error
}

func (f *fakeAudits) set(namespace string, service fakeAudit) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.services == nil {
		f.services = map[string]fakeAudit{}
	}
	f.services["audit-internal."+namespace+".svc:8081"] = service
}

func (f *fakeAudits) fetch(_ context.Context, address string, from int64) ([]heads.Signed, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	service := f.services[address]
	if from == 0 {
		from = int64(len(service.heads))
	}
	return service.heads[min(max(0, from-1), int64(len(service.heads))):], service.fault
}

// runNodes plays, until the test ends, the kubelet and Kubernetes' own controllers in a
// namespace: servers and services start, migrations succeed, deletions finish. Names in
// broken do not start.
func runNodes(t *testing.T, namespace string, broken ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			// Errors are conflicts with the operator, healed by the next round.
			_ = playNodes(ctx, namespace, broken)
			<-tick.C
		}
	}()
	t.Cleanup(func() { cancel(); <-stopped })
}

func playNodes(ctx context.Context, namespace string, broken []string) error {
	sets, deployments, jobs := &appsv1.StatefulSetList{}, &appsv1.DeploymentList{}, &batchv1.JobList{}
	for _, list := range []client.ObjectList{sets, deployments, jobs} {
		if err := suite.client.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return err
		}
	}
	works := func(name string) bool {
		for _, prefix := range broken {
			if strings.HasPrefix(name, prefix) {
				return false
			}
		}
		return true
	}
	var failures []error
	for i := range sets.Items {
		if works(sets.Items[i].Name) {
			failures = append(failures, startSet(ctx, &sets.Items[i]))
		}
	}
	for i := range deployments.Items {
		if works(deployments.Items[i].Name) {
			failures = append(failures, startDeployment(ctx, &deployments.Items[i]))
		}
	}
	for i := range jobs.Items {
		if works(jobs.Items[i].Name) {
			failures = append(failures, endJob(ctx, &jobs.Items[i], batchv1.JobComplete))
		}
	}
	return errors.Join(failures...)
}

func startSet(ctx context.Context, set *appsv1.StatefulSet) error {
	status := appsv1.StatefulSetStatus{
		ObservedGeneration: set.Generation, Replicas: 1, ReadyReplicas: 1, CurrentReplicas: 1, UpdatedReplicas: 1, AvailableReplicas: 1,
		CurrentRevision: fmt.Sprint(set.Generation), UpdateRevision: fmt.Sprint(set.Generation),
	}
	if set.Status.ObservedGeneration == set.Generation && set.Status.ReadyReplicas == 1 {
		return nil
	}
	set.Status = status
	return suite.client.Status().Update(ctx, set)
}

func startDeployment(ctx context.Context, deployment *appsv1.Deployment) error {
	if deployment.DeletionTimestamp != nil {
		deployment.Finalizers = nil // Its pods are gone.
		return suite.client.Update(ctx, deployment)
	}
	n := *deployment.Spec.Replicas
	if deployment.Status.ObservedGeneration == deployment.Generation && deployment.Status.AvailableReplicas == n {
		return nil
	}
	deployment.Status = appsv1.DeploymentStatus{ObservedGeneration: deployment.Generation, Replicas: n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n}
	return suite.client.Status().Update(ctx, deployment)
}

// endJob ends a Job, JobComplete or JobFailed, with the conditions that Kubernetes sets, in their order.
func endJob(ctx context.Context, job *batchv1.Job, end batchv1.JobConditionType) error {
	if len(job.Status.Conditions) > 0 {
		return nil
	}
	now := metav1.Now()
	job.Status = batchv1.JobStatus{StartTime: &now}
	for _, kind := range append(announcements(end), end) {
		job.Status.Conditions = append(job.Status.Conditions, batchv1.JobCondition{
			Type: kind, Status: corev1.ConditionTrue, Reason: "Test", Message: "played by the test", LastTransitionTime: now,
		})
	}
	if end == batchv1.JobComplete {
		job.Status.CompletionTime, job.Status.Succeeded = &now, 1
		if err := suite.databases.work(ctx, job); err != nil {
			return err
		}
	}
	return suite.client.Status().Update(ctx, job)
}

// announcements are the conditions that say, from Kubernetes 1.31 on, how a Job is about to end; servers before refuse the
// one of success.
func announcements(end batchv1.JobConditionType) []batchv1.JobConditionType {
	switch {
	case suite.minor < 31:
		return nil
	case end == batchv1.JobComplete:
		return []batchv1.JobConditionType{batchv1.JobSuccessCriteriaMet}
	default:
		return []batchv1.JobConditionType{batchv1.JobFailureTarget}
	}
}
