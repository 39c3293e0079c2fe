package topics

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// Access tells how to reach the brokers.
type Access struct {
	// Brokers to start from, each host:port.
	Brokers []string
	// TLS says whether connections are encrypted; CA holds the PEM certificates that
	// sign the brokers'. Empty: the system's authorities.
	TLS bool
	CA  []byte
	// Certificate and Key, in PEM form, tell the brokers who connects. Empty: nothing does. The key is never logged.
	Certificate, Key []byte
	// Mechanism, Username and Password log in. Empty: anonymous. Never logged.
	Mechanism          v1alpha1.SASLMechanism
	Username, Password string
}

// Brokers is what the operator does with Kafka.
type Brokers interface {
	// Probe finds out whether at least one broker answers and accepts the login. The error
	// is a *RefusedError when a broker answered but refused.
	Probe(ctx context.Context) error
	// Describe reads those of the named topics that exist, by name.
	Describe(ctx context.Context, names []string) (map[string]Topic, error)
	// Apply carries out a plan. Errors name the topic.
	Apply(ctx context.Context, plan Plan) error
	// Owner reads whose the topics with a prefix are; nil: nobody has said so.
	Owner(ctx context.Context, prefix string) (*Owner, error)
	// Claim makes the topics with a prefix those of a platform, unless they are somebody's, and returns whose
	// they are. The record of that lies in a topic that is made with a replication factor.
	Claim(ctx context.Context, prefix string, replication int, claimant Owner) (Owner, error)
	// Waiting counts the records of a topic that a consumer group has not passed yet.
	Waiting(ctx context.Context, group, topic string) (int64, error)
	// Groups lists the consumer groups that the login may see.
	Groups(ctx context.Context) ([]string, error)
	// DropGroup deletes a consumer group, unless somebody consumes in it: brokers look at that themselves.
	DropGroup(ctx context.Context, name string) (dropped bool, err error)
	// Delete deletes those of the named topics that exist.
	Delete(ctx context.Context, names []string) error
	// Close gives back the connections.
	Close()
}

// Connect makes Brokers for an access. It does not connect yet; an error means that the access itself is
// unusable. It begins with the field of kafka.external to correct, and quotes nothing of the access.
type Connect func(access Access) (Brokers, error)

// RefusedError says that a broker answered and refused TLS or the login: waiting does not help.
type RefusedError struct{ Cause error }

func (e *RefusedError) Error() string { return e.Cause.Error() }

// Unwrap gives the cause.
func (e *RefusedError) Unwrap() error { return e.Cause }

const (
	// dialTimeout bounds the connection to one broker.
	dialTimeout = 3 * time.Second
	// callTimeout bounds one request to the brokers.
	callTimeout = 10 * time.Second
	// sourceTopic marks configuration that is set on the topic itself (DYNAMIC_TOPIC_CONFIG in Kafka's protocol).
	sourceTopic = 1
)

type brokers struct {
	addresses []string
	dialer    *kafka.Dialer
	transport *kafka.Transport
	client    *kafka.Client
}

// Dial is the Connect of real brokers.
func Dial(access Access) (Brokers, error) {
	encryption, err := access.tlsConfig()
	if err != nil {
		return nil, err
	}
	login, err := access.login()
	if err != nil {
		return nil, err
	}
	transport := &kafka.Transport{
		ClientID:    "todoplatform-operator",
		DialTimeout: dialTimeout,
		// Answers about topics come from this cache: short, so that a change shows soon.
		MetadataTTL: time.Second,
		TLS:         encryption,
		SASL:        login,
	}
	return &brokers{
		addresses: access.Brokers,
		dialer:    &kafka.Dialer{ClientID: "todoplatform-operator", Timeout: dialTimeout, TLS: encryption, SASLMechanism: login},
		transport: transport,
		client:    &kafka.Client{Addr: kafka.TCP(access.Brokers...), Timeout: callTimeout, Transport: transport},
	}, nil
}

func (a *Access) tlsConfig() (*tls.Config, error) {
	if !a.TLS {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(a.CA) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(a.CA) {
			return nil, errors.New("tls.caSecretRef: the Secret holds no certificate in PEM form")
		}
	}
	if len(a.Certificate) > 0 {
		certificate, err := tls.X509KeyPair(a.Certificate, a.Key)
		if err != nil {
			return nil, errors.New("tls.certSecretRef: the Secret holds no certificate in PEM form with the private key that belongs to it")
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}

func (a *Access) login() (sasl.Mechanism, error) {
	switch a.Mechanism {
	case "":
		return nil, nil
	case v1alpha1.SASLPlain:
		return plain.Mechanism{Username: a.Username, Password: a.Password}, nil
	case v1alpha1.SASLScramSHA256:
		return a.scram(scram.SHA256)
	case v1alpha1.SASLScramSHA512:
		return a.scram(scram.SHA512)
	default:
		return nil, fmt.Errorf("sasl.mechanism: %q is not known", a.Mechanism)
	}
}

func (a *Access) scram(algorithm scram.Algorithm) (sasl.Mechanism, error) {
	mechanism, err := scram.Mechanism(algorithm, a.Username, a.Password)
	if err != nil {
		// The library's own error quotes the password.
		return nil, errors.New("sasl.secretRef: user name or password holds a character that SCRAM does not allow (RFC 4013), " +
			"such as a control character or one that Unicode does not define: choose another")
	}
	return mechanism, nil
}

// Probe dials each broker, because the client hides why a connection fails: wrong
// password, missing TLS and unknown authority all look like "broker not available" there.
func (b *brokers) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	type answer struct {
		from int
		err  error
	}
	answers := make(chan answer, len(b.addresses))
	for i, address := range b.addresses {
		go func() { answers <- answer{i, b.probe(ctx, address)} }()
	}
	failures := make([]error, len(b.addresses))
	for range b.addresses {
		answer := <-answers
		if answer.err == nil {
			return nil
		}
		failures[answer.from] = answer.err
	}
	var causes []string
	for i, err := range failures {
		if refused(err) {
			return &RefusedError{Cause: fmt.Errorf("%s: %w", b.addresses[i], err)}
		}
		causes = append(causes, fmt.Sprintf("%s: %v", b.addresses[i], cause(err)))
	}
	return errors.New(strings.Join(causes, "; "))
}

func (b *brokers) probe(ctx context.Context, address string) error {
	connection, err := b.dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	// Without a login the dial proves little: ask for something.
	deadline, _ := ctx.Deadline()
	err = connection.SetDeadline(deadline)
	if err == nil {
		_, err = connection.Brokers()
	}
	if closing := connection.Close(); err == nil {
		err = closing
	}
	return err
}

// refused tells a broker that said no from one that said nothing.
func refused(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var operation *net.OpError
	isAlert := errors.As(err, &operation) && operation.Op == "remote error" // of TLS
	return isAlert || errors.Is(err, kafka.SASLAuthenticationFailed) || errors.Is(err, kafka.UnsupportedSASLMechanism) ||
		errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &certificate) || errors.As(err, &record) ||
		strings.Contains(err.Error(), "SASL handshake failed")
}

// cause shortens a network error to what the user can act on. Ports and addresses of this
// side change with every attempt and would make every message, and so every event, new.
func cause(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("it closes the connection, as one does that wants a login, or other encryption")
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return errors.New("no such host")
	}
	var operation *net.OpError
	if errors.As(err, &operation) {
		return operation.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no answer in time")
	}
	return err
}

func (b *brokers) Describe(ctx context.Context, names []string) (map[string]Topic, error) {
	metadata, err := b.client.Metadata(ctx, &kafka.MetadataRequest{Topics: names})
	if err != nil {
		return nil, fmt.Errorf("read the topics: %w", cause(err))
	}
	found := map[string]Topic{}
	var existing []string
	for _, topic := range metadata.Topics {
		if errors.Is(topic.Error, kafka.UnknownTopicOrPartition) {
			continue
		}
		if topic.Error != nil {
			return nil, fmt.Errorf("read topic %s: %w", topic.Name, topic.Error)
		}
		replication := 0
		if len(topic.Partitions) > 0 {
			replication = len(topic.Partitions[0].Replicas)
		}
		found[topic.Name] = Topic{Name: topic.Name, Partitions: len(topic.Partitions), ReplicationFactor: replication, Config: map[string]string{}}
		existing = append(existing, topic.Name)
	}
	if len(existing) == 0 {
		return found, nil
	}
	return found, b.describeConfig(ctx, existing, found)
}

func (b *brokers) describeConfig(ctx context.Context, names []string, found map[string]Topic) error {
	request := &kafka.DescribeConfigsRequest{}
	for _, name := range names {
		request.Resources = append(request.Resources, kafka.DescribeConfigRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: name})
	}
	response, err := b.client.DescribeConfigs(ctx, request)
	if err != nil {
		return fmt.Errorf("read the topics' configuration: %w", cause(err))
	}
	for _, resource := range response.Resources {
		if resource.Error != nil {
			return fmt.Errorf("read configuration of topic %s: %w", resource.ResourceName, resource.Error)
		}
		topic := found[resource.ResourceName]
		for _, entry := range resource.ConfigEntries {
			if entry.ConfigSource == sourceTopic {
				topic.Config[entry.ConfigName] = entry.ConfigValue
			}
			if entry.ConfigName == configMinInSync {
				topic.MinInSync, _ = strconv.Atoi(entry.ConfigValue) // a number, as Kafka says
			}
		}
		found[resource.ResourceName] = topic
	}
	return nil
}

func (b *brokers) Apply(ctx context.Context, plan Plan) error {
	if err := b.create(ctx, plan.Create); err != nil {
		return err
	}
	if err := b.grow(ctx, plan.Grow); err != nil {
		return err
	}
	return b.configure(ctx, plan)
}

func (b *brokers) create(ctx context.Context, topics []Topic) error {
	if len(topics) == 0 {
		return nil
	}
	request := &kafka.CreateTopicsRequest{}
	for _, topic := range topics {
		config := kafka.TopicConfig{Topic: topic.Name, NumPartitions: topic.Partitions, ReplicationFactor: topic.ReplicationFactor}
		for key, value := range topic.Config {
			config.ConfigEntries = append(config.ConfigEntries, kafka.ConfigEntry{ConfigName: key, ConfigValue: value})
		}
		request.Topics = append(request.Topics, config)
	}
	response, err := b.client.CreateTopics(ctx, request)
	if err != nil {
		return fmt.Errorf("create topics: %w", cause(err))
	}
	return firstError("create topic", response.Errors, kafka.TopicAlreadyExists)
}

func (b *brokers) grow(ctx context.Context, counts map[string]int) error {
	if len(counts) == 0 {
		return nil
	}
	request := &kafka.CreatePartitionsRequest{}
	for name, count := range counts {
		request.Topics = append(request.Topics, kafka.TopicPartitionsConfig{Name: name, Count: int32(count)}) //nolint:gosec // bounded by the API to 1000
	}
	response, err := b.client.CreatePartitions(ctx, request)
	if err != nil {
		return fmt.Errorf("add partitions: %w", cause(err))
	}
	return firstError("add partitions to topic", response.Errors, nil)
}

func (b *brokers) configure(ctx context.Context, plan Plan) error {
	changes := map[string][]kafka.IncrementalAlterConfigsRequestConfig{}
	for name, config := range plan.Configure {
		for key, value := range config {
			changes[name] = append(changes[name], kafka.IncrementalAlterConfigsRequestConfig{Name: key, Value: value, ConfigOperation: kafka.ConfigOperationSet})
		}
	}
	for name, keys := range plan.Reset {
		for _, key := range keys {
			changes[name] = append(changes[name], kafka.IncrementalAlterConfigsRequestConfig{Name: key, ConfigOperation: kafka.ConfigOperationDelete})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	request := &kafka.IncrementalAlterConfigsRequest{}
	for name, configs := range changes {
		request.Resources = append(request.Resources, kafka.IncrementalAlterConfigsRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: name, Configs: configs})
	}
	response, err := b.client.IncrementalAlterConfigs(ctx, request)
	if err != nil {
		return fmt.Errorf("configure topics: %w", cause(err))
	}
	failures := map[string]error{}
	for _, resource := range response.Resources {
		failures[resource.ResourceName] = resource.Error
	}
	return firstError("configure topic", failures, nil)
}

func (b *brokers) Delete(ctx context.Context, names []string) error {
	response, err := b.client.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: names})
	if err != nil {
		return fmt.Errorf("delete topics: %w", cause(err))
	}
	return firstError("delete topic", response.Errors, kafka.UnknownTopicOrPartition)
}

func (b *brokers) Close() { b.transport.CloseIdleConnections() }

// firstError gives the error of the first topic by name that has one other than ignored.
func firstError(doing string, failures map[string]error, ignored error) error {
	first := ""
	for name, err := range failures {
		if err == nil || (ignored != nil && errors.Is(err, ignored)) {
			continue
		}
		if first == "" || name < first {
			first = name
		}
	}
	if first == "" {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, first, failures[first])
}

// Permanent says whether the brokers refused for a reason that a retry does not change.
func Permanent(err error) bool {
	var code kafka.Error
	return errors.As(err, &code) && !code.Temporary()
}
