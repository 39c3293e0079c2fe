// Command crd shortens the custom resource definition that controller-gen wrote: of Kubernetes' own types, which it
// repeats for each service, the descriptions go. With them, kubectl apply could not note the definition in its
// annotation, which takes 256 KiB. Run it at the root of the repository after controller-gen.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

const definition = "config/crd/bases/platform.todoplatform.dev_todoplatforms.yaml"

// foreign are the fields, wherever they are, whose types are Kubernetes' own. Their own descriptions stay.
var foreign = map[string]bool{
	"affinity": true, "tolerations": true, "topologySpreadConstraints": true, "secretKeyRef": true, "configMapKeyRef": true,
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "crd:", err)
		os.Exit(1)
	}
}

func run() error {
	content, err := os.ReadFile(definition)
	if err != nil {
		return err
	}
	var crd map[string]any
	if err := yaml.Unmarshal(content, &crd); err != nil {
		return fmt.Errorf("read %s: %w", definition, err)
	}
	shorten(crd, false)
	content, err = yaml.Marshal(crd)
	if err != nil {
		return fmt.Errorf("write %s: %w", definition, err)
	}
	return os.WriteFile(definition, append([]byte("---\n"), content...), 0o644) //nolint:gosec // a source file, to be read by all
}

// shorten takes out the descriptions within foreign fields.
func shorten(part any, within bool) {
	switch part := part.(type) {
	case []any:
		for _, item := range part {
			shorten(item, within)
		}
	case map[string]any:
		for name, inner := range part {
			if fields, ok := inner.(map[string]any); ok && within {
				delete(fields, "description")
			}
			shorten(inner, within || foreign[name])
		}
	}
}
