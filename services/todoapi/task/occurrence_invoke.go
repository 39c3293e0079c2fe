package task

import (
	"context"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

// maxMissing bounds one answer of list-missing-occurrences.
const maxMissing = 100

type advanceRequest struct {
	UserID string `json:"userId"`
	TaskID string `json:"taskId"` // the completed occurrence
	Next   *Next  `json:"next"`   // nil: the series has ended
}

type missingRequest struct {
	Limit int `json:"limit"`
}

type missingReply struct {
	Tasks []Missing `json:"tasks"`
}

// Methods adds what recurring-task asks for.
func (s *Service) Methods(server *dapr.Server) {
	dapr.HandleInvoke(server, contract.MethodAdvanceOccurrence, func(ctx context.Context, in advanceRequest) (Advanced, error) {
		return s.advance(ctx, in.UserID, in.TaskID, in.Next)
	})
	dapr.HandleInvoke(server, contract.MethodListMissingOccurrences, func(ctx context.Context, in missingRequest) (missingReply, error) {
		limit := in.Limit
		if limit < 1 || limit > maxMissing {
			limit = maxMissing
		}
		missing, err := s.occurrences.missing(ctx, limit)
		return missingReply{missing}, err
	})
}

// advance settles what follows a completed occurrence. It may be repeated: the next
// occurrence is created once.
func (s *Service) advance(ctx context.Context, userID, taskID string, next *Next) (Advanced, error) {
	if next != nil {
		for i := range next.Reminders {
			next.Reminders[i].ID = "" // reminders of the next occurrence are new ones
		}
		clean, err := Draft{Title: "next", Due: &next.Due, Reminders: next.Reminders}.Clean()
		if err != nil {
			return Advanced{}, err
		}
		next = &Next{Due: *clean.Due, Reminders: clean.Reminders}
	}
	op := operation{UserID: userID, TaskID: taskID, Actor: contract.RecurringTask}
	advanced, err := s.occurrences.advance(ctx, op, newID(), next)
	if err == nil && advanced.Created {
		s.changed()
	}
	return advanced, err
}
