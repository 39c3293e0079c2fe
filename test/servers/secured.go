package servers

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"testing"

	kafkago "github.com/segmentio/kafka-go"
)

// The security protocols of the listeners of a SecuredKafka.
const (
	WithLogin       = "SASL_SSL"
	WithCertificate = "SSL"
)

// SecuredKafka is a broker that wants encryption with a login, or with a certificate.
type SecuredKafka struct {
	*Kafka
	// Authority signed the broker's certificate, and signs those of clients.
	Authority *Authority
}

// StartSecuredKafka starts a broker to which one user can log in by each mechanism. It ends with the test.
func StartSecuredKafka(t testing.TB, user, password string) *SecuredKafka {
	t.Helper()
	return startSecured(t, user, password, "")
}

// StartGuardedKafka starts such a broker on which the user has no rights but those that are granted.
func StartGuardedKafka(t testing.TB, user, password string) *SecuredKafka {
	t.Helper()
	return startSecured(t, user, password, `authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
`)
}

func startSecured(t testing.TB, user, password, properties string) *SecuredKafka {
	t.Helper()
	dir := t.TempDir()
	authority := NewAuthority(t)
	certificate, key := authority.Issue(t, "broker")
	for name, content := range map[string][]byte{"broker.pem": append(key, certificate...), "authority.pem": authority.PEM} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const module = "org.apache.kafka.common.security"
	broker, err := StartKafka(filepath.Join(dir, "kafka"), fmt.Sprintf(`ssl.keystore.type=PEM
ssl.keystore.location=%[1]s/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=%[1]s/authority.pem
listener.name.ssl.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl_ssl.plain.sasl.jaas.config=%[2]s.plain.PlainLoginModule required user_%[3]s="%[4]s";
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=%[2]s.scram.ScramLoginModule required;
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=%[2]s.scram.ScramLoginModule required;
`, dir, module, user, password)+properties, WithLogin, WithCertificate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Process.Kill)
	broker.addUser(t, user, password)
	return &SecuredKafka{broker, authority}
}

// addUser lets the user log in by SCRAM.
func (k *Kafka) addUser(t testing.TB, user, password string) {
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
		answer, err := k.Client.AlterUserScramCredentials(t.Context(), &kafkago.AlterUserScramCredentialsRequest{
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
