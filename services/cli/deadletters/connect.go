package deadletters

import (
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
)

// Environment variables that say where Kafka is and how to log in. Secrets are never
// flags, which others on the machine can read.
const (
	envBrokers   = "KAFKA_BROKERS"
	envTLS       = "KAFKA_TLS"
	envCA        = "KAFKA_CA_FILE"
	envMechanism = "KAFKA_SASL_MECHANISM"
	envUsername  = "KAFKA_USERNAME"
	envPassword  = "KAFKA_PASSWORD"
)

func variables() []string {
	return []string{
		"  " + envBrokers + "         brokers as host:port, separated by commas",
		"  " + envTLS + "             true: encrypt; implied by " + envCA,
		"  " + envCA + "         file with the certificate authorities to trust (PEM)",
		"  " + envMechanism + "  PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: no login",
		"  " + envUsername + ", " + envPassword,
	}
}

// connect prepares the connection to Kafka.
func connect(o *options) (*box, error) {
	brokers := o.brokers
	if len(brokers) == 0 {
		brokers = strings.FieldsFunc(o.getenv(envBrokers), func(r rune) bool { return r == ',' || r == ' ' })
	}
	if len(brokers) == 0 {
		return nil, fmt.Errorf("where is Kafka? Give --brokers or %s", envBrokers)
	}
	encryption, err := tlsConfig(o.getenv)
	if err != nil {
		return nil, err
	}
	login, err := mechanism(o.getenv)
	if err != nil {
		return nil, err
	}
	transport := &kafka.Transport{ClientID: "todoplatform-dead-letters", TLS: encryption, SASL: login}
	address := kafka.TCP(brokers...)
	return &box{
		prefix:    o.prefix,
		transport: transport,
		client:    &kafka.Client{Addr: address, Timeout: callTimeout, Transport: transport},
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
