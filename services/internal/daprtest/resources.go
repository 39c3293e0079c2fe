package daprtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/test/servers"
)

// object is a Dapr resource. It is written as JSON, which is YAML too.
type object map[string]any

// writeResources writes the resources and the configuration of app's sidecar below
// dir, as the operator renders them for the cluster, and returns the names of the
// components.
func (e *Env) writeResources(t testing.TB, dir string, app App) []string {
	t.Helper()
	components := e.components(t, dir, app)
	var names []string
	var resources []object
	for _, c := range components {
		names = append(names, c.name)
		resources = append(resources, e.resource("dapr.io/v1alpha1", "Component", c.name, object{
			"type": c.kind, "version": c.version, "initTimeout": contract.ComponentInitTimeout.String(), "metadata": pairs(c.metadata)}))
	}
	for _, s := range contract.Subscriptions() {
		if s.App == app.ID {
			resources = append(resources, e.resource("dapr.io/v2alpha1", "Subscription", s.App+"-"+s.Topic, contract.SubscriptionSpec(s, e.prefix)))
		}
	}
	resources = append(resources, e.resource("dapr.io/v1alpha1", "Resiliency", "platform", contract.ResiliencySpec()))

	folder := filepath.Join(dir, "resources")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for i, r := range resources {
		writeJSON(t, filepath.Join(folder, fmt.Sprintf("%02d.yaml", i)), r)
	}
	writeJSON(t, filepath.Join(dir, "config.yaml"), e.configuration())
	return names
}

type component struct {
	name, kind, version string
	metadata            map[string]string
}

func (e *Env) components(t testing.TB, dir string, app App) []component {
	t.Helper()
	secrets := filepath.Join(dir, "secrets.json")
	writeJSON(t, secrets, e.secrets)
	components := []component{
		{contract.PubSub, "pubsub.kafka", "v1", e.kafkaMetadata("{namespace}", "oldest")},
		{contract.SecretStore, "secretstores.local.file", "v1", map[string]string{"secretsFile": secrets, "multiValued": "true"}},
	}
	if app.ID == contract.RealtimeSync {
		components = append(components, component{contract.PubSubBroadcast, "pubsub.kafka", "v1", e.kafkaMetadata("{namespace}-{podName}", "newest")})
	}
	if app.ID == contract.TodoAPI && e.model != "" {
		components = append(components, component{contract.LanguageModel, "conversation.openai", "v1",
			map[string]string{"key": "none", "model": "scripted", "endpoint": e.model}})
	}
	if e.database == nil {
		return components
	}
	for _, connection := range contract.Connections() {
		if connection.App == app.ID && e.database.roles[connection.Schema].Name != "" {
			components = append(components, e.connection(connection, cmp.Or(app.PostgresMode, "exec")))
		}
	}
	return components
}

func (e *Env) connection(connection contract.Connection, mode string) component {
	metadata := map[string]string{"connectionString": e.serviceURL(connection.Schema), "queryExecMode": mode, "maxConns": "10"}
	if !connection.State {
		return component{connection.Component, "bindings.postgresql", "v1", metadata}
	}
	metadata["tablePrefix"], metadata["metadataTableName"] = connection.Schema+".", connection.Schema+".dapr_metadata"
	return component{connection.Component, "state.postgresql", "v2", metadata}
}

func (e *Env) kafkaMetadata(group, initialOffset string) map[string]string {
	metadata := map[string]string{
		"brokers": e.Broker(), "authType": "none",
		"consumerID": group, "initialOffset": initialOffset,
	}
	for _, setting := range contract.PubSubSettings() {
		metadata[setting.Name] = setting.Value
	}
	return metadata
}

// configuration tells daprd where the sidecars of the other apps are: its resolver
// for Kubernetes takes a template, which needs no cluster and no multicast.
func (e *Env) configuration() object {
	var template strings.Builder
	for _, app := range contract.Services() {
		fmt.Fprintf(&template, `{{if eq .ID %q}}%s{{end}}`, app, servers.Loopback(e.internalPorts[app]))
	}
	tracing := object{"samplingRate": "0"}
	if e.collector != nil {
		tracing = object{"samplingRate": "1", "otel": object{"endpointAddress": e.collector.address, "isSecure": false, "protocol": "grpc"}}
	}
	return e.resource("dapr.io/v1alpha1", "Configuration", "platform", object{
		"nameResolution": object{"component": "kubernetes", "version": "v1", "configuration": object{"template": template.String()}},
		"tracing":        tracing,
	})
}

func (e *Env) resource(version, kind, name string, spec object) object {
	return object{"apiVersion": version, "kind": kind, "metadata": object{"name": name, "namespace": e.namespace}, "spec": spec}
}

func pairs(metadata map[string]string) []object {
	var list []object
	for name, value := range metadata {
		list = append(list, object{"name": name, "value": value})
	}
	return list
}

func writeJSON(t testing.TB, path string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
