package cluster

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"github.com/todoplatform/todoplatform/api/contract"
)

// answering is an API server that answers everything with one text.
func answering(t *testing.T, answer string, header http.Header) api {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for name := range header {
			w.Header().Set(name, header.Get(name))
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	made, err := newAPI(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestMoreThanIsRead(t *testing.T) {
	a := answering(t, `{"metadata":{"continue":"abc"},"items":[{"metadata":{"name":"one"}}]}`, nil)
	found, err := list[corev1.Pod](t.Context(), a, pods, Selection{Namespace: "todo"})
	if len(found) != 1 || found[0].Name != "one" || err == nil || !strings.Contains(err.Error(), "more than 2000") {
		t.Errorf("%v, %v", found, err)
	}
}

func TestNothingIsNotUnread(t *testing.T) {
	c := &Cluster{api: answering(t, `{"items":[]}`, nil)}
	s := &Snapshot{}
	if c.readSurroundings(t.Context(), s); s.Operators == nil || len(s.Unread) > 0 {
		t.Errorf("%+v", s)
	}
}

func TestClocks(t *testing.T) {
	c := &Cluster{api: answering(t, "{}", http.Header{"Date": {"Tue, 01 Dec 2026 09:00:00 GMT"}})}
	s := &Snapshot{}
	before := time.Now()
	c.readClock(t.Context(), s)
	if !s.Now.Equal(time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)) || s.Here.Before(before) || s.Here.After(time.Now()) {
		t.Errorf("%+v", s)
	}
}

func TestVolumes(t *testing.T) {
	var told stats
	err := json.Unmarshal([]byte(`{"node":{"nodeName":"n"},"pods":[{"podRef":{"name":"kafka-0"},"volume":[
		{"name":"tmp","capacityBytes":100,"availableBytes":1,"usedBytes":1},
		{"name":"data","capacityBytes":1000,"availableBytes":150,"usedBytes":800,"pvcRef":{"name":"kafka-data","namespace":"todo"}},
		{"name":"data","capacityBytes":1000,"availableBytes":150,"pvcRef":{"name":"kafka-data","namespace":"other"}}]},{"podRef":{"name":"x"}}]}`), &told)
	// What is reserved for the system counts as used: no server may take it.
	if got := told.volumes("todo"); err != nil || !slices.Equal(got, []Volume{{Claim: "kafka-data", Used: 850, Capacity: 1000}}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTag(t *testing.T) {
	for image, want := range map[string]string{
		"ghcr.io/todoplatform/audit:1.2.3":       "1.2.3",
		"registry:5000/audit":                    "",
		"registry:5000/audit:dev@sha256:0123abc": "dev",
		"postgres:18":                            "18",
	} {
		if got := Tag(image); got != want {
			t.Errorf("the tag of %s is %q, want %q", image, got, want)
		}
	}
}

func TestTheSidecarComesLast(t *testing.T) {
	pod := &corev1.Pod{}
	pod.Labels = map[string]string{contract.LabelName: contract.Audit}
	for _, name := range []string{contract.Sidecar, contract.Audit} {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: name})
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: name, State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 2, Message: "first\nlast words\n"}},
		})
	}
	var says []string
	for _, trouble := range TroublesOf(pod, time.Now()) {
		says = append(says, trouble.String())
	}
	if !slices.Equal(says, []string{"audit ended with code 2: last words", "daprd ended with code 2: last words"}) {
		t.Errorf("%q", says)
	}
}
