package controllers

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/anchor"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

// auditLog makes heads by the key of a platform.
type auditLog struct {
	signer heads.Signer
	heads  []heads.Signed
}

// newAuditLog reads the key that the operator has made.
func newAuditLog(t *testing.T, namespace string) *auditLog {
	t.Helper()
	secret := &corev1.Secret{}
	if err := get(t, namespace, render.SecretAuditKeys, secret); err != nil {
		t.Fatal(err)
	}
	signer, err := heads.ParseSigner(secret.Data[contract.SecretKeySigning])
	if err != nil {
		t.Fatal(err)
	}
	return &auditLog{signer: signer}
}

// grow makes a head that lists so many logs.
func (l *auditLog) grow(lines int64) []heads.Signed {
	next := heads.Head{At: time.Date(2026, 11, 30, 9, len(l.heads), 0, 0, time.UTC), Lines: lines, Number: int64(len(l.heads) + 1)}
	if len(l.heads) > 0 {
		next.Before = l.heads[len(l.heads)-1].Hash()
	}
	l.heads = append(l.heads, l.signer.Sign(next))
	return l.heads
}

// keptHeads reads what the operator keeps.
func keptHeads(t *testing.T, platform *v1alpha1.TodoPlatform) (text string, keys heads.Keys) {
	t.Helper()
	secret := &corev1.Secret{}
	if err := get(t, platform.Namespace, "todo-audit-heads", secret); err != nil {
		t.Fatal(err)
	}
	keys, err := heads.ParseKeys(secret.Data[render.SecretKeyHeadKeys])
	if err != nil {
		t.Fatal(err)
	}
	return string(secret.Data[render.SecretKeyHeads]), keys
}

func TestAuditHeads_areKeptOutsideOfTheDatabase(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "audit-heads", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	platform = waitReady(t, platform)
	log := newAuditLog(t, platform.Namespace)
	looks := 0
	// look has the operator look sooner than it would, at an audit service with these heads.
	look := func(found []heads.Signed, fault error) {
		t.Helper()
		suite.audits.set(platform.Namespace, fakeAudit{found, fault})
		looks++
		annotate(t, platform, "example.com/look", fmt.Sprint(looks))
	}
	keeps := func(want []heads.Signed) {
		t.Helper()
		eventually(t, func() error {
			if text, _ := keptHeads(t, platform); text != string(heads.Lines(want)) {
				return fmt.Errorf("kept are\n%s\nwant\n%s", text, heads.Lines(want))
			}
			return nil
		})
	}
	anchored := func(want metav1.ConditionStatus, reason string) string {
		t.Helper()
		platform = waitFor(t, client.ObjectKeyFromObject(platform), v1alpha1.ConditionAuditAnchored, want, reason)
		return meta.FindStatusCondition(platform.Status.Conditions, v1alpha1.ConditionAuditAnchored).Message
	}

	log.grow(2)
	look(log.grow(1), nil)
	keeps(log.heads[1:]) // what was before nobody has seen
	_, keys := keptHeads(t, platform)
	if err := keys.Verify(log.heads[0]); err != nil {
		t.Error(err)
	}
	log.grow(3)
	look(log.grow(1), nil)
	keeps(log.heads[1:])

	for name, found := range map[string][]heads.Signed{
		"set back": log.heads[:2],
		"rewritten": func() []heads.Signed {
			other := &auditLog{signer: log.signer}
			for range 5 {
				other.grow(7)
			}
			return other.heads
		}(),
	} {
		look(found, nil)
		message := anchored(metav1.ConditionFalse, v1alpha1.ReasonHeadsDiverge)
		if !strings.Contains(message, "platform head 4 is") || !strings.Contains(message, "Secret todo-audit-heads stays as it is") {
			t.Errorf("%s: message %q", name, message)
		}
		if !meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionStalled) || !meta.IsStatusConditionTrue(platform.Status.Conditions, v1alpha1.ConditionAvailable) {
			t.Errorf("%s:\n%s", name, describeConditions(platform))
		}
		keeps(log.heads[1:])
		look(log.heads, nil)
		anchored(metav1.ConditionTrue, v1alpha1.ReasonReady)
	}

	look(nil, errors.New("connection refused"))
	if message := anchored(metav1.ConditionFalse, v1alpha1.ReasonHeadsUnreachable); !strings.Contains(message, "connection refused") {
		t.Errorf("message %q", message)
	}
	look(nil, anchor.ErrNotOffered)
	if message := anchored(metav1.ConditionTrue, v1alpha1.ReasonReady); !strings.Contains(message, "make no platform heads") {
		t.Errorf("message %q", message)
	}

	// Somebody who set the database back on purpose begins anew.
	look(log.heads[:2], nil)
	anchored(metav1.ConditionFalse, v1alpha1.ReasonHeadsDiverge)
	if err := suite.client.Delete(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: platform.Namespace, Name: "todo-audit-heads"}}); err != nil {
		t.Fatal(err)
	}
	anchored(metav1.ConditionTrue, v1alpha1.ReasonReady)
	keeps(log.heads[1:2])
}

// A key that signed heads verifies them for as long as they are kept.
func TestAuditHeads_outliveTheKeysThatSignedThem(t *testing.T) {
	t.Parallel()
	platform := newPlatform(t, "audit-keys", v1alpha1.TodoPlatformSpec{})
	runNodes(t, platform.Namespace)
	platform = waitReady(t, platform)
	log := newAuditLog(t, platform.Namespace)
	former := log.signer.Sign(heads.Head{}).Key
	suite.audits.set(platform.Namespace, fakeAudit{heads: log.grow(1)})
	annotate(t, platform, "example.com/look", "0")
	eventually(t, func() error {
		if text, _ := keptHeads(t, platform); text == "" {
			return errors.New("no head is kept")
		}
		return nil
	})
	annotate(t, platform, v1alpha1.AnnotationRevokeSigningKeys, "leak")
	eventually(t, func() error {
		if log.signer = newAuditLog(t, platform.Namespace).signer; log.signer.Sign(heads.Head{}).Key == former {
			return errors.New("the former key signs still")
		}
		return nil
	})
	suite.audits.set(platform.Namespace, fakeAudit{heads: log.grow(1)})
	annotate(t, platform, "example.com/look", "1")
	eventually(t, func() error {
		text, keys := keptHeads(t, platform)
		if text != string(heads.Lines(log.heads)) || len(keys) != 2 {
			return fmt.Errorf("kept are %s with %d keys", text, len(keys))
		}
		return errors.Join(keys.Verify(log.heads[0]), keys.Verify(log.heads[1]))
	})
	waitReady(t, platform)
}
