package notification

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/internal/store"
	"github.com/todoplatform/todoplatform/services/notification/speech"
)

// Kinds of lists of what is due. They are kept with the mails, so they never change.
const (
	digestOfDay   calls.NoticeKind = "digest"  // what is due on a day, and what is overdue
	digestOverdue calls.NoticeKind = "overdue" // what is overdue
)

const (
	// digestInterval is how often lists are looked for whose time has come: the most that one is late.
	digestInterval = time.Second
	// digestBatch bounds the lists that one transaction sets up.
	digestBatch = 200
	// digestTasks is how many tasks of each kind a list names; of the others it says how many there are.
	digestTasks = 20
)

// digester sets up the lists whose time has come.
type digester struct {
	db       *store.DB
	mail     bool // whether mail goes out
	now      func() time.Time
	onIssued func() // called after some were set up
}

// issueOnce sets up one batch.
func (d *digester) issueOnce(ctx context.Context) (more bool, err error) {
	var issued struct {
		Due int `json:"due"`
	}
	err = d.db.Call(ctx, "issue_digests", struct {
		Now   time.Time `json:"now"`
		Mail  bool      `json:"mail"`
		Limit int       `json:"limit"`
	}{d.now(), d.mail, digestBatch}, &issued)
	if issued.Due > 0 {
		d.onIssued()
	}
	return issued.Due == digestBatch, err
}

// taskList is a part of a mail: some tasks under a heading.
type taskList struct {
	Name  string
	Tasks []listedTask
	More  string // how many others there are; empty: none
}

type listedTask struct{ Title, Due string }

// due asks what there is to tell of a day. Where there is nothing, no message is needed.
func (w writer) due(ctx context.Context, userID, day string, kind calls.NoticeKind) (calls.ListDueReply, error) {
	due, err := calls.ListDue.Call(ctx, w.services, calls.ListDueRequest{UserID: userID, Day: day, Limit: digestTasks})
	if err != nil {
		return calls.ListDueReply{}, fmt.Errorf("ask for what is due: %w", err)
	}
	if kind == digestOverdue {
		due.Today = calls.DueTasks{}
	}
	if due.Today.Total+due.Overdue.Total == 0 {
		return calls.ListDueReply{}, errNotNeeded
	}
	return due, nil
}

// digest writes a mail that tells of what is due.
func (w writer) digest(ctx context.Context, d Delivery) (Mail, error) {
	contact, err := calls.GetContact.Call(ctx, w.services, calls.GetContactRequest{UserID: d.UserID})
	if err != nil {
		return Mail{}, fmt.Errorf("ask for the user's address: %w", err)
	}
	if contact.Unverified {
		return Mail{}, errUnverified
	}
	due, err := w.due(ctx, d.UserID, d.Day, calls.NoticeKind(d.Title))
	if err != nil {
		return Mail{}, err
	}
	to := speech.To(contact.Locale)
	mail := Mail{
		Kind: digestMail, ID: mailID(d), To: contact.Email, Locale: contact.Locale,
		Title: dueSummary(to, due), Link: w.link, Unsubscribe: w.unsubscribe(contact.StopToken, contact.Locale),
	}
	for _, part := range []struct {
		name string
		due  calls.DueTasks
	}{{"list.overdue", due.Overdue}, {"list.today", due.Today}} {
		if part.due.Total > 0 {
			mail.Lists = append(mail.Lists, listOf(to, part.name, part.due, contact.Zone))
		}
	}
	return mail, nil
}

func listOf(to speech.Speaker, name string, due calls.DueTasks, zone string) taskList {
	list := taskList{Name: to.Say(name)}
	for _, task := range due.Tasks {
		when, _ := dueWords(to, &task.Due, zone)
		list.Tasks = append(list.Tasks, listedTask{oneLine(task.Title), when})
	}
	if more := due.Total - len(due.Tasks); more > 0 {
		list.More = to.Count("list.more", more)
	}
	return list
}

// pushedDigest writes a message to a browser that tells of what is due.
func (w writer) pushedDigest(ctx context.Context, d pushDelivery) (pushed, error) {
	contact, err := calls.GetContact.Call(ctx, w.services, calls.GetContactRequest{UserID: d.UserID})
	if err != nil {
		return pushed{}, err
	}
	due, err := w.due(ctx, d.UserID, d.Day, calls.NoticeKind(d.Title))
	if err != nil {
		return pushed{}, err
	}
	to := speech.To(contact.Locale)
	return pushed{ReminderID: d.ReminderID, Title: dueSummary(to, due), Lang: to.Lang()}, nil
}

// dueSummary says in a line what is due.
func dueSummary(to speech.Speaker, due calls.ListDueReply) string {
	var parts []string
	if due.Today.Total > 0 {
		parts = append(parts, to.Count("summary.today", due.Today.Total))
	}
	if due.Overdue.Total > 0 {
		parts = append(parts, to.Count("summary.overdue", due.Overdue.Total))
	}
	return strings.Join(parts, ", ")
}
