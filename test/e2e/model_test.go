package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	client "github.com/todoplatform/todoplatform/services/todoapi/client"
	"github.com/todoplatform/todoplatform/test/scripted"
)

// rollWithin bounds the rolling of todo-api, in which the manifest's change is told by nothing else.
const rollWithin = 2 * time.Minute

// askALanguageModel names a language model in the manifest, has it act for a person whose window is open,
// takes it away, and finds the chatbot as it was.
func askALanguageModel(t *testing.T, p *person) {
	says := &scripted.Model{}
	endpoint := serveToPods(t, says)
	cluster.patchPlatform(t, fmt.Sprintf(`{"spec":{"chat":{"model":{"name":"scripted-1","endpoint":%q}}}}`, endpoint))
	waitModel(t, p, "scripted-1")
	cluster.waitReady(t, readyWithin)

	w := p.open(t)
	title := "polish boots " + uuid.NewString()[:8]
	says.SaysInTurn(scripted.Calling(t, "add_tasks", scripted.Arguments{"text": title + " tomorrow"}), scripted.Saying("I put it down for tomorrow."))
	asked := time.Now()
	answer := say(t, p, "my shoes have looked better, have they not")
	shown := w.wait(t, frameWithin, "what the model adds", func(c client.Change) bool {
		return c.Type == "task.created" && strings.Contains(string(c.After), title)
	})
	t.Logf("FIGURE said to shown by a model that takes no time: %s", shown.at.Sub(asked).Round(time.Millisecond))
	if !strings.Contains(answer, "I put it down for tomorrow.") || shown.By.Kind != "chat" {
		t.Errorf("it was added by %+v, and told: %s", shown.By, answer)
	}
	says.SaysInTurn(scripted.Calling(t, "delete_tasks", scripted.Arguments{"filter": "search: boots"}), scripted.Saying("I deleted it."))
	if answer := say(t, p, "boots and I have parted ways for good"); !strings.Contains(answer, "Delete **"+title+"**?") {
		t.Errorf("it does not ask before it deletes: %s", answer)
	}
	say(t, p, "yes")
	w.wait(t, frameWithin, "what the model deletes with consent", isType("task.deleted", shown.ID))
	w.close()

	cluster.patchPlatform(t, `{"spec":{"chat":{"model":null}}}`)
	waitModel(t, p, "")
	cluster.waitRolledOut(t, contract.TodoAPI, rollWithin)
	cluster.waitReady(t, readyWithin)
}

// serveToPods serves on this machine where the pods of the cluster reach it, and returns the address.
func serveToPods(t *testing.T, handler http.Handler) string {
	t.Helper()
	nodes := &corev1.NodeList{}
	if err := cluster.List(t.Context(), nodes); err != nil || len(nodes.Items) == 0 {
		t.Fatalf("%d nodes, %v", len(nodes.Items), err)
	}
	var host netip.Addr
	for _, address := range nodes.Items[0].Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			host = netip.MustParseAddr(address.Address).Prev() // the other end of the node's link
		}
	}
	listener, err := net.Listen("tcp", netip.AddrPortFrom(host, 0).String())
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: requestLimit}
	go func() { _ = server.Serve(listener) }() // ends with the test
	t.Cleanup(func() { _ = server.Close() })
	return "http://" + listener.Addr().String() + "/v1"
}

// waitModel waits until the chatbot says which language model there is, in every answer.
func waitModel(t *testing.T, p *person, name string) {
	t.Helper()
	eventually(t, rollWithin, "the chatbot knows its model", func(context.Context) error {
		for range 5 { // replicas of before may still answer
			var can struct{ ModelName string }
			if err := p.api.Do(t.Context(), http.MethodGet, "/chat", nil, &can); err != nil {
				return err
			}
			if can.ModelName != name {
				return fmt.Errorf("the model is %q", can.ModelName)
			}
		}
		return nil
	})
}
