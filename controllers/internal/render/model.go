package render

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// defaultDailyTokens is about how many tokens a day one person may use when the manifest says nothing.
const defaultDailyTokens = 200_000

// noAPIKey goes to a server that wants no key, because Dapr's component refuses to be without one.
const noAPIKey = "none"

// ModelSecret names the Secret with the key of the language model's server. Empty: none.
func ModelSecret(chat *v1alpha1.ChatSpec) string {
	if chat.Model == nil || chat.Model.SecretRef == nil {
		return ""
	}
	return chat.Model.SecretRef.Name
}

// languageModel renders the component through which the chatbot asks the language model. It has no
// cacheTTL: an answer to one person is nobody else's.
func (in *Input) languageModel(model *v1alpha1.ModelSpec) *unstructured.Unstructured {
	kind := "conversation.openai"
	if model.Provider == v1alpha1.ModelAnthropic {
		kind = "conversation.anthropic"
	}
	metadata := []any{modelKey(model), value("model", model.Name)}
	if model.Endpoint != "" {
		metadata = append(metadata, value("endpoint", model.Endpoint))
	}
	if model.Provider == v1alpha1.ModelAzureOpenAI {
		metadata = append(metadata, value("apiType", "azure"), value("apiVersion", model.APIVersion))
	}
	component := in.component(contract.LanguageModel, kind, "v1", metadata, []string{contract.TodoAPI})
	// The chatbot works without: a sidecar that cannot load it must not take todo-api away.
	component.Object["spec"].(map[string]any)["ignoreErrors"] = true
	return component
}

func modelKey(model *v1alpha1.ModelSpec) any {
	if model.SecretRef == nil {
		return value("key", noAPIKey)
	}
	return secretValue("key", model.SecretRef.Name, contract.SecretKeyAPIKey)
}

// modelEnv tells todo-api about the language model.
func modelEnv(model *v1alpha1.ModelSpec) []corev1.EnvVar {
	if model == nil {
		return nil
	}
	env := []corev1.EnvVar{
		{Name: contract.EnvChatModel, Value: model.Name},
		{Name: contract.EnvChatModelDailyTokens, Value: strconv.FormatInt(ptr.Deref(model.DailyTokens, defaultDailyTokens), 10)},
	}
	if model.Redact {
		env = append(env, corev1.EnvVar{Name: contract.EnvChatModelRedact, Value: "true"})
	}
	return env
}
