// Package seed fills the database of a development cluster with users and tasks, past
// the services: through them it would take hours.
package seed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Password is that of every seeded user, for people who want to look at the page as one.
const Password = "bench-password"

const (
	device = "bench" // marks the sessions of the seed
	domain = "@example.org"
	prefix = "bench-"
	// roundsPerCopy is how many tasks each user gets in one COPY. Tasks of different users
	// come in turns, as in life: one user's tasks lie scattered over the table.
	roundsPerCopy = 50
	// usersPerCopy is how many users get their copies by one statement, in turns too.
	usersPerCopy = 100
	sessionLasts = 10 * 365 * day
)

// Size is how much there is to be.
type Size struct {
	Users, Tasks           int // ordinary users, and tasks of each
	LargeUsers, LargeTasks int // users with many tasks, and tasks of each
}

// User is a seeded user.
type User struct {
	ID, Session string
	Large       bool
	// Open holds ids of open tasks, the first of them in the order of the list.
	Open []string
}

// planned is a user that there is to be.
type planned struct {
	email   string
	large   bool
	tasks   int // to be
	has     int // already there
	id      uuid.UUID
	session uuid.UUID // zero: none that is good
	exists  bool
}

func (s Size) plan() []*planned {
	var users []*planned
	for i := range s.LargeUsers {
		users = append(users, &planned{email: fmt.Sprintf("%slarge-%06d%s", prefix, i+1, domain), large: true, tasks: s.LargeTasks})
	}
	for i := range s.Users {
		users = append(users, &planned{email: fmt.Sprintf("%s%06d%s", prefix, i+1, domain), tasks: s.Tasks})
	}
	return users
}

// Run adds what is missing to size and returns the users, the large ones first, each
// with up to openTasks ids. What it does goes to progress.
func Run(ctx context.Context, db *pgx.Conn, size Size, openTasks int, progress func(format string, args ...any)) ([]User, error) {
	users := size.plan()
	if err := findExisting(ctx, db, users); err != nil {
		return nil, err
	}
	if err := addUsers(ctx, db, users); err != nil {
		return nil, err
	}
	if err := addProjectsOf(ctx, db, users); err != nil {
		return nil, err
	}
	added, err := addTasks(ctx, db, users, progress)
	if err != nil {
		return nil, err
	}
	if added > 0 {
		if _, err := db.Exec(ctx, settle); err != nil {
			return nil, fmt.Errorf("vacuum the tasks: %w", err)
		}
	}
	return readUsers(ctx, db, users, openTasks)
}

// findExisting notes in users what is there of them.
func findExisting(ctx context.Context, db *pgx.Conn, users []*planned) error {
	byEmail := map[string]*planned{}
	for _, user := range users {
		byEmail[user.email] = user
	}
	rows, err := db.Query(ctx, listUsers, device, prefix+"%"+domain)
	if err != nil {
		return fmt.Errorf("read the seeded users: %w", err)
	}
	var id uuid.UUID
	var session *uuid.UUID
	var email string
	var has int
	_, err = pgx.ForEachRow(rows, []any{&id, &email, &has, &session}, func() error {
		if user := byEmail[email]; user != nil {
			user.exists, user.id, user.has = true, id, has
			if session != nil {
				user.session = *session
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the seeded users: %w", err)
	}
	return nil
}

// addUsers adds accounts and sessions that are missing.
func addUsers(ctx context.Context, db *pgx.Conn, users []*planned) error {
	hash, err := argon2id.CreateHash(Password, argon2id.DefaultParams)
	if err != nil {
		return fmt.Errorf("hash the password: %w", err)
	}
	now := time.Now().UTC()
	var accountRows, sessionRows [][]any
	for _, user := range users {
		if !user.exists {
			user.id = uuid.New()
			accountRows = append(accountRows, []any{[16]byte(user.id), user.email, hash, Zone, now.Add(-365 * day)})
		}
		if user.session == uuid.Nil {
			user.session = uuid.New()
			sessionRows = append(sessionRows, []any{[16]byte(user.session), [16]byte(user.id), device, now, now, now.Add(sessionLasts)})
		}
	}
	return pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		if err := copyRows(ctx, tx, accounts, pgx.CopyFromRows(accountRows)); err != nil {
			return err
		}
		return copyRows(ctx, tx, sessions, pgx.CopyFromRows(sessionRows))
	})
}

// addProjectsOf adds the projects of users that are missing.
func addProjectsOf(ctx context.Context, db *pgx.Conn, users []*planned) error {
	var ids, owners [][16]byte
	var names, positions []string
	for _, user := range users {
		for i, name := range projects {
			ids, owners = append(ids, projectID(user.id, name)), append(owners, user.id)
			names, positions = append(names, name), append(positions, strconv.Itoa(i+1))
		}
	}
	if _, err := db.Exec(ctx, addProjects, ids, owners, names, positions); err != nil {
		return fmt.Errorf("add projects: %w", err)
	}
	return nil
}

// addTasks adds tasks until each user has its number, and returns how many it added. Those of the first
// users are made; the others get copies of them, which the database makes many times faster.
func addTasks(ctx context.Context, db *pgx.Conn, users []*planned, progress func(format string, args ...any)) (added int, err error) {
	models := models(users)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // test data, the same each time
	for rows := round(models, random, time.Now()); len(rows) > 0; rows = round(models, random, time.Now()) {
		if err := copyRows(ctx, db, tasks, pgx.CopyFromRows(rows)); err != nil {
			return added, err
		}
		added += len(rows)
		progress("made %d tasks", added)
	}
	copied, err := copyTasks(ctx, db, models, lacking(users), progress)
	return added + copied, err
}

// models are the users whose tasks are made: the large ones, or else the first.
func models(users []*planned) []*planned {
	n := 1
	for n < len(users) && users[n].large {
		n++
	}
	return users[:n]
}

// lacking are the users who have too few tasks.
func lacking(users []*planned) []*planned {
	return slices.DeleteFunc(slices.Clone(users), func(user *planned) bool { return user.has >= user.tasks })
}

// copyTasks gives users what they lack, as one transaction. Where that is much, indexes are left out
// meanwhile and made anew, which takes a fraction of the time.
func copyTasks(ctx context.Context, db *pgx.Conn, models, users []*planned, progress func(format string, args ...any)) (copied int, err error) {
	if len(users) == 0 {
		return 0, nil
	}
	err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		indexes, err := leaveOutIndexes(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, prepareCopy); err != nil {
			return fmt.Errorf("prepare the copies: %w", err)
		}
		if _, err := tx.Exec(ctx, takeModels, idsOf(models)); err != nil {
			return fmt.Errorf("take the tasks to copy: %w", err)
		}
		for some := range slices.Chunk(users, usersPerCopy) {
			n, err := copyFor(ctx, tx, some)
			if err != nil {
				return err
			}
			copied += n
			progress("copied %d tasks", copied)
		}
		for _, index := range indexes {
			if _, err := tx.Exec(ctx, index); err != nil {
				return fmt.Errorf("make an index anew: %w", err)
			}
			progress("%s", index)
		}
		return nil
	})
	return copied, err
}

// leaveOutIndexes drops the indexes that are no constraints, and returns what makes them anew.
func leaveOutIndexes(ctx context.Context, tx pgx.Tx) (statements []string, err error) {
	rows, err := tx.Query(ctx, listIndexes)
	if err != nil {
		return nil, fmt.Errorf("read the indexes: %w", err)
	}
	var names []string
	var name, statement string
	if _, err := pgx.ForEachRow(rows, []any{&name, &statement}, func() error {
		names, statements = append(names, name), append(statements, statement)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read the indexes: %w", err)
	}
	if _, err := tx.Exec(ctx, "DROP INDEX "+strings.Join(names, ", ")); err != nil {
		return nil, fmt.Errorf("leave out the indexes: %w", err)
	}
	return statements, nil
}

// copyFor copies tasks for some users.
func copyFor(ctx context.Context, tx pgx.Tx, users []*planned) (copied int, err error) {
	var from, to []int
	for _, user := range users {
		from, to = append(from, user.has), append(to, user.tasks)
	}
	for _, statement := range []string{copyModels, copyWords} {
		done, err := tx.Exec(ctx, statement, idsOf(users), from, to)
		if err != nil {
			return 0, fmt.Errorf("copy tasks: %w", err)
		}
		copied = int(done.RowsAffected())
	}
	return copied, nil
}

func idsOf(users []*planned) [][16]byte {
	ids := make([][16]byte, len(users))
	for i, user := range users {
		ids[i] = user.id
	}
	return ids
}

// round makes the next tasks of the users that do not have theirs.
func round(users []*planned, random *rand.Rand, now time.Time) [][]any {
	var rows [][]any
	for range roundsPerCopy {
		for _, user := range users {
			if user.has < user.tasks {
				rows = append(rows, newTask(random, now).row(user.id))
				user.has++
			}
		}
	}
	return rows
}

// copier is a connection or a transaction.
type copier interface {
	CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error)
}

func copyRows(ctx context.Context, to copier, t table, rows pgx.CopyFromSource) error {
	if _, err := to.CopyFrom(ctx, t.identifier(), t.columns, rows); err != nil {
		return fmt.Errorf("copy into %s: %w", strings.Join(t.identifier(), "."), err)
	}
	return nil
}

// readUsers returns the users with ids of open tasks.
func readUsers(ctx context.Context, db *pgx.Conn, plan []*planned, openTasks int) ([]User, error) {
	rows, err := db.Query(ctx, listOpen, idsOf(plan), openTasks)
	if err != nil {
		return nil, fmt.Errorf("read open tasks: %w", err)
	}
	open := map[uuid.UUID][]string{}
	var user, id uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&user, &id}, func() error {
		open[user] = append(open[user], id.String())
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read open tasks: %w", err)
	}
	users := make([]User, len(plan))
	for i, user := range plan {
		users[i] = User{ID: user.id.String(), Session: user.session.String(), Large: user.large, Open: open[user.id]}
	}
	return users, nil
}
