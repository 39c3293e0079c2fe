package topics_test

import (
	"slices"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/controllers/internal/topics"
	"github.com/todoplatform/todoplatform/test/servers"
)

func TestGroups_thatSomebodyConsumesInAreKept(t *testing.T) {
	server := startKafka(t)
	address := server.Address(servers.Plaintext)
	brokers := dial(t, topics.Access{Brokers: []string{address}})
	reach(t, brokers, nil, topics.Topic{Name: "groups", Partitions: 1, ReplicationFactor: 1, Config: map[string]string{}})
	writer := &kafkago.Writer{Addr: kafkago.TCP(address), Topic: "groups", BatchTimeout: time.Millisecond}
	defer func() { _ = writer.Close() }()
	if !servers.Poll(servers.StartTimeout, func() bool { return writer.WriteMessages(t.Context(), kafkago.Message{Value: []byte("a")}) == nil }) {
		t.Fatal("the topic takes nothing")
	}
	consume := func(group string) *kafkago.Reader {
		reader := kafkago.NewReader(kafkago.ReaderConfig{Brokers: []string{address}, GroupID: group, Topic: "groups", StartOffset: kafkago.FirstOffset})
		if _, err := reader.ReadMessage(t.Context()); err != nil {
			t.Fatal(err)
		}
		return reader
	}
	former, busy := consume("former"), consume("busy")
	defer func() { _ = busy.Close() }()
	if err := former.Close(); err != nil {
		t.Fatal(err)
	}
	names, err := brokers.Groups(t.Context())
	if err != nil || !slices.Contains(names, "former") || !slices.Contains(names, "busy") {
		t.Fatalf("groups %v, %v", names, err)
	}
	for name, want := range map[string]bool{"former": true, "busy": false, "none": false} {
		if dropped, err := brokers.DropGroup(t.Context(), name); err != nil || dropped != want {
			t.Errorf("%s: dropped %t, %v", name, dropped, err)
		}
	}
	if names, err = brokers.Groups(t.Context()); err != nil || slices.Contains(names, "former") || !slices.Contains(names, "busy") {
		t.Errorf("groups %v, %v", names, err)
	}
}
