package backup

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/todoplatform/todoplatform/api/contract"
)

// serviceAccount is where a pod finds what it logs in to the Kubernetes API with.
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

// handOverInCluster hands Secrets over by the Kubernetes API. The one request does without Kubernetes' own
// client, which would double the size of the program.
func handOverInCluster(getenv func(string) string) (func(context.Context, contract.Handover) error, error) {
	namespace, name, ok := strings.Cut(getenv(contract.EnvHandoverSecret), "/")
	if !ok {
		return nil, fmt.Errorf("%s must name a Secret, as in todo/postgres-restore", contract.EnvHandoverSecret)
	}
	address := "https://" + net.JoinHostPort(getenv("KUBERNETES_SERVICE_HOST"), getenv("KUBERNETES_SERVICE_PORT")) +
		"/api/v1/namespaces/" + namespace + "/secrets/" + name
	return func(ctx context.Context, secrets contract.Handover) error {
		authority, err := os.ReadFile(filepath.Join(serviceAccount, "ca.crt"))
		if err != nil {
			return err
		}
		token, err := os.ReadFile(filepath.Join(serviceAccount, "token"))
		if err != nil {
			return err
		}
		trusted := x509.NewCertPool()
		if !trusted.AppendCertsFromPEM(authority) {
			return errors.New("ca.crt holds no certificate")
		}
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}}
		return patchSecret(ctx, client, address, string(token), secrets)
	}, nil
}

// patchSecret puts Secrets into one that is there.
func patchSecret(ctx context.Context, client *http.Client, address, token string, secrets contract.Handover) (err error) {
	value, err := json.Marshal(secrets)
	if err != nil {
		return fmt.Errorf("encode them: %w", err)
	}
	patch, err := json.Marshal(map[string]any{"data": map[string][]byte{contract.SecretKeyHandover: value}})
	if err != nil {
		return fmt.Errorf("encode them: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPatch, address, bytes.NewReader(patch))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/merge-patch+json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 512)) // the status says enough
		return fmt.Errorf("the API server answers %s: %s", response.Status, said)
	}
	return nil
}
