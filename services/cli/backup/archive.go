package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/store/migration"
)

const (
	// format is the form of archives that this program writes, and the newest that it reads.
	format = 1
	// manifestName is the first member of an archive, and tells of all others.
	manifestName = "manifest.json"
	// dumpName is the member with the dump of the database.
	dumpName = "database.dump"
	// secretsName is the folder of the members with the keys of Secrets.
	secretsName = "secrets"
	// maxManifest and maxSecrets bound what is read into memory, in bytes.
	maxManifest, maxSecrets = 1 << 20, 1 << 20
)

// manifest tells what an archive holds.
type manifest struct {
	Format   int                `json:"format"`
	Made     time.Time          `json:"made"`
	Platform string             `json:"platform"` // as in todo/todo
	Version  string             `json:"version"`  // of the platform
	Schemas  migration.Versions `json:"schemas"`
	// Logins are the roles of services, by schema; Roles are all that own something or have a right.
	Logins map[string]string `json:"logins"`
	Roles  []string          `json:"roles"`
	Parts  []part            `json:"parts"`
}

// part is a member of an archive.
type part struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// partNames lists the names that parts may have.
func partNames() []string {
	names := []string{dumpName}
	known := contract.BackedUpSecrets()
	for _, secret := range slices.Sorted(maps.Keys(known)) {
		for _, key := range known[secret] {
			names = append(names, secretsName+"/"+contract.BackedUpSecret(secret, key))
		}
	}
	return names
}

// writeArchive writes an archive of the parts that lie in a folder under their names.
func writeArchive(path, folder string, about manifest) (err error) {
	about.Format = format
	for _, name := range partNames() {
		found, err := describePart(folder, name)
		if errors.Is(err, os.ErrNotExist) && name != dumpName {
			continue // a key that the platform does not have
		}
		if err != nil {
			return err
		}
		about.Parts = append(about.Parts, found)
	}
	encoded, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the manifest: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // a path of our own
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	archive := tar.NewWriter(file)
	if err := addMember(archive, manifestName, int64(len(encoded)), about.Made, strings.NewReader(string(encoded))); err != nil {
		return err
	}
	for _, part := range about.Parts {
		if err := addFile(archive, folder, part, about.Made); err != nil {
			return err
		}
	}
	return archive.Close()
}

func describePart(folder, name string) (part, error) {
	file, err := os.Open(filepath.Join(folder, name)) //nolint:gosec // one of the names that parts may have
	if err != nil {
		return part{}, err
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	if err != nil {
		return part{}, fmt.Errorf("read %s: %w", name, err)
	}
	return part{name, size, hex.EncodeToString(sum.Sum(nil))}, nil
}

func addFile(archive *tar.Writer, folder string, part part, made time.Time) error {
	file, err := os.Open(filepath.Join(folder, part.Name)) //nolint:gosec // one of the names that parts may have
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return addMember(archive, part.Name, part.Size, made, file)
}

func addMember(archive *tar.Writer, name string, size int64, made time.Time, content io.Reader) error {
	if err := archive.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: made}); err != nil {
		return fmt.Errorf("add %s to the archive: %w", name, err)
	}
	if _, err := io.Copy(archive, content); err != nil {
		return fmt.Errorf("add %s to the archive: %w", name, err)
	}
	return nil
}

// readArchive reads an archive to its end and checks that it is whole: its format, its parts, and their sums.
// accept may refuse it for what its manifest says; take is given each part.
func readArchive(from io.Reader, accept func(manifest) error, take func(part, io.Reader) error) error {
	archive := tar.NewReader(from)
	about, err := readManifest(archive)
	if err != nil {
		return err
	}
	if err := accept(about); err != nil {
		return err
	}
	for _, part := range about.Parts {
		header, err := archive.Next()
		if err != nil {
			return fmt.Errorf("the archive is damaged: it ends before %s: %w", part.Name, err)
		}
		if header.Name != part.Name || header.Size != part.Size {
			return fmt.Errorf("the archive is damaged: it holds %s in the place of %s", header.Name, part.Name)
		}
		sum := sha256.New()
		if err := take(part, io.TeeReader(archive, sum)); err != nil {
			return fmt.Errorf("read %s: %w", part.Name, err)
		}
		if hex.EncodeToString(sum.Sum(nil)) != part.SHA256 {
			return fmt.Errorf("the archive is damaged: %s is not what was written", part.Name)
		}
	}
	if _, err := archive.Next(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("the archive is damaged: something follows its last part: %w", err)
	}
	return nil
}

func readManifest(archive *tar.Reader) (manifest, error) {
	var about manifest
	header, err := archive.Next()
	if err != nil {
		return about, fmt.Errorf("this is no backup: it does not begin with a manifest: %w", err)
	}
	if header.Name != manifestName || header.Size > maxManifest {
		return about, errors.New("this is no backup: it does not begin with a manifest")
	}
	if err := json.NewDecoder(archive).Decode(&about); err != nil {
		return about, fmt.Errorf("read the manifest: %w", err)
	}
	if about.Format > format {
		return about, fmt.Errorf("the backup is of format %d, and this version reads up to %d: restore it with version %s of the platform, or a newer one",
			about.Format, format, about.Version)
	}
	known := partNames()
	for i, listed := range about.Parts {
		if !slices.Contains(known, listed.Name) || slices.ContainsFunc(about.Parts[:i], func(other part) bool { return other.Name == listed.Name }) {
			return about, fmt.Errorf("the archive is damaged: it has a part %q", listed.Name)
		}
	}
	return about, nil
}
