// Package entry carries connections from a port of this machine to an ingress
// proxy inside the cluster.
package entry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"
)

const (
	dialTimeout = 5 * time.Second
	bufferSize  = 8 << 10
)

// Listen opens the port on the loopback addresses of this machine.
func Listen(ctx context.Context, port int) ([]net.Listener, error) {
	var config net.ListenConfig
	var listeners []net.Listener
	for _, host := range []string{"127.0.0.1", "::1"} {
		listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, fmt.Sprint(port)))
		if err != nil && host == "::1" { // a machine without IPv6
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open port %d for the entry (choose another with --port): %w", port, err)
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

// Forward carries the connections to the first of the targets that takes them until the context ends.
func Forward(ctx context.Context, listeners []net.Listener, targets []string) {
	stop := context.AfterFunc(ctx, func() {
		for _, listener := range listeners {
			_ = listener.Close()
		}
	})
	defer stop()
	var accepting sync.WaitGroup
	for _, listener := range listeners {
		accepting.Go(func() { accept(ctx, listener, targets) })
	}
	accepting.Wait()
}

func accept(ctx context.Context, listener net.Listener, targets []string) {
	for {
		client, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors: they come back
			slog.Warn("accept a connection", "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		go carry(ctx, client.(*net.TCPConn), targets)
	}
}

func carry(ctx context.Context, client *net.TCPConn, targets []string) {
	defer func() { _ = client.Close() }()
	server, err := dial(ctx, targets)
	if err != nil {
		slog.Debug("the entry is not there yet", "error", err)
		return
	}
	defer func() { _ = server.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = client.Close(); _ = server.Close() })
	defer stop()

	var halves sync.WaitGroup
	halves.Go(func() { copyHalf(server, client) })
	halves.Go(func() { copyHalf(client, server) })
	halves.Wait()
}

// dial connects to the first target that answers.
func dial(ctx context.Context, targets []string) (*net.TCPConn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	var failed error
	for _, target := range targets {
		connection, err := dialer.DialContext(ctx, "tcp", target)
		if err == nil {
			return connection.(*net.TCPConn), nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

// copyHalf carries one direction and passes its end on, so that either side may
// finish sending first. It goes through a buffer, because the kernel's own way takes a pipe
// for each direction: four more file descriptors a connection.
func copyHalf(to, from *net.TCPConn) {
	_, _ = io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, bufferSize))
	_ = to.CloseWrite()
}
