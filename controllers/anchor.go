package controllers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/anchor"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

const (
	// pollHeads is how soon an audit service that does not answer is asked again.
	pollHeads = 10 * time.Second
	// maxHeadPages bounds how often a pass asks for heads; the next one goes on.
	maxHeadPages = 20
)

// anchorHeads keeps the newest platform heads of the audit log in a Secret: whoever owns the database
// reaches neither it nor the key that signs them. Heads that do not follow from those that are kept are
// told, and change nothing.
func (p *pass) anchorHeads(ctx context.Context) (string, string, error) {
	name := render.HeadsSecret(p.platform)
	secret, err := p.ownSecret(ctx, name)
	if err != nil {
		return "", "", err
	}
	lines, err := heads.ParseLines(secret.Data[render.SecretKeyHeads])
	if err != nil {
		return "", "", status.Stalled(v1alpha1.ReasonSecretInvalid,
			"key %s of Secret %s holds a line that is no platform head: take it up again from a copy, or delete the Secret to begin anew", render.SecretKeyHeads, name)
	}
	keys, err := p.verifyingKeys(secret.Data[render.SecretKeyHeadKeys])
	if err != nil {
		return "", "", status.Stalled(v1alpha1.ReasonSecretInvalid, "key %s of Secret %s %v", render.SecretKeyHeadKeys, name, err)
	}
	kept, err := p.takeHeads(ctx, lines, keys)
	var divergence *anchor.DivergenceError
	switch {
	case errors.Is(err, anchor.ErrNotOffered):
		return "", "services of version " + p.in.Version + " make no platform heads of the audit log", nil
	case errors.As(err, &divergence):
		return "", "", status.Stalled(v1alpha1.ReasonHeadsDiverge, "%s: the audit log was tampered with, or the database set back to an earlier state. "+
			"Secret %s stays as it is. If you set the database back, keep a copy of that Secret and delete it; otherwise verify the logs against it (docs/operator.md, Audit log)",
			divergence.Detail, name)
	case err != nil:
		return "", "", status.Waiting(v1alpha1.ReasonHeadsUnreachable, pollHeads, "the audit service does not tell its platform heads: %v", err)
	}
	encoded, err := json.Marshal(keys)
	if err != nil {
		return "", "", fmt.Errorf("encode the keys of platform heads: %w", err)
	}
	data := map[string][]byte{render.SecretKeyHeadKeys: encoded}
	if len(kept) > 0 {
		data[render.SecretKeyHeads] = heads.Lines(kept)
	}
	wanted := render.GeneratedSecret(p.in, contract.Audit, name, data)
	return "", "the newest platform heads of the audit log are kept in Secret " + name, p.applySecret(ctx, secret, wanted)
}

// verifyingKeys returns the keys that sign platform heads and all that ever did, as far as is known.
func (p *pass) verifyingKeys(known []byte) (heads.Keys, error) {
	keys := maps.Clone(p.headKeys)
	if len(known) == 0 {
		return keys, nil
	}
	former, err := heads.ParseKeys(known)
	if err != nil {
		return nil, err
	}
	for id, key := range former {
		if _, current := keys[id]; !current {
			keys[id] = key
		}
	}
	return keys, nil
}

// takeHeads asks the audit service for the heads that are not kept yet.
func (p *pass) takeHeads(ctx context.Context, kept anchor.Kept, keys heads.Keys) (anchor.Kept, error) {
	retention := time.Duration(ptr.Deref(p.platform.Spec.Audit.RetentionDays, 0)) * 24 * time.Hour
	for range maxHeadPages {
		before := kept.Newest()
		found, err := p.FetchHeads(ctx, render.HealthAddress(p.platform.Namespace, contract.Audit), before)
		if err != nil {
			return nil, err
		}
		if kept, err = kept.Take(found, keys, retention); err != nil {
			return nil, err
		}
		if kept.Newest() == before || before == 0 {
			break
		}
	}
	return slices.Clip(kept), nil
}
