// Command chart writes those templates of the operator's Helm chart that come from
// generated manifests: the custom resource definition and the rights. Run it at the
// root of the repository after controller-gen.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const templates = "charts/todoplatform-operator/templates"

// notice heads every written template.
const notice = "{{- /* Written by hack/chart: change config/ and run make generate. */ -}}\n"

// rbac lists the manifests of rights, in the order of config/rbac/kustomization.yaml.
var rbac = []string{
	"service_account", "role", "role_binding", "leader_election_role", "leader_election_role_binding",
	"metrics_auth_role", "metrics_auth_role_binding", "metrics_reader_role", "viewer_role", "editor_role",
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run() error {
	crd, err := crdTemplate("config/crd/bases/platform.todoplatform.dev_todoplatforms.yaml")
	if err != nil {
		return err
	}
	rights, err := rbacTemplate("config/rbac")
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"crd.yaml": crd, "rbac.yaml": rights} {
		if err := os.WriteFile(filepath.Join(templates, name), content, 0o644); err != nil { //nolint:gosec // a source file, to be read by all
			return err
		}
	}
	return nil
}

// crdTemplate keeps the definition when the release is removed, because all platforms
// would go with it.
func crdTemplate(path string) ([]byte, error) {
	content, err := read(path)
	if err != nil {
		return nil, err
	}
	const annotations = "  annotations:\n"
	if !strings.Contains(content, annotations) {
		return nil, fmt.Errorf("%s has no annotations to add to", path)
	}
	content = strings.Replace(content, annotations, annotations+"    helm.sh/resource-policy: keep\n", 1)
	return []byte(notice + "{{- if .Values.crds.install }}\n" + content + "{{- end }}\n"), nil
}

// rbacTemplate names the manifests as config/default does, and puts them into the
// namespace of the release.
func rbacTemplate(directory string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(notice)
	for _, name := range rbac {
		content, err := read(filepath.Join(directory, name+".yaml"))
		if err != nil {
			return nil, err
		}
		content = strings.TrimPrefix(content, "---\n")
		content = strings.ReplaceAll(content, "namespace: system\n", "namespace: {{ .Release.Namespace }}\n")
		content = prefixNames(content)
		out.WriteString("---\n" + content)
	}
	return out.Bytes(), nil
}

func prefixNames(content string) string {
	lines := strings.SplitAfter(content, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "  name: ") {
			lines[i] = strings.Replace(line, "name: ", "name: todoplatform-", 1)
		}
	}
	return strings.Join(lines, "")
}

// read gives a manifest; the chart's template language must not find a word in it.
func read(path string) (string, error) {
	content, err := os.ReadFile(path) //nolint:gosec // a path of this repository
	if err != nil {
		return "", err
	}
	if bytes.Contains(content, []byte("{{")) {
		return "", fmt.Errorf("%s contains {{, which Helm would interpret", path)
	}
	return string(content), nil
}
