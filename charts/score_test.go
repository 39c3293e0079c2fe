package charts_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/todoplatform/todoplatform/test/manifest"
)

// exceptions are all critical findings of kube-score that stand, and why.
var exceptions = []struct{ summary, object, why string }{
	{
		"CPU limit is not set", `.`,
		"it would slow every answer at the moment of most work",
	},
	{
		"ImagePullPolicy is not set to Always", `.`,
		"a version or a digest is the same image for ever, and a pod that starts again would need the registry; imagePullPolicy is there for others",
	},
	{
		"The container is running with a low user ID", `/(kafka|postgres|postgres-backup|postgres-restore-.+)$`,
		"files in the images of Kafka and PostgreSQL belong to that user",
	},
	{
		"The container running with a low group ID", `/(kafka|postgres|postgres-backup|postgres-restore-.+)$`,
		"files in the images of Kafka and PostgreSQL belong to that group",
	},
	{
		"Ephemeral Storage limit is not set", `/(postgres-backup|postgres-restore-.+)$`,
		"a backup stands there for a moment, and is as large as what people have",
	},
}

// finding is something critical that kube-score says of an object.
type finding struct{ object, container, summary string }

// The operator and what it renders have no critical finding but the exceptions, and each exception is still one.
func TestManifests_haveNoCriticalFinding(t *testing.T) {
	install := []string{"template", "todoplatform", "todoplatform-operator", "--namespace", "todoplatform-system"}
	manifests := map[string][]byte{
		"config/default":     manifest.Output(t, "kustomize", "build", "../config/default"),
		"the chart, in full": manifest.Output(t, "helm", append(install, "--values", valuesOf(t, everything))...),
	}
	rendered, err := filepath.Glob("../controllers/internal/render/testdata/*.golden.yaml")
	if err != nil || len(rendered) == 0 {
		t.Fatalf("%v, no rendered platforms", err)
	}
	for _, path := range rendered {
		if manifests[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	met := map[string]bool{}
	for source, content := range manifests {
		for _, found := range criticalFindings(t, content) {
			if !excepted(found) {
				t.Errorf("%s: %s, container %q: %s", source, found.object, found.container, found.summary)
			}
			met[found.summary] = true
		}
	}
	for _, one := range exceptions {
		if !met[one.summary] {
			t.Errorf("nothing needs the exception from %q any longer", one.summary)
		}
	}
}

func excepted(found finding) bool {
	for _, one := range exceptions {
		if one.summary == found.summary && regexp.MustCompile(one.object).MatchString(found.object) {
			return true
		}
	}
	return false
}

// critical is the grade that kube-score gives for it.
const critical = 1

func criticalFindings(t *testing.T, manifests []byte) (all []finding) {
	t.Helper()
	command := exec.CommandContext(t.Context(), manifest.Tool(t, "kube-score"), "score", "--output-format", "json", "--kubernetes-version", "v1.37", "-")
	command.Stdin = bytes.NewReader(manifests)
	out, err := command.Output() // it ends with 1 if there is anything critical
	var objects []struct {
		Name   string `json:"object_name"`
		Checks []struct {
			Grade    int
			Skipped  bool
			Comments []struct{ Path, Summary string }
		}
	}
	if problem := json.Unmarshal(out, &objects); problem != nil || len(objects) == 0 {
		t.Fatalf("kube-score: %v, %v: %s", err, problem, out)
	}
	for _, object := range objects {
		for _, check := range object.Checks {
			if check.Skipped || check.Grade != critical {
				continue
			}
			for _, comment := range check.Comments {
				all = append(all, finding{object: object.Name, container: comment.Path, summary: comment.Summary})
			}
		}
	}
	return all
}
