package realtimesync

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/todoplatform/todoplatform/services/internal/calls"
	"github.com/todoplatform/todoplatform/services/realtimesync/protocol"
)

// others reads until the frame of presence that names devices of these kinds, the eldest first.
func (l *listener) others(kinds ...string) []protocol.Device {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	var seen [][]string
	for {
		frame, err := l.socket.Next(ctx)
		if err != nil {
			l.t.Fatalf("waiting for %q to be present, after %q: %v", kinds, seen, err)
		}
		presence, ok := frame.(protocol.Presence)
		if !ok {
			continue
		}
		got := []string{}
		for _, device := range presence.Devices {
			got = append(got, device.Kind)
		}
		if slices.Equal(got, kinds) {
			return presence.Devices
		}
		seen = append(seen, got)
	}
}

const (
	onSocket = string(transportSocket)
	onStream = string(transportStream)
)

func TestDevicesOfAUserKnowEachOther(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	first, second := p.replica(t, 0, quickLimits()), p.replica(t, 1, quickLimits())
	ann, bob := p.signUp(t, "ann"), p.signUp(t, "bob")
	stranger, _ := bob.listen(first, nil)
	stranger.others()

	phone, _ := ann.listen(first, nil)
	phone.others() // nobody else, said all the same
	laptop, _ := ann.listen(second.over(transportStream), nil)
	got := phone.others(onStream)
	sessions, err := ann.Sessions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if device := got[0]; device.ID != sessions[0].ID || device.Name != "Go-http-client/1.1" || time.Since(device.Since) > patience {
		t.Errorf("the phone is told of %+v, want one of session %s", device, sessions[0].ID)
	}
	laptop.others(onSocket)

	tablet, _ := ann.listen(first, nil)
	phone.others(onStream, onSocket)
	laptop.others(onSocket, onSocket)
	tablet.others(onSocket, onStream)

	if err := laptop.socket.Close(); err != nil {
		t.Fatal(err)
	}
	phone.others(onSocket)
	tablet.others(onSocket)
	bob.add(1)
	for { // nothing of what ann did
		frame := stranger.any()
		if _, ok := frame.(protocol.Change); ok {
			break
		}
		if isPresence(frame) {
			t.Errorf("bob is told of %+v", frame)
		}
	}
}

func TestDevicesOfADeadReplicaAreForgotten(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	lasting := p.replica(t, 0, quickLimits())
	mortal, kill := p.process(t, 1)
	ann := p.signUp(t, "ann")
	onLasting, _ := ann.listen(lasting, nil)
	_, _ = ann.listen(mortal, nil)
	onLasting.others(onSocket)
	kill()
	onLasting.others()
}

// A replica that could not renew its lease, as while PostgreSQL is away or is emptied, is known
// again with all that it holds.
func TestALostReplicaTellsOfEverybodyAnew(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	first, second := p.replica(t, 0, quickLimits()), p.replica(t, 1, quickLimits())
	ann := p.signUp(t, "ann")
	here, _ := ann.listen(first, nil)
	there, _ := ann.listen(second.over(transportStream), nil)
	here.others(onStream)
	second.sidecar.Kill()
	here.others()
	second.sidecar.Start(t)
	here.others(onStream)
	there.others(onSocket)
}

// invoker answers in the place of todo-api.
type invoker func(calls.SharePresenceRequest) (calls.SharePresenceReply, error)

func (i invoker) Invoke(_ context.Context, _, _ string, in, out any) (err error) {
	*out.(*calls.SharePresenceReply), err = i(in.(calls.SharePresenceRequest))
	return err
}

func TestPresenceIsSharedInBoundedCallsAndNoMoreThanNeeded(t *testing.T) {
	r := newReplicaOf(t, 2*calls.MaxSharedUsers, nil)
	var asked []int
	var held []net.Conn // or they are closed as garbage
	down := true
	now := time.Now()
	p := newPresence(r.hub, invoker(func(request calls.SharePresenceRequest) (calls.SharePresenceReply, error) {
		if down {
			return calls.SharePresenceReply{}, errors.New("down")
		}
		asked = append(asked, len(request.Users))
		return calls.SharePresenceReply{Since: "7"}, nil
	}), time.Minute)
	p.now = func() time.Time { return now }
	pass := func(after time.Duration, want ...int) {
		t.Helper()
		now, asked = now.Add(after), nil
		if err := p.pass(t.Context()); (err != nil) != down || !slices.Equal(asked, want) {
			t.Errorf("after %s it told of %v users, %v; want %v", after, asked, err, want)
		}
	}
	l := r.open(t, ann)
	pass(0)
	l.others() // those here are told all the same
	down = false
	pass(presenceInterval, 1)
	pass(presenceInterval)
	pass(presenceInterval, 0) // which is how it learns of others
	r.open(t, ann)
	pass(0, 1) // what happens here is told at once
	l.others(onSocket)
	for range calls.MaxSharedUsers {
		held = append(held, r.openBare(t, uuid.NewString()))
	}
	pass(0, calls.MaxSharedUsers)
	r.open(t, uuid.NewString())
	p.startAnew()
	pass(0, calls.MaxSharedUsers, 2)
	for _, connection := range held {
		_ = connection.Close() // nothing more is wanted of it
	}
}
