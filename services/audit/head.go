package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/failure"
	"github.com/todoplatform/todoplatform/services/internal/loop"
	"github.com/todoplatform/todoplatform/services/internal/store"
)

const (
	// headPause is how long a platform head stands at least before the next one is made.
	headPause = 5 * time.Minute
	// headInterval is how soon it is noticed that one is due, or that a replica died while it made one.
	headInterval = 30 * time.Second
	// headLines bounds the logs that one head lists, so that a busy database lists them within a statement's
	// time. With more to tell, the next head follows at once.
	headLines = 10_000
	// maxHeadPage bounds the lines of one page of heads.
	maxHeadPage = 2000
)

// headStore keeps the platform heads.
type headStore struct{ db *store.DB }

// headDraft is a head that is not signed yet.
type headDraft struct {
	Body string `json:"body"`
	More bool   `json:"more"` // another is to follow at once
}

// draft returns the head that is to be signed, nil if there is none.
func (s headStore) draft(ctx context.Context) (*headDraft, error) {
	var draft *headDraft
	err := s.db.Call(ctx, "draft_head", map[string]any{"pause": fmt.Sprintf("%d seconds", int(headPause.Seconds())), "limit": headLines}, &draft)
	return draft, err
}

// seal keeps a signed head. sealed is false if another replica has signed it before.
func (s headStore) seal(ctx context.Context, signed heads.Signed) (sealed bool, err error) {
	line := signed.Line()
	var answer struct {
		Sealed bool `json:"sealed"`
	}
	err = s.db.Call(ctx, "seal_head", struct {
		Number int64  `json:"number"`
		Line   string `json:"line"`
	}{signed.Number, string(line[:len(line)-1])}, &answer)
	return answer.Sealed, err
}

// read returns signed heads from a number on as lines; 0: the newest.
func (s headStore) read(ctx context.Context, from int64, limit int) ([]string, error) {
	args := map[string]any{"limit": limit}
	if from > 0 {
		args["from"] = from
	}
	var lines []string
	err := s.db.Call(ctx, "read_heads", args, &lines)
	return lines, err
}

// dropLines drops the lines of one head that prove nothing of what is left in logs.
func (s headStore) dropLines(ctx context.Context) (more bool, err error) {
	var answer struct {
		More bool `json:"more"`
	}
	err = s.db.Call(ctx, "drop_head_lines", struct{}{}, &answer)
	return answer.More, err
}

// listPlatformHeads answers the invocation list-platform-heads.
func (s headStore) listPlatformHeads(ctx context.Context, request calls.ListPlatformHeadsRequest) (calls.ListPlatformHeadsReply, error) {
	if request.Limit < 1 || request.Limit > maxHeadPage {
		return calls.ListPlatformHeadsReply{}, failure.InvalidField("limit", "must be from 1 to %d", maxHeadPage)
	}
	var page calls.ListPlatformHeadsReply
	err := s.db.Call(ctx, "list_platform_heads", request, &page)
	return page, err
}

// headMaker signs platform heads.
type headMaker struct {
	heads   headStore
	signer  heads.Signer
	metrics *metrics
}

// loop makes the loop that makes heads.
func (m headMaker) loop() *loop.Loop {
	return loop.New(loop.Config{Name: "platform heads", Interval: headInterval, Pass: m.pass})
}

// pass makes the head that is due, if there is one. Whoever dies at it leaves a draft to the next.
func (m headMaker) pass(ctx context.Context) (more bool, err error) {
	draft, err := m.heads.draft(ctx)
	if err != nil || draft == nil {
		return false, err
	}
	head, err := heads.ParseBody([]byte(draft.Body))
	if err != nil {
		return false, failure.Wrap(failure.Internal, err, "read the draft of a platform head")
	}
	sealed, err := m.heads.seal(ctx, m.signer.Sign(head))
	if err != nil {
		return false, err
	}
	if sealed {
		m.metrics.made(head)
	}
	return draft.More, nil
}

// headSigner reads the key that signs platform heads; there is none where no Secret is named.
func headSigner(ctx context.Context, sidecar *dapr.Client, secret string) (heads.Signer, error) {
	if secret == "" {
		return heads.Signer{}, nil
	}
	values, err := sidecar.Secret(ctx, secret)
	if err != nil {
		return heads.Signer{}, err
	}
	signer, err := heads.ParseSigner([]byte(values[contract.SecretKeySigning]))
	if err != nil {
		return heads.Signer{}, fmt.Errorf("key %s of Secret %s %w", contract.SecretKeySigning, secret, err)
	}
	return signer, nil
}
