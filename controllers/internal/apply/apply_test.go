package apply

import (
	"testing"

	"sigs.k8s.io/yaml"
)

func TestContains(t *testing.T) {
	tests := map[string]struct {
		live, intent string
		want         bool
	}{
		"equal":                       {`{a: 1}`, `{a: 1}`, true},
		"live has defaults":           {`{a: 1, b: {c: x}}`, `{a: 1}`, true},
		"value differs":               {`{a: 2}`, `{a: 1}`, false},
		"field is missing":            {`{b: 1}`, `{a: 1}`, false},
		"nested field differs":        {`{a: {b: {c: x, d: y}}}`, `{a: {b: {c: z}}}`, false},
		"empty intent says nothing":   {`{a: {b: 1}}`, `{a: {}}`, true},
		"item has defaults":           {`{a: [{b: 1, c: 2}]}`, `{a: [{b: 1}]}`, true},
		"item was added by another":   {`{a: [{b: 1}, {b: 2}]}`, `{a: [{b: 1}]}`, false},
		"item was removed":            {`{a: []}`, `{a: [{b: 1}]}`, false},
		"empty list and no list":      {`{}`, `{a: []}`, true},
		"another type":                {`{a: "1"}`, `{a: 1}`, false},
		"a map where a value belongs": {`{a: {b: 1}}`, `{a: x}`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			live, intent := parse(t, test.live), parse(t, test.intent)
			if got := contains(live, intent); got != test.want {
				t.Errorf("contains(%s, %s) = %v", test.live, test.intent, got)
			}
		})
	}
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	content := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &content); err != nil {
		t.Fatal(err)
	}
	return content
}
