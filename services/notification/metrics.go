package notification

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/services/notification/push"
	"github.com/todoplatform/todoplatform/services/notification/webhook"
)

// Outcomes of one attempt to deliver, the values of the label outcome.
const (
	outcomeSent     = "sent"
	outcomeRetry    = "retry"
	outcomeFailed   = "failed"
	outcomeUnneeded = "unneeded" // nobody waits for it, or there is nothing to tell
)

// What made a reminder fire, the values of the label by.
const (
	byJob   = "job"
	bySweep = "sweep"
)

// What a change did, the values of the label result.
const (
	changeApplied    = "applied"
	changeStale      = "stale"      // a newer one had been applied
	changeIrrelevant = "irrelevant" // no reminder depends on it
	changeRefilled   = "refilled"   // read from the change feed, because no event brought it; counted besides
	changeInvalid    = "invalid"    // it could not be handled and was passed over
	changeResynced   = "resynced"   // all reminders of the user were reckoned anew
)

type metrics struct {
	changes      *prometheus.CounterVec
	armed        prometheus.Counter
	armFailures  prometheus.Counter
	fired        *prometheus.CounterVec
	fireLateness prometheus.Histogram
	deliveries   *prometheus.CounterVec
	mailLateness prometheus.Histogram

	noticeLateness prometheus.Histogram

	webhookAttempts *prometheus.CounterVec
	webhookWaiting  prometheus.Gauge
	webhookDropped  prometheus.Counter
	webhookLateness prometheus.Histogram

	pushes       *prometheus.CounterVec
	pushLateness prometheus.Histogram
}

func newMetrics(registry prometheus.Registerer, mailOn bool) *metrics {
	lateness := []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 3600}
	m := &metrics{
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "notification_changes_total", Help: "Task changes handled.",
		}, []string{"result"}),
		armed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "notification_alarms_set_total", Help: "Jobs set for reminders of the near future.",
		}),
		armFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "notification_alarm_failures_total", Help: "Passes in which the scheduler did not take a job; the sweep stands in.",
		}),
		fired: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "notification_fired_total", Help: "Reminders fired, by what woke the service.",
		}, []string{"by"}),
		fireLateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "notification_fire_lateness_seconds", Help: "From the time of a reminder to its firing.", Buckets: lateness,
		}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "notification_mails_total", Help: "Attempts to send a mail.",
		}, []string{"outcome"}),
		mailLateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "notification_mail_lateness_seconds", Help: "From the time of a reminder to the mail server taking its mail.", Buckets: lateness,
		}),
		noticeLateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "notification_notice_lateness_seconds", Help: "From asking for a mail about the account, or the time of a list of what is due, to the mail server taking it.", Buckets: lateness,
		}),
		webhookAttempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "notification_webhook_attempts_total", Help: "Attempts to send a change to a webhook.",
		}, []string{"outcome"}),
		webhookWaiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "notification_webhook_waiting", Help: "Deliveries to webhooks that wait for an attempt, of all replicas together.",
		}),
		webhookDropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "notification_webhook_dropped_total", Help: "Deliveries dropped because too many waited for their webhook.",
		}),
		webhookLateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "notification_webhook_lateness_seconds", Help: "From a change to the endpoint of a webhook taking it.", Buckets: lateness,
		}),
		pushes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "notification_push_attempts_total", Help: "Attempts to send a message to a browser; refused ones are given up.",
		}, []string{"outcome"}),
		pushLateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "notification_push_lateness_seconds", Help: "From the time of a reminder or a list of what is due to a push service taking it.", Buckets: lateness,
		}),
	}
	mailEnabled := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "notification_mail_enabled", Help: "1 when a mail server is configured, else 0.",
	})
	if mailOn {
		mailEnabled.Set(1)
	}
	registry.MustRegister(m.changes, m.armed, m.armFailures, m.fired, m.fireLateness, m.deliveries, m.mailLateness, m.noticeLateness, mailEnabled,
		m.webhookAttempts, m.webhookWaiting, m.webhookDropped, m.webhookLateness, m.pushes, m.pushLateness)
	m.begin()
	return m
}

// begin makes every series: one that is there from the start shows its first increase.
func (m *metrics) begin() {
	for _, result := range []string{changeApplied, changeStale, changeIrrelevant, changeRefilled, changeInvalid, changeResynced} {
		m.changes.WithLabelValues(result)
	}
	for _, by := range []string{byJob, bySweep} {
		m.fired.WithLabelValues(by)
	}
	for _, outcome := range []string{outcomeSent, outcomeRetry, outcomeFailed, outcomeUnneeded} {
		m.deliveries.WithLabelValues(outcome)
	}
	for _, outcome := range []push.Outcome{push.Delivered, push.Deferred, push.Refused, push.Gone, unneeded} {
		m.pushes.WithLabelValues(string(outcome))
	}
	for _, outcome := range []webhook.Outcome{webhook.Delivered, webhook.Refused, webhook.Gone, webhook.Unreachable, webhook.Forbidden} {
		m.webhookAttempts.WithLabelValues(string(outcome))
	}
}
