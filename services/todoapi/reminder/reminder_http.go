package reminder

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/todoplatform/todoplatform/services/internal/httpapi"
	"github.com/todoplatform/todoplatform/services/todoapi/account"
	"github.com/todoplatform/todoplatform/services/todoapi/command"
)

// Guests counts requests of people who have not signed in, by where they come from.
type Guests interface {
	CountGuest(ctx context.Context, origin account.Origin) error
}

// Routes adds the operations on links in reminders to api; proxies may tell a client's address.
func (s *Service) Routes(api huma.API, guests Guests, proxies account.Proxies) {
	h := handlers{s, guests, proxies}
	errors := []int{http.StatusConflict, http.StatusGone, http.StatusTooManyRequests}
	httpapi.Register(api, huma.Operation{OperationID: "read-reminder-link", Method: http.MethodPost, Path: "/reminder-links/read",
		Summary:     "Read what the link in a reminder is about, and what an answer would do",
		Description: "It changes nothing. The token stands behind a # in the link, and in the body here, so that no log has it.",
		Tags:        []string{"Reminders"}, Errors: errors}, h.ask)
	httpapi.Register(api, huma.Operation{OperationID: "answer-reminder", Method: http.MethodPost, Path: "/reminder-links/answer",
		Summary: "Complete the task of a reminder, or put the reminder off, by its link",
		Description: "Nobody needs to be signed in. The link is good for a week; the same answer to the same reminder has its effect once within a day. " +
			"The act is in the feed and in the record as one by a link, and can be undone like any other.",
		Tags: []string{"Reminders"}, Errors: errors}, h.answer)
	httpapi.Register(api, huma.Operation{OperationID: "unsubscribe", Method: http.MethodPost, Path: "/reminder-links/unsubscribe",
		Summary: "End reminders by mail, by a link in one of them",
		Description: "Mail programs do so with one click (RFC 8058): what they send in the body is passed over. It is a change of the settings, " +
			"and of tasks that ask for mail themselves, which can be undone like any other.",
		Tags: []string{"Reminders"}, Errors: errors}, h.unsubscribe)
	httpapi.Register(api, huma.Operation{OperationID: "open-unsubscribe", Method: http.MethodGet, Path: "/reminder-links/unsubscribe",
		Summary: "Go to the page on which one can end reminders by mail", Tags: []string{"Reminders"}, DefaultStatus: http.StatusSeeOther,
		Errors: []int{http.StatusTooManyRequests}}, h.openUnsubscribe)
}

type handlers struct {
	*Service
	guests  Guests
	proxies account.Proxies
}

type linkInput struct {
	account.Client
	Body struct {
		Token  string `json:"token" maxLength:"2048" doc:"What the link carries"`
		Answer Answer `json:"answer" enum:"complete,tenMinutes,hour,tomorrow" doc:"Complete the task, or have the reminder come again: tomorrow when the person's day begins"`
	}
}

type toldOutput struct{ Body Told }

func (h handlers) ask(ctx context.Context, in *linkInput) (*toldOutput, error) {
	if err := h.guests.CountGuest(ctx, h.proxies.Origin(in.Client)); err != nil {
		return nil, err
	}
	told, err := h.Tell(ctx, in.Body.Token, in.Body.Answer)
	return &toldOutput{told}, err
}

type unsubscribeInput struct {
	account.Client
	Token string `query:"token" required:"true" maxLength:"2048" pattern:"^[A-Za-z0-9._-]*$" doc:"What the link carries"`
}

func (h handlers) unsubscribe(ctx context.Context, in *unsubscribeInput) (*struct{}, error) {
	if err := h.guests.CountGuest(ctx, h.proxies.Origin(in.Client)); err != nil {
		return nil, err
	}
	return nil, h.StopMail(ctx, in.Token)
}

type movedOutput struct {
	Location string `header:"Location"`
}

// openUnsubscribe leads who opens the link in a browser to the page, which asks before it does anything.
func (h handlers) openUnsubscribe(ctx context.Context, in *unsubscribeInput) (*movedOutput, error) {
	if err := h.guests.CountGuest(ctx, h.proxies.Origin(in.Client)); err != nil {
		return nil, err
	}
	return &movedOutput{"/#unsubscribe=" + in.Token}, nil
}

type answeredOutput struct {
	command.Changed
	Body Told
}

func (h handlers) answer(ctx context.Context, in *linkInput) (*answeredOutput, error) {
	if err := h.guests.CountGuest(ctx, h.proxies.Origin(in.Client)); err != nil {
		return nil, err
	}
	told, act, err := h.Answer(ctx, in.Body.Token, in.Body.Answer)
	return &answeredOutput{command.Changed(act), told}, err
}
