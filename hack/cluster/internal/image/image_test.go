package image

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app")
	if err := os.WriteFile(path, []byte("one"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func testRecipe(source string) Recipe {
	return Recipe{
		Reference: "example.com/app:1",
		Files:     []File{{source, "/app"}},
		Texts:     accounts("nonroot", "65532"),
		Folders:   []string{"/tmp"},
		Config:    Config{User: "65532:65532", Entrypoint: []string{"/app"}, StopSignal: "SIGINT"},
	}
}

func key(t *testing.T, recipe Recipe) string {
	t.Helper()
	got, err := recipe.Key()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestKeyFollowsTheContent(t *testing.T) {
	path := binary(t)
	first := key(t, testRecipe(path))
	if again := key(t, testRecipe(path)); again != first {
		t.Fatalf("the same content has keys %s and %s", first, again)
	}
	if err := os.WriteFile(path, []byte("two"), 0o755); err != nil {
		t.Fatal(err)
	}
	if changed := key(t, testRecipe(path)); changed == first {
		t.Fatal("another content has the same key")
	}
}

func TestKeyFollowsTheConfig(t *testing.T) {
	recipe := testRecipe(binary(t))
	first := key(t, recipe)
	recipe.Config.User = "1:1"
	if key(t, recipe) == first {
		t.Fatal("another user has the same key")
	}
}

func TestLayerHoldsFilesWithFixedOwnersAndTimes(t *testing.T) {
	var layer bytes.Buffer
	if err := writeLayer(&layer, testRecipe(binary(t))); err != nil {
		t.Fatal(err)
	}
	modes := map[string]int64{}
	for reader := tar.NewReader(&layer); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Uid != 0 || header.Gid != 0 || header.ModTime.Unix() > 0 {
			t.Errorf("%s belongs to %d:%d of %s", header.Name, header.Uid, header.Gid, header.ModTime)
		}
		modes[header.Name] = header.Mode
	}
	for name, want := range map[string]int64{"app": 0o755, "etc/passwd": 0o644, "etc/group": 0o644, "tmp/": 0o1777} {
		if modes[name] != want {
			t.Errorf("%s has mode %o, want %o", name, modes[name], want)
		}
	}
}

func TestArchiveIsAnImageThatStartsAsTheRecipeSays(t *testing.T) {
	recipe := testRecipe(binary(t))
	archive := filepath.Join(t.TempDir(), "image.tar")
	if err := writeArchive(recipe, "", archive); err != nil {
		t.Fatal(err)
	}
	read, err := tarball.ImageFromPath(archive, nil)
	if err != nil {
		t.Fatal(err)
	}
	config, err := read.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.User != "65532:65532" || config.Config.Entrypoint[0] != "/app" || config.Config.StopSignal != "SIGINT" || len(config.RootFS.DiffIDs) != 1 {
		t.Fatalf("the image's configuration is %+v", config)
	}
}

// Nothing is pulled from anywhere: what a manifest names has to be there.
func TestWhatManifestsNameIsBuilt(t *testing.T) {
	addons := filepath.Join("..", "addons", "manifests")
	for _, test := range []struct {
		manifests []string
		built     []Recipe
		adapted   int // in manifests of others
	}{
		{[]string{filepath.Join("..", "..", "..", "observe", "*.yaml")}, (Catalog{}).Observe(), 0},
		{[]string{filepath.Join(addons, "kube-router.yaml"), filepath.Join(addons, "cert-manager.yaml")}, (Catalog{}).Neighbours(), 1},
	} {
		built := map[string]bool{}
		for _, recipe := range test.built {
			built[recipe.Reference] = true
		}
		named := imagesIn(t, test.manifests...)
		for _, reference := range named {
			if !built[reference] {
				t.Errorf("%s is wanted, and no recipe makes it", reference)
			}
		}
		if len(named)+test.adapted != len(built) {
			t.Errorf("%q are named, %d built", named, len(built))
		}
	}
}

// imagesIn lists the images that the manifests of some patterns name.
func imagesIn(t *testing.T, patterns ...string) (references []string) {
	t.Helper()
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no manifests at %s: %v", pattern, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range regexp.MustCompile(`image: (\S+)`).FindAllSubmatch(content, -1) {
				references = append(references, string(found[1]))
			}
		}
	}
	return references
}
