package controllers

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// toldConditions are those of a platform as metrics tell them: "type status reason".
func toldConditions(t *testing.T, platform *v1alpha1.TodoPlatform) []string {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(conditions{suite.reconciler.client})
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			of := labelsOf(metric)
			if of["namespace"] == platform.Namespace && of["name"] == platform.Name && metric.GetGauge().GetValue() == 1 {
				told = append(told, strings.Join([]string{of["type"], of["status"], of["reason"]}, " "))
			}
		}
	}
	return told
}

func labelsOf(metric *dto.Metric) map[string]string {
	all := map[string]string{}
	for _, label := range metric.GetLabel() {
		all[label.GetName()] = label.GetValue()
	}
	return all
}

func TestConditions_areToldAsMetrics(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "told-conditions", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	platform = waitReady(t, platform)
	waitTold := func(want string) {
		t.Helper()
		eventually(t, func() error {
			if told := toldConditions(t, platform); !slices.Contains(told, want) {
				return errors.New("metrics do not tell " + want + ", but " + strings.Join(told, ", "))
			}
			return nil
		})
	}
	waitTold("Ready True Ready")
	waitTold("AuditAnchored True Ready")
	if told := toldConditions(t, platform); len(told) != len(platform.Status.Conditions) {
		t.Errorf("%d conditions are told: %q", len(told), told)
	}

	log := newAuditLog(t, platform.Namespace)
	log.grow(1)
	suite.audits.set(platform.Namespace, fakeAudit{log.grow(1), nil})
	annotate(t, platform, "example.com/look", "1")
	eventually(t, func() error {
		if text, _ := keptHeads(t, platform); text == "" {
			return errors.New("none is")
		}
		return nil
	})
	suite.audits.set(platform.Namespace, fakeAudit{log.heads[:1], nil})
	annotate(t, platform, "example.com/look", "2")
	waitTold("AuditAnchored False HeadsDiverge")
	if slices.Contains(toldConditions(t, platform), "AuditAnchored True Ready") {
		t.Error("what is over is told as well")
	}

	if err := suite.client.Delete(t.Context(), platform); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if told := toldConditions(t, platform); len(told) > 0 {
			return errors.New("of a platform that is gone they tell " + strings.Join(told, ", "))
		}
		return nil
	})
}
