// Package calls is what the services ask each other through Dapr's service invocation:
// each method with its request and its reply.
package calls

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/services/internal/auth"
	"github.com/todoplatform/todoplatform/services/internal/dapr"
	"github.com/todoplatform/todoplatform/services/internal/todo"
)

// Invoker reaches other services; *dapr.Client does.
type Invoker interface {
	Invoke(ctx context.Context, app, method string, in, out any) error
}

// Method is one method of one app.
type Method[In, Out any] struct {
	App  string // one of contract.Services
	Name string // one of contract.Invocations
}

// Call invokes the method and returns its reply. A failure comes back with the kind that
// the method gave it; a call that did not get through is failure.Unavailable.
func (m Method[In, Out]) Call(ctx context.Context, via Invoker, in In) (Out, error) {
	var out Out
	err := via.Invoke(ctx, m.App, m.Name, in, &out)
	return out, err
}

// Handle has handle answer the method on server.
func (m Method[In, Out]) Handle(server *dapr.Server, handle func(context.Context, In) (Out, error)) {
	dapr.HandleInvoke(server, m.Name, handle)
}

// HandleEncoded is Handle for a reply that is there as JSON already, and long.
func (m Method[In, Out]) HandleEncoded(server *dapr.Server, handle func(context.Context, In) (json.RawMessage, error)) {
	dapr.HandleInvoke(server, m.Name, handle)
}

// The methods.
var (
	VerifySession          = Method[VerifySessionRequest, auth.Caller]{contract.TodoAPI, contract.MethodVerifySession}
	IssueTicket            = Method[IssueTicketRequest, Ticket]{contract.TodoAPI, contract.MethodIssueTicket}
	OpenFeed               = Method[OpenFeedRequest, OpenFeedReply]{contract.TodoAPI, contract.MethodOpenFeed}
	ListChanges            = Method[ListChangesRequest, ListChangesReply]{contract.TodoAPI, contract.MethodListChanges}
	ListHeads              = Method[ListHeadsRequest, ListHeadsReply]{contract.TodoAPI, contract.MethodListHeads}
	SharePresence          = Method[SharePresenceRequest, SharePresenceReply]{contract.TodoAPI, contract.MethodSharePresence}
	ListReminding          = Method[ListRemindingRequest, ListRemindingReply]{contract.TodoAPI, contract.MethodListReminding}
	AdvanceOccurrence      = Method[AdvanceOccurrenceRequest, AdvanceOccurrenceReply]{contract.TodoAPI, contract.MethodAdvanceOccurrence}
	ListMissingOccurrences = Method[ListMissingOccurrencesRequest, ListMissingOccurrencesReply]{contract.TodoAPI, contract.MethodListMissingOccurrences}
	GetContact             = Method[GetContactRequest, Contact]{contract.TodoAPI, contract.MethodGetContact}
	IssueVerification      = Method[IssueVerificationRequest, Verification]{contract.TodoAPI, contract.MethodIssueVerification}
	IssueNotice            = Method[IssueNoticeRequest, Notice]{contract.TodoAPI, contract.MethodIssueNotice}
	ListDue                = Method[ListDueRequest, ListDueReply]{contract.TodoAPI, contract.MethodListDue}
	ListEntries            = Method[ListEntriesRequest, ListEntriesReply]{contract.Audit, contract.MethodListEntries}
	ListPlatformHeads      = Method[ListPlatformHeadsRequest, ListPlatformHeadsReply]{contract.Audit, contract.MethodListPlatformHeads}
	ListWebhooks           = Method[ListWebhooksRequest, ListWebhooksReply]{contract.TodoAPI, contract.MethodListWebhooks}
	DisableWebhook         = Method[DisableWebhookRequest, struct{}]{contract.TodoAPI, contract.MethodDisableWebhook}
	ListWebhookDeliveries  = Method[ListWebhookDeliveriesRequest, WebhookDeliveries]{contract.Notification, contract.MethodListWebhookDeliveries}
	ReplayWebhookDelivery  = Method[ReplayWebhookDeliveryRequest, WebhookDelivery]{contract.Notification, contract.MethodReplayWebhookDelivery}
	ListGivenUp            = Method[ListGivenUpRequest, GivenUpPage]{contract.Notification, contract.MethodListGivenUp}
	ReplayGivenUp          = Method[ReplayGivenUpRequest, GivenUp]{contract.Notification, contract.MethodReplayGivenUp}
	CountGivenUp           = Method[struct{}, GivenUpCounts]{contract.Notification, contract.MethodCountGivenUp}
	ReadMailState          = Method[MailStateRequest, MailState]{contract.Notification, contract.MethodReadMailState}
	RetryMail              = Method[MailStateRequest, struct{}]{contract.Notification, contract.MethodRetryMail}
	NameProject            = Method[NameProjectRequest, ProjectName]{contract.TodoAPI, contract.MethodNameProject}
	GetPushKey             = Method[struct{}, PushKey]{contract.Notification, contract.MethodGetPushKey}
	ListPushSubscriptions  = Method[ListPushSubscriptionsRequest, PushSubscriptions]{contract.Notification, contract.MethodListPushSubscriptions}
	SavePushSubscription   = Method[SavePushSubscriptionRequest, PushSubscription]{contract.Notification, contract.MethodSavePushSubscription}
	DeletePushSubscription = Method[DeletePushSubscriptionRequest, struct{}]{contract.Notification, contract.MethodDeletePushSubscription}
)

// VerifySessionRequest asks whom an access token stands for. One that is not valid, or
// whose session was ended, is failure.Unauthenticated. Services of the version before ask it.
type VerifySessionRequest struct {
	AccessToken string `json:"accessToken"`
}

// IssueTicketRequest asks for a ticket that stands for the caller of a bearer token. One that
// is not valid, or whose session was ended, is failure.Unauthenticated; an API token that may
// not read tasks is failure.Forbidden.
type IssueTicketRequest struct {
	AccessToken string `json:"accessToken"` // or an API token
	Seconds     int    `json:"seconds"`     // for which the ticket is good
}

// Ticket stands for a caller, once, until ExpiresAt.
type Ticket struct {
	Ticket    string    `json:"ticket"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// HashTicket is what is kept of a ticket: whoever reads it has no ticket.
func HashTicket(ticket string) string {
	sum := sha256.Sum256([]byte(ticket))
	return hex.EncodeToString(sum[:])
}

// OpenFeedRequest uses up a ticket and asks for a part of its caller's change feed. A
// ticket that is unknown, used or expired, or whose session or API token was ended since, is
// failure.Unauthenticated.
type OpenFeedRequest struct {
	Ticket string `json:"ticket"`
	After  int64  `json:"after"`
	Limit  int    `json:"limit"`
}

// OpenFeedReply says whom the ticket stood for, and what ListChanges would.
type OpenFeedReply struct {
	Caller  auth.Caller      `json:"caller"`
	Changes ListChangesReply `json:"changes"`
}

// ListChangesRequest asks for a part of a user's change feed.
type ListChangesRequest struct {
	UserID string `json:"userId"`
	After  int64  `json:"after"` // seq of the last change that is known
	Limit  int    `json:"limit"` // 0: as many as one answer holds
}

// ListChangesReply holds changes in the order of seq, without gaps. There is more to read
// as long as the last seq is less than Head. Changes up to Floor have been forgotten:
// after a seq below it there are no items.
type ListChangesReply struct {
	Items []json.RawMessage `json:"items"` // events.Change each
	Head  int64             `json:"head"`
	Floor int64             `json:"floor"`
}

// ListHeadsRequest asks for users and their last seq, in the order of user ids: for those
// after one, or for those named.
type ListHeadsRequest struct {
	Users []string `json:"users,omitempty"` // at most 1,000
	After string   `json:"after,omitempty"` // the last user that is known
	Limit int      `json:"limit"`
}

// ListHeadsReply holds a page of heads; a short one is the last.
type ListHeadsReply struct {
	Items []UserHead `json:"items"`
}

// UserHead is how far a user's change feed goes.
type UserHead struct {
	UserID string `json:"userId"`
	Seq    int64  `json:"seq"`
}

// MaxSharedUsers is of how many users one SharePresenceRequest may tell.
const MaxSharedUsers = 500

// SharePresenceRequest tells which connections a replica holds of some users, and asks for those
// that its users have at other replicas.
type SharePresenceRequest struct {
	Replica      string         `json:"replica"`         // a UUID of its own
	LeaseSeconds int            `json:"leaseSeconds"`    // after which it is taken for dead
	Since        string         `json:"since,omitempty"` // of the reply before; empty: it is new
	Users        []UserPresence `json:"users"`           // whose connections there have changed
}

// UserPresence is a user's connections in one place, or in all others.
type UserPresence struct {
	UserID  string   `json:"userId"`
	Devices []Device `json:"devices"`
}

// Device is one connection of a user.
type Device struct {
	ID    string    `json:"id"`   // of the session or API token
	Name  string    `json:"name"` // of the API token, or the User-Agent
	Kind  string    `json:"kind"` // of the connection: websocket or sse
	Since time.Time `json:"since"`
}

// SharePresenceReply tells what the users named, and those whose connections elsewhere have changed
// since, have at other replicas. A replica that is lost renewed its lease too late: it takes
// another id and tells of everybody anew.
type SharePresenceReply struct {
	Lost  bool           `json:"lost"`
	Since string         `json:"since"`
	Users []UserPresence `json:"users"`
}

// ListRemindingRequest asks for a user's open tasks that have reminders, and for the archived projects.
type ListRemindingRequest struct {
	UserID string `json:"userId"`
	Cursor string `json:"cursor,omitempty"` // Next of the page before
}

// ListRemindingReply is a page of them, and where the change feed was when it was read.
type ListRemindingReply struct {
	Head     int64         `json:"head"`
	Settings todo.Settings `json:"settings"`
	Archived []string      `json:"archived"` // ids of projects; nil: of the version before, which does not tell
	Tasks    []todo.Task   `json:"tasks"`
	Next     string        `json:"next"` // empty on the last page
}

// Occurrence is what sets the next occurrence of a series apart from the one before.
type Occurrence struct {
	Due       todo.Due        `json:"due"`
	Reminders []todo.Reminder `json:"reminders"`
}

// AdvanceOccurrenceRequest settles what follows a completed task of a series. It may be
// repeated: each occurrence is created once.
type AdvanceOccurrenceRequest struct {
	UserID  string      `json:"userId"`
	TaskID  string      `json:"taskId"`
	Version int64       `json:"version,omitempty"` // of the completed task from which Next was reckoned
	Next    *Occurrence `json:"next"`              // nil: the series ends
	Reason  string      `json:"reason,omitempty"`  // why it ends, where that is not the rule's own end
}

// AdvanceOccurrenceReply says what became of it. Changed is the completed task as it is
// now, when it is at another version than the request's: nothing was done.
type AdvanceOccurrenceReply struct {
	TaskID  string     `json:"taskId,omitempty"` // the next occurrence; empty when there is none
	Created bool       `json:"created"`          // whether this request created it
	Changed *todo.Task `json:"changed,omitempty"`
	Zone    string     `json:"zone,omitempty"` // the user's, with Changed
}

// ListMissingOccurrencesRequest asks for completed tasks whose next occurrence nobody has
// settled, in the order of their completion.
type ListMissingOccurrencesRequest struct {
	Limit int           `json:"limit"`
	After *CompletedKey `json:"after,omitempty"`
}

// CompletedKey is a place in the order of completion.
type CompletedKey struct {
	CompletedAt time.Time `json:"completedAt"`
	ID          string    `json:"id"`
}

// ListMissingOccurrencesReply holds a page of them; a short one is the last.
type ListMissingOccurrencesReply struct {
	Tasks []MissingOccurrence `json:"tasks"`
}

// MissingOccurrence is a completed task that nothing follows yet.
type MissingOccurrence struct {
	UserID string    `json:"userId"`
	Zone   string    `json:"zone"` // the user's
	Task   todo.Task `json:"task"`
}

// GetContactRequest asks where a user can be reached.
type GetContactRequest struct {
	UserID string `json:"userId"`
	// Link is what the message that goes there lets its reader answer; nil: nothing.
	Link *auth.ReminderLink `json:"link,omitempty"`
}

// Contact is where a user can be reached.
type Contact struct {
	Email string `json:"email"`
	Zone  string `json:"zone"`
	// Locale is how the user wants to be spoken to. A todo-api of the version before does not say so.
	Locale string `json:"locale,omitempty"`
	// Unverified means that nobody has shown to read the mail there, so none may be sent. A
	// todo-api of the version before does not say so.
	Unverified bool `json:"unverified,omitempty"`
	// LinkToken is that of the link which was asked for. A todo-api of the version before gives none.
	LinkToken string `json:"linkToken,omitempty"`
	// StopToken is that of the link which ends reminders by mail.
	StopToken string `json:"stopToken,omitempty"`
}

// IssueVerificationRequest asks for what verifies a user's address.
type IssueVerificationRequest struct {
	UserID string `json:"userId"`
}

// Verification is what the mail that verifies an address needs. The token is good for
// auth.EmailProofLifetime and goes nowhere but into that mail.
type Verification struct {
	Email  string `json:"email"`
	Locale string `json:"locale,omitempty"` // as that of Contact
	Token  string `json:"token,omitempty"`
	Needed bool   `json:"needed"` // false: no mail is needed any more
}

// NoticeKind is what a mail about an account is about. It is kept with the mail, so it never changes.
type NoticeKind string

// Kinds of notices.
const (
	NoticePasswordChanged NoticeKind = "password_changed" // that it was
	NoticePasswordReset   NoticeKind = "password_reset"   // with a link to a new one

	NoticeEmailChange      NoticeKind = "email_change"       // to the new address, with the link that verifies it
	NoticeEmailChangeAsked NoticeKind = "email_change_asked" // to the old address, which stays until then
	NoticeEmailChanged     NoticeKind = "email_changed"      // to the old address, afterwards
)

// IssueNoticeRequest asks for what a mail about an account needs, when it is about to go out.
type IssueNoticeRequest struct {
	UserID string     `json:"userId"`
	Kind   NoticeKind `json:"kind"`
}

// Notice is what a mail about an account needs.
type Notice struct {
	Email  string `json:"email"`            // to which it goes
	Locale string `json:"locale,omitempty"` // as that of Contact
	Token  string `json:"token,omitempty"`  // of its link, for this mail alone
	Other  string `json:"other,omitempty"`  // address that it tells of
	Needed bool   `json:"needed"`           // false: no mail is needed any more, or none may go there
}

// ListEntriesRequest asks for a part of a user's audit log: the entries after a position in their
// order, or, with Before, those before one, the latest first. Only those come that fit the filter.
type ListEntriesRequest struct {
	UserID string `json:"userId"`
	After  int64  `json:"after"`            // position of the last entry already known; 0: from the start
	Before int64  `json:"before,omitempty"` // position of the earliest entry already known; 0: in their order
	Limit  int    `json:"limit"`            // 1 to 500

	Filter AuditFilter `json:"filter,omitzero"`
}

// AuditFilter says which entries of an audit log are meant. What is empty holds for all.
type AuditFilter struct {
	Entity string    `json:"entity,omitempty"` // kind of object, with which types begin
	ID     string    `json:"id,omitempty"`     // of the object; of reminders it is that of their task
	Type   string    `json:"type,omitempty"`
	Actor  string    `json:"actor,omitempty"` // kind or id
	From   time.Time `json:"from,omitzero"`
	Until  time.Time `json:"until,omitzero"` // not included
}

// ListEntriesReply is a page of the log, and where it ends. A page may hold fewer entries than
// asked for, even none, although more follow.
type ListEntriesReply struct {
	Items []AuditEntry `json:"items"`
	Begin *AuditHead   `json:"begin,omitempty" doc:"The last entry that was dropped for its age; absent where the log is whole"`
	Head  AuditHead    `json:"head"`
	Next  int64        `json:"next,omitempty" doc:"Where to go on, as after or before; absent where no more follow"`
}

// AuditEntry is one event in a user's audit log.
type AuditEntry struct {
	Position int64           `json:"position" doc:"Counts from 1, without gaps"`
	Hash     string          `json:"hash" doc:"SHA-256 in hexadecimal over the hash before, the position and the record"`
	Record   json.RawMessage `json:"record" doc:"The event as the log keeps it"`
}

// AuditHead is the end of an audit log.
type AuditHead struct {
	Position int64  `json:"position"`
	Hash     string `json:"hash"`
}

// ListPlatformHeadsRequest asks for a part of all platform heads with their lines.
type ListPlatformHeadsRequest struct {
	After *PlatformHeadLine `json:"after,omitempty"` // last line that is known; nil: from the start
	Limit int               `json:"limit"`           // 1 to 2,000 lines
}

// PlatformHeadLine is a place among the lines: the number of a head, and the user of one of its lines,
// of which the zero id stands for the head itself.
type PlatformHeadLine struct {
	Number int64  `json:"number"`
	UserID string `json:"userId"`
}

// ListPlatformHeadsReply holds lines as they are written to a file: each signed head, followed by its own.
type ListPlatformHeadsReply struct {
	Lines []string          `json:"lines"`
	Next  *PlatformHeadLine `json:"next,omitempty"` // where to go on; nil: no more follow
}
