package render

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

const (
	// BackupName names the CronJob that makes backups, and the claim of their volume.
	BackupName = "postgres-backup"
	// RestoreName names what a restore has: the Secret into which it puts those of the backup, and its
	// ServiceAccount, which may write that one alone.
	RestoreName = "postgres-restore"
	// backupDeadline bounds a backup, and a restore, in seconds.
	backupDeadline = 2 * 60 * 60
	// backupStart is how late a backup may begin, in seconds.
	backupStart = 60 * 60
	// tokenLifetime is how long a restore may use its token, in seconds.
	tokenLifetime = 60 * 60
)

// Where the Kubernetes API expects a pod to look for what it logs in with.
const serviceAccountMount = "/var/run/secrets/kubernetes.io/serviceaccount"

// BackedUpSecret is a generated Secret that backups hold.
type BackedUpSecret struct {
	// Name and Keys as in contract.BackedUpSecrets.
	Name string
	Keys []string
	// Secret is its name in the cluster, Component what it belongs to.
	Secret, Component string
}

// BackedUpSecrets lists the Secrets that backups of a platform hold, in a fixed order.
func BackedUpSecrets(platform *v1alpha1.TodoPlatform) []BackedUpSecret {
	place := map[string][2]string{
		"signing-keys":  {SecretKeys, contract.TodoAPI},
		"audit-keys":    {SecretAuditKeys, contract.Audit},
		"audit-heads":   {HeadsSecret(platform), contract.Audit},
		"web-push-keys": {SecretPushKeys, contract.Notification},
		"identity":      {SecretIdentity, Platform},
	}
	known := contract.BackedUpSecrets()
	var secrets []BackedUpSecret
	for _, name := range slices.Sorted(maps.Keys(known)) {
		secrets = append(secrets, BackedUpSecret{Name: name, Keys: known[name], Secret: place[name][0], Component: place[name][1]})
	}
	return secrets
}

// Backup gives the manifest's word on backups; nil: there are to be none.
func Backup(spec *v1alpha1.TodoPlatformSpec) *v1alpha1.BackupSpec {
	if spec.Database.Embedded == nil {
		return nil
	}
	return spec.Database.Embedded.Backup
}

// Restore gives the manifest's word on what an empty database is filled from; nil: nothing.
func Restore(spec *v1alpha1.TodoPlatformSpec) *v1alpha1.RestoreSpec {
	if spec.Database.Embedded == nil {
		return nil
	}
	return spec.Database.Embedded.Restore
}

// BackupObjects renders what makes the backups that the manifest asks for.
func BackupObjects(in *Input) []client.Object {
	backup := Backup(&in.Platform.Spec)
	objects := in.networkPolicies(PartBackup, BackupName)
	if backup.Volume != nil {
		objects = append(objects, in.backupClaim(backup.Volume))
	}
	return append(objects, in.backupCronJob(backup))
}

// backupClaim outlives the platform, whatever its deletionPolicy: that is what backups are for.
func (in *Input) backupClaim(volume *v1alpha1.BackupVolume) *corev1.PersistentVolumeClaim {
	storage := resource.MustParse("2Gi")
	if volume.Storage != nil {
		storage = *volume.Storage
	}
	meta := in.meta(PartBackup, BackupName, BackupName)
	retain(&meta)
	meta.Labels[LabelRetained] = RetainedAlways
	return &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: meta,
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes:      []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			StorageClassName: volume.StorageClassName,
			Resources:        corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: storage}},
		},
	}
}

func (in *Input) backupCronJob(backup *v1alpha1.BackupSpec) *batchv1.CronJob {
	return &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: in.meta(PartBackup, BackupName, BackupName),
		Spec: batchv1.CronJobSpec{
			Schedule:                   backup.Schedule,
			TimeZone:                   ptr.To("Etc/UTC"),
			Suspend:                    ptr.To(backup.Suspend),
			ConcurrencyPolicy:          batchv1.ForbidConcurrent,
			StartingDeadlineSeconds:    ptr.To[int64](backupStart),
			SuccessfulJobsHistoryLimit: ptr.To[int32](1),
			FailedJobsHistoryLimit:     ptr.To[int32](1),
			JobTemplate: batchv1.JobTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: in.podLabels(BackupName)},
				Spec: batchv1.JobSpec{
					BackoffLimit:          ptr.To[int32](2),
					ActiveDeadlineSeconds: ptr.To[int64](backupDeadline),
					Template:              in.backupTemplate(backup),
				},
			},
		},
	}
}

// backupTemplate copies the Secrets before the database is dumped, so that the dump is never behind the heads
// of the audit log that lie beside it.
func (in *Input) backupTemplate(backup *v1alpha1.BackupSpec) corev1.PodTemplateSpec {
	scratch := corev1.VolumeMount{Name: "scratch", MountPath: contract.BackupScratch}
	collect := in.ourContainer("collect", "backup", "collect")
	collect.Env = []corev1.EnvVar{in.databaseAddressEnv()}
	collect.VolumeMounts = []corev1.VolumeMount{scratch, {Name: "secrets", MountPath: contract.BackupSecretsMount, ReadOnly: true}}
	dump := in.postgresContainer("dump", "pg_dump", "--format=custom", "--lock-wait-timeout=60s",
		"--file="+contract.BackupDump, "--dbname=$("+contract.EnvBackupDatabaseURL+")")
	dump.VolumeMounts = []corev1.VolumeMount{scratch}
	store := in.ourContainer("store", "backup", "store")
	store.VolumeMounts = []corev1.VolumeMount{scratch}
	store.Env = append([]corev1.EnvVar{
		secretEnv(contract.EnvBackupDatabaseURL, SecretPostgresAdmin, SecretKeyURL),
		{Name: contract.EnvBackupPlatform, Value: in.Platform.Namespace + "/" + in.Platform.Name},
		{Name: contract.EnvBackupVersion, Value: in.Version},
		{Name: contract.EnvBackupKeep, Value: strconv.Itoa(int(ptr.Deref(backup.Keep, defaultKeep)))},
	}, in.roleEnv()...)
	claim := ""
	if backup.Volume != nil {
		claim = BackupName
	}
	return in.storageTemplate(BackupName, &store, claim, backup.S3, []corev1.Container{collect, dump},
		corev1.Volume{Name: "secrets", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: in.secretSources()}}})
}

// defaultKeep is how many backups are kept when the manifest says nothing.
const defaultKeep = 7

func (in *Input) secretSources() []corev1.VolumeProjection {
	var sources []corev1.VolumeProjection
	for _, secret := range BackedUpSecrets(in.Platform) {
		projection := &corev1.SecretProjection{LocalObjectReference: corev1.LocalObjectReference{Name: secret.Secret}, Optional: ptr.To(true)}
		for _, key := range secret.Keys {
			projection.Items = append(projection.Items, corev1.KeyToPath{Key: key, Path: contract.BackedUpSecret(secret.Name, key)})
		}
		sources = append(sources, corev1.VolumeProjection{Secret: projection})
	}
	return sources
}

// RestoreObjects renders what fills an empty database from a backup. A Job's template cannot change, so its
// name is a hash of it: whatever differs is a new Job.
func RestoreObjects(in *Input) []client.Object {
	meta := func(name string) metav1.ObjectMeta { return in.meta(PartRestore, RestoreName, name) }
	template := in.restoreTemplate(Restore(&in.Platform.Spec))
	return append(in.networkPolicies(PartRestore, RestoreName),
		&corev1.Secret{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
			ObjectMeta: meta(RestoreName),
			Type:       corev1.SecretTypeOpaque,
		},
		&corev1.ServiceAccount{
			TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
			ObjectMeta:                   meta(RestoreName),
			AutomountServiceAccountToken: ptr.To(false),
		},
		&rbacv1.Role{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "Role"},
			ObjectMeta: meta(RestoreName),
			Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{RestoreName}, Verbs: []string{"patch"}}},
		},
		&rbacv1.RoleBinding{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "RoleBinding"},
			ObjectMeta: meta(RestoreName),
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: RestoreName},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: RestoreName, Namespace: in.Platform.Namespace}},
		},
		&batchv1.Job{
			TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
			ObjectMeta: meta(RestoreJobName(in)),
			Spec: batchv1.JobSpec{
				BackoffLimit:          ptr.To[int32](2),
				ActiveDeadlineSeconds: ptr.To[int64](backupDeadline),
				Template:              template,
			},
		},
	)
}

// RestoreJobName names the Job of a restore.
func RestoreJobName(in *Input) string {
	return RestoreName + "-" + Hash(in.restoreTemplate(Restore(&in.Platform.Spec)))
}

// restoreTemplate hands the Secrets over before the database is filled: once it is, nothing is restored any more.
func (in *Input) restoreTemplate(restore *v1alpha1.RestoreSpec) corev1.PodTemplateSpec {
	scratch := corev1.VolumeMount{Name: "scratch", MountPath: contract.BackupScratch}
	fetch := in.ourContainer("fetch", "backup", "fetch")
	fetch.VolumeMounts = []corev1.VolumeMount{scratch, {Name: "token", MountPath: serviceAccountMount, ReadOnly: true}}
	fetch.Env = append([]corev1.EnvVar{
		in.databaseAddressEnv(),
		{Name: contract.EnvBackupName, Value: restore.Backup},
		{Name: contract.EnvHandoverSecret, Value: in.Platform.Namespace + "/" + RestoreName},
	}, in.roleEnv()...)
	script := in.postgresContainer("script", "pg_restore", "--file="+contract.RestoreScriptDump, contract.BackupDump)
	script.VolumeMounts = []corev1.VolumeMount{scratch}
	fill := in.postgresContainer("fill", "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
		"--dbname=$("+contract.EnvBackupDatabaseURL+")", "--output=/dev/null",
		"--file="+contract.RestoreScriptBefore, "--file="+contract.RestoreScriptDump, "--file="+contract.RestoreScriptAfter)
	fill.VolumeMounts = []corev1.VolumeMount{scratch}

	claim := ""
	if restore.Volume != nil {
		claim = restore.Volume.ClaimName
	}
	token := corev1.Volume{Name: "token", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", ExpirationSeconds: ptr.To[int64](tokenLifetime)}},
		{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}}},
	}}}}
	template := in.storageTemplate(RestoreName, &fetch, claim, restore.S3, nil, token)
	template.Spec.ServiceAccountName = RestoreName
	template.Spec.InitContainers = []corev1.Container{template.Spec.Containers[0], script}
	template.Spec.Containers = []corev1.Container{fill}
	return template
}

// storageTemplate renders the pod of a container that reaches the place of backups, after others.
func (in *Input) storageTemplate(component string, reaches *corev1.Container, claim string, s3 *v1alpha1.S3Spec, before []corev1.Container, more ...corev1.Volume) corev1.PodTemplateSpec {
	volumes := append([]corev1.Volume{{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}, more...)
	if claim != "" {
		volumes = append(volumes, corev1.Volume{Name: "backups", VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}})
		reaches.VolumeMounts = append(reaches.VolumeMounts, corev1.VolumeMount{Name: "backups", MountPath: contract.BackupVolume})
		reaches.Env = append(reaches.Env, corev1.EnvVar{Name: contract.EnvBackupFolder, Value: contract.BackupVolume})
	} else {
		reaches.Env = append(reaches.Env, in.s3Env(s3)...)
	}
	security := podSecurity(appUser)
	security.FSGroup = ptr.To[int64](appUser) // by which containers of another user share files
	security.FSGroupChangePolicy = ptr.To(corev1.FSGroupChangeOnRootMismatch)
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: in.podLabels(component)},
		Spec: corev1.PodSpec{
			RestartPolicy:                corev1.RestartPolicyNever, // so that the pod of a failed attempt stays to be read
			AutomountServiceAccountToken: ptr.To(false),
			EnableServiceLinks:           ptr.To(false),
			ImagePullSecrets:             in.Platform.Spec.ImagePullSecrets,
			SecurityContext:              security,
			InitContainers:               before,
			Containers:                   []corev1.Container{*reaches},
			Volumes:                      volumes,
		},
	}
	in.shape(component, &template, v1alpha1.PodTemplate{})
	return template
}

func (in *Input) s3Env(s3 *v1alpha1.S3Spec) []corev1.EnvVar {
	region, prefix := s3.Region, s3.Prefix
	if region == "" {
		region = "us-east-1"
	}
	if prefix == "" {
		prefix = in.Platform.Namespace + "/" + in.Platform.Name
	}
	return []corev1.EnvVar{
		{Name: contract.EnvBackupS3Endpoint, Value: s3.Endpoint},
		{Name: contract.EnvBackupS3Region, Value: region},
		{Name: contract.EnvBackupS3Bucket, Value: s3.Bucket},
		{Name: contract.EnvBackupS3Prefix, Value: prefix},
		secretEnv(contract.EnvBackupS3KeyID, s3.SecretRef.Name, contract.SecretKeyAccessKeyID),
		secretEnv(contract.EnvBackupS3Key, s3.SecretRef.Name, contract.SecretKeySecretAccessKey),
	}
}

// databaseAddressEnv tells where the database is that containers of the pod reach later.
func (in *Input) databaseAddressEnv() corev1.EnvVar {
	return corev1.EnvVar{Name: contract.EnvBackupDatabaseAddress, Value: EmbeddedPostgresAddress(in.Platform.Namespace)}
}

// roleEnv tells which roles the schemas have.
func (in *Input) roleEnv() []corev1.EnvVar {
	var env []corev1.EnvVar
	for _, schema := range Schemas() {
		env = append(env, corev1.EnvVar{Name: contract.EnvMigrateRolePrefix + strings.ToUpper(schema), Value: in.Role(schema)})
	}
	return env
}

func (in *Input) ourContainer(name string, args ...string) corev1.Container {
	return corev1.Container{
		Name:                     name,
		Image:                    in.toolsImage(),
		ImagePullPolicy:          in.pullPolicy(),
		Args:                     args,
		Resources:                scratchRequirements(),
		SecurityContext:          containerSecurity(),
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
	}
}

// postgresContainer runs a program of the image of embedded PostgreSQL, which is of the server's release.
func (in *Input) postgresContainer(name string, command ...string) corev1.Container {
	security := containerSecurity()
	security.RunAsUser, security.RunAsGroup = ptr.To[int64](postgresUser), ptr.To[int64](postgresUser)
	return corev1.Container{
		Name:                     name,
		Image:                    in.postgresImage(),
		ImagePullPolicy:          in.pullPolicy(),
		Command:                  command,
		Env:                      []corev1.EnvVar{secretEnv(contract.EnvBackupDatabaseURL, SecretPostgresAdmin, SecretKeyURL)},
		Resources:                scratchRequirements(),
		SecurityContext:          security,
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
	}
}

// scratchRequirements are those of containers that have a backup beside the data for a moment: how large it is
// depends on what people have, so nothing bounds it but the node.
func scratchRequirements() corev1.ResourceRequirements {
	resources := requirements(nil, "20m", "32Mi", "256Mi")
	delete(resources.Limits, corev1.ResourceEphemeralStorage)
	return resources
}
