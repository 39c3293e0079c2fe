package servers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// The login to an ObjectStore that may read, write and list its bucket, and nothing else.
const (
	StoreKeyID = "todoplatform"
	StoreKey   = "key of todoplatform"
)

// StoreRegion is the region of an ObjectStore.
const StoreRegion = "us-east-1"

const storeAdministrator = "administrator" // its key, too

// StartObjectStore starts an S3-compatible store, SeaweedFS, with one bucket, and returns its URL. It ends with the test.
func StartObjectStore(t testing.TB, bucket string) (endpoint string) {
	t.Helper()
	weed, err := Binary("bin", "weed")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"-logtostderr", "server", "-dir=" + dir, "-ip=127.0.0.1", "-filer", "-s3", "-s3.config=" + storeLogins(t, bucket),
		"-s3.autoCreateBucket=false", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"}
	for _, part := range []string{"master", "volume", "filer"} {
		args = append(args, storePorts(t, part, FreePort())...)
	}
	port := FreePort()
	args = append(args, storePorts(t, "s3", port)...)
	process := NewProcess("weed", dir, func() *exec.Cmd { return exec.Command(weed, args...) })
	t.Cleanup(process.Kill) // asked to stop, it would take a quarter of a minute
	endpoint = "http://" + Loopback(port)
	err = process.Start(func() bool {
		client := http.Client{Timeout: time.Second}
		answer, err := client.Get(endpoint)
		return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusForbidden
	})
	if err == nil {
		err = makeBucket(t, port, bucket)
	}
	if err != nil {
		t.Fatal(err)
	}
	return endpoint
}

// storeLogins writes who may do what in a store.
func storeLogins(t testing.TB, bucket string) (file string) {
	t.Helper()
	login := func(id, key string, actions ...string) map[string]any {
		return map[string]any{"name": id, "actions": actions, "credentials": []map[string]string{{"accessKey": id, "secretKey": key}}}
	}
	content, err := json.Marshal(map[string]any{"identities": []any{
		login(storeAdministrator, storeAdministrator, "Admin"),
		login(StoreKeyID, StoreKey, "Read:"+bucket, "Write:"+bucket, "List:"+bucket),
	}})
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "logins.json")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// storePorts gives a part of the store its ports. The sockets beside them, whose place is fixed, go with the test.
func storePorts(t testing.TB, part string, port int) []string {
	grpc := FreePort()
	t.Cleanup(func() {
		for _, pattern := range []string{fmt.Sprintf("/tmp/seaweedfs-*-%d.sock", port), fmt.Sprintf("/tmp/seaweedfs-*-%d.sock", grpc)} {
			sockets, _ := filepath.Glob(pattern) // the pattern is right
			for _, socket := range sockets {
				_ = os.Remove(socket) // the part may not have come to make it
			}
		}
	})
	return []string{fmt.Sprintf("-%s.port=%d", part, port), fmt.Sprintf("-%s.port.grpc=%d", part, grpc)}
}

func makeBucket(t testing.TB, port int, bucket string) error {
	client, err := minio.New(Loopback(port), &minio.Options{
		Creds: credentials.NewStaticV4(storeAdministrator, storeAdministrator, ""), Region: StoreRegion,
	})
	if err != nil {
		return err
	}
	if err := client.MakeBucket(t.Context(), bucket, minio.MakeBucketOptions{}); err != nil {
		return fmt.Errorf("make a bucket: %w", err)
	}
	return nil
}
