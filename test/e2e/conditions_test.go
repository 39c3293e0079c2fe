//go:build nodes || neighbours

package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func conditionOf(t *testing.T, kind string) metav1.Condition {
	t.Helper()
	if condition := meta.FindStatusCondition(cluster.platform(t).Status.Conditions, kind); condition != nil {
		return *condition
	}
	return metav1.Condition{}
}

func waitCondition(t *testing.T, kind string, status metav1.ConditionStatus, within time.Duration) {
	t.Helper()
	eventually(t, within, fmt.Sprintf("%s is %s", kind, status), func(context.Context) error {
		if condition := conditionOf(t, kind); condition.Status != status {
			return fmt.Errorf("conditions: %s", conditions(cluster.platform(t)))
		}
		return nil
	})
}
