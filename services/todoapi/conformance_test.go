package todoapi

import (
	"context"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/todoplatform/todoplatform/services/todoapi/mcp"
)

// conformance has the scenarios of the protocol's conformance suite: why one does not apply, or nothing
// where the server must pass it.
var conformance = map[string]string{
	"dns-rebinding-protection": "",
	"ping":                     "",
	"prompts-list":             "",
	"resources-list":           "",
	"server-initialize":        "",
	"tools-list":               "",

	"completion-complete": notOffered + "completion of arguments",
	"logging-set-level":   notOffered + "messages of a log",

	"resources-subscribe":   notOffered + "subscriptions, which need sessions",
	"resources-unsubscribe": notOffered + "subscriptions, which need sessions",

	"server-sse-multiple-streams": notOffered + "sessions: each answer is one JSON document",
	"server-sse-polling":          notOffered + "sessions: each answer is one JSON document",

	"elicitation-sep1034-defaults": notOffered + "questions to the person at the client",
	"elicitation-sep1330-enums":    notOffered + "questions to the person at the client",
	"tools-call-elicitation":       notOffered + "questions to the person at the client",
	"tools-call-sampling":          notOffered + "questions to the client's model",

	"tools-call-with-logging":  exampleServer + "a tool that logs",
	"tools-call-with-progress": exampleServer + "a tool that tells how far it is",

	"json-schema-2020-12":           exampleServer + "a tool with one certain schema",
	"prompts-get-embedded-resource": exampleServer + "a prompt",
	"prompts-get-simple":            exampleServer + "a prompt",
	"prompts-get-with-args":         exampleServer + "a prompt with arguments",
	"prompts-get-with-image":        exampleServer + "a prompt with a picture",
	"resources-read-binary":         exampleServer + "a picture as a resource",
	"resources-read-text":           exampleServer + "a text as a resource",
	"resources-templates-read":      exampleServer + "a template of resources",
	"tools-call-audio":              exampleServer + "a tool that answers with sound",
	"tools-call-embedded-resource":  exampleServer + "a tool that answers with a resource",
	"tools-call-error":              exampleServer + "a tool that always fails",
	"tools-call-image":              exampleServer + "a tool that answers with a picture",
	"tools-call-mixed-content":      exampleServer + "a tool that answers with several kinds of content",
	"tools-call-simple-text":        exampleServer + "a tool that answers with one certain text",
}

// Why scenarios do not apply.
const (
	notOffered    = "the server does not offer, nor announce, "
	exampleServer = "it asks for what only the suite's example server has: "
)

func TestMCPConformance(t *testing.T) {
	entry := httptest.NewUnstartedServer(nil)
	public := &url.URL{Scheme: "http", Host: entry.Listener.Addr().String()}
	h := newHarness(t, func(cfg *Config) { cfg.PublicURL = public })
	entry.Config.Handler = h.bearing(t, h.program(t, h.user(t), "tasks:read", "tasks:write").Grant.AccessToken)
	entry.Start()
	t.Cleanup(entry.Close)

	listed := regexp.MustCompile(`(?m)^  - (\S+)`).FindAllStringSubmatch(suite(t, "list", "--server"), -1)
	if len(listed) == 0 {
		t.Fatal("the suite lists no scenarios")
	}
	for _, match := range listed {
		scenario := match[1]
		reason, known := conformance[scenario]
		if !known {
			t.Errorf("%s is in no list: does it apply?", scenario)
		}
		if reason != "" {
			continue
		}
		t.Run(scenario, func(t *testing.T) {
			suite(t, "server", "--url", public.String()+mcp.Path, "--scenario", scenario)
		})
	}
	for scenario := range conformance {
		if !slices.ContainsFunc(listed, func(match []string) bool { return match[1] == scenario }) {
			t.Errorf("the suite has no scenario %s any more", scenario)
		}
	}
}

// suite runs the suite and returns what it prints.
func suite(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "node", append([]string{"--import", "./node20.mjs", "node_modules/.bin/conformance"}, args...)...)
	command.Dir = "mcp/conformance"
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("conformance %q (which make mcp-conformance gets): %v\n%s", args, err, output)
	}
	return string(output)
}

// bearing hands requests on to todo-api with a token, for programs that cannot send one.
func (h *harness) bearing(t *testing.T, token string) *httputil.ReverseProxy {
	t.Helper()
	target, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
		r.Out.Header.Set("Authorization", "Bearer "+token)
	}}
}
