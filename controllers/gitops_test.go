package controllers

import (
	"encoding/json"
	"testing"

	lua "github.com/yuin/gopher-lua"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// What Flux takes a platform for, and what Argo CD shows by the script of docs/gitops.md, in each of its phases.
func TestHealth_isSeenByFluxAndArgoCD(t *testing.T) {
	t.Parallel()
	script := healthScript(t)
	expect := func(phase string, object *unstructured.Unstructured, flux status.Status, argo, message string) {
		t.Helper()
		if found, err := status.Compute(object); err != nil || found.Status != flux {
			t.Errorf("%s: Flux takes it for %+v, %v, want %s", phase, found, err, flux)
		}
		if shown := argoHealth(t, script, object); shown.Status != argo || shown.Message != message {
			t.Errorf("%s: Argo CD shows %+v, want %s: %s", phase, shown, argo, message)
		}
	}
	const unseen = "the operator has not seen this manifest yet"

	platform := &v1alpha1.TodoPlatform{
		ObjectMeta: metav1.ObjectMeta{Name: "todo", Namespace: newNamespace(t, "health")},
		Spec: v1alpha1.TodoPlatformSpec{
			Database: v1alpha1.DatabaseSpec{External: &v1alpha1.ExternalDatabase{SecretRef: &v1alpha1.SecretKeyReference{Name: "database-admin"}}},
			Exposure: ownHost("health"),
		},
	}
	// What the API server makes of it is what others see before the operator does.
	made := asUnstructured(t, platform)
	if err := suite.client.Create(t.Context(), made, client.DryRunAll); err != nil {
		t.Fatal(err)
	}
	expect("just made", made, status.InProgressStatus, "Progressing", unseen)

	key := client.ObjectKeyFromObject(platform)
	create(t, platform)
	stalled := waitFor(t, key, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonSecretMissing)
	expect("stalled", asUnstructured(t, stalled), status.FailedStatus, "Degraded", readyMessage(stalled))

	create(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "database-admin", Namespace: platform.Namespace},
		StringData: map[string]string{"url": "postgres://admin:" + sentinel + "@health.example.com/todo"},
	})
	progressing := waitFor(t, key, v1alpha1.ConditionProgressing, metav1.ConditionTrue, v1alpha1.ReasonStarting)
	expect("progressing", asUnstructured(t, progressing), status.InProgressStatus, "Progressing", readyMessage(progressing))

	runNodes(t, platform.Namespace)
	ready := waitReady(t, platform)
	expect("ready", asUnstructured(t, ready), status.CurrentStatus, "Healthy", readyMessage(ready))

	ready.Spec.Suspend = true
	changed := asUnstructured(t, ready)
	if err := suite.client.Update(t.Context(), changed, client.DryRunAll); err != nil {
		t.Fatal(err)
	}
	expect("changed", changed, status.InProgressStatus, "Progressing", unseen)

	change(t, platform, func(spec *v1alpha1.TodoPlatformSpec) { spec.Suspend = true })
	suspended := waitFor(t, key, v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
	expect("suspended", asUnstructured(t, suspended), status.InProgressStatus, "Suspended", readyMessage(suspended))
}

func readyMessage(platform *v1alpha1.TodoPlatform) string {
	return meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionReady).Message
}

// asUnstructured gives a platform the form in which those see it who know nothing of it.
func asUnstructured(t *testing.T, platform *v1alpha1.TodoPlatform) *unstructured.Unstructured {
	t.Helper()
	typed := platform.DeepCopy()
	typed.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("TodoPlatform"))
	content, err := json.Marshal(typed)
	object := &unstructured.Unstructured{}
	if err == nil {
		err = object.UnmarshalJSON(content)
	}
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// healthScript is what docs/gitops.md has one put into argocd-cm, under the key that Argo CD reads for our kind.
func healthScript(t *testing.T) string {
	t.Helper()
	for _, block := range yamlOfDocs(t, "gitops.md") {
		data, _, _ := unstructured.NestedStringMap(parse(t, block), "data") // another block has none
		if script := data["resource.customizations.health."+v1alpha1.GroupVersion.Group+"_TodoPlatform"]; script != "" {
			return script
		}
	}
	t.Fatal("there is no script")
	return ""
}

// health is what a script of Argo CD returns.
type health struct{ Status, Message string }

// argoHealth runs a script as Argo CD does: in the same interpreter, with no more of its libraries.
func argoHealth(t *testing.T, script string, object *unstructured.Unstructured) health {
	t.Helper()
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, library := range map[string]lua.LGFunction{lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(library), Protect: true}, lua.LString(name)); err != nil {
			t.Fatal(err)
		}
	}
	state.SetContext(t.Context())
	state.SetGlobal("obj", toLua(t, state, object.Object))
	if err := state.DoString(script); err != nil {
		t.Fatal(err)
	}
	returned, is := state.Get(-1).(*lua.LTable)
	if !is {
		t.Fatalf("the script returns %s, want a table", state.Get(-1).Type())
	}
	return health{returned.RawGetString("status").String(), returned.RawGetString("message").String()}
}

func toLua(t *testing.T, state *lua.LState, value any) lua.LValue {
	t.Helper()
	switch value := value.(type) {
	case bool:
		return lua.LBool(value)
	case string:
		return lua.LString(value)
	case int64:
		return lua.LNumber(value)
	case float64:
		return lua.LNumber(value)
	case []any:
		table := state.NewTable()
		for _, item := range value {
			table.Append(toLua(t, state, item))
		}
		return table
	case map[string]any:
		table := state.NewTable()
		for name, item := range value {
			table.RawSetString(name, toLua(t, state, item))
		}
		return table
	default:
		t.Fatalf("a manifest holds %T", value)
		return lua.LNil
	}
}
