package controllers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/database"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

const (
	// pollPods is how soon pods are looked at again: their own events are not watched.
	pollPods = 3 * time.Second
	// pollDatabase is how soon a database that does not answer is asked again.
	pollDatabase = 10 * time.Second
	// pollBrokers is how soon brokers that do not answer are asked again.
	pollBrokers = 10 * time.Second
	// pollTopics is how soon topics are read again after a change that does not show yet.
	pollTopics = time.Second
	// retryMigration is how long a migration Job that did not do its work stays to be looked at before
	// another is made.
	retryMigration = time.Minute
)

// step is one part of the way to a Ready platform.
type step struct {
	// condition is the type of the condition that reports the step.
	condition string
	// needs are the conditions of steps that must be done first.
	needs []string
	// aside says that the step is told, and keeps the platform from nothing.
	aside bool
	// run takes the step. Reason and message describe success, when there is more to say
	// than that; the error is one of package status, or any other to be retried.
	run func(context.Context) (reason, message string, err error)
}

// pass is one walk through the steps. Early steps resolve the inputs of later ones.
type pass struct {
	*Reconciler
	platform   *v1alpha1.TodoPlatform
	in         *render.Input
	databaseCA []byte // that signs the database's certificate
	// loginsSecret is the Secret with the logins of services as it was read.
	loginsSecret *corev1.Secret
	database     database.State // as the database said last
	brokers      topics.Brokers
	headKeys     heads.Keys // that sign platform heads
	id           string     // what identity gave
	secrets      secretValues
	ownSecrets   map[string]*corev1.Secret // by name, those that are not handed out yet
}

func (r *Reconciler) newPass(platform *v1alpha1.TodoPlatform) *pass {
	version := platform.Spec.Version
	if version == "" {
		version = r.Version
	}
	return &pass{Reconciler: r, platform: platform, in: &render.Input{
		Platform: platform,
		Version:  version,

		OperatorNamespace: r.Namespace,
		DaprNamespace:     r.DaprNamespace,

		Kafka:        render.KafkaOf(platform),
		SecretHashes: map[string]string{},
	}}
}

func (p *pass) close() {
	if p.brokers != nil {
		p.brokers.Close()
	}
}

// steps lists the steps in the order of their conditions. Database and Kafka need
// nothing, so that they start at the same time; services come late, because their
// sidecars do not start without brokers, topics and schema. What they read to log in is a
// component's, and comes after the schema, with which its passwords are set.
func (p *pass) steps() []step {
	backup := step{condition: v1alpha1.ConditionBackedUp, run: p.reconcileBackup, needs: []string{v1alpha1.ConditionSchemaReady}, aside: true}
	if render.Backup(&p.platform.Spec) == nil {
		backup = step{condition: v1alpha1.ConditionBackedUp, run: p.endBackups, aside: true}
	}
	return []step{
		{condition: v1alpha1.ConditionDaprReady, run: p.reconcileDapr},
		{condition: v1alpha1.ConditionDatabaseReady, run: p.reconcileDatabase},
		{condition: v1alpha1.ConditionKafkaReady, run: p.reconcileKafka},
		{condition: v1alpha1.ConditionSchemaReady, run: p.reconcileSchema,
			needs: []string{v1alpha1.ConditionDatabaseReady}},
		{condition: v1alpha1.ConditionTopicsReady, run: p.reconcileTopics,
			// The id that marks topics may come from a backup.
			needs: []string{v1alpha1.ConditionDatabaseReady, v1alpha1.ConditionKafkaReady}},
		{condition: v1alpha1.ConditionComponentsReady, run: p.reconcileComponents,
			needs: []string{v1alpha1.ConditionDaprReady, v1alpha1.ConditionSchemaReady, v1alpha1.ConditionKafkaReady}},
		{condition: v1alpha1.ConditionServicesReady, run: p.reconcileServices,
			needs: []string{v1alpha1.ConditionTopicsReady, v1alpha1.ConditionComponentsReady}},
		{condition: v1alpha1.ConditionExposureReady, run: p.reconcileExposure},
		{condition: v1alpha1.ConditionAuditAnchored, run: p.anchorHeads,
			needs: []string{v1alpha1.ConditionServicesReady}},
		backup,
	}
}

// reconcileKafka makes sure that brokers answer.
func (p *pass) reconcileKafka(ctx context.Context) (string, string, error) {
	access, err := p.kafkaAccess(ctx)
	if err != nil {
		return "", "", err
	}
	if p.brokers, err = p.Connect(access); err != nil {
		return "", "", status.Stalled(v1alpha1.ReasonSecretInvalid, "kafka.external.%v", err)
	}
	objects := render.KafkaServerObjects(p.in)
	if err := p.applier.Sync(ctx, p.platform, render.PartKafka, objects); err != nil {
		return "", "", err
	}
	if p.platform.Spec.Kafka.External == nil {
		return "", "", p.serverReady(ctx, objects)
	}
	err = p.brokers.Probe(ctx)
	var refused *topics.RefusedError
	switch {
	case errors.As(err, &refused):
		return "", "", status.Stalled(v1alpha1.ReasonBrokersRefused, "a broker refused the connection, correct kafka.external.tls, sasl or its Secrets: %v", err)
	case err != nil:
		return "", "", status.Waiting(v1alpha1.ReasonBrokersUnreachable, pollBrokers, "no broker of kafka.external.brokers answers: %v", err)
	}
	return "", "brokers answer at " + strings.Join(access.Brokers, ", "), nil
}

// kafkaAccess resolves how the operator itself reaches the brokers.
func (p *pass) kafkaAccess(ctx context.Context) (topics.Access, error) {
	kafka := p.in.Kafka
	access := topics.Access{Brokers: kafka.Brokers, TLS: kafka.TLS, Mechanism: kafka.Mechanism}
	if kafka.CASecret != "" {
		secret, err := p.userSecret(ctx, "kafka.external.tls.caSecretRef", kafka.CASecret, secretKey{name: kafka.CAKey, told: true})
		if err != nil {
			return access, err
		}
		access.CA = secret[kafka.CAKey]
	}
	if kafka.CertSecret != "" {
		secret, err := p.userSecret(ctx, "kafka.external.tls.certSecretRef", kafka.CertSecret, keyPair(kafka.CertKey, kafka.PrivateKeyKey)...)
		if err != nil {
			return access, err
		}
		access.Certificate, access.Key = secret[kafka.CertKey], secret[kafka.PrivateKeyKey]
	}
	if kafka.LoginSecret != "" {
		keys := login(kafka.UsernameKey, kafka.PasswordKey)
		if kafka.Username != "" {
			keys = lines(kafka.PasswordKey)
		}
		secret, err := p.userSecret(ctx, "kafka.external.sasl.secretRef", kafka.LoginSecret, keys...)
		if err != nil {
			return access, err
		}
		access.Username, access.Password = cmp.Or(kafka.Username, string(secret[kafka.UsernameKey])), string(secret[kafka.PasswordKey])
	}
	return access, nil
}

// serverReady tells whether the pod of an embedded server, one of the objects, is as wanted and serves.
func (p *pass) serverReady(ctx context.Context, objects []client.Object) error {
	for _, object := range objects {
		wanted, ok := object.(*appsv1.StatefulSet)
		if !ok {
			continue
		}
		settled, err := p.serverSettled(ctx, wanted)
		if err != nil || settled {
			return err
		}
		pods, err := p.pods(ctx, p.platform, wanted.Name)
		if err != nil {
			return err
		}
		if err := p.replaceStuck(ctx, wanted, pods); err != nil {
			return err
		}
		return status.Waiting(v1alpha1.ReasonStarting, pollPods, "%s", describeStart(wanted.Name, status.Trouble(pods, render.SidecarContainer)))
	}
	return nil
}

func (p *pass) serverSettled(ctx context.Context, wanted *appsv1.StatefulSet) (bool, error) {
	live := &appsv1.StatefulSet{}
	if err := p.client.Get(ctx, client.ObjectKeyFromObject(wanted), live); err != nil {
		return false, client.IgnoreNotFound(err)
	}
	shown, err := p.applier.Shows(p.platform, wanted, live)
	if err != nil || !shown {
		return false, err
	}
	have := live.Status
	return have.ObservedGeneration == live.Generation && have.CurrentRevision == have.UpdateRevision && have.ReadyReplicas == 1, nil
}

// replaceStuck deletes pods that are not as wanted and not ready: their StatefulSet would wait for them to be
// ready before it replaces them, and what was wrong with the manifest would keep it from that for ever.
func (p *pass) replaceStuck(ctx context.Context, wanted *appsv1.StatefulSet, pods []corev1.Pod) error {
	live := &appsv1.StatefulSet{}
	if err := p.client.Get(ctx, client.ObjectKeyFromObject(wanted), live); err != nil {
		return client.IgnoreNotFound(err)
	}
	revision := live.Status.UpdateRevision
	if revision == "" || live.Status.ObservedGeneration != live.Generation {
		return nil
	}
	for _, pod := range pods {
		if pod.DeletionTimestamp != nil || pod.Labels[appsv1.StatefulSetRevisionLabel] == revision || status.Ready(&pod) {
			continue
		}
		err := p.client.Delete(ctx, &pod, client.Preconditions{UID: &pod.UID})
		if client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("delete pod %s, which never became ready: %w", pod.Name, err)
		}
	}
	return nil
}

func describeStart(name, trouble string) string {
	if trouble == "" {
		return name + " starts"
	}
	return name + " is not ready: " + trouble
}

// reconcileSchema runs the migration Job of the wanted version whenever the database does not carry
// its work: at first, after a change, and after the database was lost or set back.
func (p *pass) reconcileSchema(ctx context.Context) (string, string, error) {
	if err := p.refuseDowngrade(); err != nil {
		return "", "", err
	}
	if p.carriesSchema() {
		return "", "the database carries migration " + p.database.Migration, nil
	}
	job := render.MigrationJob(p.in)
	if err := p.applier.Sync(ctx, p.platform, render.PartMigration, []client.Object{job}); err != nil {
		return "", "", err
	}
	live := &batchv1.Job{}
	err := p.client.Get(ctx, client.ObjectKeyFromObject(job), live)
	if client.IgnoreNotFound(err) != nil {
		return "", "", fmt.Errorf("read Job %s: %w", job.Name, err)
	}
	if complete := jobCondition(live, batchv1.JobComplete); complete != nil {
		return "", "", p.confirmMigration(ctx, live, complete)
	}
	pods, err := p.pods(ctx, p.platform, "migrate")
	if err != nil {
		return "", "", err
	}
	trouble := status.Trouble(pods, render.SidecarContainer)
	if failed := jobCondition(live, batchv1.JobFailed); failed != nil {
		return "", "", p.retryMigration(ctx, live, failed, trouble)
	}
	if trouble != "" {
		return "", "", status.Waiting(v1alpha1.ReasonMigrating, pollPods, "Job %s tries again: %s", job.Name, trouble)
	}
	return "", "", status.Waiting(v1alpha1.ReasonMigrating, pollPods, "Job %s runs", job.Name)
}

// carriesSchema tells whether the database said that it carries what is wanted.
func (p *pass) carriesSchema() bool {
	return p.database.Migration == p.in.Migration() && len(p.database.Missing) == 0
}

// confirmMigration asks the database what it carries after a Job has ended well. If that is not the work
// of the Job, somebody has set the database back since.
func (p *pass) confirmMigration(ctx context.Context, job *batchv1.Job, complete *batchv1.JobCondition) error {
	if err := p.askDatabase(ctx); err != nil || p.carriesSchema() {
		return err
	}
	retired, err := p.retireJob(ctx, job, complete)
	switch {
	case err != nil:
		return err
	case retired:
		return status.Waiting(v1alpha1.ReasonMigrating, pollPods, "the database does not carry what Job %s did: it was lost or set back, and is migrated again", job.Name)
	}
	return status.Stalled(v1alpha1.ReasonMigrationFailed, "Job %s ended well, but the database does not carry what it did and is migrated again every minute: "+
		"it was set back meanwhile, or the services of version %s are older than this operator supports", job.Name, p.in.Version)
}

// retryMigration makes room for another Job after one that failed: the cause may have gone without a
// change of the manifest.
func (p *pass) retryMigration(ctx context.Context, job *batchv1.Job, failed *batchv1.JobCondition, trouble string) error {
	if _, err := p.retireJob(ctx, job, failed); err != nil {
		return err
	}
	if trouble == "" {
		trouble = failed.Message
	}
	return status.Stalled(v1alpha1.ReasonMigrationFailed, "Job %s failed (kubectl logs -n %s job/%s) and is tried again every minute: %s",
		job.Name, job.Namespace, job.Name, trouble)
}

// retireJob leaves a Job to be read for a while after its end, unless somebody asks for more haste, and then
// deletes it, so that the next pass makes another.
func (p *pass) retireJob(ctx context.Context, job *batchv1.Job, ended *batchv1.JobCondition) (retired bool, err error) {
	if p.Now().Sub(ended.LastTransitionTime.Time) <= retryMigration && !p.isAsked() {
		return false, nil
	}
	// This one alone: the cache may not show yet that another of its name is at work.
	err = p.client.Delete(ctx, job, client.PropagationPolicy(metav1.DeletePropagationBackground), client.Preconditions{UID: &job.UID})
	if client.IgnoreNotFound(err) != nil && !apierrors.IsConflict(err) {
		return false, fmt.Errorf("delete Job %s: %w", job.Name, err)
	}
	return true, nil
}

func jobCondition(job *batchv1.Job, kind batchv1.JobConditionType) *batchv1.JobCondition {
	for i, condition := range job.Status.Conditions {
		if condition.Type == kind && condition.Status == corev1.ConditionTrue {
			return &job.Status.Conditions[i]
		}
	}
	return nil
}

// reconcileTopics reads the topics, carries out what differs, and reads again.
func (p *pass) reconcileTopics(ctx context.Context) (string, string, error) {
	if err := p.claimTopics(ctx); err != nil {
		return "", "", err
	}
	wanted, managed := topics.Wanted(&p.platform.Spec), managedConfig(p.platform.Status.Topics)
	live, err := p.brokers.Describe(ctx, topics.Names(wanted))
	if err != nil {
		return "", "", topicsError(err)
	}
	plan := topics.Difference(wanted, live, managed)
	if !plan.Empty() {
		if err := p.brokers.Apply(ctx, plan); err != nil {
			return "", "", topicsError(err)
		}
		if live, err = p.brokers.Describe(ctx, topics.Names(wanted)); err != nil {
			return "", "", topicsError(err)
		}
		plan = topics.Difference(wanted, live, managed)
	}
	p.platform.Status.Topics = topicStatus(wanted, live, managed, plan.Notes)
	if !plan.Empty() {
		return "", "", status.Waiting(v1alpha1.ReasonStarting, p.moreAndMorePatiently(v1alpha1.ConditionTopicsReady, v1alpha1.ReasonStarting, pollTopics),
			"the brokers do not show what was changed yet: %s", plan.String())
	}
	if names := topics.Unwritable(live); len(names) > 0 {
		return "", "", status.Stalled(v1alpha1.ReasonTopicUnwritable,
			"brokers take no event for %s: min.insync.replicas is %d there, and replicas are %d. Lower the one in the brokers' configuration or in topics.overrides, or raise the other with Kafka's own tools",
			status.Named(names), live[names[0]].MinInSync, live[names[0]].ReplicationFactor)
	}
	if len(plan.Notes) > 0 {
		return "", fmt.Sprintf("%d topics are there; what differs from the manifest is left as it is: %s", len(wanted), describeNotes(plan.Notes)), nil
	}
	return "", fmt.Sprintf("%d topics are as the manifest describes", len(wanted)), nil
}

// claimTopics makes sure that the topics are this platform's: another one's events are none of its users'.
func (p *pass) claimTopics(ctx context.Context) error {
	id, err := p.identity(ctx)
	if err != nil {
		return err
	}
	prefix := p.platform.Spec.Topics.Prefix
	owner, err := p.brokers.Claim(ctx, prefix, topics.Replication(&p.platform.Spec),
		topics.Owner{ID: id, Namespace: p.platform.Namespace, Name: p.platform.Name})
	if err != nil {
		return topicsError(err)
	}
	if owner.ID == id {
		return nil
	}
	return status.Stalled(v1alpha1.ReasonTopicsTaken,
		"the topics belong to %s, as topic %s says: give this platform a topics.prefix of its own. Only if that platform is gone and this one is to go on in its place, delete that topic",
		describeOwner(owner), prefix+topics.OwnerTopic)
}

func describeOwner(owner topics.Owner) string {
	if owner.ID == "" {
		return "somebody else"
	}
	return fmt.Sprintf("platform %s/%s with the id %s", owner.Namespace, owner.Name, owner.ID)
}

func describeNotes(notes map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		parts = append(parts, name+" "+notes[name])
	}
	return strings.Join(parts, "; ")
}

// moreAndMorePatiently says how soon to look again at what a condition reports for a reason: the longer it has, the later.
func (p *pass) moreAndMorePatiently(condition, reason string, atFirst time.Duration) time.Duration {
	before := meta.FindStatusCondition(p.platform.Status.Conditions, condition)
	if before == nil || before.Status != metav1.ConditionFalse || before.Reason != reason {
		return atFirst
	}
	return min(max(p.Now().Sub(before.LastTransitionTime.Time), atFirst), retryAtMost)
}

func topicsError(err error) error {
	if topics.Permanent(err) {
		return status.Stalled(v1alpha1.ReasonTopicRefused, "the brokers refused, correct topics or the rights of the login: %v", err)
	}
	return status.Waiting(v1alpha1.ReasonBrokersUnreachable, pollBrokers, "%v", err)
}

func topicStatus(wanted []topics.Topic, live map[string]topics.Topic, managed map[string][]string, notes map[string]string) []v1alpha1.TopicStatus {
	var result []v1alpha1.TopicStatus
	for _, topic := range wanted {
		if have, exists := live[topic.Name]; exists {
			result = append(result, v1alpha1.TopicStatus{
				Name:              have.Name,
				Partitions:        int32(have.Partitions),        //nolint:gosec // a count of partitions
				ReplicationFactor: int32(have.ReplicationFactor), //nolint:gosec // a count of brokers
				ManagedConfig:     topics.Managed(topic, have, managed[topic.Name]),
				Message:           notes[topic.Name],
			})
		}
	}
	return result
}

// managedConfig gives, by topic, the keys of its configuration that the operator has set.
func managedConfig(reported []v1alpha1.TopicStatus) map[string][]string {
	managed := map[string][]string{}
	for _, topic := range reported {
		managed[topic.Name] = topic.ManagedConfig
	}
	return managed
}

// reconcileComponents applies what tells Dapr about brokers, database, language model and rights.
func (p *pass) reconcileComponents(ctx context.Context) (string, string, error) {
	// Before the component that refers to it: without its Secret, Dapr starts no sidecar in its scope.
	if name := render.ModelSecret(&p.platform.Spec.Chat); name != "" {
		if _, err := p.userSecret(ctx, "chat.model.secretRef", name, lines(contract.SecretKeyAPIKey)...); err != nil {
			return "", "", err
		}
	}
	return "", "", p.applier.Sync(ctx, p.platform, render.PartComponents, render.DaprObjects(p.in))
}

// reconcileServices applies the Deployments and waits until every replica serves.
func (p *pass) reconcileServices(ctx context.Context) (string, string, error) {
	if err := p.makeSidecarTokens(ctx); err != nil { // before keys rotate, for which pods are known by all that they read
		return "", "", err
	}
	rotating, err := p.rotateSigningKeys(ctx)
	if err != nil {
		return "", "", err
	}
	headsRotating, err := p.rotateHeadKeys(ctx)
	if err != nil {
		return "", "", err
	}
	if _, err := p.generate(ctx, contract.Notification, render.SecretPushKeys, pushKeyGenerators()); err != nil {
		return "", "", err
	}
	if smtp := p.platform.Spec.Notifications.SMTP; smtp != nil && smtp.SecretRef != nil {
		if _, err := p.userSecret(ctx, "notifications.smtp.secretRef", smtp.SecretRef.Name, login(contract.SecretKeyUsername, contract.SecretKeyPassword)...); err != nil {
			return "", "", err
		}
	}
	if err := p.applier.Sync(ctx, p.platform, render.PartServices, render.ServiceObjects(p.in)); err != nil {
		return "", "", err
	}
	reason, message, err := p.reconcileMonitors(ctx)
	if err != nil {
		return "", "", err
	}
	if err := p.servicesReady(ctx); err != nil {
		return "", "", err
	}
	loginsRotating, err := p.rotateLogins(ctx)
	if err != nil {
		return "", "", err
	}
	switch {
	case loginsRotating:
		return "", "", status.Waiting(v1alpha1.ReasonStarting, pollPods, "services take up new passwords of the database")
	case rotating:
		return "", "", status.Waiting(v1alpha1.ReasonStarting, pollPods, "%s takes up its signing keys", contract.TodoAPI)
	case headsRotating:
		return "", "", status.Waiting(v1alpha1.ReasonStarting, pollPods, "%s takes up its signing keys", contract.Audit)
	}
	return reason, message, nil
}

func (p *pass) servicesReady(ctx context.Context) error {
	if err := p.observeServices(ctx, p.platform); err != nil {
		return err
	}
	var starting, bare []string
	for _, app := range contract.Services() {
		settled, err := p.settled(ctx, app)
		if err != nil {
			return err
		}
		if settled {
			continue
		}
		pods, err := p.pods(ctx, p.platform, app)
		if err != nil {
			return err
		}
		bare = append(bare, status.WithoutContainer(pods, render.SidecarContainer)...)
		starting = append(starting, describeStart(app, status.Trouble(pods, render.SidecarContainer)))
	}
	if len(bare) > 0 {
		return status.Stalled(v1alpha1.ReasonSidecarMissing,
			"pods run without the Dapr sidecar, because its injector was away when they started: kubectl delete pod -n %s %s",
			p.platform.Namespace, status.Named(bare))
	}
	if len(starting) > 0 {
		return status.Waiting(v1alpha1.ReasonStarting, pollPods, "%s", strings.Join(starting, "; "))
	}
	return nil
}

// settled tells whether every replica of an app runs what is wanted and serves.
func (p *pass) settled(ctx context.Context, app string) (bool, error) {
	live := &appsv1.Deployment{}
	if err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: app}, live); err != nil {
		return false, client.IgnoreNotFound(err)
	}
	shown, err := p.applier.Shows(p.platform, p.in.Deployment(app), live)
	if err != nil || !shown {
		return false, err
	}
	want, have := ptr.Deref(live.Spec.Replicas, 1), live.Status
	if scaling := render.Autoscaling(&p.platform.Spec.Services, app); scaling != nil && !within(scaling, want) {
		return false, nil
	}
	return have.ObservedGeneration == live.Generation &&
		have.Replicas == want && have.UpdatedReplicas == want && have.AvailableReplicas == want, nil
}

// within tells whether a number of replicas is one that an autoscaler may want; it brings it there otherwise.
func within(scaling *v1alpha1.AutoscalingSpec, replicas int32) bool {
	return replicas >= ptr.Deref(scaling.MinReplicas, 1) && replicas <= scaling.MaxReplicas
}

// observeServices writes what runs to the status, whether or not the steps get that far.
func (r *Reconciler) observeServices(ctx context.Context, platform *v1alpha1.TodoPlatform) error {
	var services []v1alpha1.ServiceStatus
	for _, app := range contract.Services() {
		deployment := &appsv1.Deployment{}
		err := r.client.Get(ctx, client.ObjectKey{Namespace: platform.Namespace, Name: app}, deployment)
		if apierrors.IsNotFound(err) || err == nil && !metav1.IsControlledBy(deployment, platform) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read Deployment %s: %w", app, err)
		}
		pods, err := r.pods(ctx, platform, app)
		if err != nil {
			return err
		}
		trouble := status.Trouble(pods, render.SidecarContainer)
		if trouble == "" {
			if trouble, err = r.scalingTrouble(ctx, platform, app); err != nil {
				return err
			}
		}
		services = append(services, v1alpha1.ServiceStatus{
			Name:          app,
			Replicas:      ptr.Deref(deployment.Spec.Replicas, 1),
			ReadyReplicas: deployment.Status.AvailableReplicas,
			Image:         deployment.Spec.Template.Spec.Containers[0].Image,
			Message:       trouble,
		})
	}
	platform.Status.Services = services
	return nil
}

// scalingTrouble says what keeps an app's autoscaler from its work; empty when nothing does or there is none.
func (r *Reconciler) scalingTrouble(ctx context.Context, platform *v1alpha1.TodoPlatform, app string) (string, error) {
	scaler := &autoscalingv2.HorizontalPodAutoscaler{}
	err := r.client.Get(ctx, client.ObjectKey{Namespace: platform.Namespace, Name: app}, scaler)
	if err != nil {
		return "", client.IgnoreNotFound(err)
	}
	for _, condition := range scaler.Status.Conditions {
		does := condition.Type == autoscalingv2.ScalingActive || condition.Type == autoscalingv2.AbleToScale
		if does && condition.Status == corev1.ConditionFalse {
			return "is not scaled: " + condition.Message, nil
		}
	}
	return "", nil
}

func (r *Reconciler) pods(ctx context.Context, platform *v1alpha1.TodoPlatform, component string) ([]corev1.Pod, error) {
	pods := &corev1.PodList{}
	err := r.client.List(ctx, pods, client.InNamespace(platform.Namespace),
		client.MatchingLabels{render.LabelName: component, render.LabelInstance: platform.Name})
	if err != nil {
		return nil, fmt.Errorf("list pods of %s: %w", component, err)
	}
	return pods.Items, nil
}
