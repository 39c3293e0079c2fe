package platform

import (
	"bytes"
	"fmt"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"sigs.k8s.io/yaml"
)

const platformKind = "TodoPlatform"

// merge applies a merge patch (RFC 7386) to the TodoPlatform of a manifest and
// gives it the URL at which this cluster shows it.
func merge(manifest, patch []byte, url string) ([]byte, error) {
	patchJSON, err := yaml.YAMLToJSON(patch)
	if err != nil {
		return nil, fmt.Errorf("read the patch: %w", err)
	}
	urlJSON := fmt.Appendf(nil, `{"spec":{"exposure":{"url":%q}}}`, url)
	documents := bytes.Split(manifest, []byte("\n---\n"))
	found := false
	for number, document := range documents {
		object, err := yaml.YAMLToJSON(document)
		if err != nil {
			return nil, fmt.Errorf("read the sample: %w", err)
		}
		if !isPlatform(object) {
			continue
		}
		found = true
		for _, change := range [][]byte{patchJSON, urlJSON} {
			if object, err = jsonpatch.MergePatch(object, change); err != nil {
				return nil, fmt.Errorf("change the sample: %w", err)
			}
		}
		if documents[number], err = yaml.JSONToYAML(object); err != nil {
			return nil, err
		}
	}
	if !found {
		return nil, fmt.Errorf("the sample holds no %s", platformKind)
	}
	return bytes.Join(documents, []byte("\n---\n")), nil
}

func isPlatform(object []byte) bool {
	var header struct {
		Kind string `json:"kind"`
	}
	return yaml.Unmarshal(object, &header) == nil && header.Kind == platformKind
}
