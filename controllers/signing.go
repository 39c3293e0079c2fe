package controllers

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/signing"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// rotateSigningKeys makes sure that there are keys that sign access tokens, and reports them. rotating
// says that replicas have yet to take them up.
func (p *pass) rotateSigningKeys(ctx context.Context) (rotating bool, err error) {
	set, _, err := p.rotateKeys(ctx, contract.TodoAPI, render.SecretKeys)
	if err != nil {
		return false, err
	}
	p.platform.Status.SigningKeys = keysStatus(set)
	return set.Rotating(p.Now()), nil
}

// rotateHeadKeys makes sure that there are keys that sign platform heads. They rotate as those of access
// tokens do; the public parts of former ones are kept with the heads.
func (p *pass) rotateHeadKeys(ctx context.Context) (rotating bool, err error) {
	set, secret, err := p.rotateKeys(ctx, contract.Audit, render.SecretAuditKeys)
	if err != nil {
		return false, err
	}
	if p.headKeys, err = heads.ParseKeys(secret.Data[contract.SecretKeySigning]); err != nil {
		return false, status.Stalled(v1alpha1.ReasonSecretInvalid, "key %s of Secret %s %v", contract.SecretKeySigning, secret.Name, err)
	}
	return set.Rotating(p.Now()), nil
}

// rotateKeys makes sure that an app has signing keys in a Secret and takes the step of their rotation
// that is due.
func (p *pass) rotateKeys(ctx context.Context, app, name string) (signing.Set, *corev1.Secret, error) {
	now, wanted := p.Now(), wantedKeys(p.platform)
	secret, err := p.generate(ctx, app, name, map[string]generator{
		contract.SecretKeySigning: func(map[string][]byte) ([]byte, error) { return newKeySet(now, wanted) },
	})
	if err != nil {
		return signing.Set{}, nil, err
	}
	set, err := signing.Parse(secret.Data[contract.SecretKeySigning])
	if err != nil {
		return signing.Set{}, nil, status.Stalled(v1alpha1.ReasonSecretInvalid, "key %s of Secret %s %v", contract.SecretKeySigning, name, err)
	}
	p.noteKeys(name, set)
	settled, err := p.tookUp(ctx, app)
	if err != nil {
		return signing.Set{}, nil, err
	}
	set, step, err := set.Advance(now, wanted, settled)
	if err != nil {
		return signing.Set{}, nil, err
	}
	if step != signing.StepNone {
		if err := p.storeKeys(ctx, secret, set); err != nil {
			return signing.Set{}, nil, err
		}
		p.tellOfKeys(app, step, set)
	}
	return set, secret, nil
}

func newKeySet(now time.Time, wanted signing.Wanted) ([]byte, error) {
	set, err := signing.New(now, wanted)
	if err != nil {
		return nil, err
	}
	return json.Marshal(set)
}

func wantedKeys(platform *v1alpha1.TodoPlatform) signing.Wanted {
	return signing.Wanted{
		Period: render.RotationPeriod(&platform.Spec.Auth),
		Rotate: request(platform, v1alpha1.AnnotationRotateSigningKeys),
		Revoke: request(platform, v1alpha1.AnnotationRevokeSigningKeys),
	}
}

// noteKeys notes what services read of the keys. What else is noted beside them rolls no pods.
func (p *pass) noteKeys(secret string, set signing.Set) {
	p.in.SecretHashes[render.SecretValue(secret, contract.SecretKeySigning)] = render.Hash(set.Material())
}

func (p *pass) storeKeys(ctx context.Context, secret *corev1.Secret, set signing.Set) error {
	encoded, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("encode the signing keys: %w", err)
	}
	secret.Data[contract.SecretKeySigning] = encoded
	p.noteKeys(secret.Name, set)
	return p.applier.Apply(ctx, p.platform, secret)
}

// tookUp tells whether all pods of an app run with what is noted of Secrets at present. Pods
// that are being ended count: they go on serving for a while.
func (p *pass) tookUp(ctx context.Context, app string) (bool, error) {
	settled, err := p.settled(ctx, app)
	if err != nil || !settled {
		return false, err
	}
	pods, err := p.pods(ctx, p.platform, app)
	if err != nil {
		return false, err
	}
	wanted := p.in.ConfigHash(app)
	for i := range pods {
		if pods[i].Annotations[render.AnnotationConfigHash] != wanted && mayRun(&pods[i], p.Now()) {
			return false, nil
		}
	}
	return true, nil
}

// mayRun tells whether a pod may have containers that run. One whose time to end is over may
// stay for ever as an object, if its node is lost.
func mayRun(pod *corev1.Pod, now time.Time) bool {
	over := pod.DeletionTimestamp != nil && now.After(pod.DeletionTimestamp.Time)
	return !over && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}

// tellOfKeys makes an event of what people may want to know of a rotation.
func (p *pass) tellOfKeys(app string, step signing.Step, set signing.Set) {
	const action = "RotateSigningKeys"
	tell := func(reason, format string, args ...any) {
		p.events.Eventf(p.platform, nil, corev1.EventTypeNormal, reason, action, format, args...)
	}
	switch step {
	case signing.StepAdded:
		tell(v1alpha1.ReasonSigningKeyAdded, "key %s was made; it signs once every replica of %s knows it", set.Keys[len(set.Keys)-1].ID, app)
	case signing.StepRetired:
		tell(v1alpha1.ReasonSigningKeyRotated, "every replica of %s signs with key %s", app, set.Keys[0].ID)
	case signing.StepDropped:
		tell(v1alpha1.ReasonSigningKeyDropped, "former keys were dropped: the replicas of %s that come up now refuse what they signed", app)
	}
}

// keysStatus reports a set without anything secret.
func keysStatus(set signing.Set) v1alpha1.SigningKeysStatus {
	reported := v1alpha1.SigningKeysStatus{Rotated: set.Rotated, Revoked: set.Revoked}
	for i, key := range set.Keys {
		one := v1alpha1.SigningKeyStatus{ID: key.ID, Role: string(set.Role(i)), Made: moment(key.Made)}
		if set.Role(i) == signing.RoleFormer {
			one.Until = moment(key.Until)
		}
		reported.Keys = append(reported.Keys, one)
	}
	return reported
}

// moment is a time in seconds since 1970; 0 is none.
func moment(seconds int64) *metav1.Time {
	if seconds == 0 {
		return nil
	}
	at := metav1.Unix(seconds, 0)
	return &at
}
