package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/todoplatform/todoplatform/api/contract"
)

// place is where backups lie.
type place interface {
	// list gives the names of all backups in the order of their times.
	list(ctx context.Context) ([]string, error)
	// put copies a file there: whole, or not at all.
	put(ctx context.Context, name, path string) error
	open(ctx context.Context, name string) (io.ReadCloser, error)
	remove(ctx context.Context, name string) error
}

// nameForm is the form of the names of backups: the time, and what the databases of before and after a loss differ by.
var nameForm = regexp.MustCompile(`^[0-9]{8}T[0-9]{6}Z-([0-9a-f]{6})\.tar$`)

// placeFromEnv opens the place that the environment names.
func placeFromEnv(getenv func(string) string) (place, error) {
	if folder := getenv(contract.EnvBackupFolder); folder != "" {
		return folderPlace(folder), nil
	}
	endpoint, err := url.Parse(getenv(contract.EnvBackupS3Endpoint))
	if err != nil || endpoint.Host == "" {
		return nil, fmt.Errorf("set %s, or %s to the URL of an S3-compatible store", contract.EnvBackupFolder, contract.EnvBackupS3Endpoint)
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(getenv(contract.EnvBackupS3KeyID), getenv(contract.EnvBackupS3Key), ""),
		Secure: endpoint.Scheme == "https",
		Region: getenv(contract.EnvBackupS3Region),
	})
	if err != nil {
		return nil, fmt.Errorf("read the address of the S3-compatible store: %w", err)
	}
	return bucketPlace{client, getenv(contract.EnvBackupS3Bucket), getenv(contract.EnvBackupS3Prefix) + "/"}, nil
}

// folderPlace is a folder, on a volume.
type folderPlace string

func (f folderPlace) list(context.Context) ([]string, error) {
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return nil, fmt.Errorf("list the backups: %w", err)
	}
	var names []string
	for _, entry := range entries {
		if nameForm.MatchString(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func (f folderPlace) put(_ context.Context, name, path string) error {
	// What a backup that was killed has left would fill the volume.
	unfinished := filepath.Join(string(f), "unfinished")
	if err := copyFile(path, unfinished); err != nil {
		return fmt.Errorf("write the backup: %w", errors.Join(err, os.Remove(unfinished)))
	}
	if err := os.Rename(unfinished, filepath.Join(string(f), name)); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return syncFolder(string(f))
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from) //nolint:gosec // a path of our own
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // a path of our own
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	return errors.Join(out.Sync(), out.Close())
}

func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // a path of our own
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func (f folderPlace) open(_ context.Context, name string) (io.ReadCloser, error) {
	file, err := os.Open(filepath.Join(string(f), name)) //nolint:gosec // a name of the form of backups
	if err != nil {
		return nil, fmt.Errorf("open the backup: %w", err)
	}
	return file, nil
}

func (f folderPlace) remove(_ context.Context, name string) error {
	return os.Remove(filepath.Join(string(f), name))
}

// bucketPlace is what a bucket holds below a prefix.
type bucketPlace struct {
	client         *minio.Client
	bucket, prefix string
}

func (b bucketPlace) list(ctx context.Context) ([]string, error) {
	var names []string
	for object := range b.client.ListObjects(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix}) {
		if object.Err != nil {
			return nil, fmt.Errorf("list the backups of bucket %s: %w", b.bucket, object.Err)
		}
		if name := object.Key[len(b.prefix):]; nameForm.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

func (b bucketPlace) put(ctx context.Context, name, path string) error {
	if _, err := b.client.FPutObject(ctx, b.bucket, b.prefix+name, path, minio.PutObjectOptions{ContentType: "application/x-tar"}); err != nil {
		return fmt.Errorf("write the backup to bucket %s: %w", b.bucket, err)
	}
	return nil
}

func (b bucketPlace) open(ctx context.Context, name string) (io.ReadCloser, error) {
	object, err := b.client.GetObject(ctx, b.bucket, b.prefix+name, minio.GetObjectOptions{})
	if err == nil {
		_, err = object.Stat() // the store is asked no sooner
	}
	if err != nil {
		return nil, fmt.Errorf("open the backup in bucket %s: %w", b.bucket, err)
	}
	return object, nil
}

func (b bucketPlace) remove(ctx context.Context, name string) error {
	return b.client.RemoveObject(ctx, b.bucket, b.prefix+name, minio.RemoveObjectOptions{})
}
