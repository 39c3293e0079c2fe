package image

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/todoplatform/todoplatform/hack/cluster/internal/cache"
	"github.com/todoplatform/todoplatform/hack/cluster/internal/tools"
)

// Registry is where the product's own images would be pulled from elsewhere.
const Registry = "ghcr.io/todoplatform"

// PauseReference is the image that holds a pod's namespaces.
const PauseReference = "registry.k8s.io/pause:3.10"

// EnvoyReference is the proxy behind the Ingress.
const EnvoyReference = "docker.io/envoyproxy/envoy:v" + tools.EnvoyVersion

// MetricsServerReference is what tells autoscalers how busy pods are.
const MetricsServerReference = "registry.k8s.io/metrics-server/metrics-server:" + tools.MetricsServerVersion

const (
	caCertificates = "/etc/ssl/certs/ca-certificates.crt"
	systemPath     = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)

var (
	glibc    = RootFS{Name: "glibc", Variant: "extract", Packages: []string{"libc6", "libgcc-s1"}}
	postgres = RootFS{Name: "postgres", Variant: "minbase", Packages: []string{"postgresql-client-15", "libnss-wrapper"}}
	iptables = RootFS{Name: "iptables", Variant: "minbase", Packages: []string{"iptables", "ipset"}}
	java     = RootFS{Name: "java", Variant: "minbase", Packages: []string{"openjdk-17-jre-headless"}}
)

// Catalog knows the recipe of every image the local cluster runs.
type Catalog struct {
	Cache cache.Layout
	// Sources is the folder hack/images.
	Sources string
}

// System lists the images that a bare node needs before anything else runs on it.
func (c Catalog) System() []Recipe {
	return []Recipe{
		c.program(PauseReference, "pause", "/pause"),
		c.program("registry.k8s.io/coredns/coredns:v1.15.0", "coredns", "/coredns"),
	}
}

// Entry lists the images of the ingress.
func (c Catalog) Entry() []Recipe { return []Recipe{c.contour(), c.envoy()} }

// All lists the images of others that clusters run.
func (c Catalog) All() []Recipe {
	return slices.Concat(c.System(), c.Entry(), c.Dapr(), c.Data(), c.Extra())
}

// Dapr lists the images of Dapr's control plane and sidecar.
func (c Catalog) Dapr() []Recipe {
	var recipes []Recipe
	for _, name := range []string{"sentry", "injector", "scheduler", "placement", "operator", "daprd"} {
		binary := "dapr-" + name
		if name == "daprd" {
			binary = name
		}
		recipes = append(recipes, c.program("ghcr.io/dapr/"+name+":"+tools.DaprVersion, binary, "/"+name))
	}
	return recipes
}

// Data lists the images of the database and the broker that platforms bring along.
func (c Catalog) Data() []Recipe { return []Recipe{c.postgres("18"), c.kafka()} }

// Observe lists the images of what watches a platform.
func (c Catalog) Observe() []Recipe {
	return []Recipe{
		c.program("quay.io/prometheus/prometheus:"+tools.PrometheusVersion, "prometheus", "/bin/prometheus"),
		c.program("docker.io/victoriametrics/victoria-logs:"+tools.VictoriaLogsVersion, "victoria-logs", "/victoria-logs-prod"),
		c.program("docker.io/victoriametrics/vlagent:"+tools.VictoriaLogsVersion, "vlagent", "/vlagent-prod"),
		c.program("docker.io/jaegertracing/jaeger:"+tools.JaegerVersion, "jaeger", "/cmd/jaeger/jaeger-linux"),
	}
}

// Neighbours lists the images of what runs beside a platform in clusters of others.
func (c Catalog) Neighbours() []Recipe {
	return []Recipe{
		c.kubeRouter(),
		c.program(MetricsServerReference, "metrics-server", "/metrics-server"),
		c.program("quay.io/jetstack/cert-manager-controller:"+tools.CertManagerVersion, "cert-manager", "/app/cmd/controller/controller"),
	}
}

// Extra lists images that are only put on a node on request.
func (c Catalog) Extra() []Recipe { return []Recipe{c.postgres("15")} }

// Product is the image of one of our binaries, which lies at path.
func (c Catalog) Product(binary, tag, path string) Recipe {
	return static(Registry+"/"+binary+":"+tag, path, "/"+binary)
}

// program is a static binary of the cache in an image of its own.
func (c Catalog) program(reference, binary, target string) Recipe {
	return static(reference, c.Cache.Binary(binary), target)
}

// static is an image of a static binary that runs as a user without rights.
func static(reference, source, target string) Recipe {
	return Recipe{
		Reference: reference,
		Files:     []File{{source, target}, {caCertificates, caCertificates}},
		Texts:     accounts("nonroot", "65532"),
		Folders:   []string{"/tmp"},
		Config:    Config{User: "65532:65532", Entrypoint: []string{target}, Env: []string{systemPath}, WorkingDir: "/"},
	}
}

// contour carries the binary where its own manifests call it: by path and by name.
func (c Catalog) contour() Recipe {
	recipe := c.program("ghcr.io/projectcontour/contour:"+tools.ContourVersion, "contour", "/bin/contour")
	recipe.Config.User = "65534:65534"
	return recipe
}

func (c Catalog) envoy() Recipe {
	return Recipe{
		Reference: EnvoyReference,
		Base:      &glibc,
		Files:     []File{{c.Cache.Binary("envoy"), "/usr/local/bin/envoy"}, {caCertificates, caCertificates}},
		Texts:     accounts("nonroot", "65532"),
		Folders:   []string{"/tmp"},
		Config:    Config{User: "65532:65532", Entrypoint: []string{"envoy"}, Env: []string{systemPath}},
	}
}

// kubeRouter changes the node's rules by the programs that it carries, as root.
func (c Catalog) kubeRouter() Recipe {
	return Recipe{
		Reference: "docker.io/cloudnativelabs/kube-router:" + tools.KubeRouterVersion,
		Base:      &iptables,
		Files:     []File{{c.Cache.Binary("kube-router"), "/usr/local/bin/kube-router"}},
		Folders:   []string{"/tmp"},
		Config:    Config{User: "0:0", Entrypoint: []string{"kube-router"}, Env: []string{systemPath}},
	}
}

func (c Catalog) postgres(major string) Recipe {
	home := "/usr/lib/postgresql/" + major
	data := "/var/lib/postgresql/" + major + "/docker"
	if major == "15" { // releases before 18 kept the data elsewhere
		data = "/var/lib/postgresql/data"
	}
	files := []File{
		{c.Cache.Path("postgres-" + major), home},
		{filepath.Join(c.Sources, "postgres", "docker-entrypoint.sh"), "/usr/local/bin/docker-entrypoint.sh"},
	}
	path := home + "/bin"
	if major != "15" { // Debian's client programs dump no server that is newer than they are
		const clients = "/opt/postgres-client/"
		set := c.Cache.Path("postgres-client-" + major)
		files = append(files, File{filepath.Join(set, tools.PostgresClientLibraries), clients + tools.PostgresClientLibraries})
		for _, program := range tools.PostgresClients() {
			files = append(files, File{filepath.Join(set, program), clients + program})
		}
		path += ":" + clients + filepath.Dir(tools.PostgresClients()[0])
	}
	return Recipe{
		Reference: "docker.io/library/postgres:" + major,
		Base:      &postgres,
		Files:     files,
		Texts:     accounts("postgres", "999"),
		Folders:   []string{"/tmp", "/var/run/postgresql", "/var/lib/postgresql", data, "/docker-entrypoint-initdb.d"},
		Config: Config{
			User:       "999:999",
			Entrypoint: []string{"docker-entrypoint.sh"},
			Cmd:        []string{"postgres"},
			// As in the official image: at SIGTERM PostgreSQL waits until every client has left.
			StopSignal: "SIGINT",
			Env: []string{
				// What is not of the server's own release comes with Debian's release 15 and talks to newer
				// servers too: before the wrappers of the same names in /usr/bin, which are slow to start.
				"PATH=" + path + ":/usr/lib/postgresql/15/bin:" + strings.TrimPrefix(systemPath, "PATH="),
				"PGDATA=" + data, "PG_MAJOR=" + major, "LANG=C.UTF-8",
			},
		},
	}
}

func (c Catalog) kafka() Recipe {
	home := "/etc/kafka/docker"
	return Recipe{
		Reference: "docker.io/apache/kafka:" + tools.KafkaVersion,
		Base:      &java,
		Files: []File{
			{c.Cache.Path("kafka", "libs"), "/opt/kafka/libs"},
			{filepath.Join(c.Sources, "kafka"), home},
		},
		Texts:   accounts("appuser", "1000"),
		Folders: []string{"/tmp", "/opt/kafka/config", "/opt/kafka/logs", "/var/lib/kafka/data", "/mnt/shared/config"},
		Config: Config{
			User:       "1000:1000",
			Cmd:        []string{home + "/run"},
			Env:        []string{systemPath, "LANG=C.UTF-8"},
			WorkingDir: "/",
		},
	}
}

// accounts names root, nobody and the image's user, so that programs that look up
// their own name find one.
func accounts(user, id string) map[string]string {
	passwd := []string{"root:x:0:0:root:/root:/sbin/nologin", "nobody:x:65534:65534:nobody:/:/sbin/nologin"}
	group := []string{"root:x:0:", "nobody:x:65534:"}
	passwd = append(passwd, user+":x:"+id+":"+id+":"+user+":/tmp:/sbin/nologin")
	group = append(group, user+":x:"+id+":")
	return map[string]string{
		"/etc/passwd": strings.Join(passwd, "\n") + "\n",
		"/etc/group":  strings.Join(group, "\n") + "\n",
	}
}

// Programs maps the names of our binaries to their folders in the repository:
// those in cmd, and the mailbox that takes the development cluster's mail.
func Programs(repository string) (map[string]string, error) {
	programs := map[string]string{"mailbox": filepath.Join("hack", "mailbox")}
	mains, err := filepath.Glob(filepath.Join(repository, "cmd", "*", "main.go"))
	if err != nil {
		return nil, err
	}
	for _, main := range mains {
		name := filepath.Base(filepath.Dir(main))
		programs[name] = filepath.Join("cmd", name)
	}
	return programs, nil
}
