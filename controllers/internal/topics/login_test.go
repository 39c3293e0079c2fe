package topics_test

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"strings"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
	"github.com/todoplatform/todoplatform/test/servers"
)

const (
	user     = "todo"
	password = "correct horse, battery staple"
)

// secured is a broker that wants encryption with a login, or with a certificate.
type secured struct {
	*servers.Kafka
	authority *servers.Authority
}

const (
	withLogin       = "SASL_SSL"
	withCertificate = "SSL"
)

func startSecured(t *testing.T) secured {
	t.Helper()
	dir := t.TempDir()
	authority := servers.NewAuthority(t)
	certificate, key := authority.Issue(t, "broker")
	for name, content := range map[string][]byte{"broker.pem": append(key, certificate...), "authority.pem": authority.PEM} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const login = "org.apache.kafka.common.security."
	broker, err := servers.StartKafka(filepath.Join(dir, "kafka"), strings.Join([]string{
		"ssl.keystore.type=PEM", "ssl.keystore.location=" + filepath.Join(dir, "broker.pem"),
		"ssl.truststore.type=PEM", "ssl.truststore.location=" + filepath.Join(dir, "authority.pem"),
		"listener.name.ssl.ssl.client.auth=required",
		"sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
		"listener.name.sasl_ssl.plain.sasl.jaas.config=" + login + `plain.PlainLoginModule required user_` + user + `="` + password + `";`,
		"listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=" + login + "scram.ScramLoginModule required;",
		"listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=" + login + "scram.ScramLoginModule required;",
	}, "\n")+"\n", withLogin, withCertificate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Process.Kill)
	addUser(t, broker)
	return secured{broker, authority}
}

// addUser lets the user log in by SCRAM.
func addUser(t *testing.T, broker *servers.Kafka) {
	t.Helper()
	for mechanism, algorithm := range map[kafkago.ScramMechanism]func() hash.Hash{
		kafkago.ScramMechanismSha256: sha256.New, kafkago.ScramMechanismSha512: sha512.New,
	} {
		const iterations = 4096
		salt := []byte("salt of the test")
		salted, err := pbkdf2.Key(algorithm, password, salt, iterations, algorithm().Size())
		if err != nil {
			t.Fatal(err)
		}
		answer, err := broker.Client.AlterUserScramCredentials(t.Context(), &kafkago.AlterUserScramCredentialsRequest{
			Upsertions: []kafkago.UserScramCredentialsUpsertion{{Name: user, Mechanism: mechanism, Iterations: iterations, Salt: salt, SaltedPassword: salted}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, result := range answer.Results {
			if result.Error != nil {
				t.Fatal(result.Error)
			}
		}
	}
}

func (s secured) login(mechanism v1alpha1.SASLMechanism) topics.Access {
	return topics.Access{Brokers: []string{s.Address(withLogin)}, TLS: true, CA: s.authority.PEM, Mechanism: mechanism, Username: user, Password: password}
}

func (s secured) certificate(t *testing.T, issuer *servers.Authority) topics.Access {
	t.Helper()
	certificate, key := issuer.Issue(t, user)
	return topics.Access{Brokers: []string{s.Address(withCertificate)}, TLS: true, CA: s.authority.PEM, Certificate: certificate, Key: key}
}

func TestDial_encryptsAndLogsIn(t *testing.T) {
	broker := startSecured(t)
	mechanisms := []v1alpha1.SASLMechanism{v1alpha1.SASLPlain, v1alpha1.SASLScramSHA256, v1alpha1.SASLScramSHA512}
	good := map[string]topics.Access{"certificate": broker.certificate(t, broker.authority)}
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
		"no certificate":            change(broker.certificate(t, broker.authority), func(a *topics.Access) { a.Certificate, a.Key = nil, nil }),
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
