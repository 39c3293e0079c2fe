package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// mail is one mail as the development mailbox shows it.
type mail struct {
	Subject    string    `json:"subject"`
	ReceivedAt time.Time `json:"receivedAt"`
}

// mailsTo asks the mailbox in the cluster, through the public entry, for the mails of one recipient.
func mailsTo(ctx context.Context, recipient string) ([]mail, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, baseURL+"/messages?to="+url.QueryEscape(recipient), http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Host = "mail.localhost"
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the mailbox: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask the mailbox: %s", response.Status)
	}
	var mails []mail
	if err := json.NewDecoder(response.Body).Decode(&mails); err != nil {
		return nil, fmt.Errorf("read the mailbox: %w", err)
	}
	return mails, nil
}

// waitMail waits for the mail whose subject contains text and returns all that match.
func waitMail(t *testing.T, recipient, text string, within time.Duration) []mail {
	t.Helper()
	var found []mail
	eventually(t, within, "the mail about "+text+" arrives", func(ctx context.Context) error {
		mails, err := mailsTo(ctx, recipient)
		if err != nil {
			return err
		}
		found = nil
		for _, m := range mails {
			if strings.Contains(m.Subject, text) {
				found = append(found, m)
			}
		}
		if len(found) == 0 {
			return fmt.Errorf("%d other mails for %s", len(mails), recipient)
		}
		return nil
	})
	return found
}
