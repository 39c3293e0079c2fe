// Package model is the language model beside the chatbot's own understanding, reached by Dapr's
// Conversation API: within which bounds it is asked, what it gets to see, and what of its words is
// shown.
package model

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
)

// Bounds of what a model may take.
const (
	// callTime bounds one answer.
	callTime = 20 * time.Second
	// restTime is for how long a model that did not answer is left alone: nobody waits for it then.
	restTime = 30 * time.Second
	// maxCalls is how many people it is asked for at the same time; what comes more is as if it were away.
	maxCalls = 8
	// maxWork bounds a conversation, in bytes.
	maxWork = 128 << 10
	// maxAnswer bounds what is shown of an answer, in characters.
	maxAnswer = 4000
	// tokenBytes is what a token is reckoned at: providers count, but Dapr does not tell.
	tokenBytes = 4
)

// Config says which model there is.
type Config struct {
	Name        string // shown to people; "": there is none
	Private     bool   // whether addresses and numbers of people stay here
	DailyTokens int64  // that one person may use a day
}

// Sidecar reaches models; *dapr.Client has it.
type Sidecar interface {
	Converse(ctx context.Context, component string, messages []dapr.ModelMessage, tools []dapr.ModelTool) (dapr.ModelMessage, error)
}

// Model answers what is asked of it, if it is there.
type Model struct {
	Config
	sidecar   Sidecar
	tools     []dapr.ModelTool
	toolBytes int
	free      chan struct{} // one for each call that may begin
	restsTo   atomic.Int64  // Unix milliseconds
	metrics   metrics
}

// New makes the model, which may want tools used.
func New(cfg Config, sidecar Sidecar, tools []dapr.ModelTool, registry prometheus.Registerer) (*Model, error) {
	encoded, err := json.Marshal(tools)
	if err != nil {
		return nil, failure.Wrap(failure.Internal, err, "encode the tools of the language model")
	}
	m := &Model{Config: cfg, sidecar: sidecar, tools: tools, toolBytes: len(encoded), free: make(chan struct{}, maxCalls), metrics: newMetrics(registry)}
	for range maxCalls {
		m.free <- struct{}{}
	}
	return m, nil
}

// There reports whether there is a model at all.
func (m *Model) There() bool { return m.Name != "" }

// ErrAway says that a model does not answer now.
var ErrAway = errors.New("the language model does not answer")

// ErrTooLong says that what a model has to read has grown too long.
var ErrTooLong = errors.New("the work of the language model has grown too long")

// Ask has the model answer the work so far, adds the answer to it, and returns about how many tokens that
// took. It fails with ErrAway or ErrTooLong alone.
func (m *Model) Ask(ctx context.Context, work *Work) (tokens int64, err error) {
	read := m.toolBytes + work.size()
	if read > maxWork+m.toolBytes {
		m.metrics.calls.WithLabelValues(outcomeRefused).Inc()
		return 0, ErrTooLong
	}
	select {
	case <-m.free:
		defer func() { m.free <- struct{}{} }()
	default:
		m.metrics.calls.WithLabelValues(outcomeRefused).Inc()
		return 0, ErrAway
	}
	began := time.Now()
	if began.UnixMilli() < m.restsTo.Load() {
		m.metrics.calls.WithLabelValues(outcomeRefused).Inc()
		return 0, ErrAway
	}
	asking, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	answer, err := m.sidecar.Converse(asking, contract.LanguageModel, work.turns(), m.tools)
	m.metrics.seconds.Observe(time.Since(began).Seconds())
	if err == nil && answer.Text == "" && len(answer.Calls) == 0 {
		err = errors.New("it said nothing")
	}
	if err != nil {
		if ctx.Err() == nil { // otherwise it is the person who did not wait
			m.restsTo.Store(time.Now().Add(restTime).UnixMilli())
		}
		m.metrics.calls.WithLabelValues(outcomeFailed).Inc()
		return 0, errors.Join(ErrAway, err)
	}
	m.metrics.calls.WithLabelValues(outcomeAnswered).Inc()
	before := work.size()
	work.hear(answer)
	in, out := int64(read/tokenBytes), int64((work.size()-before)/tokenBytes)
	m.metrics.tokens.WithLabelValues(directionIn).Add(float64(in))
	m.metrics.tokens.WithLabelValues(directionOut).Add(float64(out))
	return in + out, nil
}

var (
	link  = regexp.MustCompile(`(?i)(?:[a-z][a-z0-9+.-]*:)?//[^\s<>()\[\]"'` + "`" + `]+|\b(?:mailto|data|javascript|tel):[^\s<>()\[\]]+|\bwww\.[^\s<>()\[\]]+`)
	image = regexp.MustCompile(`!\[`)
)

// Said is the model's last answer as a person may see it: bounded, without pictures, and with no link
// that did not come from what the model was told – a link that it made up could carry away what it read.
func (w *Work) Said() string {
	text := []rune(strings.TrimSpace(w.Veil.Show(w.last().Text)))
	if len(text) > maxAnswer {
		text = append(text[:maxAnswer], '…')
	}
	return link.ReplaceAllStringFunc(image.ReplaceAllString(string(text), "["), func(found string) string {
		if w.told(strings.TrimRight(found, ".,;:!?")) {
			return found
		}
		return "…"
	})
}
