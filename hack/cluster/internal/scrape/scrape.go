// Package scrape makes the files of Prometheus from the objects that tell the Prometheus operator what to read and
// what to alert on: where that operator is, it does the same.
package scrape

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Names of the files that Render makes.
const (
	ConfigFile = "prometheus.yml"
	RulesFile  = "rules.yml"
)

// interval is how often metrics are read and rules evaluated.
const interval = "15s"

// object is what is read of a ServiceMonitor, a PodMonitor or a PrometheusRule.
type object struct {
	Kind     string
	Metadata metav1.ObjectMeta
	Spec     struct {
		JobLabel            string
		Selector            metav1.LabelSelector
		NamespaceSelector   struct{ Any bool }
		Endpoints           []endpoint
		PodMetricsEndpoints []endpoint
		Groups              []json.RawMessage
	}
}

// endpoint is a port that tells metrics.
type endpoint struct {
	Port, Scheme, Path string
	HonorLabels        bool
	BearerTokenFile    string
	TLSConfig          struct{ InsecureSkipVerify bool }
}

// config is Prometheus' own form of what the objects say.
type config struct {
	Global        map[string]string `json:"global"`
	RuleFiles     []string          `json:"rule_files"`
	ScrapeConfigs []job             `json:"scrape_configs"`
}

type job struct {
	Name           string          `json:"job_name"`
	HonorLabels    bool            `json:"honor_labels,omitempty"`
	Scheme         string          `json:"scheme,omitempty"`
	Path           string          `json:"metrics_path,omitempty"`
	Authorization  map[string]any  `json:"authorization,omitempty"`
	TLS            map[string]bool `json:"tls_config,omitempty"`
	Discovery      []discovery     `json:"kubernetes_sd_configs"`
	RelabelConfigs []relabeling    `json:"relabel_configs"`
}

type discovery struct {
	Role       string              `json:"role"`
	Namespaces map[string][]string `json:"namespaces,omitempty"`
}

type relabeling struct {
	Sources     []string `json:"source_labels"`
	Action      string   `json:"action,omitempty"`
	Regex       string   `json:"regex,omitempty"`
	Target      string   `json:"target_label,omitempty"`
	Replacement string   `json:"replacement,omitempty"`
}

// Render gives the files of Prometheus by name, from a manifest of monitors and rules.
func Render(manifest []byte) (map[string]string, error) {
	rendered := config{
		Global:    map[string]string{"scrape_interval": interval, "evaluation_interval": interval},
		RuleFiles: []string{RulesFile},
	}
	var groups []json.RawMessage
	for _, document := range bytes.Split(manifest, []byte("\n---\n")) {
		var read object
		if err := yaml.Unmarshal(document, &read); err != nil {
			return nil, fmt.Errorf("read a monitor or rule: %w", err)
		}
		switch read.Kind {
		case "PrometheusRule":
			groups = append(groups, read.Spec.Groups...)
		case "ServiceMonitor", "PodMonitor":
			jobs, err := jobsOf(read)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", read.Kind, read.Metadata.Name, err)
			}
			rendered.ScrapeConfigs = append(rendered.ScrapeConfigs, jobs...)
		default:
			return nil, fmt.Errorf("neither a monitor nor rules: %q", read.Kind)
		}
	}
	configText, configErr := yaml.Marshal(rendered)
	rulesText, rulesErr := yaml.Marshal(map[string]any{"groups": groups})
	return map[string]string{ConfigFile: string(configText), RulesFile: string(rulesText)}, errors.Join(configErr, rulesErr)
}

// jobsOf makes a job of each endpoint of a monitor.
func jobsOf(monitor object) ([]job, error) {
	found := targetsOf(monitor.Kind)
	chosen, err := found.chosen(monitor.Spec.Selector)
	if err != nil {
		return nil, err
	}
	where := discovery{Role: found.role}
	if !monitor.Spec.NamespaceSelector.Any {
		where.Namespaces = map[string][]string{"names": {monitor.Metadata.Namespace}}
	}
	var jobs []job
	for _, endpoint := range slices.Concat(monitor.Spec.Endpoints, monitor.Spec.PodMetricsEndpoints) {
		j := job{
			Name:           strings.Join([]string{monitor.Metadata.Namespace, monitor.Metadata.Name, endpoint.Port}, "/"),
			HonorLabels:    endpoint.HonorLabels,
			Scheme:         endpoint.Scheme,
			Path:           endpoint.Path,
			Discovery:      []discovery{where},
			RelabelConfigs: slices.Concat(chosen, found.named(endpoint.Port, monitor.Spec.JobLabel)),
		}
		if endpoint.BearerTokenFile != "" {
			j.Authorization = map[string]any{"credentials_file": endpoint.BearerTokenFile}
		}
		if endpoint.TLSConfig.InsecureSkipVerify {
			j.TLS = map[string]bool{"insecure_skip_verify": true}
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// targets are what Prometheus finds for one kind of monitor, and the labels by which it knows them.
type targets struct{ role, labels, port string }

func targetsOf(kind string) targets {
	if kind == "ServiceMonitor" {
		return targets{"endpointslice", "__meta_kubernetes_service_", "__meta_kubernetes_endpointslice_port_name"}
	}
	return targets{"pod", "__meta_kubernetes_pod_", "__meta_kubernetes_pod_container_port_name"}
}

// unfit for the name of a label of Prometheus.
var unfit = regexp.MustCompile(`[^a-zA-Z0-9_]`)

// label is what Prometheus calls a label of a target.
func (t targets) label(name string) string {
	return t.labels + "label_" + unfit.ReplaceAllString(name, "_")
}

// chosen keeps the targets that a selector means.
func (t targets) chosen(by metav1.LabelSelector) ([]relabeling, error) {
	if len(by.MatchExpressions) > 0 {
		return nil, errors.New("matchExpressions are not understood here")
	}
	keep := []relabeling{{Sources: []string{"__meta_kubernetes_pod_phase"}, Action: "drop", Regex: "Failed|Succeeded"}}
	labels := make([]string, 0, len(by.MatchLabels))
	for label := range by.MatchLabels {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	for _, label := range labels {
		keep = append(keep, relabeling{Sources: []string{t.label(label)}, Action: "keep", Regex: regexp.QuoteMeta(by.MatchLabels[label])})
	}
	return keep, nil
}

// named keeps the targets with a port and gives them the labels that the Prometheus operator gives them.
func (t targets) named(port, jobLabel string) []relabeling {
	named := []relabeling{
		{Sources: []string{t.port}, Action: "keep", Regex: regexp.QuoteMeta(port)},
		{Sources: []string{"__meta_kubernetes_namespace"}, Target: "namespace"},
		{Sources: []string{"__meta_kubernetes_pod_name"}, Target: "pod"},
		{Sources: []string{"__meta_kubernetes_pod_container_name"}, Target: "container"},
		{Sources: []string{t.port}, Target: "endpoint"},
	}
	if t.role == "endpointslice" {
		service := []string{"__meta_kubernetes_service_name"}
		named = append(named, relabeling{Sources: service, Target: "service"}, relabeling{Sources: service, Target: "job"})
	}
	if jobLabel != "" {
		named = append(named, relabeling{Sources: []string{t.label(jobLabel)}, Regex: "(.+)", Target: "job"})
	}
	return named
}
