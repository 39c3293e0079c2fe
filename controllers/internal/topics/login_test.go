package topics_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
	"github.com/todoplatform/todoplatform/test/servers"
)

const (
	user     = "todo"
	password = "correct horse, battery staple"
)

// secured is a broker that wants encryption with a login, or with a certificate.
type secured struct{ *servers.SecuredKafka }

func startSecured(t *testing.T) secured {
	t.Helper()
	return secured{servers.StartSecuredKafka(t, user, password)}
}

func (s secured) login(mechanism v1alpha1.SASLMechanism) topics.Access {
	return topics.Access{Brokers: []string{s.Address(servers.WithLogin)}, TLS: true, CA: s.Authority.PEM, Mechanism: mechanism, Username: user, Password: password}
}

func (s secured) certificate(t *testing.T, issuer *servers.Authority) topics.Access {
	t.Helper()
	certificate, key := issuer.Issue(t, user)
	return topics.Access{Brokers: []string{s.Address(servers.WithCertificate)}, TLS: true, CA: s.Authority.PEM, Certificate: certificate, Key: key}
}

func TestDial_encryptsAndLogsIn(t *testing.T) {
	broker := startSecured(t)
	mechanisms := []v1alpha1.SASLMechanism{v1alpha1.SASLPlain, v1alpha1.SASLScramSHA256, v1alpha1.SASLScramSHA512}
	good := map[string]topics.Access{"certificate": broker.certificate(t, broker.Authority)}
	for _, mechanism := range mechanisms {
		good[string(mechanism)] = broker.login(mechanism)
	}
	for name, access := range good {
		brokers := dial(t, access)
		if err := brokers.Probe(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		prefix := name + "."
		if owner, err := brokers.Claim(t.Context(), prefix, 1, topics.Owner{ID: name}); err != nil || owner.ID != name {
			t.Errorf("%s: the owner is %+v: %v", name, owner, err)
		}
		reach(t, brokers, nil, topics.Topic{Name: prefix + "reminders", Partitions: 2, ReplicationFactor: 1, Config: map[string]string{"retention.ms": "3600000"}})
		if err := brokers.Delete(t.Context(), []string{prefix + "reminders"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}

	stranger := servers.NewAuthority(t)
	change := func(access topics.Access, change func(*topics.Access)) topics.Access {
		change(&access)
		return access
	}
	bad := map[string]topics.Access{
		"unknown authority": change(broker.login(v1alpha1.SASLPlain), func(a *topics.Access) { a.CA = stranger.PEM }),
		"trusted ones only": change(broker.login(v1alpha1.SASLPlain), func(a *topics.Access) { a.CA = nil }),
		"no encryption":     change(broker.login(v1alpha1.SASLPlain), func(a *topics.Access) { a.TLS = false }),
		"no login":          change(broker.login(""), func(a *topics.Access) { a.Username = "" }),
		"encryption where there is none": change(broker.login(v1alpha1.SASLPlain), func(a *topics.Access) {
			a.Brokers = []string{broker.Address(servers.Plaintext)}
		}),
		"login where there is none": {Brokers: []string{broker.Address(servers.Plaintext)}, Mechanism: v1alpha1.SASLPlain, Username: user, Password: password},
		"no certificate":            change(broker.certificate(t, broker.Authority), func(a *topics.Access) { a.Certificate, a.Key = nil, nil }),
		"certificate of a stranger": broker.certificate(t, stranger),
	}
	for _, mechanism := range mechanisms {
		bad["wrong password by "+string(mechanism)] = change(broker.login(mechanism), func(a *topics.Access) { a.Password = "hunter2-secret" })
		bad["unknown user by "+string(mechanism)] = change(broker.login(mechanism), func(a *topics.Access) { a.Username = "nobody" })
	}
	for name, access := range bad {
		brokers := dial(t, access)
		err := brokers.Probe(t.Context())
		var refused *topics.RefusedError
		if closes := strings.Contains(fmt.Sprint(err), "it closes the connection, as one does that wants a login, or other encryption"); !errors.As(err, &refused) && !closes {
			t.Errorf("%s: %v, want that a broker refuses", name, err)
		}
		if text := fmt.Sprint(err); strings.Contains(text, "hunter2") || strings.Contains(text, "->") || text != fmt.Sprint(brokers.Probe(t.Context())) {
			t.Errorf("%s: %v quotes the password, or says something else each time", name, err)
		}
		t.Logf("%s: %v", name, err)
	}
}

func TestDial_saysWhatIsWrongWithTheAccess(t *testing.T) {
	authority := servers.NewAuthority(t)
	certificate, key := authority.Issue(t, user)
	_, other := authority.Issue(t, user)
	for name, test := range map[string]struct {
		access topics.Access
		want   string
	}{
		"no authority":              {topics.Access{TLS: true, CA: []byte("hunter2-secret")}, "tls.caSecretRef: "},
		"no certificate":            {topics.Access{TLS: true, Certificate: []byte("hunter2-secret"), Key: key}, "tls.certSecretRef: "},
		"no key":                    {topics.Access{TLS: true, Certificate: certificate, Key: []byte("hunter2-secret")}, "tls.certSecretRef: "},
		"the key of another":        {topics.Access{TLS: true, Certificate: certificate, Key: other}, "tls.certSecretRef: "},
		"what SCRAM does not allow": {topics.Access{Mechanism: v1alpha1.SASLScramSHA256, Username: user, Password: "hunter2-secret\n"}, "sasl.secretRef: "},
		"an unknown mechanism":      {topics.Access{Mechanism: "MD5", Username: user, Password: "hunter2-secret"}, "sasl.mechanism: "},
	} {
		if _, err := topics.Dial(test.access); err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want one that begins with %s and quotes nothing", name, err, test.want)
		}
	}
}
