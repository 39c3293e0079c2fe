package render

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

const (
	// KafkaServer names the StatefulSet of embedded Kafka.
	KafkaServer = "kafka"
	// kafkaUser is the uid of appuser in the Kafka image.
	kafkaUser = 1000
)

// EmbeddedKafkaAddress is the host:port of the embedded broker, for clients in the cluster.
func EmbeddedKafkaAddress(namespace string) string {
	return KafkaServer + "-0." + KafkaServer + "." + namespace + ".svc:9092"
}

// KafkaOf reads from the manifest how to reach the brokers.
func KafkaOf(platform *v1alpha1.TodoPlatform) Kafka {
	external := platform.Spec.Kafka.External
	if external == nil {
		return Kafka{Brokers: []string{EmbeddedKafkaAddress(platform.Namespace)}}
	}
	kafka := Kafka{Brokers: texts(external.Brokers), TLS: external.TLS != nil}
	if external.TLS != nil && external.TLS.CASecretRef != nil {
		ref := external.TLS.CASecretRef
		kafka.CASecret, kafka.CAKey = ref.Name, cmp.Or(string(ref.Key), SecretKeyCA)
	}
	if external.TLS != nil && external.TLS.CertSecretRef != nil {
		ref := external.TLS.CertSecretRef
		kafka.CertSecret = ref.Name
		kafka.CertKey, kafka.PrivateKeyKey = cmp.Or(string(ref.CertKey), corev1.TLSCertKey), cmp.Or(string(ref.PrivateKeyKey), corev1.TLSPrivateKeyKey)
	}
	if sasl := external.SASL; sasl != nil {
		kafka.Mechanism, kafka.Username, kafka.LoginSecret = sasl.Mechanism, sasl.Username, sasl.SecretRef.Name
		kafka.UsernameKey = cmp.Or(string(sasl.SecretRef.UsernameKey), contract.SecretKeyUsername)
		kafka.PasswordKey = cmp.Or(string(sasl.SecretRef.PasswordKey), contract.SecretKeyPassword)
	}
	return kafka
}

// KafkaServerObjects renders embedded Kafka; none when Kafka is external.
func KafkaServerObjects(in *Input) []client.Object {
	if in.Platform.Spec.Kafka.External != nil {
		return nil
	}
	spec := v1alpha1.EmbeddedSpec{}
	if in.Platform.Spec.Kafka.Embedded != nil {
		spec = *in.Platform.Spec.Kafka.Embedded
	}
	return in.objects(server{
		part: PartKafka,
		name: KafkaServer,
		port: kafkaPort,
		user: kafkaUser,
		container: corev1.Container{
			Image:     cmp.Or(string(spec.Image), kafkaImage),
			Env:       kafkaEnv(in.Platform),
			Resources: requirements(spec.Resources, "50m", "384Mi", "1Gi"),
		},
		dataPath: "/var/lib/kafka/data",
		scratch:  []string{"/opt/kafka/config", "/opt/kafka/logs", "/tmp"},
		spec:     spec,
		grace:    30,
	})
}

// kafkaEnv configures one node that is broker and controller (KRaft). The image turns
// KAFKA_X_Y into the property x.y.
func kafkaEnv(platform *v1alpha1.TodoPlatform) []corev1.EnvVar {
	return []corev1.EnvVar{
		{Name: "CLUSTER_ID", Value: kafkaClusterID(platform.Namespace)},
		{Name: "KAFKA_NODE_ID", Value: "1"},
		{Name: "KAFKA_PROCESS_ROLES", Value: "broker,controller"},
		{Name: "KAFKA_LISTENERS", Value: "PLAINTEXT://:9092,CONTROLLER://localhost:9093"},
		{Name: "KAFKA_ADVERTISED_LISTENERS", Value: "PLAINTEXT://" + EmbeddedKafkaAddress(platform.Namespace)},
		{Name: "KAFKA_CONTROLLER_LISTENER_NAMES", Value: "CONTROLLER"},
		{Name: "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", Value: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"},
		{Name: "KAFKA_INTER_BROKER_LISTENER_NAME", Value: "PLAINTEXT"},
		{Name: "KAFKA_CONTROLLER_QUORUM_VOTERS", Value: "1@localhost:9093"},
		// A folder below the mount: a fresh volume may hold lost+found, which Kafka refuses.
		{Name: "KAFKA_LOG_DIRS", Value: "/var/lib/kafka/data/log"},
		// A client that asks for a missing topic must not create it with default settings.
		{Name: "KAFKA_AUTO_CREATE_TOPICS_ENABLE", Value: "false"},
		{Name: "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", Value: "0"},
		{Name: "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", Value: "4"},
		{Name: "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", Value: "1"},
		{Name: "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", Value: "1"},
		{Name: "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", Value: "1"},
		{Name: "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", Value: "1"},
		{Name: "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", Value: "1"},
		// Only the quick compiler: a broker for one platform is to start soon on a small machine.
		{Name: "KAFKA_HEAP_OPTS", Value: "-XX:InitialRAMPercentage=15 -XX:MaxRAMPercentage=50 -XX:TieredStopAtLevel=1"},
	}
}

// kafkaClusterID makes the cluster's id, 16 bytes in URL-safe base64, from the
// namespace, so that a platform that is created again fits the volume it left behind.
func kafkaClusterID(namespace string) string {
	sum := sha256.Sum256([]byte("todoplatform/" + namespace))
	sum[0] &= 0x7f // Keeps the first character a letter: Kafka's tools take a leading dash for an option.
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
