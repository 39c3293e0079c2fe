package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil { // paths are those of the repository
		panic(err)
	}
	os.Exit(m.Run())
}

func TestMetricsOf(t *testing.T) {
	const source = `package p
var m = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mails_total", Help: "Mails " + "sent."}, []string{"outcome", "kind"})
func f() {
	g := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "queued", Help: "Bytes that wait."}, read)
	other.NewCounter(other.Opts{Name: "not_ours"})
}`
	found, err := metricsOf("p.go", source)
	if err != nil {
		t.Fatal(err)
	}
	want := []metric{{"mails_total", "counter", "`outcome`, `kind`", "Mails sent."}, {"queued", "gauge", "", "Bytes that wait."}}
	if !slices.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
}

// A metric that the page could not show must not be passed over.
func TestMetricWithoutLiteralName(t *testing.T) {
	const source = `package p
var m = prometheus.NewCounter(prometheus.CounterOpts{Name: prefix, Help: "Mails."})`
	if _, err := metricsOf("p.go", source); err == nil {
		t.Error("a name that is not written out was passed over")
	}
}

func TestWithoutName(t *testing.T) {
	for comment, want := range map[string]string{
		"ConditionReady is True when all is there.":     "Is True when all is there.",
		"ConditionDaprReady says whether Dapr\nserves.": "Whether Dapr serves.",
		"ReasonError: a call failed.":                   "A call failed.",
		"ReasonServing and ReasonNotServing: whether.":  "Whether.",
	} {
		if got := withoutName(comment); got != want {
			t.Errorf("%q: got %q, want %q", comment, got, want)
		}
	}
}

func TestCommandsIn(t *testing.T) {
	const help = "Usage:\n  todo [command]\n\nAvailable Commands:\n  add          Add a task\n  dead-letters What failed\n\nFlags:\n  -h, --help   help\n"
	if got := commandsIn(help); !slices.Equal(got, []string{"add", "dead-letters"}) {
		t.Errorf("got %q", got)
	}
}

func TestProse(t *testing.T) {
	if got, want := prose("a <b> and `<c>`"), "a \\<b> and `<c>`"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTable(t *testing.T) {
	got := table([]string{"a", "b"}, [][]string{{"x|y", "two\nlines"}})
	if want := "| a | b |\n|---|---|\n| x\\|y | two lines |\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Whoever meets a reason finds in docs/operator.md what to do about it.
func TestReasonsAreExplained(t *testing.T) {
	constants, err := constantsOf(conditionsSource)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	_, reasons, _ := strings.Cut(string(content), "\n## Reasons\n")
	reasons, _, _ = strings.Cut(reasons, "\n## ")
	var explained []string
	for line := range strings.SplitSeq(reasons, "\n") {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			for name := range strings.SplitSeq(cells[1], ",") {
				explained = append(explained, strings.TrimSpace(name))
			}
		}
	}
	for _, one := range constants {
		if strings.HasPrefix(one.name, "Reason") && !slices.Contains(explained, one.value) {
			t.Errorf("docs/operator.md does not say what to do about %s", one.value)
		}
	}
}

func TestCheckSite(t *testing.T) {
	page := func(body string) *fstest.MapFile { return &fstest.MapFile{Data: []byte("<html><body>" + body)} }
	faults, err := checkSite(fstest.MapFS{
		"index.html":     page(`<a href="./b/#there">1</a><a href="b/#away">2</a><a href="#gone">3</a><a href="https://example.org/x">4</a><img src="no.png">`),
		"b/index.html":   page(`<h2 id="there">x</h2><a href="../index.html">5</a><a href="../c/">6</a><img src="../yes.png">`),
		"yes.png":        {},
		"d/robots.txt":   {},
		"b/not-html.txt": page(`<a href="missing">`),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"b/index.html: ../c/ leads nowhere", "index.html: b/index.html has no #away",
		"index.html: index.html has no #gone", "index.html: no.png leads nowhere",
	}
	if !slices.Equal(faults, want) {
		t.Errorf("got %q, want %q", faults, want)
	}
	if _, err := checkSite(fstest.MapFS{}); err == nil {
		t.Error("a site without pages passes")
	}
}
