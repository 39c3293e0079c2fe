package node

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/network"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/supervise"
)

const (
	etcdAddress      = "127.0.0.1:2379"
	containerdSocket = "/run/containerd/containerd.sock"
	probeTimeout     = time.Second
)

// Components lists what runs in the node, each with what it waits for.
func (n Node) Components() []supervise.Component {
	components := []supervise.Component{
		{Name: "containerd", Path: "containerd", Args: []string{"--config", n.Dir("containerd.toml")}},
		{Name: "kubelet", Path: n.Cache.Binary("kubelet"), Args: n.kubeletArgs(), Ready: all(n.apiServerReady, listening("unix", containerdSocket))},
		{Name: "kube-proxy", Path: n.Cache.Binary("kube-proxy"), Args: n.proxyArgs(), Ready: n.apiServerReady},
	}
	if n.hasControlPlane() {
		components = append(components, n.controlPlane()...)
	}
	return components
}

func (n Node) controlPlane() []supervise.Component {
	return []supervise.Component{
		{Name: "etcd", Path: n.Cache.Binary("etcd"), Args: n.etcdArgs()},
		{Name: "kube-apiserver", Path: n.Cache.Binary("kube-apiserver"), Args: n.apiServerArgs(), Ready: listening("tcp", etcdAddress)},
		{Name: "kube-controller-manager", Path: n.Cache.Binary("kube-controller-manager"), Args: n.controllerManagerArgs(), Ready: n.apiServerReady},
		{Name: "kube-scheduler", Path: n.Cache.Binary("kube-scheduler"), Args: n.schedulerArgs(), Ready: n.apiServerReady},
	}
}

func (n Node) etcdArgs() []string {
	return []string{
		"--data-dir=" + n.Dir("etcd"),
		"--listen-client-urls=http://" + etcdAddress,
		"--advertise-client-urls=http://" + etcdAddress,
		"--listen-peer-urls=http://127.0.0.1:2380",
		"--unsafe-no-fsync", // the data goes with the cluster
		"--log-level=warn",
	}
}

func (n Node) apiServerArgs() []string {
	pki := func(file string) string { return n.Cluster.Dir("pki", file) }
	return []string{
		"--advertise-address=" + n.Address().String(),
		"--secure-port=6443",
		"--etcd-servers=http://" + etcdAddress,
		"--service-cluster-ip-range=" + network.ServiceRange,
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true",
		"--profiling=false",
		// Logs and exec go by address: the node's name resolves nowhere.
		"--kubelet-preferred-address-types=InternalIP",
		"--client-ca-file=" + pki("ca.crt"),
		"--tls-cert-file=" + pki("apiserver.crt"),
		"--tls-private-key-file=" + pki("apiserver.key"),
		"--kubelet-client-certificate=" + pki("apiserver-kubelet-client.crt"),
		"--kubelet-client-key=" + pki("apiserver-kubelet-client.key"),
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + pki("sa.pub"),
		"--service-account-signing-key-file=" + pki("sa.key"),
		"--proxy-client-cert-file=" + pki("front-proxy-client.crt"),
		"--proxy-client-key-file=" + pki("front-proxy-client.key"),
		"--requestheader-client-ca-file=" + pki("front-proxy-ca.crt"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-username-headers=X-Remote-User",
	}
}

func (n Node) controllerManagerArgs() []string {
	config := n.Cluster.Dir("kubeconfig", "controller-manager.conf")
	return []string{
		"--kubeconfig=" + config,
		"--authentication-kubeconfig=" + config,
		"--authorization-kubeconfig=" + config,
		"--leader-elect=false",
		"--profiling=false",
		"--use-service-account-credentials=true",
		"--service-account-private-key-file=" + n.Cluster.Dir("pki", "sa.key"),
		"--root-ca-file=" + n.Cluster.Dir("pki", "ca.crt"),
		"--cluster-signing-cert-file=" + n.Cluster.Dir("pki", "ca.crt"),
		"--cluster-signing-key-file=" + n.Cluster.Dir("pki", "ca.key"),
		// Five minutes by default: what is scaled out goes back while one watches.
		"--horizontal-pod-autoscaler-downscale-stabilization=1m",
	}
}

func (n Node) schedulerArgs() []string {
	config := n.Cluster.Dir("kubeconfig", "scheduler.conf")
	return []string{
		"--kubeconfig=" + config,
		"--authentication-kubeconfig=" + config,
		"--authorization-kubeconfig=" + config,
		"--leader-elect=false",
		"--profiling=false",
	}
}

func (n Node) kubeletArgs() []string {
	return []string{
		"--config=" + n.Dir("kubelet.yaml"),
		"--kubeconfig=" + n.kubeletKubeconfig(),
		"--hostname-override=" + n.Hostname(),
		"--node-ip=" + n.Address().String(),
		"--node-labels=topology.kubernetes.io/zone=" + n.Zone(),
	}
}

func (n Node) proxyArgs() []string {
	return []string{
		"--kubeconfig=" + n.proxyKubeconfig(),
		"--hostname-override=" + n.Hostname(),
		"--cluster-cidr=" + network.PodRange,
		"--proxy-mode=iptables",
		// These settings of the kernel cannot be changed from a network namespace.
		"--conntrack-max-per-core=0",
		"--conntrack-min=0",
		"--conntrack-tcp-timeout-established=0",
		"--conntrack-tcp-timeout-close-wait=0",
	}
}

// listening reports whether something accepts connections at an address.
func listening(networkName, address string) func(context.Context) bool {
	return func(ctx context.Context) bool {
		dialer := net.Dialer{Timeout: probeTimeout}
		connection, err := dialer.DialContext(ctx, networkName, address)
		if err != nil {
			return false
		}
		_ = connection.Close()
		return true
	}
}

// apiServerReady asks without a name: it only wants to know whether to go on.
func (n Node) apiServerReady(ctx context.Context) bool {
	client := http.Client{
		Timeout:   probeTimeout,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}, //nolint:gosec // see above
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.APIServer()+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func all(conditions ...func(context.Context) bool) func(context.Context) bool {
	return func(ctx context.Context) bool {
		for _, holds := range conditions {
			if !holds(ctx) {
				return false
			}
		}
		return true
	}
}
