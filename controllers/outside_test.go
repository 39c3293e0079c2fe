package controllers

import (
	"context"
	"fmt"
	"net"
	"net/rpc"
	"os"
	"sync/atomic"

	ctrl "sigs.k8s.io/controller-runtime"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/todoplatform/todoplatform/controllers/internal/database"
	"github.com/todoplatform/todoplatform/controllers/internal/topics"
)

// A benchmark has the operator in a process of its own, which is this program with these variables set. Its brokers
// and databases are the fakes of the benchmark's process, and outlive it.
const (
	outsideVariable   = "TODOPLATFORM_BENCH_OUTSIDE" // address of the fakes
	metricsVariable   = "TODOPLATFORM_BENCH_METRICS" // address at which the operator tells its metrics
	profilingVariable = "TODOPLATFORM_BENCH_PPROF"
	outsideService    = "Outside"
)

// operate runs the operator until it is asked to stop.
func operate(address string) error {
	ctx := ctrl.SetupSignalHandler()
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	outside, err := rpc.Dial("tcp", address)
	if err != nil {
		return err
	}
	options := ManagerOptions()
	options.Metrics = metricsserver.Options{BindAddress: os.Getenv(metricsVariable)}
	options.PprofBindAddress = os.Getenv(profilingVariable)
	mgr, err := ctrl.NewManager(config, options)
	if err != nil {
		return err
	}
	reconciler := New(Config{
		Version: "1.2.3", Namespace: operatorSystem, DaprNamespace: daprSystem,
		Connect: func(access topics.Access) (topics.Brokers, error) {
			return &outsideBrokers{outside: outside, address: access.Brokers[0]}, nil
		},
		AskDatabase: func(_ context.Context, question database.Question) (state database.State, err error) {
			err = outside.Call(outsideService+".Database", question, &state)
			return state, err
		},
		FetchHeads: new(fakeAudits).fetch,
	})
	if err := reconciler.SetupWithManager(ctx, mgr, *benchWorkers); err != nil {
		return err
	}
	return mgr.Start(ctx)
}

// outsideBrokers are brokers in the benchmark's process.
type outsideBrokers struct {
	outside *rpc.Client
	address string
}

// BrokersQuestion is a call of topics.Brokers: each uses what it needs.
type BrokersQuestion struct {
	Address, Call, Prefix, Group, Topic string
	Names                               []string
	Plan                                topics.Plan
	Replication                         int
	Claimant                            topics.Owner
}

// BrokersAnswer answers any of them.
type BrokersAnswer struct {
	Topics  map[string]topics.Topic
	Owner   *topics.Owner
	Waiting int64
	Groups  []string
	Dropped bool
}

func (b *outsideBrokers) ask(question BrokersQuestion) (answer BrokersAnswer, err error) {
	question.Address = b.address
	err = b.outside.Call(outsideService+".Brokers", question, &answer)
	return answer, err
}

func (b *outsideBrokers) Probe(context.Context) error {
	_, err := b.ask(BrokersQuestion{Call: "Probe"})
	return err
}

func (b *outsideBrokers) Describe(_ context.Context, names []string) (map[string]topics.Topic, error) {
	answer, err := b.ask(BrokersQuestion{Call: "Describe", Names: names})
	return answer.Topics, err
}

func (b *outsideBrokers) Apply(_ context.Context, plan topics.Plan) error {
	_, err := b.ask(BrokersQuestion{Call: "Apply", Plan: plan})
	return err
}

func (b *outsideBrokers) Owner(_ context.Context, prefix string) (*topics.Owner, error) {
	answer, err := b.ask(BrokersQuestion{Call: "Owner", Prefix: prefix})
	return answer.Owner, err
}

func (b *outsideBrokers) Claim(_ context.Context, prefix string, replication int, claimant topics.Owner) (topics.Owner, error) {
	answer, err := b.ask(BrokersQuestion{Call: "Claim", Prefix: prefix, Replication: replication, Claimant: claimant})
	if err != nil {
		return topics.Owner{}, err
	}
	return *answer.Owner, nil
}

func (b *outsideBrokers) Waiting(_ context.Context, group, topic string) (int64, error) {
	answer, err := b.ask(BrokersQuestion{Call: "Waiting", Group: group, Topic: topic})
	return answer.Waiting, err
}

func (b *outsideBrokers) Groups(context.Context) ([]string, error) {
	answer, err := b.ask(BrokersQuestion{Call: "Groups"})
	return answer.Groups, err
}

func (b *outsideBrokers) DropGroup(_ context.Context, name string) (bool, error) {
	answer, err := b.ask(BrokersQuestion{Call: "DropGroup", Group: name})
	return answer.Dropped, err
}

func (b *outsideBrokers) Delete(_ context.Context, names []string) error {
	_, err := b.ask(BrokersQuestion{Call: "Delete", Names: names})
	return err
}

func (*outsideBrokers) Close() {}

// outside serves the fakes, and counts how often they are asked.
type outside struct{ brokers, databases atomic.Int64 }

// serveOutside serves until the listener closes.
func serveOutside(listener net.Listener) (*outside, error) {
	served, server := &outside{}, rpc.NewServer()
	if err := server.RegisterName(outsideService, served); err != nil {
		return nil, err
	}
	go func() {
		for {
			operator, err := listener.Accept()
			if err != nil {
				return
			}
			go server.ServeConn(operator)
		}
	}()
	return served, nil
}

// Database answers a question to a database.
func (o *outside) Database(question database.Question, state *database.State) (err error) {
	o.databases.Add(1)
	*state, err = suite.databases.ask(context.Background(), question)
	return err
}

// Brokers answers a call of topics.Brokers.
func (o *outside) Brokers(question BrokersQuestion, answer *BrokersAnswer) (err error) {
	o.brokers.Add(1)
	ctx, asked := context.Background(), suite.brokers.at(question.Address)
	switch question.Call {
	case "Probe":
		return asked.Probe(ctx)
	case "Describe":
		answer.Topics, err = asked.Describe(ctx, question.Names)
	case "Apply":
		return asked.Apply(ctx, question.Plan)
	case "Owner":
		answer.Owner, err = asked.Owner(ctx, question.Prefix)
	case "Claim":
		var owner topics.Owner
		owner, err = asked.Claim(ctx, question.Prefix, question.Replication, question.Claimant)
		answer.Owner = &owner
	case "Waiting":
		answer.Waiting, err = asked.Waiting(ctx, question.Group, question.Topic)
	case "Groups":
		answer.Groups, err = asked.Groups(ctx)
	case "DropGroup":
		answer.Dropped, err = asked.DropGroup(ctx, question.Group)
	case "Delete":
		return asked.Delete(ctx, question.Names)
	default:
		return fmt.Errorf("brokers know no %s", question.Call)
	}
	return err
}
