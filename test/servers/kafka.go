package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Plaintext is the security protocol of the listener that every Kafka has.
const Plaintext = "PLAINTEXT"

// Kafka is a broker: one node in KRaft mode.
type Kafka struct {
	Process *Process
	// Client asks it without encryption and login.
	Client    *kafkago.Client
	transport *kafkago.Transport
	addresses map[string]string // by security protocol
}

// StartKafka starts a broker that keeps its data in dir. It listens with each of the security protocols
// beside PLAINTEXT, which properties configure.
func StartKafka(dir, properties string, protocols ...string) (*Kafka, error) {
	libs, err := Binary("kafka", "libs")
	if err != nil {
		return nil, err
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return nil, fmt.Errorf("java is missing: install a Java runtime, version 17 or newer: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	k := &Kafka{transport: &kafkago.Transport{}, addresses: map[string]string{Plaintext: Loopback(FreePort())}}
	for _, protocol := range protocols {
		k.addresses[protocol] = Loopback(FreePort())
	}
	k.Client = &kafkago.Client{Addr: kafkago.TCP(k.Address(Plaintext)), Timeout: 10 * time.Second, Transport: k.transport}
	file := filepath.Join(dir, "server.properties")
	if err := os.WriteFile(file, []byte(k.properties(filepath.Join(dir, "data"))+properties), 0o600); err != nil {
		return nil, err
	}
	run := func(main string, args ...string) *exec.Cmd {
		// Quick to start rather than quick in the long run.
		jvm := []string{"-Xms128m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp", filepath.Join(libs, "*"), main}
		return exec.Command(java, append(jvm, args...)...)
	}
	if output, err := run("kafka.tools.StorageTool", "format", "-t", "daprtestdaprtestdaprte", "-c", file).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("format Kafka's storage: %w\n%s", err, output)
	}
	k.Process = NewProcess("kafka", dir, func() *exec.Cmd { return run("kafka.Kafka", file) })
	return k, k.start()
}

func (k *Kafka) properties(data string) string {
	controller := Loopback(FreePort())
	var listeners, protocols []string
	for protocol, address := range k.addresses {
		listeners = append(listeners, protocol+"://"+address)
		protocols = append(protocols, protocol+":"+protocol)
	}
	return fmt.Sprintf(`process.roles=broker,controller
node.id=1
controller.quorum.voters=1@%[1]s
listeners=%[2]s,CONTROLLER://%[1]s
advertised.listeners=%[2]s
controller.listener.names=CONTROLLER
listener.security.protocol.map=%[3]s,CONTROLLER:PLAINTEXT
log.dirs=%[4]s
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=300
broker.session.timeout.ms=1500
`, controller, strings.Join(listeners, ","), strings.Join(protocols, ","), data)
}

// Address is the host:port of the listener with a security protocol.
func (k *Kafka) Address(protocol string) string { return k.addresses[protocol] }

func (k *Kafka) start() error {
	k.transport.CloseIdleConnections() // those to the broker before
	return k.Process.Start(func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		answer, err := k.Client.Metadata(ctx, &kafkago.MetadataRequest{})
		return err == nil && len(answer.Brokers) == 1
	})
}

// Kill ends the broker at once, as a crash would; it is started again when t ends.
func (k *Kafka) Kill(t testing.TB) { k.Process.KillForTest(t, k.start) }

// Start starts it again with its data.
func (k *Kafka) Start(t testing.TB) {
	t.Helper()
	if err := k.start(); err != nil {
		t.Fatal(err)
	}
}
