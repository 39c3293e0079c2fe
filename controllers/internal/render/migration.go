package render

import (
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/logins"
)

// appUser is the uid and gid of our images; Dapr refuses any other.
const appUser = 65532

// migrationName names the component of the migration.
const migrationName = "migrate"

// Migration names what the database has to carry: the schemas of a version, and the logins of
// services with their passwords.
func (in *Input) Migration() string {
	return Hash(append([]any{in.toolsImage(), in.Roles()}, in.passwords()...)...)
}

// passwords are those of first logins and, once there ever were any, those of second ones.
func (in *Input) passwords() []any {
	set := in.Database.Logins
	passwords := []any{set.Passwords[logins.First]}
	if set.Uses(logins.Second) {
		passwords = append(passwords, set.Passwords[logins.Second])
	}
	return passwords
}

// MigrationJob renders the Job that brings the database to the schema of the wanted
// version. A Job's template cannot change, so its name is a hash of the template and of
// the values in Secrets that it refers to: whatever differs is a new Job.
func MigrationJob(in *Input) *batchv1.Job {
	template := in.migrationTemplate()
	inputs := []any{template}
	for _, key := range in.Database.Admin.Keys() {
		inputs = append(inputs, in.SecretHashes[SecretValue(in.Database.Admin.Secret, key)])
	}
	inputs = append(inputs, in.SecretHashes[SecretValue(SecretIdentity, SecretKeyID)])
	inputs = append(inputs, in.passwords()...)
	if in.Database.CASecret != "" {
		inputs = append(inputs, in.SecretHashes[SecretValue(in.Database.CASecret, in.Database.CAKey)])
	}
	name := migrationName + "-" + Hash(inputs...)
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: in.meta(PartMigration, migrationName, name),
		Spec: batchv1.JobSpec{
			// No deadline: an index of a large table takes the time that it takes.
			BackoffLimit: ptr.To[int32](3),
			Template:     template,
		},
	}
}

// migrationTemplate has no sidecar, because a pod with one would never complete.
func (in *Input) migrationTemplate() corev1.PodTemplateSpec {
	env := append(in.adminEnv(), corev1.EnvVar{Name: contract.EnvMigrateID, Value: in.Migration()})
	if in.Platform.Spec.Database.External != nil { // which other platforms may reach, too
		env = append(env,
			secretEnv(contract.EnvPlatformID, SecretIdentity, SecretKeyID),
			corev1.EnvVar{Name: contract.EnvPlatformNamespace, Value: in.Platform.Namespace},
			corev1.EnvVar{Name: contract.EnvPlatformName, Value: in.Platform.Name},
		)
	}
	env = append(env, in.loginEnv()...)
	template := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: in.podLabels(migrationName)},
		Spec: corev1.PodSpec{
			// Never, so that the pod of a failed attempt stays to be read.
			RestartPolicy:                corev1.RestartPolicyNever,
			AutomountServiceAccountToken: ptr.To(false),
			EnableServiceLinks:           ptr.To(false),
			ImagePullSecrets:             in.Platform.Spec.ImagePullSecrets,
			SecurityContext:              podSecurity(appUser),
			Volumes:                      in.authorityVolumes(),
			Containers: []corev1.Container{{
				Name:                     "migrate",
				Image:                    in.toolsImage(),
				ImagePullPolicy:          in.pullPolicy(),
				Args:                     []string{"migrate"},
				Env:                      env,
				VolumeMounts:             in.authorityMounts(),
				Resources:                requirements(nil, "20m", "32Mi", "256Mi"),
				SecurityContext:          containerSecurity(),
				TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
			}},
		},
	}
	in.shape(migrationName, &template, v1alpha1.PodTemplate{})
	return template
}

// loginEnv tells the migration how services log in. Passwords that a login does not have are not named.
func (in *Input) loginEnv() []corev1.EnvVar {
	set := in.Database.Logins
	var env []corev1.EnvVar
	for _, schema := range Schemas() {
		upper := strings.ToUpper(schema)
		env = append(env, corev1.EnvVar{Name: contract.EnvMigrateRolePrefix + upper, Value: in.Role(schema)})
		if len(set.Passwords[logins.First]) > 0 {
			env = append(env, secretEnv(contract.EnvMigratePasswordPrefix+upper, SecretDatabaseRoles, logins.Key(logins.First, schema)))
		}
		if set.Uses(logins.Second) {
			env = append(env, corev1.EnvVar{Name: contract.EnvMigrateSecondRolePrefix + upper, Value: in.login(logins.Second, schema)})
		}
		if len(set.Passwords[logins.Second]) > 0 {
			env = append(env, secretEnv(contract.EnvMigrateSecondPasswordPrefix+upper, SecretDatabaseRoles, logins.Key(logins.Second, schema)))
		}
	}
	return env
}
