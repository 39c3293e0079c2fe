package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/test/servers"
)

// secureHost is what the certificate of the Gateway is for.
const secureHost = "todo.example.org"

// comeThroughAGateway has people come in through a Gateway of Contour, in plain text and by TLS, and back
// through Ingresses.
func comeThroughAGateway(t *testing.T, ada, bob *person) {
	if err := program("gateway"); err != nil {
		t.Fatal(err)
	}
	cluster.patchPlatform(t, `{"spec":{"exposure":{"type":"Gateway","gateway":{"name":"contour","namespace":"projectcontour","sectionName":"http"}}}}`)
	cluster.waitReady(t, time.Minute)
	ada.login(t)
	bob.login(t)
	waterPlants(t, ada, bob)

	authority := secureGateway(t)
	cluster.patchPlatform(t, `{"spec":{"exposure":{"host":"`+secureHost+`","url":null,"gateway":{"sectionName":"https"}}}}`)
	cluster.waitReady(t, time.Minute)
	if url := cluster.platform(t).Status.URL; url != "https://"+secureHost {
		t.Errorf("status.url is %q", url)
	}
	ada.comeBy("https://"+secureHost, secureClient(t, authority))
	ada.login(t)
	ada.open(t).close()

	cluster.patchPlatform(t, `{"spec":{"exposure":{"type":null,"gateway":null,"host":null,"url":"`+baseURL+`"}}}`)
	cluster.waitReady(t, time.Minute)
	ada.comeBy(baseURL, bob.http)
	ada.login(t)
}

// secureGateway gives the Gateway a listener with a certificate for secureHost, and returns its authority.
func secureGateway(t *testing.T) *x509.CertPool {
	t.Helper()
	authority := servers.NewAuthority(t)
	certificate, key := authority.Issue(t, secureHost)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "projectcontour", Name: "gateway-tls"}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: certificate, corev1.TLSPrivateKeyKey: key}}
	if err := cluster.Create(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	https := map[string]any{
		"name": "https", "protocol": "HTTPS", "port": 443,
		"allowedRoutes": map[string]any{"namespaces": map[string]any{"from": "All"}},
		"tls":           map[string]any{"certificateRefs": []any{map[string]any{"name": secret.Name}}},
	}
	patch, err := json.Marshal([]any{map[string]any{"op": "add", "path": "/spec/listeners/-", "value": https}})
	if err != nil {
		t.Fatal(err)
	}
	gateway := &unstructured.Unstructured{}
	gateway.SetGroupVersionKind(schema.GroupVersionKind{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "Gateway"})
	gateway.SetNamespace("projectcontour")
	gateway.SetName("contour")
	if err := cluster.Patch(t.Context(), gateway, client.RawPatch(types.JSONPatchType, patch)); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority.PEM)
	return pool
}

// secureClient reaches secureHost at the node, as its people would by DNS.
func secureClient(t *testing.T, authority *x509.CertPool) *http.Client {
	t.Helper()
	nodes := &corev1.NodeList{}
	if err := cluster.List(t.Context(), nodes); err != nil {
		t.Fatal(err)
	}
	address, err := internalAddress(nodes)
	if err != nil {
		t.Fatal(err)
	}
	dialer := &net.Dialer{}
	return &http.Client{Timeout: requestLimit, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: authority, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, net.JoinHostPort(address, "443"))
		},
	}}
}

func internalAddress(nodes *corev1.NodeList) (string, error) {
	for _, node := range nodes.Items {
		for _, address := range node.Status.Addresses {
			if address.Type == corev1.NodeInternalIP {
				return address.Address, nil
			}
		}
	}
	return "", fmt.Errorf("no node tells its address")
}
