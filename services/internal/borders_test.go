// Package internal_test keeps the borders between the parts of the module.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/contract"
)

const module = "github.com/todoplatform/todoplatform/"

// dependencies lists every package that is linked into the packages.
func dependencies(t *testing.T, packages ...string) []string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps"}, packages...)...)
	command.Dir = "../.."
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Fields(string(output))
}

func TestServicesKeepTheirBorders(t *testing.T) {
	banned := map[string]string{
		"github.com/jackc/pgx":                "services reach PostgreSQL through Dapr; only the migration speaks its protocol",
		"github.com/lib/pq":                   "services reach PostgreSQL through Dapr",
		"github.com/pressly/goose":            "migrations run in the operator's Job, not in services",
		"github.com/segmentio/kafka-go":       "services reach Kafka through Dapr; only the operator speaks its protocol",
		"k8s.io/":                             "services know nothing of the cluster that they run in",
		"testing":                             "test fixtures have no place in a service",
		module + "controllers":                "operator and services share nothing but the API packages",
		module + "services/internal/daprtest": "test fixtures have no place in a service",
	}
	for _, app := range contract.Services() {
		t.Run(app, func(t *testing.T) {
			for _, dependency := range dependencies(t, "./cmd/"+app) {
				for prefix, reason := range banned {
					if dependency == prefix || strings.HasPrefix(dependency, strings.TrimSuffix(prefix, "/")+"/") {
						t.Errorf("it is linked with %s: %s", dependency, reason)
					}
				}
			}
		})
	}
}

func TestOperatorDoesNotReachIntoServices(t *testing.T) {
	for _, dependency := range dependencies(t, "./cmd/manager") {
		if strings.HasPrefix(dependency, module+"services/") {
			t.Errorf("it is linked with %s: operator and services share nothing but the API packages", dependency)
		}
	}
}

func TestEveryBinaryKnowsEveryZone(t *testing.T) {
	binaries, err := os.ReadDir("../../cmd")
	if err != nil || len(binaries) == 0 {
		t.Fatalf("no binaries: %v", err)
	}
	for _, binary := range binaries {
		if !slices.Contains(dependencies(t, "./cmd/"+binary.Name()), "time/tzdata") {
			t.Errorf("%s is not linked with time/tzdata: in its image, which has no zone files, it would know UTC alone", binary.Name())
		}
	}
}

func TestZonesAreLoadedInOnePlace(t *testing.T) {
	for _, place := range usesOf(t, "../..", "time", "LoadLocation") {
		// The tests of the whole story stand outside of the services and cannot import the package.
		if file, _, _ := strings.Cut(place, ":"); file != "services/internal/zones/zones.go" && !strings.HasPrefix(file, "test/e2e/") {
			t.Errorf("%s calls time.LoadLocation: zones.Load knows every zone everywhere and says well which it does not know", place)
		}
	}
}

// usesOf finds, below root, where Go files name something of a package of the standard library.
func usesOf(t *testing.T, root, of, name string) []string {
	t.Helper()
	var places []string
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == "node_modules" || entry.Name() == ".git":
			return skip(entry)
		case entry.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok || selector.Sel.Name != name {
				return true
			}
			if base, ok := selector.X.(*ast.Ident); ok && base.Name == of {
				places = append(places, strings.TrimPrefix(files.Position(node.Pos()).String(), root+"/"))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(places) == 0 {
		t.Fatalf("nothing below %s names %s.%s: has it moved?", root, of, name)
	}
	return places
}

// skip passes over a folder with all that is in it, or over a file.
func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}
