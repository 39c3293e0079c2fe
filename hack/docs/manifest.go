package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

const definition = "config/crd/bases/platform.todoplatform.dev_todoplatforms.yaml"

// manifestPage tells each field of a TodoPlatform, from the definition that the API server has.
func manifestPage() (string, error) {
	content, err := os.ReadFile(definition)
	if err != nil {
		return "", err
	}
	var crd apiextensions.CustomResourceDefinition
	if err := yaml.Unmarshal(content, &crd); err != nil {
		return "", fmt.Errorf("read %s: %w", definition, err)
	}
	if len(crd.Spec.Versions) != 1 {
		return "", fmt.Errorf("%s has %d versions: the page is of one", definition, len(crd.Spec.Versions))
	}
	version := crd.Spec.Versions[0]
	writer := fieldWriter{seen: map[string]string{}}
	for _, name := range []string{"spec", "status"} {
		writer.object(name, version.Schema.OpenAPIV3Schema.Properties[name])
	}
	return fmt.Sprintf("# The manifest\n\nEvery field of a `%s` of `%s/%s`. How they work together is in [Operating it](../operator.md).\n",
		crd.Spec.Names.Kind, crd.Spec.Group, version.Name) + writer.out.String(), nil
}

// fieldWriter writes a section for each object, and one for those of the same form.
type fieldWriter struct {
	out  strings.Builder
	seen map[string]string // form to path
}

func (w *fieldWriter) object(path string, schema apiextensions.JSONSchemaProps) {
	fmt.Fprintf(&w.out, "\n## %s\n\n", path)
	if schema.Description != "" {
		w.out.WriteString(prose(schema.Description) + "\n\n")
	}
	for _, rule := range schema.XValidations {
		w.out.WriteString("- " + prose(rule.Message) + "\n")
	}
	if len(schema.XValidations) > 0 {
		w.out.WriteString("\n")
	}
	names := slices.Sorted(maps.Keys(schema.Properties))
	var rows [][]string
	var below []func()
	for _, name := range names {
		field := schema.Properties[name]
		path, inner := inside(path+"."+name, field)
		kind := typeOf(field)
		if inner != nil && isOurs(*inner) {
			target, known := w.seen[form(*inner)]
			if !known {
				target = path
				w.seen[form(*inner)] = path
				below = append(below, func() { w.object(path, *inner) })
			}
			kind = fmt.Sprintf("[%s](#%s)", kind, slug(target))
		}
		rows = append(rows, []string{code(name), kind, sayOf(field, slices.Contains(schema.Required, name))})
	}
	w.out.WriteString(table([]string{"field", "type", "says"}, rows))
	for _, write := range below {
		write()
	}
}

// inside returns the object that a field is, or is a list or map of, and what it is called.
func inside(path string, field apiextensions.JSONSchemaProps) (string, *apiextensions.JSONSchemaProps) {
	switch {
	case field.Items != nil && field.Items.Schema != nil:
		return inside(path+"[]", *field.Items.Schema)
	case field.AdditionalProperties != nil && field.AdditionalProperties.Schema != nil:
		return inside(path+".*", *field.AdditionalProperties.Schema)
	case len(field.Properties) > 0:
		return path, &field
	default:
		return path, nil
	}
}

// isOurs says whether the fields are described: hack/crd takes the words from Kubernetes' own types.
func isOurs(schema apiextensions.JSONSchemaProps) bool {
	for _, field := range schema.Properties {
		if field.Description != "" {
			return true
		}
	}
	return false
}

// form is the same for objects of one type, whatever is said of them where they are used.
func form(schema apiextensions.JSONSchemaProps) string {
	schema.Description = ""
	content, err := json.Marshal(schema)
	if err != nil {
		panic(err) // it came from YAML
	}
	return string(content)
}

func typeOf(field apiextensions.JSONSchemaProps) string {
	switch {
	case field.XIntOrString:
		return "integer or string"
	case field.Items != nil && field.Items.Schema != nil:
		return "list of " + typeOf(*field.Items.Schema)
	case field.AdditionalProperties != nil && field.AdditionalProperties.Schema != nil:
		return "map of " + typeOf(*field.AdditionalProperties.Schema)
	case len(field.Enum) > 0:
		values := make([]string, 0, len(field.Enum))
		for _, value := range field.Enum {
			values = append(values, code(strings.Trim(string(value.Raw), `"`)))
		}
		return strings.Join(values, ", ")
	default:
		return field.Type
	}
}

func sayOf(field apiextensions.JSONSchemaProps, required bool) string {
	words := prose(field.Description)
	if required {
		words = "**Required.** " + words
	}
	return words
}

// slug is what a heading is called in an address, as forges and the site do it.
func slug(heading string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ' || r == '-':
			out.WriteRune('-')
		case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			out.WriteRune(r)
		}
	}
	return out.String()
}
