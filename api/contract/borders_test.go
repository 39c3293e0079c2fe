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

// borders lists what the operator and the API may not import, and why. What must not be
// linked into the services is tested beside them.
var borders = []struct {
	directory, banned, why string
	but                    string // the one directory below that may
}{
	{"controllers", module + "services", "the operator knows services by image, port and environment alone; what both must know is in api/contract", ""},
	{"controllers", "github.com/jackc/pgx", "only controllers/internal/database asks PostgreSQL what it carries; the migration Job changes it", "controllers/internal/database"},
	{"controllers", "github.com/dapr/", "Dapr's Go types would tie the operator to one release of Dapr", ""},
	{"api", module + "controllers", "the API is the ground that both sides stand on", ""},
	{"api", module + "services", "the API is the ground that both sides stand on", ""},
	{"api/contract", "k8s.io/", "services import the contract, and must not get Kubernetes with it", ""},
	{"api/heads", "k8s.io/", "services import the form of heads, and must not get Kubernetes with it", ""},
}

func TestBorders(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, border := range borders {
		for file, imports := range importsBelow(t, filepath.Join(root, border.directory)) {
			if border.but != "" && strings.HasPrefix(file, filepath.Join(root, border.but)+"/") {
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

// importsBelow reads the imports of every Go file below a directory, by file.
func importsBelow(t *testing.T, directory string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		found[path] = nil // A file without imports is a file too.
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
