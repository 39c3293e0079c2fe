// Package dashboards describes what Grafana shows of platforms, for each who looks: the owner of a platform, those who
// keep one of its services or the operator, and those who ask whether its objectives are met.
package dashboards

import (
	"encoding/json"
	"strings"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/hack/signals/internal/slo"
)

// Dashboard is one page of panels.
type Dashboard struct {
	UID, Title string
	Panels     []Panel
}

// Panel shows the answers to some queries over time, or their newest values if it is a stat.
type Panel struct {
	Title, Unit string
	Stat        bool
	Queries     []Query
}

// Query is one in PromQL, in which $namespace is that of the platform. Legend names its series.
type Query struct{ Expr, Legend string }

// Units of Grafana.
const (
	perSecond = "reqps"
	seconds   = "s"
	part      = "percentunit"
	bytes     = "bytes"
	number    = "short"
)

// All dashboards, those of the whole platform first.
func All() []Dashboard {
	all := []Dashboard{owner(), objectives(), operator()}
	for _, service := range contract.Services() {
		all = append(all, serviceDashboard(service))
	}
	return all
}

func graph(title, unit string, queries ...Query) Panel {
	return Panel{Title: title, Unit: unit, Queries: queries}
}

func stat(title, unit string, queries ...Query) Panel {
	return Panel{Title: title, Unit: unit, Stat: true, Queries: queries}
}

// quantiles of a histogram, by name; selector chooses among its series.
func quantiles(histogram, selector string) []Query {
	over := ", sum by (le) (rate(" + histogram + "_bucket{" + selector + "}[5m])))"
	return []Query{{"histogram_quantile(0.5" + over, "p50"}, {"histogram_quantile(0.99" + over, "p99"}}
}

const here = `namespace="$namespace"`

// owner tells in five minutes whether people are served.
func owner() Dashboard {
	return Dashboard{UID: "todoplatform-owner", Title: "TodoPlatform: how people are served", Panels: []Panel{
		stat("Conditions that are not True", number, Query{`count(todoplatform_condition{` + here + `,type=~"Ready|Available",status!="True"}) or vector(0)`, "not True"}),
		stat("Windows open", number, Query{`sum(realtime_connections{` + here + `})`, "windows"}),
		stat("Dead letters", number, Query{`sum(todoplatform_dead_letters{` + here + `})`, "dead letters"}),
		stat("Oldest change that is not on its way", seconds, Query{`max(outbox_oldest_waiting_seconds{` + here + `})`, "age"}),
		graph("Requests", perSecond, Query{`sum by (status) (rate(http_request_duration_seconds_count{` + here + `,job="todo-api"}[5m]))`, "{{status}}"}),
		graph("How long requests take", seconds, quantiles("http_request_duration_seconds", here+`,job="todo-api"`)...),
		graph("From a change to other windows", seconds, quantiles("realtime_event_age_seconds", here)...),
		graph("Reminders fired", perSecond, Query{`sum by (by) (rate(notification_fired_total{` + here + `}[5m]))`, "woken by {{by}}"}),
		graph("How late reminders fire", seconds, quantiles("notification_fire_lateness_seconds", here)...),
		graph("Mails", perSecond, Query{`sum by (outcome) (rate(notification_mails_total{` + here + `}[5m]))`, "{{outcome}}"}),
		graph("Next occurrences of tasks that repeat", perSecond, Query{`sum by (outcome) (rate(recurringtask_advanced_total{` + here + `}[5m]))`, "{{outcome}}"}),
		graph("Events that wait for a service", number, Query{`sum by (service) (todoplatform_events_waiting{` + here + `})`, "{{service}}"}),
	}}
}

func objectives() Dashboard {
	d := Dashboard{UID: "todoplatform-objectives", Title: "TodoPlatform: objectives"}
	for _, o := range slo.Objectives() {
		errors := func(window string) string { return strings.Replace(o.Errors(window), "{", "{"+here+",", 1) }
		d.Panels = append(d.Panels,
			stat(o.Title, part, Query{"1 - " + errors("3d"), "of three days"}),
			graph("What goes wrong, against a budget of 1 %: "+o.Name, part,
				Query{errors("5m"), "5 minutes"}, Query{errors("1h"), "an hour"}, Query{errors("1d"), "a day"}),
		)
	}
	return d
}

func operator() Dashboard {
	return Dashboard{UID: "todoplatform-operator", Title: "TodoPlatform: operator", Panels: []Panel{
		stat("Platforms", number, Query{`count(todoplatform_condition{type="Ready"})`, "platforms"}),
		stat("Platforms that are not Ready", number, Query{`count(todoplatform_condition{type="Ready",status!="True"}) or vector(0)`, "not Ready"}),
		graph("Conditions that are not True", number, Query{`count by (type, reason) (todoplatform_condition{status!="True"})`, "{{type}}: {{reason}}"}),
		graph("Passes", perSecond, Query{`sum by (result) (rate(controller_runtime_reconcile_total[5m]))`, "{{result}}"}),
		graph("How long a pass takes", seconds, quantiles("controller_runtime_reconcile_time_seconds", "")...),
		graph("Platforms that wait for a pass", number, Query{`sum(workqueue_depth)`, "waiting"}),
		graph("Writes", perSecond, Query{`sum by (kind, operation) (rate(todoplatform_operator_writes_total[5m]))`, "{{operation}} {{kind}}"}),
		graph("Requests to the API server", perSecond, Query{`sum by (method, code) (rate(rest_client_requests_total[5m]))`, "{{method}} {{code}}"}),
		graph("Memory", bytes, Query{`process_resident_memory_bytes{job="todoplatform-controller-manager-metrics"}`, "{{pod}}"}),
		graph("CPU", number, Query{`rate(process_cpu_seconds_total{job="todoplatform-controller-manager-metrics"}[5m])`, "{{pod}}"}),
	}}
}

// serviceDashboard is what all services have, and what one has alone.
func serviceDashboard(service string) Dashboard {
	own := here + `,job="` + service + `",endpoint="health"`
	sidecar := here + `,job="` + service + `",endpoint="dapr-metrics"`
	panels := []Panel{
		stat("Replicas that answer", number, Query{`sum(up{` + own + `})`, "replicas"}),
		stat("Sidecars that answer", number, Query{`sum(up{` + sidecar + `})`, "sidecars"}),
		graph("CPU", number, Query{`rate(process_cpu_seconds_total{` + own + `}[5m])`, "{{pod}}"}, Query{`rate(process_cpu_seconds_total{` + sidecar + `}[5m])`, "{{pod}}, sidecar"}),
		graph("Memory", bytes, Query{`process_resident_memory_bytes{` + own + `}`, "{{pod}}"}, Query{`process_resident_memory_bytes{` + sidecar + `}`, "{{pod}}, sidecar"}),
		graph("Goroutines", number, Query{`go_goroutines{` + own + `}`, "{{pod}}"}),
	}
	panels = append(panels, ofService(service, own)...)
	return Dashboard{UID: "todoplatform-" + service, Title: "TodoPlatform: " + service, Panels: panels}
}

// ofService are the panels that one service has alone.
func ofService(service, own string) []Panel {
	eventsHandled := graph("Events handled", perSecond, Query{`sum by (topic, result) (rate(events_handled_total{` + own + `}[5m]))`, "{{topic}}: {{result}}"})
	outbox := []Panel{
		graph("Events that wait for Kafka", number, Query{`outbox_waiting_events{` + own + `}`, "{{pod}}"}),
		graph("From a change to Kafka", seconds, quantiles("outbox_lag_seconds", own)...),
	}
	switch service {
	case contract.TodoAPI:
		return append([]Panel{
			graph("Requests by route", perSecond, Query{`topk(10, sum by (method, route) (rate(http_request_duration_seconds_count{` + own + `}[5m])))`, "{{route}}"}),
			graph("Slowest routes, p99", seconds, Query{`topk(10, histogram_quantile(0.99, sum by (le, route) (rate(http_request_duration_seconds_bucket{` + own + `}[5m]))))`, "{{route}}"}),
			graph("Calls of the language model", perSecond, Query{`sum by (outcome) (rate(todoapi_model_calls_total{` + own + `}[5m]))`, "{{outcome}}"}),
		}, outbox...)
	case contract.RecurringTask:
		return []Panel{
			eventsHandled,
			graph("Completed occurrences", perSecond, Query{`sum by (outcome) (rate(recurringtask_advanced_total{` + own + `}[5m]))`, "{{outcome}}"}),
			graph("Found by the sweep", perSecond, Query{`rate(recurringtask_sweep_found_total{` + own + `}[5m])`, "{{pod}}"}),
			graph("Left by the sweep", number, Query{`recurringtask_sweep_stuck_tasks{` + own + `}`, "{{pod}}"}),
		}
	case contract.Notification:
		return append([]Panel{
			eventsHandled,
			graph("Changes", perSecond, Query{`sum by (result) (rate(notification_changes_total{` + own + `}[5m]))`, "{{result}}"}),
			graph("Alarm clocks", perSecond, Query{`sum(rate(notification_alarms_set_total{` + own + `}[5m]))`, "set"}, Query{`sum(rate(notification_alarm_failures_total{` + own + `}[5m]))`, "refused"}),
			graph("How late mails are", seconds, quantiles("notification_mail_lateness_seconds", own)...),
			graph("Pushes", perSecond, Query{`sum by (outcome) (rate(notification_push_attempts_total{` + own + `}[5m]))`, "{{outcome}}"}),
			graph("Webhooks", perSecond, Query{`sum by (outcome) (rate(notification_webhook_attempts_total{` + own + `}[5m]))`, "{{outcome}}"}),
			graph("Webhooks that wait", number, Query{`max(notification_webhook_waiting{` + own + `})`, "waiting"}),
		}, outbox...)
	case contract.Audit:
		return []Panel{
			eventsHandled,
			graph("Entries", perSecond, Query{`sum by (source) (rate(audit_entries_total{` + own + `}[5m]))`, "{{source}}"}),
			graph("Age of the newest head", seconds, Query{`time() - max(audit_head_timestamp_seconds{` + own + `} > 0)`, "age"}),
		}
	}
	return []Panel{
		eventsHandled,
		graph("Windows open", number, Query{`sum by (transport) (realtime_connections{` + own + `})`, "{{transport}}"}),
		graph("Frames", perSecond, Query{`sum by (type) (rate(realtime_frames_total{` + own + `}[5m]))`, "{{type}}"}),
		graph("From a change to its frame", seconds, quantiles("realtime_event_age_seconds", own)...),
		graph("Windows that begin", perSecond, Query{`sum by (kind) (rate(realtime_starts_total{` + own + `}[5m]))`, "{{kind}}"}),
		graph("Windows that end, by close code", perSecond, Query{`sum by (code) (rate(realtime_closes_total{` + own + `}[5m]))`, "{{code}}"}),
		graph("Frames that wait for their readers", bytes, Query{`sum(realtime_queued_bytes{` + own + `})`, "waiting"}),
		graph("Reads of the change feed", perSecond, Query{`sum by (result) (rate(realtime_feed_reads_total{` + own + `}[5m]))`, "{{result}}"}),
		graph("Refused", perSecond, Query{`sum by (reason) (rate(realtime_refused_total{` + own + `}[5m]))`, "{{reason}}"}),
	}
}

// Sizes of panels on Grafana's grid of 24 columns.
const (
	columns     = 24
	graphWidth  = 12
	graphHeight = 8
	statWidth   = 6
	statHeight  = 4
)

// JSON is the dashboard as Grafana imports it.
func (d Dashboard) JSON() ([]byte, error) {
	source := map[string]any{"type": "prometheus", "uid": "${datasource}"}
	var panels []map[string]any
	x, y, height := 0, 0, 0
	for number, p := range d.Panels {
		kind, wide, high := "timeseries", graphWidth, graphHeight
		if p.Stat {
			kind, wide, high = "stat", statWidth, statHeight
		}
		if x+wide > columns || height != high {
			x, y, height = 0, y+height, high
		}
		var targets []map[string]any
		for i, q := range p.Queries {
			targets = append(targets, map[string]any{
				"refId": string(rune('A' + i)), "datasource": source, "expr": q.Expr, "legendFormat": q.Legend,
			})
		}
		panels = append(panels, map[string]any{
			"id": number + 1, "type": kind, "title": p.Title, "datasource": source, "targets": targets,
			"gridPos":     map[string]int{"x": x, "y": y, "w": wide, "h": high},
			"fieldConfig": map[string]any{"defaults": map[string]any{"unit": p.Unit}, "overrides": []any{}},
		})
		x += wide
	}
	content, err := json.MarshalIndent(map[string]any{
		"uid": d.UID, "title": d.Title, "tags": []string{"todoplatform"}, "schemaVersion": 41, "editable": false,
		"refresh": "30s", "time": map[string]string{"from": "now-1h", "to": "now"}, "panels": panels,
		"templating": map[string]any{"list": []map[string]any{
			{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
			{"name": "namespace", "label": "Namespace", "type": "query", "datasource": source, "refresh": 1,
				"query": map[string]string{"query": "label_values(todoplatform_condition, namespace)", "refId": "namespaces"}},
		}},
	}, "", "  ")
	return append(content, '\n'), err
}
