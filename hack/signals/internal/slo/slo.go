// Package slo holds the objectives of a platform and makes of them what Prometheus has to record and to alert on.
package slo

import (
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// Objective is what people may expect of a platform: of all that they ask for, a part at least goes well.
type Objective struct {
	// Name is the value of the label slo.
	Name string
	// Alert is the name of the alerts on the budget of the objective.
	Alert string
	// Title says what goes well.
	Title string
	// Target is the part that has to go well.
	Target float64
	// bad is the query of the part that did not go well, over a window that it calls $window and whose length it
	// calls $minutes.
	bad string
	// summary and description are those of the alerts.
	summary, description string
}

// Budget is the part that may go wrong.
func (o Objective) Budget() float64 {
	return 1 - o.Target
}

const target = 0.99

// Objectives are those of each platform.
func Objectives() []Objective {
	return []Objective{
		{
			Name: "requests", Alert: "TodoPlatformRequestBudget", Target: target,
			Title: "Requests answered within 500 ms, and not with an error of ours",
			bad: missed(`http_request_duration_seconds_bucket{job="todo-api",le="0.5",status!~"5.."}`,
				`http_request_duration_seconds_count{job="todo-api"}`),
			summary:     "Too many requests to {{ $labels.namespace }} fail or take longer than 500 ms.",
			description: "{{ $value | humanizePercentage }} of them do. If that goes on, more do within a month than the 1 % that may.",
		},
		{
			Name: "frames", Alert: "TodoPlatformFrameBudget", Target: target,
			Title: "Changes shown in other windows within 500 ms",
			bad: missed(`realtime_event_age_seconds_bucket{job="realtime-sync",le="0.5"}`,
				`realtime_event_age_seconds_count{job="realtime-sync"}`),
			summary:     "Other windows of people in {{ $labels.namespace }} follow too late.",
			description: "{{ $value | humanizePercentage }} of the changes come later than 500 ms. If that goes on, more do within a month than the 1 % that may.",
		},
		{
			Name: "reminders", Alert: "TodoPlatformReminderBudget", Target: target,
			Title: "Reminders fired within 5 s of their time",
			// Prometheus 3 writes 5.0 for what was 5 before.
			bad: missed(`notification_fire_lateness_seconds_bucket{job="notification",le=~"5(.0)?"}`,
				`notification_fire_lateness_seconds_count{job="notification"}`),
			summary:     "Reminders of people in {{ $labels.namespace }} come too late.",
			description: "{{ $value | humanizePercentage }} of them come later than 5 s. If that goes on, more do within a month than the 1 % that may.",
		},
		{
			Name: "recurrence", Alert: "TodoPlatformRecurrenceBudget", Target: target,
			Title:       "Completed tasks followed by their next occurrence without the sweep",
			bad:         `sum by (namespace) (rate(recurringtask_sweep_found_total[$window])) / (sum by (namespace) (rate(recurringtask_advanced_total[$window])) > 0)`,
			summary:     "Tasks that repeat in {{ $labels.namespace }} do not come back at once.",
			description: "{{ $value | humanizePercentage }} of the next occurrences are made by the sweep, or not at all. If that goes on, more are within a month than the 1 % that may.",
		},
		{
			Name: "notification", Alert: "TodoPlatformNotificationBudget", Target: target,
			Title: "The time that notification runs",
			// Of the whole window, or the minute in which a young platform starts would use up its budget.
			bad:         "sum_over_time((1 - " + notificationUp + ")[$window:1m]) / $minutes",
			summary:     "The service notification of {{ $labels.namespace }} is away too much.",
			description: "It was away {{ $value | humanizePercentage }} of the time. If that goes on, it is away more of the month than the 1 % that it may.",
		},
	}
}

// missed is the part of all that is not among the good ones. Where none was good there may be no series of good ones.
func missed(good, all string) string {
	total := "sum by (namespace) (rate(" + all + "[$window]))"
	return "1 - (sum by (namespace) (rate(" + good + "[$window])) or 0 * " + total + ") / (" + total + " > 0)"
}

// notificationUp is 1 where the service runs and 0 where it does not, but for platforms that are suspended.
const notificationUp = "todoplatform:notification_up"

const notificationUpQuery = `max by (namespace) (up{job="notification",endpoint="health"}) or 0 * max by (namespace) (todoplatform_condition{type="Ready",reason!="Suspended"})`

// windows over which the part that went wrong is recorded.
var windows = []struct {
	name    string
	minutes int
}{{"5m", 5}, {"30m", 30}, {"1h", 60}, {"2h", 120}, {"6h", 360}, {"1d", 1440}, {"3d", 4320}}

// Errors is the recorded part that went wrong over a window, one of "5m", "30m", "1h", "2h", "6h", "1d" and "3d".
func (o Objective) Errors(window string) string {
	return recorded(window) + `{slo="` + o.Name + `"}`
}

func recorded(window string) string { return "todoplatform:slo_errors:ratio" + window }

// urgency is how soon somebody has to look. Its burns are those that the SRE workbook recommends: a budget of
// thirty days is used up so many times too fast, over a long window, and still over a short one.
type urgency struct {
	severity, after string
	burns           []burn
}

type burn struct {
	times       float64
	long, short string
}

var urgencies = []urgency{
	{severity: "critical", after: "2m", burns: []burn{{14.4, "1h", "5m"}, {6, "6h", "30m"}}},
	{severity: "warning", after: "15m", burns: []burn{{3, "1d", "2h"}, {1, "3d", "6h"}}},
}

type rule struct {
	Record      string            `json:"record,omitempty"`
	Alert       string            `json:"alert,omitempty"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

const runbook = "https://github.com/todoplatform/todoplatform/blob/main/docs/alerts.md#"

// alert is the rule of one urgency.
func (o Objective) alert(u urgency) rule {
	var burning []string
	for _, b := range u.burns {
		limit := strconv.FormatFloat(b.times*o.Budget(), 'g', 4, 64)
		burning = append(burning, fmt.Sprintf("(%s > %s and %s > %s)", o.Errors(b.short), limit, o.Errors(b.long), limit))
	}
	return rule{
		Alert: o.Alert, Expr: strings.Join(burning, " or "), For: u.after,
		Labels: map[string]string{"severity": u.severity},
		Annotations: map[string]string{
			"summary": o.summary, "description": o.description, "runbook_url": runbook + strings.ToLower(o.Alert),
		},
	}
}

const notice = "# Written by hack/signals: change hack/signals/internal/slo and run make generate.\n"

// Rules is the manifest of what Prometheus records and alerts on for all objectives.
func Rules() ([]byte, error) {
	records := []rule{{Record: notificationUp, Expr: notificationUpQuery}}
	var alerts []rule
	for _, o := range Objectives() {
		for _, window := range windows {
			over := strings.NewReplacer("$window", window.name, "$minutes", strconv.Itoa(window.minutes))
			records = append(records, rule{Record: recorded(window.name), Expr: over.Replace(o.bad), Labels: map[string]string{"slo": o.Name}})
		}
		for _, u := range urgencies {
			alerts = append(alerts, o.alert(u))
		}
	}
	manifest, err := yaml.Marshal(map[string]any{
		"apiVersion": "monitoring.coreos.com/v1",
		"kind":       "PrometheusRule",
		"metadata": map[string]any{
			"name": "objectives", "namespace": "system", "labels": map[string]string{"app.kubernetes.io/name": "todoplatform"},
		},
		// One group: what is alerted on is what was recorded before in the same turn.
		"spec": map[string]any{"groups": []map[string]any{{"name": "todoplatform-objectives", "rules": append(records, alerts...)}}},
	})
	return append([]byte(notice), manifest...), err
}
