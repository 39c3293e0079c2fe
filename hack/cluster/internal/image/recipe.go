// Package image builds container images without a registry or a daemon, and
// keeps them in the cache under a key of their content.
package image

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Recipe says what an image consists of.
type Recipe struct {
	// Reference is the name the node knows the image by, such as docker.io/library/postgres:18.
	Reference string
	// Base is the Debian file system of the first layer; none for a static binary.
	Base *RootFS
	// Files are copied into the second layer, links too; folders are copied whole.
	Files []File
	// Texts are small files by their path in the image.
	Texts map[string]string
	// Folders are empty folders that any user may write to, such as mount points.
	Folders []string
	Config  Config
}

// File is a file or folder of this machine and its place in the image.
type File struct{ Source, Target string }

// Config is how containers of the image start.
type Config struct {
	User       string
	Entrypoint []string
	Cmd        []string
	Env        []string
	WorkingDir string
	// StopSignal ends the program; SIGTERM when empty.
	StopSignal string
}

// Key names the content of the image: equal keys mean equal images.
func (r Recipe) Key() (string, error) {
	digest := sha256.New()
	if err := json.NewEncoder(digest).Encode(r); err != nil {
		return "", err
	}
	for _, file := range r.Files {
		if err := hashTree(digest, file.Source); err != nil {
			return "", fmt.Errorf("read %s for image %s: %w", file.Source, r.Reference, err)
		}
	}
	return hex.EncodeToString(digest.Sum(nil))[:12], nil
}

func hashTree(digest io.Writer, root string) error {
	return walk(root, func(relative, path string, info fs.FileInfo) error {
		_, _ = fmt.Fprintf(digest, "%s %s %d\n", relative, info.Mode(), info.Size())
		if !info.Mode().IsRegular() {
			return nil
		}
		file, err := os.Open(path) //nolint:gosec // a file that the recipe names
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		_, err = io.Copy(digest, file)
		return err
	})
}

// walk visits a file, or a folder and all in it, in lexical order. The root
// itself may be a link; links below it are visited as links.
func walk(root string, visit func(relative, path string, info fs.FileInfo) error) error {
	resolved, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	return filepath.WalkDir(resolved, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(resolved, path)
		if err != nil {
			return err
		}
		return visit(relative, path, info)
	})
}

// archiveName is the file name of the image in the cache.
func (r Recipe) archiveName(key string) string {
	name := strings.Map(func(c rune) rune {
		if c == '/' || c == ':' {
			return '_'
		}
		return c
	}, r.Reference)
	return name + "-" + key + ".tar"
}

// sortedPaths lists the texts in a fixed order, so that equal recipes give equal layers.
func (r Recipe) sortedPaths() []string {
	paths := make([]string, 0, len(r.Texts))
	for path := range r.Texts {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}
