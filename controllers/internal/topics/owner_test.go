package topics_test

import (
	"fmt"
	"sync"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/todoplatform/todoplatform/controllers/internal/topics"
	"github.com/todoplatform/todoplatform/test/servers"
)

func TestClaim_oneOfManyWinsAndStays(t *testing.T) {
	t.Parallel()
	access := topics.Access{Brokers: []string{startKafka(t).Address(servers.Plaintext)}}
	const prefix = "claimed."
	if owner, err := dial(t, access).Owner(t.Context(), prefix); err != nil || owner != nil {
		t.Fatalf("before anybody has claimed them they are %+v's: %v", owner, err)
	}
	owners := make([]topics.Owner, 8)
	var claiming sync.WaitGroup
	for i := range owners {
		brokers := dial(t, access)
		claiming.Go(func() {
			var err error
			claimant := topics.Owner{ID: fmt.Sprint("id-", i), Namespace: fmt.Sprint("namespace-", i), Name: "todo"}
			if owners[i], err = brokers.Claim(t.Context(), prefix, 1, claimant); err != nil {
				t.Error(err)
			}
		})
	}
	claiming.Wait()
	for i, owner := range owners {
		if owner != owners[0] || owner.ID == "" {
			t.Errorf("platform %d sees %+v, and the first %+v", i, owner, owners[0])
		}
	}
	brokers := dial(t, access)
	if owner, err := brokers.Claim(t.Context(), prefix, 1, topics.Owner{ID: "late"}); err != nil || owner != owners[0] {
		t.Errorf("a late one sees %+v: %v", owner, err)
	}
	if owner, err := brokers.Claim(t.Context(), "other.", 1, topics.Owner{ID: "late"}); err != nil || owner.ID != "late" {
		t.Errorf("topics with another prefix are %+v's: %v", owner, err)
	}
	live, err := brokers.Describe(t.Context(), []string{prefix + topics.OwnerTopic})
	if err != nil || live[prefix+topics.OwnerTopic].Config["retention.ms"] != "-1" {
		t.Errorf("the record of the owner may expire: %+v, %v", live, err)
	}
	if err := brokers.Delete(t.Context(), []string{prefix + topics.OwnerTopic}); err != nil {
		t.Fatal(err)
	}
	if !servers.Poll(servers.StartTimeout, func() bool {
		owner, err := brokers.Owner(t.Context(), prefix)
		return err == nil && owner == nil
	}) {
		t.Error("they still have an owner")
	}
}

func TestOwner_thatIsNoPlatformIsSomebodyElse(t *testing.T) {
	t.Parallel()
	broker := startKafka(t)
	for i, record := range []string{"", "hello", `{"id": 5}`, "[]"} {
		prefix := fmt.Sprintf("foreign-%d.", i)
		brokers := dial(t, topics.Access{Brokers: []string{broker.Address(servers.Plaintext)}})
		reach(t, brokers, nil, topics.Topic{Name: prefix + topics.OwnerTopic, Partitions: 1, ReplicationFactor: 1})
		written := servers.Poll(servers.StartTimeout, func() bool { // a topic of a moment ago is not known everywhere yet
			answer, err := broker.Client.Produce(t.Context(), &kafkago.ProduceRequest{Topic: prefix + topics.OwnerTopic, RequiredAcks: kafkago.RequireAll,
				Records: kafkago.NewRecordReader(kafkago.Record{Value: kafkago.NewBytes([]byte(record))})})
			return err == nil && answer.Error == nil
		})
		if !written {
			t.Fatal("nothing can be written")
		}
		if owner, err := brokers.Claim(t.Context(), prefix, 1, topics.Owner{ID: "mine"}); err != nil || owner.ID != "" {
			t.Errorf("%q: the owner is %+v: %v", record, owner, err)
		}
	}
}
