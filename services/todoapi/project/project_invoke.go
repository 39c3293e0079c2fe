package project

import (
	"context"

	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
)

// Methods adds what notification asks, which tells people where a task is.
func (s *Service) Methods(server *dapr.Server) {
	calls.NameProject.Handle(server, func(ctx context.Context, in calls.NameProjectRequest) (calls.ProjectName, error) {
		found, err := s.Get(ctx, auth.Caller{UserID: in.UserID}, in.ID)
		if err != nil {
			return calls.ProjectName{}, err
		}
		project, err := found.Value()
		return calls.ProjectName{Name: project.Name}, err
	})
}
