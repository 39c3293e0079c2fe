package lifecycle

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/trace"
)

// Config is what every service is told from outside.
type Config struct {
	Dapr      dapr.Config
	LogLevel  string   // debug, info, warn or error
	PublicURL *url.URL // where people reach the platform; nil: unknown
	// Trace says where the spans go of what does not pass the sidecar.
	Trace trace.Config
	// DrainDelay is how long a stopping service goes on serving after it has said that it is not ready.
	DrainDelay time.Duration

	// Addresses to listen on, host:port.
	HealthAddress string // probes and metrics
	AppAddress    string // the sidecar's calls; loopback only
}

// ConfigFromEnv reads the configuration; an error names the variable and what it should be.
func ConfigFromEnv() (Config, error) {
	publicURL, err := publicURLFromEnv()
	if err != nil {
		return Config{}, err
	}
	drainDelay, err := drainDelayFromEnv()
	if err != nil {
		return Config{}, err
	}
	traces, err := traceFromEnv()
	if err != nil {
		return Config{}, err
	}
	return Config{
		Dapr: dapr.Config{
			Address:  net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv(contract.EnvDaprGRPCPort), "50001")),
			APIToken: os.Getenv(contract.EnvAPIToken),
			AppToken: os.Getenv(contract.EnvAppToken),

			TopicPrefix: os.Getenv(contract.EnvTopicPrefix),
		},
		LogLevel:      os.Getenv(contract.EnvLogLevel),
		PublicURL:     publicURL,
		Trace:         traces,
		DrainDelay:    drainDelay,
		HealthAddress: net.JoinHostPort("", strconv.Itoa(contract.HealthPort)),
		AppAddress:    net.JoinHostPort("127.0.0.1", strconv.Itoa(contract.AppPort)),
	}, nil
}

func publicURLFromEnv() (*url.URL, error) {
	value := os.Getenv(contract.EnvPublicURL)
	if value == "" {
		return nil, nil
	}
	public, err := url.Parse(value)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
		return nil, fmt.Errorf("%s: %q is not a URL such as https://todo.example.com", contract.EnvPublicURL, value)
	}
	return public, nil
}

func traceFromEnv() (trace.Config, error) {
	collector, err := trace.ParseCollector(os.Getenv(contract.EnvTraceCollector))
	if err != nil {
		return trace.Config{}, fmt.Errorf("%s: %w", contract.EnvTraceCollector, err)
	}
	sampling, err := trace.ParseSampling(os.Getenv(contract.EnvTraceSampling))
	if err != nil {
		return trace.Config{}, fmt.Errorf("%s: %w", contract.EnvTraceSampling, err)
	}
	return trace.Config{Collector: collector, Sampling: sampling}, nil
}

func drainDelayFromEnv() (time.Duration, error) {
	value := os.Getenv(contract.EnvDrainDelay)
	if value == "" {
		return 0, nil
	}
	delay, err := time.ParseDuration(value)
	if err != nil || delay < 0 || delay > StopTimeout/2 {
		return 0, fmt.Errorf("%s: %q is not a duration from 0s to %s", contract.EnvDrainDelay, value, StopTimeout/2)
	}
	return delay, nil
}

// DaysFromEnv reads a number of days, from least to most; 0: the variable is empty. An error names it.
func DaysFromEnv(name string, least, most int) (int, error) {
	value := os.Getenv(name)
	if value == "" {
		return 0, nil
	}
	days, err := strconv.Atoi(value)
	if err != nil || days < least || days > most {
		return 0, fmt.Errorf("%s: %q is not a number of days from %d to %d", name, value, least, most)
	}
	return days, nil
}

// DurationFromEnv reads a duration, from least to most; 0: the variable is empty. An error names it.
func DurationFromEnv(name string, least, most time.Duration) (time.Duration, error) {
	value := os.Getenv(name)
	if value == "" {
		return 0, nil
	}
	duration, err := time.ParseDuration(value)
	if err != nil || duration < least || duration > most {
		return 0, fmt.Errorf("%s: %q is not a duration from %s to %s", name, value, least, most)
	}
	return duration, nil
}

// NetworksFromEnv reads a list of networks with commas between; an error names the variable.
func NetworksFromEnv(name string) ([]netip.Prefix, error) {
	value := os.Getenv(name)
	if value == "" {
		return nil, nil
	}
	var networks []netip.Prefix
	for text := range strings.SplitSeq(value, ",") {
		network, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %q is not a network such as 10.0.0.0/8 or fc00::/7", name, text)
		}
		networks = append(networks, network)
	}
	return networks, nil
}
