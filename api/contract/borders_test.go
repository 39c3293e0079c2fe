package contract_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/todoplatform/todoplatform/"

// borders lists what each side may not import, and why.
var borders = []struct {
	directory, banned, why string
}{
	{"services", module + "controllers", "services do not know who runs them; what both must know is in api/contract"},
	{"services", module + "api/v1alpha1", "services are configured by their environment, not by the manifest"},
	{"services", "sigs.k8s.io/controller-runtime", "services do not talk to Kubernetes"},
	{"services", "k8s.io/", "services do not talk to Kubernetes"},
	{"services", "github.com/segmentio/kafka-go", "services reach Kafka through Dapr"},
	{"controllers", module + "services", "the operator knows services by image, port and environment alone; what both must know is in api/contract"},
	{"controllers", "github.com/jackc/pgx", "the operator does not speak to PostgreSQL; the migration Job does"},
	{"controllers", "github.com/dapr/", "Dapr's Go types would tie the operator to one release of Dapr"},
	{"api", module + "controllers", "the API is the ground that both sides stand on"},
	{"api", module + "services", "the API is the ground that both sides stand on"},
	{"api/contract", "k8s.io/", "services import the contract, and must not get Kubernetes with it"},
}

// exceptions are packages that a border does not bind, and why.
var exceptions = map[string]string{
	"services/internal/daprtest": "the test fixture makes topics with Kafka's own protocol, as the operator does in a cluster",
}

func TestBorders(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, border := range borders {
		for file, imports := range importsBelow(t, filepath.Join(root, border.directory)) {
			if excepted(root, file) {
				continue
			}
			for _, path := range imports {
				if path == border.banned || strings.HasPrefix(path, strings.TrimSuffix(border.banned, "/")+"/") {
					t.Errorf("%s imports %s: %s", file, path, border.why)
				}
			}
		}
	}
}

func excepted(root, file string) bool {
	for directory := range exceptions {
		if strings.HasPrefix(file, filepath.Join(root, directory)+string(filepath.Separator)) {
			return true
		}
	}
	return strings.HasSuffix(file, "_test.go")
}

// importsBelow reads the imports of every Go file below a directory, by file.
func importsBelow(t *testing.T, directory string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found[path] = append(found[path], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("no Go files below %s: has it moved?", directory)
	}
	return found
}
