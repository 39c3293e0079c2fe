// Package dapr is the services' only way to their sidecar: calls out with a
// deadline on each, and the server that takes calls in.
package dapr

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	sdk "github.com/dapr/go-sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// MaxMessageBytes bounds one message between a service and its sidecar, in either
// direction. daprd's own bound (max-body-size) must not be lower.
const MaxMessageBytes = 16 << 20

// Deadlines of the single calls; a shorter one in the caller's context wins.
const (
	bindingTimeout = 10 * time.Second
	invokeTimeout  = 5 * time.Second
	publishTimeout = 5 * time.Second
	jobTimeout     = 3 * time.Second
	stateTimeout   = 5 * time.Second
	secretTimeout  = 5 * time.Second
	probeTimeout   = time.Second
)

const (
	// readyInterval is the pause between two looks at a sidecar that starts.
	readyInterval = 100 * time.Millisecond
	// readyPatience is how long a sidecar may take to start before that is worth a line in the log.
	readyPatience = 5 * time.Second
)

// Config says where the sidecar is.
type Config struct {
	Address  string // host:port of daprd's gRPC API
	APIToken string // what the sidecar is shown; empty: nothing
	// AppToken is what the sidecar shows when it calls the app. Empty: it is not asked for.
	AppToken string
	// TopicPrefix is what the brokers' names of topics begin with. Callers leave it out.
	TopicPrefix string
	// Around, when set, is called in place of each call to the sidecar, for tests of what happens
	// between two of them.
	Around grpc.UnaryClientInterceptor
}

// Client calls the sidecar. It is safe for concurrent use.
type Client struct {
	conn        *grpc.ClientConn
	sdk         sdk.Client
	topicPrefix string
	appToken    string
	known       atomic.Pointer[[]int] // the sidecar's release
}

// Connect prepares the connection to the sidecar; it does not wait for it, see
// WaitReady. ctx is not kept.
func Connect(_ context.Context, cfg Config) (*Client, error) {
	options := []grpc.DialOption{
		// Loopback to the sidecar of the same pod; between pods daprd brings its own mTLS.
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessageBytes), grpc.MaxCallSendMsgSize(MaxMessageBytes)),
	}
	options = append(options, grpc.WithChainUnaryInterceptor(withTrace))
	if cfg.APIToken != "" {
		options = append(options, grpc.WithChainUnaryInterceptor(withToken(cfg.APIToken)))
	}
	if cfg.Around != nil {
		options = append(options, grpc.WithChainUnaryInterceptor(cfg.Around))
	}
	conn, err := grpc.NewClient(cfg.Address, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to the sidecar at %s: %w", cfg.Address, err)
	}
	return &Client{conn: conn, sdk: sdk.NewClientWithConnection(conn), topicPrefix: cfg.TopicPrefix, appToken: cfg.AppToken}, nil
}

// Close ends the connection; calls under way fail.
func (c *Client) Close() error { return c.conn.Close() }

// WaitReady returns once the sidecar answers and has loaded the named components, or
// when ctx ends. A sidecar ends and is started again until Kafka and PostgreSQL are
// there; ending with it would only make both later. What is waited for is logged once.
func (c *Client) WaitReady(ctx context.Context, components ...string) error {
	ticker := time.NewTicker(readyInterval)
	defer ticker.Stop()
	var reported string
	for waited := time.Duration(0); ; waited += readyInterval {
		err := c.Ready(ctx, components...)
		if err == nil {
			return nil
		}
		if missing := failure.Public(err).Message; waited >= readyPatience && missing != reported {
			slog.WarnContext(ctx, "waiting for the sidecar", "error", err)
			reported = missing
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the sidecar: %w", err)
		case <-ticker.C:
		}
	}
}

// Ready asks the sidecar once whether it has loaded the named components; if not,
// the error is failure.Unavailable and says what is missing.
func (c *Client) Ready(ctx context.Context, components ...string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	answer, err := c.sdk.GrpcClient().GetMetadata(ctx, &runtimev1.GetMetadataRequest{})
	if err != nil {
		return failure.Wrap(failure.Unavailable, err, "ask the sidecar for its state")
	}
	loaded := map[string]bool{}
	for _, component := range answer.GetRegisteredComponents() {
		loaded[component.GetName()] = true
	}
	for _, name := range components {
		if !loaded[name] {
			return failure.New(failure.Unavailable, "the sidecar has not loaded component %s", name)
		}
	}
	return nil
}
