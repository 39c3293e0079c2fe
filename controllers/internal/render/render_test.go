package render_test

import (
	"bytes"
	"flag"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/logins"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

var update = flag.Bool("update", false, "write the golden files anew")

const samples = "../../../config/samples/"

// cases are the manifests whose children are kept as golden files.
var cases = map[string]string{
	"embedded": samples + "platform_v1alpha1_todoplatform.yaml",
	"external": samples + "external.yaml",
	"empty":    "testdata/empty.input.yaml",
	"gateway":  "testdata/gateway.input.yaml",
	"nodeport": "testdata/nodeport.input.yaml",
	"database": "testdata/database.input.yaml",
	"tuned":    "testdata/tuned.input.yaml",
}

func TestRender_golden(t *testing.T) {
	for name, manifest := range cases {
		t.Run(name, func(t *testing.T) { checkGolden(t, name, renderAll(input(t, manifest))) })
	}
	t.Run("backup", func(t *testing.T) {
		in := input(t, "testdata/backup.input.yaml")
		checkGolden(t, "backup", append(render.BackupObjects(in), render.RestoreObjects(in)...))
	})
}

// checkGolden compares objects with a golden file, or writes it anew.
func checkGolden(t *testing.T, name string, objects []client.Object) {
	t.Helper()
	got := marshal(t, objects)
	golden := filepath.Join("testdata", name+".golden.yaml")
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at the change and run go test ./controllers/internal/render -update\n%s", golden, firstDifference(want, got))
	}
}

func TestRender_twiceIsEqual(t *testing.T) {
	for name, manifest := range cases {
		first := renderAll(input(t, manifest))
		for range 20 { // Map order would show within a few rounds.
			if !reflect.DeepEqual(first, renderAll(input(t, manifest))) {
				t.Errorf("%s: the same input rendered differently", name)
			}
		}
	}
}

func TestRender_selectorsAreFrozen(t *testing.T) {
	for _, object := range render.ServiceObjects(input(t, cases["external"])) {
		deployment, ok := object.(*appsv1.Deployment)
		if !ok {
			continue
		}
		want := map[string]string{"app.kubernetes.io/name": deployment.Name, "app.kubernetes.io/instance": "todo"}
		if !reflect.DeepEqual(deployment.Spec.Selector.MatchLabels, want) {
			t.Errorf("%s: selector %v, want %v: a changed selector cannot be applied to existing platforms",
				deployment.Name, deployment.Spec.Selector.MatchLabels, want)
		}
	}
}

func TestRender_changeRollsOnlyItsReaders(t *testing.T) {
	rolls := func(change func(*render.Input)) []string {
		before, after := input(t, cases["external"]), input(t, cases["external"])
		for _, in := range []*render.Input{before, after} {
			in.Platform.Spec.Chat.Model = &v1alpha1.ModelSpec{Name: "gpt-4o-mini", SecretRef: &v1alpha1.SecretReference{Name: "model-key"}}
		}
		change(after)
		var rolled []string
		old := configHashes(before)
		for _, app := range contract.Services() {
			if configHashes(after)[app] != old[app] {
				rolled = append(rolled, app)
			}
		}
		return rolled
	}
	renewed := func(secret, key string) func(*render.Input) {
		return func(in *render.Input) { in.NoteSecret(secret, map[string][]byte{key: []byte("new")}, key) }
	}
	tests := map[string]struct {
		change func(*render.Input)
		want   []string
	}{
		"mail login":         {renewed("smtp-login", contract.SecretKeyPassword), []string{contract.Notification}},
		"signing keys":       {renewed(render.SecretKeys, contract.SecretKeySigning), []string{contract.TodoAPI}},
		"web push keys":      {renewed(render.SecretPushKeys, contract.SecretKeyPushPrivate), []string{contract.Notification}},
		"password of a role": {func(in *render.Input) { in.Database.Logins.Passwords[logins.First]["audit"] = "new" }, []string{contract.Audit}},
		"kafka login":        {renewed("kafka-login", contract.SecretKeyUsername), contract.Services()},
		"partitions of reminders": {func(in *render.Input) {
			in.Platform.Spec.Topics.Overrides = []v1alpha1.TopicOverride{{Name: contract.TopicReminders, Partitions: ptr.To[int32](12)}}
		}, []string{contract.Notification, contract.Audit, contract.RealtimeSync}},
		"key of the language model": {renewed("model-key", contract.SecretKeyAPIKey), []string{contract.TodoAPI}},
		"another language model":    {func(in *render.Input) { in.Platform.Spec.Chat.Model.Name = "gpt-4o" }, []string{contract.TodoAPI}},
		"no language model":         {func(in *render.Input) { in.Platform.Spec.Chat.Model = nil }, []string{contract.TodoAPI}},
		"administrator's url":       {renewed("database-admin", render.SecretKeyURL), nil},
		"another secret":            {renewed("another", contract.SecretKeyPassword), nil},
		"another key of a secret":   {renewed("kafka-login", "note"), nil},
		"authority of kafka":        {renewed("kafka-ca", render.SecretKeyCA), contract.Services()},
		"token of a sidecar":        {renewed(render.SidecarToken(contract.Audit), contract.SecretKeyToken), []string{contract.Audit}},
		"keys that sign heads":      {renewed(render.SecretAuditKeys, contract.SecretKeySigning), []string{contract.Audit}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := rolls(test.change); !reflect.DeepEqual(got, test.want) {
				t.Errorf("rolled %v, want %v", got, test.want)
			}
		})
	}
}

func TestLanguageModel_isReachedAsItsProviderWants(t *testing.T) {
	key := &v1alpha1.SecretReference{Name: "model-key"}
	tests := map[string]struct {
		model    v1alpha1.ModelSpec
		kind     string
		metadata map[string]string
	}{
		"by default": {
			v1alpha1.ModelSpec{Name: "gpt-4o-mini", SecretRef: key}, "conversation.openai",
			map[string]string{"key": "model-key/apiKey", "model": "gpt-4o-mini"},
		},
		"a server of one's own": {
			v1alpha1.ModelSpec{Provider: v1alpha1.ModelOpenAI, Name: "llama3.1:8b", Endpoint: "http://ollama.ai.svc:11434/v1"}, "conversation.openai",
			map[string]string{"key": "none", "model": "llama3.1:8b", "endpoint": "http://ollama.ai.svc:11434/v1"},
		},
		"a server of one's own with a key": {
			v1alpha1.ModelSpec{Name: "qwen3", Endpoint: "https://vllm.example.com/v1", SecretRef: key}, "conversation.openai",
			map[string]string{"key": "model-key/apiKey", "model": "qwen3", "endpoint": "https://vllm.example.com/v1"},
		},
		"Azure": {
			v1alpha1.ModelSpec{Provider: v1alpha1.ModelAzureOpenAI, Name: "chat", Endpoint: "https://todo.openai.azure.com", APIVersion: "2024-10-21", SecretRef: key}, "conversation.openai",
			map[string]string{"key": "model-key/apiKey", "model": "chat", "endpoint": "https://todo.openai.azure.com", "apiType": "azure", "apiVersion": "2024-10-21"},
		},
		"Anthropic": {
			v1alpha1.ModelSpec{Provider: v1alpha1.ModelAnthropic, Name: "claude-haiku-4-5", SecretRef: key}, "conversation.anthropic",
			map[string]string{"key": "model-key/apiKey", "model": "claude-haiku-4-5"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t, cases["empty"])
			in.Platform.Spec.Chat.Model = &test.model
			component := componentOf(t, in, contract.LanguageModel)
			kind, _, _ := unstructured.NestedString(component, "spec", "type")
			if metadata := metadataOf(component); kind != test.kind || !reflect.DeepEqual(metadata, test.metadata) {
				t.Errorf("got %s %v, want %s %v", kind, metadata, test.kind, test.metadata)
			}
			if ignored, _, _ := unstructured.NestedBool(component, "spec", "ignoreErrors"); !ignored {
				t.Error("a sidecar that cannot load the component takes todo-api away")
			}
			if scopes, _, _ := unstructured.NestedStringSlice(component, "scopes"); !reflect.DeepEqual(scopes, []string{contract.TodoAPI}) {
				t.Errorf("scopes %v, want todo-api alone", scopes)
			}
		})
	}
}

func TestLanguageModel_isToldToTodoAPIAlone(t *testing.T) {
	tests := map[string]struct {
		model *v1alpha1.ModelSpec
		want  map[string]string
	}{
		"none":       {nil, map[string]string{}},
		"by default": {&v1alpha1.ModelSpec{Name: "gpt-4o-mini"}, map[string]string{contract.EnvChatModel: "gpt-4o-mini", contract.EnvChatModelDailyTokens: "200000"}},
		"redacted and bounded": {&v1alpha1.ModelSpec{Name: "gpt-4o-mini", Redact: true, DailyTokens: ptr.To[int64](1000)}, map[string]string{
			contract.EnvChatModel: "gpt-4o-mini", contract.EnvChatModelDailyTokens: "1000", contract.EnvChatModelRedact: "true"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t, cases["empty"])
			in.Platform.Spec.Chat.Model = test.model
			for _, app := range contract.Services() {
				told := envOf(in, app)
				maps.DeleteFunc(told, func(name, _ string) bool { return !strings.HasPrefix(name, contract.EnvChatModel) })
				want := map[string]string{}
				if app == contract.TodoAPI {
					want = test.want
				}
				if !reflect.DeepEqual(told, want) {
					t.Errorf("%s is told %v, want %v", app, told, want)
				}
			}
		})
	}
}

func TestPubSub_logsInByCertificate(t *testing.T) {
	in := input(t, cases["empty"])
	in.Platform.Spec.Kafka.External = &v1alpha1.ExternalKafka{Brokers: []v1alpha1.HostPort{"kafka:9093"}, TLS: &v1alpha1.KafkaTLS{
		CASecretRef: &v1alpha1.SecretKeyReference{Name: "kafka-ca"}, CertSecretRef: &v1alpha1.CertSecretReference{Name: "kafka-client"}}}
	in.Kafka = render.KafkaOf(in.Platform)
	for _, name := range []string{contract.PubSub, contract.PubSubBroadcast} {
		metadata := metadataOf(componentOf(t, in, name))
		for key, want := range map[string]string{
			"authType": "mtls", "caCert": "kafka-ca/ca.crt", "clientCert": "kafka-client/tls.crt", "clientKey": "kafka-client/tls.key", "disableTls": "",
		} {
			if metadata[key] != want {
				t.Errorf("%s: %s is %q, want %q", name, key, metadata[key], want)
			}
		}
	}
	before := configHashes(in)
	in.SecretHashes[render.SecretValue("kafka-client", "tls.key")] = "new"
	for app, hash := range configHashes(in) {
		if hash == before[app] {
			t.Errorf("%s does not take up a new certificate", app)
		}
	}
}

// Secrets as Strimzi writes them for a KafkaUser.
func TestPubSub_readsTheKeysThatTheManifestNames(t *testing.T) {
	ca := &v1alpha1.SecretKeyReference{Name: "events-cluster-ca-cert", Key: "authority.pem"}
	tests := map[string]struct {
		external v1alpha1.ExternalKafka
		want     map[string]string
		rolls    string
	}{
		"by certificate": {
			v1alpha1.ExternalKafka{TLS: &v1alpha1.KafkaTLS{CASecretRef: ca, CertSecretRef: &v1alpha1.CertSecretReference{Name: "todo", CertKey: "user.crt", PrivateKeyKey: "user.key"}}},
			map[string]string{"caCert": "events-cluster-ca-cert/authority.pem", "clientCert": "todo/user.crt", "clientKey": "todo/user.key"}, "todo/user.key",
		},
		"by password": {
			v1alpha1.ExternalKafka{TLS: &v1alpha1.KafkaTLS{CASecretRef: ca}, SASL: &v1alpha1.KafkaSASL{Mechanism: v1alpha1.SASLScramSHA512, Username: "todo", SecretRef: v1alpha1.LoginSecretReference{Name: "todo"}}},
			map[string]string{"caCert": "events-cluster-ca-cert/authority.pem", "saslUsername": "todo", "saslPassword": "todo/password"}, "todo/password",
		},
		"by other keys": {
			v1alpha1.ExternalKafka{SASL: &v1alpha1.KafkaSASL{Mechanism: v1alpha1.SASLPlain, SecretRef: v1alpha1.LoginSecretReference{Name: "todo", UsernameKey: "key", PasswordKey: "secret"}}},
			map[string]string{"saslUsername": "todo/key", "saslPassword": "todo/secret"}, "todo/key",
		},
	}
	for name, test := range tests {
		in := input(t, cases["empty"])
		in.Platform.Spec.Kafka.External = &test.external
		in.Kafka = render.KafkaOf(in.Platform)
		metadata := metadataOf(componentOf(t, in, contract.PubSub))
		for key, want := range test.want {
			if metadata[key] != want {
				t.Errorf("%s: %s is %q, want %q", name, key, metadata[key], want)
			}
		}
		before := configHashes(in)
		in.SecretHashes[test.rolls] = "new"
		for app, hash := range configHashes(in) {
			if hash == before[app] {
				t.Errorf("%s: %s does not take up a new %s", name, app, test.rolls)
			}
		}
	}
}

// What both sides call a key is a key of the Secret.
func TestBackup_holdsTheKeysOfTheSecrets(t *testing.T) {
	want := map[string][]string{
		render.SecretKeys:      {contract.SecretKeySigning},
		render.SecretAuditKeys: {contract.SecretKeySigning},
		"todo-audit-heads":     {render.SecretKeyHeads, render.SecretKeyHeadKeys},
		render.SecretPushKeys:  {contract.SecretKeyPushPrivate, contract.SecretKeyPushPublic},
		render.SecretIdentity:  {render.SecretKeyID},
	}
	got := map[string][]string{}
	for _, secret := range render.BackedUpSecrets(input(t, cases["empty"]).Platform) {
		got[secret.Secret] = secret.Keys
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("backups hold %v, want %v", got, want)
	}
}

// A backup of its own volume is restored by the name of the claim, and one of a bucket from the same keys.
func TestBackup_isRestoredFromWhereItGoes(t *testing.T) {
	tests := map[string]struct {
		backup  v1alpha1.BackupSpec
		restore v1alpha1.RestoreSpec
	}{
		"volume": {
			v1alpha1.BackupSpec{Volume: &v1alpha1.BackupVolume{}},
			v1alpha1.RestoreSpec{Volume: &v1alpha1.RestoreVolume{ClaimName: render.BackupName}},
		},
		"bucket": {
			v1alpha1.BackupSpec{S3: &v1alpha1.S3Spec{Endpoint: "https://s3.example.com", Bucket: "backups"}},
			v1alpha1.RestoreSpec{S3: &v1alpha1.S3Spec{Endpoint: "https://s3.example.com", Bucket: "backups"}},
		},
	}
	for name, test := range tests {
		in := input(t, cases["empty"])
		in.Platform.Spec.Database.Embedded = &v1alpha1.EmbeddedDatabase{Backup: &test.backup, Restore: &test.restore}
		var places []map[string]string
		var claims []string
		note := func(template corev1.PodTemplateSpec) {
			place := map[string]string{}
			for _, container := range append(template.Spec.InitContainers, template.Spec.Containers...) {
				for _, variable := range container.Env {
					if strings.HasPrefix(variable.Name, "BACKUP_S3_") || variable.Name == contract.EnvBackupFolder {
						place[variable.Name] = variable.Value
					}
				}
			}
			places = append(places, place)
			for _, volume := range template.Spec.Volumes {
				if volume.PersistentVolumeClaim != nil {
					claims = append(claims, volume.PersistentVolumeClaim.ClaimName)
				}
			}
		}
		for _, object := range append(render.BackupObjects(in), render.RestoreObjects(in)...) {
			switch object := object.(type) {
			case *batchv1.CronJob:
				note(object.Spec.JobTemplate.Spec.Template)
			case *batchv1.Job:
				note(object.Spec.Template)
			}
		}
		if len(places) != 2 || len(places[0]) == 0 || !reflect.DeepEqual(places[0], places[1]) || len(claims) == 2 && claims[0] != claims[1] {
			t.Errorf("%s: places %v, claims %v", name, places, claims)
		}
	}
}

// componentOf gives the content of a Dapr component.
func componentOf(t *testing.T, in *render.Input, name string) map[string]any {
	t.Helper()
	for _, object := range render.DaprObjects(in) {
		if component, ok := object.(*unstructured.Unstructured); ok && component.GetKind() == "Component" && component.GetName() == name {
			return component.Object
		}
	}
	t.Fatalf("there is no component %s", name)
	return nil
}

// metadataOf gives a component's metadata: values, and Secrets as name/key.
func metadataOf(component map[string]any) map[string]string {
	metadata := map[string]string{}
	entries, _, _ := unstructured.NestedSlice(component, "spec", "metadata")
	for _, entry := range entries {
		fields := entry.(map[string]any)
		text, _, _ := unstructured.NestedString(fields, "value")
		if reference, refers, _ := unstructured.NestedStringMap(fields, "secretKeyRef"); refers {
			text = reference["name"] + "/" + reference["key"]
		}
		metadata[fields["name"].(string)] = text
	}
	return metadata
}

func TestEmailVerificationNeedsMailAndALink(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*v1alpha1.TodoPlatformSpec)
		want   string
	}{
		"as the sample":  {func(*v1alpha1.TodoPlatformSpec) {}, "required"},
		"switched off":   {func(s *v1alpha1.TodoPlatformSpec) { s.Auth.EmailVerification = "Disabled" }, "disabled"},
		"said again":     {func(s *v1alpha1.TodoPlatformSpec) { s.Auth.EmailVerification = "Required" }, "required"},
		"without mail":   {func(s *v1alpha1.TodoPlatformSpec) { s.Notifications.SMTP = nil }, "disabled"},
		"without a host": {func(s *v1alpha1.TodoPlatformSpec) { s.Exposure.Host, s.Exposure.TLSSecretName = "", "" }, "disabled"},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, cases["external"])
			test.change(&in.Platform.Spec)
			for _, object := range render.ServiceObjects(in) {
				deployment, ok := object.(*appsv1.Deployment)
				if !ok || deployment.Name != contract.TodoAPI {
					continue
				}
				want := corev1.EnvVar{Name: contract.EnvEmailVerification, Value: test.want}
				if env := deployment.Spec.Template.Spec.Containers[0].Env; !slices.Contains(env, want) {
					t.Errorf("env %v, want %v", env, want)
				}
			}
		})
	}
}

func TestSignUpIsOpenUnlessClosed(t *testing.T) {
	for manifest, want := range map[v1alpha1.SignUp]string{"": "open", "Open": "open", "Invitation": "invitation", "Closed": "closed"} {
		in := input(t, cases["external"])
		in.Platform.Spec.Auth.SignUp = manifest
		for _, object := range render.ServiceObjects(in) {
			deployment, ok := object.(*appsv1.Deployment)
			if !ok {
				continue
			}
			env := deployment.Spec.Template.Spec.Containers[0].Env
			if got := slices.Contains(env, corev1.EnvVar{Name: contract.EnvSignUp, Value: want}); got != (deployment.Name == contract.TodoAPI) {
				t.Errorf("%q: %s: env %v", manifest, deployment.Name, env)
			}
		}
	}
}

func TestMigrationJob_nameFollowsWhatItDependsOn(t *testing.T) {
	name := func(change func(*render.Input)) string {
		in := input(t, cases["external"])
		change(in)
		return render.MigrationJob(in).Name
	}
	if deadline := render.MigrationJob(input(t, cases["external"])).Spec.ActiveDeadlineSeconds; deadline != nil {
		t.Errorf("a migration that takes longer than %d seconds would begin again for ever", *deadline)
	}
	base := name(func(*render.Input) {})
	changes := map[string]func(*render.Input){
		"version": func(in *render.Input) { in.Version = "2.0.0" },
		"administrator's url": func(in *render.Input) {
			in.NoteSecret("database-admin", map[string][]byte{render.SecretKeyURL: []byte("new")}, render.SecretKeyURL)
		},
		"password of a role": func(in *render.Input) { in.Database.Logins.Passwords[logins.First]["audit"] = "new" },
		"pull secret": func(in *render.Input) {
			in.Platform.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "registry"}}
		},
		"registry": func(in *render.Input) { in.Platform.Spec.Registry = "example.com/todo" },
		"image":    func(in *render.Input) { in.Platform.Spec.ToolsImage = "example.com/todo/tools:1" },
		"pod template": func(in *render.Input) {
			in.Platform.Spec.PodTemplate.NodeSelector = map[string]v1alpha1.LabelValue{"a": "b"}
		},
	}
	for what, change := range changes {
		if name(change) == base {
			t.Errorf("a changed %s did not make a new Job", what)
		}
	}
	if name(func(in *render.Input) { in.Platform.Spec.Services.Audit.Replicas = nil }) != base {
		t.Error("a changed replica count made a new Job")
	}
}

// Each step of a change of passwords does its part alone: the migration, then the services, then the migration.
func TestLogins_changeStepByStep(t *testing.T) {
	in := input(t, cases["external"])
	type shown struct{ job, todo, realtime, url string }
	show := func() shown {
		hashes := configHashes(in)
		address, err := url.Parse(string(render.ConnectionSecrets(in)[0].(*corev1.Secret).Data[render.SecretKeyURL]))
		if err != nil {
			t.Fatal(err)
		}
		return shown{render.MigrationJob(in).Name + in.Migration(), hashes[contract.TodoAPI], hashes[contract.RealtimeSync], address.User.Username()}
	}
	advance := func(want logins.Step) shown {
		t.Helper()
		next, step := in.Database.Logins.Advance(time.Unix(2_000_000, 0), logins.Wanted{Rotate: "now"}, render.Schemas())
		if step != want {
			t.Fatalf("step %q, want %q", step, want)
		}
		in.Database.Logins = next
		return show()
	}
	migrationEnv := func() string {
		var names []string
		for _, variable := range render.MigrationJob(in).Spec.Template.Spec.Containers[0].Env {
			if strings.HasSuffix(variable.Name, "_TODO") {
				names = append(names, variable.Name)
			}
		}
		return strings.Join(names, " ")
	}
	before := show()
	added := advance(logins.StepAdded)
	if added.job == before.job || added.todo != before.todo || added.url != "todo_production_todo" || migrationEnv() != "ROLE_TODO PASSWORD_TODO SECOND_ROLE_TODO SECOND_PASSWORD_TODO" {
		t.Errorf("added: %+v after %+v, %s", added, before, migrationEnv())
	}
	if !slices.Contains(in.Roles(), "todo_production_todo_second") {
		t.Errorf("the database is to have %v", in.Roles())
	}
	switched := advance(logins.StepSwitched)
	if switched.job != added.job || switched.todo == added.todo || switched.realtime == added.realtime || switched.url != "todo_production_todo_second" {
		t.Errorf("switched: %+v after %+v", switched, added)
	}
	dropped := advance(logins.StepDropped)
	if dropped.job == switched.job || dropped.todo != switched.todo || migrationEnv() != "ROLE_TODO SECOND_ROLE_TODO SECOND_PASSWORD_TODO" {
		t.Errorf("dropped: %+v after %+v, %s", dropped, switched, migrationEnv())
	}
}

// PostgreSQL would cut the name of a second login, perhaps to that of the first.
func TestLogins_haveNamesOfTheirOwn(t *testing.T) {
	in := input(t, cases["external"])
	in.Platform.Namespace = strings.Repeat("n", 63-len("_notification"))
	in.Database.Logins, _ = in.Database.Logins.Advance(time.Unix(2_000_000, 0), logins.Wanted{Rotate: "now"}, render.Schemas())
	roles := in.Roles()
	if len(roles) != 2*len(render.Schemas()) || len(slices.Compact(slices.Sorted(slices.Values(roles)))) != len(roles) {
		t.Errorf("roles %v", roles)
	}
	for _, role := range roles {
		if len(role) > 63 {
			t.Errorf("%s is cut", role)
		}
	}
}

func TestRender_tellsGoItsMemory(t *testing.T) {
	limited := func(limits corev1.ResourceList) *corev1.ResourceRequirements {
		return &corev1.ResourceRequirements{Limits: limits}
	}
	tests := map[string]struct {
		resources *corev1.ResourceRequirements
		want      string // empty: nothing is told
	}{
		"by default":          {nil, strconv.Itoa((512 << 20) / 10 * 9)},
		"with a limit":        {limited(corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("2G")}), "1800000000"},
		"with a limit on CPU": {limited(corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")}), strconv.Itoa((512 << 20) / 10 * 9)},
		"without a limit":     {limited(corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("0")}), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t, cases["empty"])
			in.Platform.Spec.Services.RealtimeSync.Resources = test.resources
			if got := envOf(in, contract.RealtimeSync)["GOMEMLIMIT"]; got != test.want {
				t.Errorf("GOMEMLIMIT is %q, want %q", got, test.want)
			}
		})
	}
}

func TestResources_keepTheDefaultsOfWhatIsNotNamed(t *testing.T) {
	tests := map[string]struct{ manifest, want string }{
		"nothing":                       {`{}`, `{requests: {cpu: 20m, memory: 32Mi, ephemeral-storage: 16Mi}, limits: {memory: 256Mi, ephemeral-storage: 2Gi}}`},
		"a request of memory":           {`{requests: {memory: 64Mi}}`, `{requests: {cpu: 20m, memory: 64Mi, ephemeral-storage: 16Mi}, limits: {memory: 256Mi, ephemeral-storage: 2Gi}}`},
		"a request above the limit":     {`{requests: {memory: 1Gi}}`, `{requests: {cpu: 20m, memory: 1Gi, ephemeral-storage: 16Mi}, limits: {memory: 1Gi, ephemeral-storage: 2Gi}}`},
		"a limit below the request":     {`{limits: {memory: 16Mi}}`, `{requests: {cpu: 20m, memory: 16Mi, ephemeral-storage: 16Mi}, limits: {memory: 16Mi, ephemeral-storage: 2Gi}}`},
		"a limit on CPU":                {`{limits: {cpu: "1"}}`, `{requests: {cpu: 20m, memory: 32Mi, ephemeral-storage: 16Mi}, limits: {cpu: "1", memory: 256Mi, ephemeral-storage: 2Gi}}`},
		"a small limit on CPU":          {`{limits: {cpu: 10m}}`, `{requests: {cpu: 10m, memory: 32Mi, ephemeral-storage: 16Mi}, limits: {cpu: 10m, memory: 256Mi, ephemeral-storage: 2Gi}}`},
		"no limit":                      {`{limits: {memory: "0"}}`, `{requests: {cpu: 20m, memory: 32Mi, ephemeral-storage: 16Mi}, limits: {ephemeral-storage: 2Gi}}`},
		"no request":                    {`{requests: {cpu: "0"}}`, `{requests: {cpu: "0", memory: 32Mi, ephemeral-storage: 16Mi}, limits: {memory: 256Mi, ephemeral-storage: 2Gi}}`},
		"another resource":              {`{requests: {ephemeral-storage: 1Gi}}`, `{requests: {cpu: 20m, memory: 32Mi, ephemeral-storage: 1Gi}, limits: {memory: 256Mi, ephemeral-storage: 2Gi}}`},
		"less than a thousandth":        {`{requests: {cpu: "0.0001"}}`, `{requests: {cpu: 1m, memory: 32Mi, ephemeral-storage: 16Mi}, limits: {memory: 256Mi, ephemeral-storage: 2Gi}}`},
		"a contradiction of the user's": {`{requests: {memory: 2Gi}, limits: {memory: 1Gi}}`, `{requests: {cpu: 20m, memory: 2Gi, ephemeral-storage: 16Mi}, limits: {memory: 1Gi, ephemeral-storage: 2Gi}}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t, cases["empty"])
			manifest, want := &corev1.ResourceRequirements{}, &corev1.ResourceRequirements{}
			for text, resources := range map[string]*corev1.ResourceRequirements{test.manifest: manifest, test.want: want} {
				if err := yaml.UnmarshalStrict([]byte(text), resources); err != nil {
					t.Fatal(err)
				}
			}
			in.Platform.Spec.Services.Audit.Resources = manifest
			got := in.Deployment(contract.Audit).Spec.Template.Spec.Containers[0].Resources
			if !equality.Semantic.DeepEqual(&got, want) {
				t.Errorf("got %v, want %v", got, *want)
			}
		})
	}
}

// envOf gives the environment of an app's container.
func envOf(in *render.Input, app string) map[string]string {
	env := map[string]string{}
	for _, object := range render.ServiceObjects(in) {
		if deployment, ok := object.(*appsv1.Deployment); ok && deployment.Name == app {
			for _, variable := range deployment.Spec.Template.Spec.Containers[0].Env {
				env[variable.Name] = variable.Value
			}
		}
	}
	return env
}

// Children that go with the platform have an owner, which keeps such tools away from them; data has none.
func TestRetainedDataIsNotPrunedByOthers(t *testing.T) {
	in := input(t, cases["embedded"])
	objects := append(renderAll(in), render.GeneratedSecret(in, contract.Audit, render.SecretAuditKeys, nil))
	var retained []string
	for _, object := range objects {
		if object.GetLabels()[render.LabelRetained] != "true" {
			continue
		}
		retained = append(retained, object.GetName())
		annotations := object.GetAnnotations()
		for annotation, value := range map[string]string{
			"argocd.argoproj.io/sync-options":    "Prune=false,Delete=false", // pruned by a sync, deleted with the Application
			"argocd.argoproj.io/compare-options": "IgnoreExtraneous",         // no Application is out of sync for it
			"helm.sh/resource-policy":            "keep",
			"kustomize.toolkit.fluxcd.io/prune":  "disabled",
		} {
			if annotations[annotation] != value {
				t.Errorf("%s: %s is %q, want %q", object.GetName(), annotation, annotations[annotation], value)
			}
		}
	}
	if want := []string{"postgres-data", "kafka-data", render.SecretAuditKeys}; !reflect.DeepEqual(retained, want) {
		t.Errorf("retained are %v, want %v", retained, want)
	}
}

func TestSharedBuffersAreAQuarterOfTheMemory(t *testing.T) {
	for limit, want := range map[string]string{"0": "128MB", "256Mi": "128MB", "512Mi": "128MB", "2Gi": "512MB", "5000M": "1192MB"} {
		in := input(t, cases["empty"])
		in.Platform.Spec.Database.Embedded = &v1alpha1.EmbeddedDatabase{EmbeddedSpec: v1alpha1.EmbeddedSpec{Resources: &corev1.ResourceRequirements{
			Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(limit)},
		}}}
		for _, object := range render.DatabaseServerObjects(in) {
			if server, ok := object.(*appsv1.StatefulSet); ok && !slices.Contains(server.Spec.Template.Spec.Containers[0].Args, "shared_buffers="+want) {
				t.Errorf("with %s: got %v, want %s", limit, server.Spec.Template.Spec.Containers[0].Args, want)
			}
		}
	}
}

func TestOneIngressAsksForTheCertificate(t *testing.T) {
	in := input(t, cases["empty"])
	in.Platform.Spec.Exposure = v1alpha1.ExposureSpec{
		Host:          "todo.example.com",
		TLSSecretName: "todo-tls",
		Annotations: map[string]string{
			"cert-manager.io/cluster-issuer":                 "letsencrypt",
			"acme.cert-manager.io/http01-edit-in-place":      "true",
			"kubernetes.io/tls-acme":                         "true",
			"nginx.ingress.kubernetes.io/proxy-read-timeout": "1200",
		},
	}
	want := map[string][]string{
		"todoplatform": {
			"acme.cert-manager.io/http01-edit-in-place", "cert-manager.io/cluster-issuer",
			"kubernetes.io/tls-acme", "nginx.ingress.kubernetes.io/proxy-body-size", "nginx.ingress.kubernetes.io/proxy-read-timeout",
			"projectcontour.io/num-retries", "projectcontour.io/retry-on",
		},
		"todoplatform-realtime": {
			"nginx.ingress.kubernetes.io/proxy-buffering", "nginx.ingress.kubernetes.io/proxy-read-timeout", "nginx.ingress.kubernetes.io/proxy-send-timeout",
			"projectcontour.io/num-retries", "projectcontour.io/response-timeout", "projectcontour.io/retry-on", "projectcontour.io/websocket-routes",
		},
	}
	got := map[string][]string{}
	for _, object := range render.ExposureObjects(in) {
		got[object.GetName()] = slices.Sorted(maps.Keys(object.GetAnnotations()))
		if tls := object.(*networkingv1.Ingress).Spec.TLS; len(tls) != 1 || tls[0].SecretName != "todo-tls" {
			t.Errorf("%s: TLS %v, want the Secret that both have", object.GetName(), tls)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("annotations %v, want %v", got, want)
	}
}

func TestTrustedProxies(t *testing.T) {
	private := []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}
	tests := map[string]struct {
		exposure v1alpha1.ExposureSpec
		want     []string
	}{
		"of an Ingress by default":   {v1alpha1.ExposureSpec{}, private},
		"of an Ingress":              {v1alpha1.ExposureSpec{Type: v1alpha1.ExposureIngress}, private},
		"of node ports":              {v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNodePort}, []string{}},
		"of no entry":                {v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNone}, []string{}},
		"that are named":             {v1alpha1.ExposureSpec{TrustedProxies: []v1alpha1.Network{"10.244.0.0/16"}}, []string{"10.244.0.0/16"}},
		"that are named, node ports": {v1alpha1.ExposureSpec{Type: v1alpha1.ExposureNodePort, TrustedProxies: []v1alpha1.Network{"192.0.2.0/24"}}, []string{"192.0.2.0/24"}},
		"that nobody is":             {v1alpha1.ExposureSpec{TrustedProxies: []v1alpha1.Network{}}, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := render.TrustedProxies(&test.exposure); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// input reads the TodoPlatform of a manifest and resolves it the way a cluster would.
func input(t *testing.T, manifest string) *render.Input {
	t.Helper()
	content, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	platform := &v1alpha1.TodoPlatform{}
	for _, document := range strings.Split(string(content), "\n---\n") {
		if !strings.Contains(document, "kind: TodoPlatform") {
			continue
		}
		if err := yaml.UnmarshalStrict([]byte(document), platform); err != nil {
			t.Fatal(err)
		}
	}
	in := &render.Input{
		Platform: platform,
		Version:  "1.2.3",
		Kafka:    render.KafkaOf(platform),
		Database: render.Database{Admin: render.DatabaseAdmin{Secret: render.SecretPostgresAdmin, URLKey: render.SecretKeyURL}, Address: render.EmbeddedPostgresAddress(platform.Namespace), Name: render.PostgresDatabase},

		OperatorNamespace: "todoplatform-system",
		DaprNamespace:     "dapr-system",

		SecretHashes: map[string]string{},
	}
	if external := platform.Spec.Database.External; external != nil {
		in.Database = externalDatabase(t, platform.Namespace, external)
	}
	secret := map[string][]byte{}
	for _, schema := range render.Schemas() {
		secret[schema] = []byte("password-of-" + schema)
	}
	if in.Database.Logins, err = logins.Parse(secret, render.Schemas(), time.Unix(1_000_000, 0), logins.Wanted{}); err != nil {
		t.Fatal(err)
	}
	return in
}

func externalDatabase(t *testing.T, namespace string, external *v1alpha1.ExternalDatabase) (database render.Database) {
	t.Helper()
	at := render.Place{Namespace: namespace, Pooler: string(external.Pooler), Authority: external.CASecretRef != nil}
	var err error
	if external.Fields != nil {
		secret := map[string][]byte{"host": []byte("postgres"), "username": []byte("admin"), "password": []byte("admin")}
		database, err = render.ReadFields(external.Fields, secret, at)
		database.Admin.Secret = external.Fields.SecretRef.Name
	} else {
		database, err = render.ParseAdminURL("postgres://admin:admin@postgres.example.com/todo?sslmode=require", at)
		database.Admin.Secret, database.Admin.URLKey = external.SecretRef.Name, render.SecretKeyURL
	}
	if err != nil {
		t.Fatal(err)
	}
	if external.CASecretRef != nil {
		database.CASecret, database.CAKey = external.CASecretRef.Name, render.SecretKeyCA
	}
	return database
}

func renderAll(in *render.Input) []client.Object {
	var objects []client.Object
	objects = append(objects, render.DatabaseServerObjects(in)...)
	objects = append(objects, render.KafkaServerObjects(in)...)
	objects = append(objects, render.MigrationJob(in))
	objects = append(objects, render.DaprObjects(in)...)
	objects = append(objects, render.ServiceObjects(in)...)
	objects = append(objects, render.MonitorObjects(in)...)
	return append(objects, render.ExposureObjects(in)...)
}

func configHashes(in *render.Input) map[string]string {
	hashes := map[string]string{}
	for _, object := range render.ServiceObjects(in) {
		if deployment, ok := object.(*appsv1.Deployment); ok {
			hashes[deployment.Name] = deployment.Spec.Template.Annotations[render.AnnotationConfigHash]
		}
	}
	return hashes
}

func marshal(t *testing.T, objects []client.Object) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, object := range objects {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			t.Fatal(err)
		}
		delete(content, "status")
		document, err := yaml.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("---\n")
		out.Write(document)
	}
	return out.Bytes()
}

func firstDifference(want, got []byte) string {
	wantLines, gotLines := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(wantLines), len(gotLines)) {
		if wantLines[i] != gotLines[i] {
			from := max(0, i-8)
			return "...\n" + strings.Join(wantLines[from:i], "\n") + "\n- " + wantLines[i] + "\n+ " + gotLines[i]
		}
	}
	return "one is longer than the other"
}
