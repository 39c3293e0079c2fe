package task

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

// maxMissing bounds one answer of list-missing-occurrences.
const maxMissing = 100

// Methods adds what recurring-task asks for.
func (s *Service) Methods(server *dapr.Server) {
	calls.AdvanceOccurrence.Handle(server, s.advance)
	calls.ListMissingOccurrences.Handle(server, func(ctx context.Context, request calls.ListMissingOccurrencesRequest) (calls.ListMissingOccurrencesReply, error) {
		if request.Limit < 1 || request.Limit > maxMissing {
			request.Limit = maxMissing
		}
		return s.occurrences.missing(ctx, request)
	})
}

// advance settles what follows a completed occurrence. It may be repeated: the next
// occurrence is created once.
func (s *Service) advance(ctx context.Context, request calls.AdvanceOccurrenceRequest) (calls.AdvanceOccurrenceReply, error) {
	if request.Next != nil {
		next, err := cleanOccurrence(*request.Next)
		if err != nil {
			return calls.AdvanceOccurrenceReply{}, err
		}
		request.Next = &next
	}
	reply, err := s.occurrences.advance(ctx, request)
	if err == nil && (reply.Created || request.Reason != "") {
		s.changed()
	}
	return reply, err
}

// cleanOccurrence returns an occurrence as it is stored, with new reminders.
func cleanOccurrence(o calls.Occurrence) (calls.Occurrence, error) {
	for i := range o.Reminders {
		o.Reminders[i].ID = ""
	}
	clean, err := Draft{Title: "next", Due: &o.Due, Reminders: o.Reminders}.Clean()
	if err != nil {
		return calls.Occurrence{}, err
	}
	return calls.Occurrence{Due: *clean.Due, Reminders: clean.Reminders}, nil
}
