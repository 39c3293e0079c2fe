package events

import "github.com/todoplatform/todoplatform/services/internal/todo"

// Entities whose changes are told.
const (
	EntityAccount  = "account"
	EntityComment  = "comment"
	EntityFilter   = "filter"
	EntityProject  = "project"
	EntitySection  = "section"
	EntitySession  = "session"
	EntitySettings = "settings"
	EntityTag      = "tag"
	EntityTask     = "task"
	EntityToken    = "token"
	EntityWebhook  = "webhook"
)

// Types of changes.
const (
	TypeAccountCreated  = "account.created"
	TypeAccountVerified = "account.verified" // the e-mail address is
	// TypeVerificationRequested asks for the mail that verifies the address.
	TypeVerificationRequested = "account.verification_requested"
	TypeAccountDeleted        = "account.deleted" // the last change of a user; all data is to be erased
	TypePasswordChanged       = "account.password_changed"
	// TypePasswordResetRequested asks for the mail that leads to a new password.
	TypePasswordResetRequested = "account.password_reset_requested"
	// TypeEmailChangeRequested asks for the mail that verifies a new address.
	TypeEmailChangeRequested = "account.email_change_requested"
	TypeEmailChanged         = "account.email_changed" // the new address is verified, too
	// TypeSignInFailed tells of sign-ins with a wrong password: at most once a minute, see FailedSignIns.
	TypeSignInFailed = "account.sign_in_failed"
	// TypeAccountExported tells that data was handed out as a file, see Export.
	TypeAccountExported = "account.exported"
	// The secret address of the calendar.
	TypeCalendarOpened = "account.calendar_opened" // made, in place of the one before
	TypeCalendarClosed = "account.calendar_closed"
	// What an owner of the platform decided of the account.
	TypeAccountDisabled     = "account.disabled"
	TypeAccountEnabled      = "account.enabled"
	TypeAccountQuotaChanged = "account.quota_changed"
	TypeAccountOwnerAdded   = "account.owner_added"
	TypeAccountOwnerRemoved = "account.owner_removed"

	TypeProjectCreated  = "project.created"
	TypeProjectUpdated  = "project.updated"
	TypeProjectDeleted  = "project.deleted"
	TypeProjectRestored = "project.restored"
	TypeSectionCreated  = "section.created"
	TypeSectionUpdated  = "section.updated"
	TypeSectionDeleted  = "section.deleted"
	TypeSectionRestored = "section.restored"

	TypeTagCreated     = "tag.created"
	TypeTagUpdated     = "tag.updated"
	TypeTagDeleted     = "tag.deleted"
	TypeCommentCreated = "comment.created"
	TypeCommentUpdated = "comment.updated"
	TypeCommentDeleted = "comment.deleted"
	TypeFilterCreated  = "filter.created"
	TypeFilterUpdated  = "filter.updated"
	TypeFilterDeleted  = "filter.deleted"

	TypeSessionCreated  = "session.created" // somebody signed in; account.created stands for the first session
	TypeSessionEnded    = "session.ended"
	TypeSettingsUpdated = "settings.updated"
	TypeTaskCreated     = "task.created"
	TypeTaskUpdated     = "task.updated"
	TypeTaskCompleted   = "task.completed"
	TypeTaskReopened    = "task.reopened"
	TypeTaskDeleted     = "task.deleted"
	TypeTaskRestored    = "task.restored"
	TypeTokenCreated    = "token.created"
	TypeTokenRevoked    = "token.revoked"

	TypeWebhookCreated = "webhook.created"
	TypeWebhookUpdated = "webhook.updated"
	TypeWebhookDeleted = "webhook.deleted"
	TypeWebhookTested  = "webhook.tested" // it changes nothing, and goes to that webhook alone
)

// Entity is one kind of object whose changes are told.
type Entity struct {
	Name  string
	Types []string // of its changes
	State any      // an object of the type of before and after; nil: changes carry none
	// Details are objects of the types of details, by types of changes; others carry none.
	Details map[string]any
}

// FailedSignIns is what account.sign_in_failed tells besides.
type FailedSignIns struct {
	Count int `json:"count" minimum:"1" doc:"Sign-ins with a wrong password since the change of this type before"`
}

// Export is what account.exported tells besides.
type Export struct {
	Form string `json:"form" enum:"json,csv,ics,audit" doc:"Form of the file; audit is the audit log, in any form"`
}

// FormAudit is the form of exports of the audit log.
const FormAudit = "audit"

// Entities lists every kind of object. A new kind is one more entry here, its room in
// todo-api with its SQL, and the schemas that the test of this list writes.
func Entities() []Entity {
	return []Entity{
		{Name: EntityAccount, Types: []string{TypeAccountCreated, TypeAccountVerified, TypeVerificationRequested, TypePasswordChanged, TypePasswordResetRequested, TypeEmailChangeRequested, TypeEmailChanged, TypeCalendarOpened, TypeCalendarClosed, TypeSignInFailed, TypeAccountExported,
			TypeAccountDisabled, TypeAccountEnabled, TypeAccountQuotaChanged, TypeAccountOwnerAdded, TypeAccountOwnerRemoved, TypeAccountDeleted},
			Details: map[string]any{TypeSignInFailed: FailedSignIns{}, TypeAccountExported: Export{}}},
		{Name: EntityComment, Types: []string{TypeCommentCreated, TypeCommentUpdated, TypeCommentDeleted}, State: todo.Comment{}},
		{Name: EntityFilter, Types: []string{TypeFilterCreated, TypeFilterUpdated, TypeFilterDeleted}, State: todo.Filter{}},
		{Name: EntityTag, Types: []string{TypeTagCreated, TypeTagUpdated, TypeTagDeleted}, State: todo.Tag{}},
		{Name: EntityProject, Types: []string{TypeProjectCreated, TypeProjectUpdated, TypeProjectDeleted, TypeProjectRestored}, State: todo.Project{}},
		{Name: EntitySection, Types: []string{TypeSectionCreated, TypeSectionUpdated, TypeSectionDeleted, TypeSectionRestored}, State: todo.Section{}},
		{Name: EntitySession, Types: []string{TypeSessionCreated, TypeSessionEnded}},
		{Name: EntitySettings, Types: []string{TypeSettingsUpdated}, State: todo.Settings{}},
		{Name: EntityTask, Types: []string{TypeTaskCreated, TypeTaskUpdated, TypeTaskCompleted, TypeTaskReopened, TypeTaskDeleted, TypeTaskRestored}, State: todo.Task{}},
		{Name: EntityToken, Types: []string{TypeTokenCreated, TypeTokenRevoked}, State: todo.Token{}},
		{Name: EntityWebhook, Types: []string{TypeWebhookCreated, TypeWebhookUpdated, TypeWebhookDeleted, TypeWebhookTested}, State: todo.Webhook{}},
	}
}

// Types lists the types of all events: of changes, and of steps in the life of a reminder.
func Types() []string {
	var types []string
	for _, entity := range Entities() {
		types = append(types, entity.Types...)
	}
	return append(types, ReminderTypes()...)
}
