package anchor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/heads"
)

const (
	// fetchTimeout bounds one request, and maxAnswer its answer in bytes.
	fetchTimeout = 3 * time.Second
	maxAnswer    = 4 << 20
)

// ErrNotOffered says that the audit service is of a version that makes no heads.
var ErrNotOffered = errors.New("the audit service makes no platform heads")

// Fetch asks an audit service for heads: from a number on, or for 0 its newest.
type Fetch func(ctx context.Context, address string, from int64) ([]heads.Signed, error)

// FetchOverHTTP is Fetch from the port of probes at host:port.
func FetchOverHTTP(ctx context.Context, address string, from int64) (found []heads.Signed, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	url := "http://" + address + contract.HeadsPath
	if from > 0 {
		url += "?from=" + strconv.FormatInt(from, 10)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for platform heads: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask for platform heads: %w", err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	switch {
	case response.StatusCode == http.StatusNotFound:
		return nil, ErrNotOffered
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("ask for platform heads: %s", response.Status)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read platform heads: %w", err)
	}
	return heads.ParseLines(text)
}
