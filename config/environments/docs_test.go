package environments_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/todoplatform/todoplatform/test/manifest"
)

const (
	root  = "../.."
	pages = root + "/docs/deploy"
	// platform comes before a part of a TodoPlatform that begins with spec.
	platform = `apiVersion: platform.todoplatform.dev/v1alpha1
kind: TodoPlatform
metadata: {name: of-a-page, namespace: todo}
`
)

// block is what stands between fences on a page.
type block struct{ page, language, text string }

// Each environment has a page, which the index names.
func TestPages_coverTheEnvironments(t *testing.T) {
	index := read(t, filepath.Join(pages, "README.md"))
	for _, place := range places(t) {
		page := place + ".md"
		if !strings.Contains(index, "("+page+")") {
			t.Errorf("the index names no %s", page)
		}
		if !strings.Contains(read(t, filepath.Join(pages, page)), "kubectl apply --server-side -k config/environments/"+place+"\n") {
			t.Errorf("%s does not apply the environment", page)
		}
	}
}

// What was run and tried is what is pinned.
func TestVersions_areThosePinned(t *testing.T) {
	page := read(t, filepath.Join(pages, "versions.md"))
	for _, pin := range []struct{ file, pattern string }{
		{"hack/cluster/internal/tools/sets.go", `KubernetesVersion = "v(.+)"`},
		{"hack/cluster/internal/tools/sets.go", `DaprVersion +?= "(.+)"`},
		{"hack/cluster/internal/tools/sets.go", `KafkaVersion +?= "(.+)"`},
		{"hack/cluster/internal/tools/sets.go", `ContourVersion +?= "v(.+)"`},
		{"hack/cluster/internal/tools/sets.go", `postgresSet\("18", "(.+)[.]0"\)`},
		{"hack/cluster/internal/tools/sets.go", `postgresSet\("17", "(.+)[.]0"\)`},
		{"hack/cluster/internal/tools/sets.go", `postgresSet\("15", "(.+)[.]0"\)`},
		{"hack/cluster/internal/tools/sets.go", `pgbouncerSet\("trixie", "(.+)-`},
		{"hack/cluster/internal/kind/driver.go", `kindest/node:v(.+)@`},
		{".github/workflows/e2e.yml", `sigs.k8s.io/kind@v(.+)`},
		{"go.mod", `gateway-api v(\S+)`},
		{"hack/tools/schemas/go.mod", `/cert-manager v(\S+)`},
		{"hack/tools/schemas/go.mod", `/external-secrets v(\S+)`},
		{"hack/tools/schemas/go.mod", `/cloudnative-pg v(\S+)`},
		{"hack/tools/flux/go.mod", `/source-controller v(\S+)`},
		{"hack/tools/flux/go.mod", `/kustomize-controller v(\S+)`},
		{"hack/tools/strimzi/pom.xml", `<artifactId>api</artifactId>\s+<version>(.+)</version>`},
	} {
		pinned := regexp.MustCompile(pin.pattern).FindStringSubmatch(read(t, filepath.Join(root, pin.file)))
		if pinned == nil {
			t.Errorf("%s pins no %s", pin.file, pin.pattern)
		} else if !strings.Contains(page, " "+pinned[1]+" ") {
			t.Errorf("versions.md does not say %s, which %s pins", pinned[1], pin.file)
		}
	}
}

// Each command is one for a shell, and what it names of this repository is there.
func TestCommands_nameWhatThereIs(t *testing.T) {
	ours := regexp.MustCompile(`(?:^|[\s='"])((?:config|charts|hack|docs)/[\w./-]+)`)
	target := regexp.MustCompile(`(?m)^make ([a-z-]+)`)
	targets := makeTargets(t)
	for _, block := range blocks(t, "sh") {
		shell := exec.CommandContext(t.Context(), "bash", "-n")
		shell.Stdin = strings.NewReader(block.text)
		if out, err := shell.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", block.page, err, out)
		}
		for _, named := range ours.FindAllStringSubmatch(block.text, -1) {
			if _, err := os.Stat(filepath.Join(root, named[1])); err != nil {
				t.Errorf("%s: %v", block.page, err)
			}
		}
		for _, named := range target.FindAllStringSubmatch(block.text, -1) {
			if !targets[named[1]] {
				t.Errorf("%s: there is no make %s", block.page, named[1])
			}
		}
		for line := range strings.Lines(block.text) {
			if _, folder, is := strings.Cut(strings.TrimSpace(line), "kubectl apply --server-side -k "); is {
				manifest.Output(t, "kustomize", "build", filepath.Join(root, folder))
			}
		}
	}
}

// makeTargets lists what make makes, as make help does.
func makeTargets(t *testing.T) map[string]bool {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "make", "--no-print-directory", "-C", root, "help").Output()
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^  ([a-z0-9-]+) `).FindAllStringSubmatch(string(out), -1) {
		targets[line[1]] = true
	}
	return targets
}

// Each manifest is taken as it stands: whole objects, the part of a TodoPlatform that follows from spec, and
// environments that somebody might make.
func TestManifestsOnPages_areTakenStrictly(t *testing.T) {
	for _, block := range blocks(t, "yaml") {
		text := block.text
		if strings.HasPrefix(text, "spec:") {
			text = platform + text
		}
		for _, object := range manifest.Parse(t, []byte(text)) {
			tried := []*unstructured.Unstructured{object}
			if object.GetKind() == "Kustomization" {
				tried = manifest.Parse(t, buildEnvironment(t, text))
			}
			for _, object := range tried {
				if err := try(t, object); err != nil {
					t.Errorf("%s: %s: %v in\n%s", block.page, object.GetKind(), err, block.text)
				}
			}
		}
	}
}

// Each link leads to a file that there is, and to a heading in it.
func TestLinks_leadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]*)(?:#([^)]*))?\)`)
	files, err := filepath.Glob(pages + "/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, found := range link.FindAllStringSubmatch(read(t, file), -1) {
			target := filepath.Join(pages, found[1])
			if found[1] == "" {
				target = file
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %v", file, err)
			} else if found[2] != "" && !headings(read(t, target))[found[2]] {
				t.Errorf("%s: no heading of %s is #%s", file, target, found[2])
			}
		}
	}
}

// headings gives the names under which a page's headings are linked to.
func headings(page string) map[string]bool {
	names := map[string]bool{}
	dropped := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		names[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(heading[1]), ""), " ", "-")] = true
	}
	return names
}

// buildEnvironment builds a kustomization as an environment beside ours.
func buildEnvironment(t *testing.T, kustomization string) []byte {
	t.Helper()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS("..")); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(copied, "environments", "mine")
	if err := os.Mkdir(mine, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(mine, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
		t.Fatal(err)
	}
	return manifest.Output(t, "kustomize", "build", mine)
}

// blocks lists what stands between fences of a language on the pages.
func blocks(t *testing.T, language string) (found []block) {
	t.Helper()
	files, err := filepath.Glob(pages + "/*.md")
	if err != nil {
		t.Fatal(err)
	}
	fence := regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	for _, file := range files {
		for _, match := range fence.FindAllStringSubmatch(read(t, file), -1) {
			switch match[1] {
			case language:
				found = append(found, block{filepath.Base(file), match[1], match[2]})
			case "sh", "yaml", "text":
			default:
				t.Errorf("%s: a block in %q, which nothing checks", file, match[1])
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("no page has a block in %s", language)
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
