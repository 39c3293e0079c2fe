// Package brokers is how commands reach the Kafka of a platform: where it is, how one logs in, and
// what is read of its topics.
package brokers

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
	"github.com/spf13/pflag"
)

// Environment variables that say where Kafka is and how to log in. Secrets are never
// flags, which others on the machine can read.
const (
	envBrokers   = "KAFKA_BROKERS"
	envTLS       = "KAFKA_TLS"
	envCA        = "KAFKA_CA_FILE"
	envCert      = "KAFKA_CERT_FILE"
	envKey       = "KAFKA_KEY_FILE"
	envMechanism = "KAFKA_SASL_MECHANISM"
	envUsername  = "KAFKA_USERNAME"
	envPassword  = "KAFKA_PASSWORD"
	// EnvPrefix names the variable with the platform's topics.prefix.
	EnvPrefix = "KAFKA_TOPIC_PREFIX"
)

// Variables are the lines of a command's help that name them.
func Variables() string {
	return strings.Join([]string{
		"  " + envBrokers + "         brokers as host:port, separated by commas",
		"  " + envTLS + "             true: encrypt; implied by " + envCA,
		"  " + envCA + "         file with the certificate authorities to trust (PEM)",
		"  " + envCert + ", " + envKey,
		"                        files with a certificate that tells who connects, and its private key (PEM)",
		"  " + envMechanism + "  PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: no login",
		"  " + envUsername + ", " + envPassword,
		"  " + EnvPrefix + "    topics.prefix of the platform; empty: it has none",
	}, "\n")
}

// Options say where Kafka is.
type Options struct {
	Getenv  func(string) string
	Brokers []string // host:port; none: those that the environment names
	Prefix  string   // topics.prefix of the platform; empty: that of the environment
}

// Bind adds the flag that names the brokers.
func (o *Options) Bind(flags *pflag.FlagSet) {
	flags.StringSliceVar(&o.Brokers, "brokers", nil, "Kafka brokers as host:port; default: $"+envBrokers)
}

// Connect prepares the connection to Kafka for a program of a name. Close it.
func (o *Options) Connect(program string) (*Cluster, error) {
	brokers := o.Brokers
	if len(brokers) == 0 {
		brokers = strings.FieldsFunc(o.Getenv(envBrokers), func(r rune) bool { return r == ',' || r == ' ' })
	}
	if len(brokers) == 0 {
		return nil, fmt.Errorf("where is Kafka? Give --brokers or %s", envBrokers)
	}
	encryption, err := tlsConfig(o.Getenv)
	if err != nil {
		return nil, err
	}
	login, err := mechanism(o.Getenv)
	if err != nil {
		return nil, err
	}
	transport := &kafka.Transport{ClientID: program, TLS: encryption, SASL: login}
	return &Cluster{
		prefix:    cmp.Or(o.Prefix, o.Getenv(EnvPrefix)),
		transport: transport,
		Client:    &kafka.Client{Addr: kafka.TCP(brokers...), Timeout: CallTimeout, Transport: transport},
	}, nil
}

func tlsConfig(getenv func(string) string) (*tls.Config, error) {
	file := getenv(envCA)
	on := file != ""
	if value := getenv(envTLS); value != "" {
		var err error
		if on, err = strconv.ParseBool(value); err != nil {
			return nil, fmt.Errorf("%s: %q is neither true nor false", envTLS, value)
		}
	}
	if !on {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if getenv(envCert) != "" {
		certificate, err := tls.LoadX509KeyPair(getenv(envCert), getenv(envKey))
		if err != nil {
			return nil, fmt.Errorf("%s and %s: %w", envCert, envKey, err)
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	if file == "" {
		return config, nil
	}
	authorities, err := os.ReadFile(file) //nolint:gosec // the caller names it
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envCA, err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(authorities) {
		return nil, fmt.Errorf("%s: no certificate in it", envCA)
	}
	return config, nil
}

func mechanism(getenv func(string) string) (sasl.Mechanism, error) {
	name, user, password := getenv(envMechanism), getenv(envUsername), getenv(envPassword)
	if name != "" && (user == "" || password == "") {
		return nil, errors.New(envMechanism + " needs " + envUsername + " and " + envPassword)
	}
	switch name {
	case "":
		return nil, nil
	case "PLAIN":
		return plain.Mechanism{Username: user, Password: password}, nil
	case "SCRAM-SHA-256":
		return scram.Mechanism(scram.SHA256, user, password)
	case "SCRAM-SHA-512":
		return scram.Mechanism(scram.SHA512, user, password)
	}
	return nil, fmt.Errorf("%s: %q is none of PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512", envMechanism, name)
}
