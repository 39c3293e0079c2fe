package account

import (
	"context"
	"crypto/rand"
	"errors"
	"runtime"
	"runtime/debug"

	"github.com/alexedwards/argon2id"

	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// argonParams are the second choice of the OWASP password storage cheat sheet:
// 19 MiB, two passes, one lane; about 30 ms on one core.
var argonParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// maxWaiting bounds how many sign-ins may queue for a hash before new ones are turned away.
const maxWaiting = 256

// Hasher hashes and checks passwords with argon2id. It bounds how many hashes run at a
// time, so that a burst of sign-ins can exhaust neither memory nor the CPUs.
type Hasher struct {
	running chan struct{}
	waiting chan struct{}
	// unknown is checked in place of the hash of an account that does not exist, so
	// that the answer takes the same time.
	unknown string
}

// hashesAtOnce is one a CPU, and no more than a quarter of the memory limit (bytes)
// holds: the rest is for everything else, and for what past hashes leave until it is collected.
func hashesAtOnce(cpus int, memoryLimit int64) int {
	one := int64(argonParams.Memory) << 10
	return int(max(1, min(int64(cpus), memoryLimit/4/one)))
}

// NewHasher returns a Hasher for as many concurrent hashes as CPUs and memory limit
// (GOMEMLIMIT) allow.
func NewHasher() (*Hasher, error) {
	unknown, err := argon2id.CreateHash(rand.Text(), argonParams)
	if err != nil {
		return nil, failure.Wrap(failure.Internal, err, "hash the placeholder password")
	}
	return &Hasher{
		running: make(chan struct{}, hashesAtOnce(runtime.GOMAXPROCS(0), debug.SetMemoryLimit(-1))),
		waiting: make(chan struct{}, maxWaiting),
		unknown: unknown,
	}, nil
}

// Hash returns the encoded argon2id hash of password.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	release, err := h.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	hash, err := argon2id.CreateHash(password, argonParams)
	if err != nil {
		return "", failure.Wrap(failure.Internal, err, "hash the password")
	}
	return hash, nil
}

// Matches reports whether password has the given hash. An empty hash stands for an
// account that does not exist: it costs as much and never matches.
func (h *Hasher) Matches(ctx context.Context, password, hash string) (bool, error) {
	release, err := h.acquire(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	known := hash != ""
	if !known {
		hash = h.unknown
	}
	matches, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, failure.Wrap(failure.Internal, err, "check the password")
	}
	return matches && known, nil
}

func (h *Hasher) acquire(ctx context.Context) (release func(), err error) {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return nil, errBusy
	}
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running }, nil
	case <-ctx.Done():
		return nil, failure.Wrap(failure.Unavailable, errors.Join(errBusy, ctx.Err()), "wait to check a password")
	}
}

var errBusy = failure.New(failure.Unavailable, "too many people are signing in at this moment; try again in a few seconds")
