package controllers

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/logins"
	"github.com/todoplatform/todoplatform/controllers/internal/render"
	"github.com/todoplatform/todoplatform/controllers/internal/status"
)

// secretKey is a key that is read of a Secret, and what is known of its value.
type secretKey struct {
	name string
	// line says that it is one line of text.
	line bool
	// told says that it may be told: it is no secret.
	told bool
}

// lines are keys whose values are one secret line each.
func lines(names ...string) []secretKey {
	var keys []secretKey
	for _, name := range names {
		keys = append(keys, secretKey{name: name, line: true})
	}
	return keys
}

// login are the keys of a user's name and password.
func login(username, password string) []secretKey {
	return []secretKey{{name: username, line: true, told: true}, {name: password, line: true}}
}

// keyPair are the keys of a certificate and its private key.
func keyPair(certificate, private string) []secretKey {
	return []secretKey{{name: certificate, told: true}, {name: private}}
}

// userSecret reads a Secret that the manifest refers to in field, checks that it has the
// keys, and notes their values for the pods that depend on them.
func (p *pass) userSecret(ctx context.Context, field, name string, keys ...secretKey) (map[string][]byte, error) {
	secret := &corev1.Secret{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: name}, secret)
	if apierrors.IsNotFound(err) {
		return nil, status.Stalled(v1alpha1.ReasonSecretMissing, "%s: create Secret %s with %s in namespace %s", field, name, describeKeys(keys), p.platform.Namespace)
	}
	if err != nil {
		return nil, fmt.Errorf("read Secret %s: %w", name, err)
	}
	for _, key := range keys {
		value := secret.Data[key.name]
		if len(value) == 0 {
			return nil, status.Stalled(v1alpha1.ReasonSecretMissing, "%s: Secret %s lacks the key %s", field, name, key.name)
		}
		if key.line && bytes.ContainsFunc(value, unicode.IsControl) {
			return nil, status.Stalled(v1alpha1.ReasonSecretInvalid, "%s: key %s of Secret %s holds a line break or another control character. "+
				"Files often end in one that is not part of the value: write the Secret anew without", field, key.name, name)
		}
		if !key.told {
			p.secrets.add(value)
		}
		p.in.NoteSecret(name, secret.Data, key.name)
	}
	return secret.Data, nil
}

// secretValues are the values of Secrets that a pass has read. Errors are worded without them; should
// one come back all the same, as in what a crashed container wrote, it is not told on.
type secretValues []string

// minSecret is the length from which on a value is taken out of texts: shorter ones occur in them by chance.
const minSecret = 6

// add notes a value, and the password in it if it is a URL.
func (s *secretValues) add(value []byte) {
	values := []string{strings.TrimSpace(string(value))}
	if address, err := url.Parse(values[0]); err == nil {
		password, _ := address.User.Password()
		values = append(values, password)
	}
	for _, value := range values {
		if len(value) >= minSecret && !slices.Contains(*s, value) {
			*s = append(*s, value)
		}
	}
}

// addAll notes the values of a Secret of the operator's own.
func (s *secretValues) addAll(data map[string][]byte) {
	for key, value := range data {
		if key != render.SecretKeyID && key != logins.KeyNotes {
			s.add(value)
		}
	}
}

// hide takes the values out of a text.
func (s secretValues) hide(text string) string {
	for _, value := range s {
		text = strings.ReplaceAll(text, value, "(secret)")
	}
	return text
}

func describeKeys(keys []secretKey) string {
	text := "the key " + keys[0].name
	if len(keys) > 1 {
		text = "the keys " + keys[0].name
	}
	for _, key := range keys[1:] {
		text += " and " + key.name
	}
	return text
}

// generator makes the value of one key of a generated Secret. It is given the values of
// the keys that sort before its own.
type generator func(known map[string][]byte) ([]byte, error)

// generate makes sure that a Secret of the operator's own, which outlives the platform, has every key, and
// returns it.
func (p *pass) generate(ctx context.Context, component, name string, generators map[string]generator) (*corev1.Secret, error) {
	return p.complete(ctx, render.GeneratedSecret(p.in, component, name, nil), generators)
}

// complete makes sure that a Secret of the operator's own has every key, and returns it. What is
// there is never made anew: data and sessions depend on it.
func (p *pass) complete(ctx context.Context, wanted *corev1.Secret, generators map[string]generator) (*corev1.Secret, error) {
	live, err := p.ownSecret(ctx, wanted.Name)
	if err != nil {
		return nil, err
	}
	data := map[string][]byte{}
	maps.Copy(data, live.Data)
	keys := slices.Sorted(maps.Keys(generators))
	for _, key := range keys {
		if len(data[key]) > 0 {
			continue
		}
		if data[key], err = generators[key](data); err != nil {
			return nil, fmt.Errorf("generate %s of Secret %s: %w", key, wanted.Name, err)
		}
	}
	wanted.Data = data
	if err := p.applySecret(ctx, live, wanted); err != nil {
		return nil, err
	}
	p.secrets.addAll(data)
	p.in.NoteSecret(wanted.Name, data, keys...)
	return wanted, nil
}

// ownSecret reads a Secret of the operator's own; one without a version is not there. A pass reads all of them at once:
// they are not cached. Each is handed out once of these, so that who asks again is told what was made of it since.
func (p *pass) ownSecret(ctx context.Context, name string) (*corev1.Secret, error) {
	if p.ownSecrets == nil {
		secrets := &corev1.SecretList{}
		err := p.client.List(ctx, secrets, client.InNamespace(p.platform.Namespace),
			client.MatchingLabels{render.LabelManagedBy: render.ManagedBy, render.LabelInstance: p.platform.Name})
		if err != nil {
			return nil, fmt.Errorf("list the Secrets of the platform: %w", err)
		}
		p.ownSecrets = map[string]*corev1.Secret{}
		for i := range secrets.Items {
			p.ownSecrets[secrets.Items[i].Name] = &secrets.Items[i]
		}
	}
	if secret, listed := p.ownSecrets[name]; listed {
		delete(p.ownSecrets, name)
		return secret, nil
	}
	// It may be there without our labels.
	secret := &corev1.Secret{}
	err := p.client.Get(ctx, client.ObjectKey{Namespace: p.platform.Namespace, Name: name}, secret)
	if client.IgnoreNotFound(err) != nil {
		return nil, fmt.Errorf("read Secret %s: %w", name, err)
	}
	return secret, nil
}

// applySecret applies a Secret of the operator's own over what ownSecret read, and over nothing that somebody else made
// of it meanwhile.
func (p *pass) applySecret(ctx context.Context, live, wanted *corev1.Secret) error {
	wanted.ResourceVersion = live.ResourceVersion
	if live.ResourceVersion == "" {
		return p.applier.ApplyOver(ctx, p.platform, nil, wanted)
	}
	return p.applier.ApplyOver(ctx, p.platform, live, wanted)
}

// makeSidecarTokens makes sure that each app and its sidecar have something to show each other.
func (p *pass) makeSidecarTokens(ctx context.Context) error {
	for _, app := range contract.Services() {
		if _, err := p.complete(ctx, render.SidecarTokenSecret(p.in, app), map[string]generator{contract.SecretKeyToken: randomText}); err != nil {
			return err
		}
	}
	return nil
}

// identity gives the platform's id, which is made once.
func (p *pass) identity(ctx context.Context) (string, error) {
	if p.id != "" {
		return p.id, nil
	}
	secret, err := p.generate(ctx, render.Platform, render.SecretIdentity, map[string]generator{render.SecretKeyID: randomText})
	if err != nil {
		return "", err
	}
	p.id = strings.TrimSpace(string(secret.Data[render.SecretKeyID]))
	return p.id, nil
}

// adminGenerators makes the superuser's password and the connection URL that holds it.
func adminGenerators(namespace string, newPassword generator) map[string]generator {
	return map[string]generator{
		contract.SecretKeyPassword: newPassword,
		render.SecretKeyURL: func(known map[string][]byte) ([]byte, error) {
			return []byte(render.EmbeddedPostgresURL(namespace, string(known[contract.SecretKeyPassword]))), nil
		},
	}
}

// pushKeyGenerators makes a VAPID key pair (RFC 8292). Each subscription of a browser is bound to it.
func pushKeyGenerators() map[string]generator {
	return map[string]generator{
		contract.SecretKeyPushPrivate: func(map[string][]byte) ([]byte, error) {
			key, err := ecdh.P256().GenerateKey(rand.Reader)
			if err != nil {
				return nil, fmt.Errorf("make a key on P-256: %w", err)
			}
			return base64.RawURLEncoding.AppendEncode(nil, key.Bytes()), nil
		},
		contract.SecretKeyPushPublic: func(known map[string][]byte) ([]byte, error) {
			private, err := base64.RawURLEncoding.DecodeString(string(known[contract.SecretKeyPushPrivate]))
			if err != nil {
				return nil, fmt.Errorf("decode the private key: %w", err)
			}
			key, err := ecdh.P256().NewPrivateKey(private)
			if err != nil {
				return nil, fmt.Errorf("read the private key: %w", err)
			}
			return base64.RawURLEncoding.AppendEncode(nil, key.PublicKey().Bytes()), nil
		},
	}
}

// randomText makes a password or an id of at least 128 random bits that needs no escaping anywhere.
func randomText(map[string][]byte) ([]byte, error) { return []byte(rand.Text()), nil }

// secretRefs lists the names of the Secrets that a manifest refers to.
func secretRefs(platform *v1alpha1.TodoPlatform) []string {
	kafka := render.KafkaOf(platform)
	names := []string{kafka.CASecret, kafka.CertSecret, kafka.LoginSecret, platform.Spec.Exposure.TLSSecretName, render.ModelSecret(&platform.Spec.Chat)}
	if external := platform.Spec.Database.External; external != nil {
		names = append(names, databaseSecrets(external)...)
	}
	if smtp := platform.Spec.Notifications.SMTP; smtp != nil && smtp.SecretRef != nil {
		names = append(names, smtp.SecretRef.Name)
	}
	if backup := render.Backup(&platform.Spec); backup != nil && backup.S3 != nil {
		names = append(names, backup.S3.SecretRef.Name)
	}
	if restore := render.Restore(&platform.Spec); restore != nil && restore.S3 != nil {
		names = append(names, restore.S3.SecretRef.Name)
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}
