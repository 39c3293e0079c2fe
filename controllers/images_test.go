package controllers

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

const someDigest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestImages_thatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	const grammar = "must be an image with a tag or a digest"
	checkRefused(t, "refused-images", map[string]refusal{
		"no tag":                   {`{toolsImage: example.com/tools}`, "spec.toolsImage: Invalid value: \"example.com/tools\": " + grammar},
		"of a service":             {`{services: {audit: {image: "example.com/audit:"}}}`, "spec.services.audit.image: Invalid value: \"example.com/audit:\": " + grammar},
		"of Kafka":                 {`{kafka: {embedded: {image: "Kafka:1"}}}`, "spec.kafka.embedded.image: Invalid value: \"Kafka:1\": " + grammar},
		"PostgreSQL without major": {`{database: {embedded: {image: "postgres:latest"}}}`, "database.embedded.image: the tag must begin with PostgreSQL's major version, 15 or later"},
		"PostgreSQL of old":        {`{database: {embedded: {image: "postgres:14.2"}}}`, "database.embedded.image: the tag must begin with PostgreSQL's major version, 15 or later"},
		"PostgreSQL by digest":     {fmt.Sprintf(`{database: {embedded: {image: "postgres@%s"}}}`, someDigest), "database.embedded.image: the tag must begin with PostgreSQL's major version"},
		"PostgreSQL at port 17":    {fmt.Sprintf(`{database: {embedded: {image: "host:17/postgres@%s"}}}`, someDigest), "database.embedded.image: the tag must begin with PostgreSQL's major version"},
		"pulled now and then":      {`{imagePullPolicy: Sometimes}`, "spec.imagePullPolicy"},
	})
}

// References are read as container runtimes read them.
func TestAPI_knowsImages(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t, "images")
	tests := map[string]bool{
		"postgres:18": true, "a/b:c": true, "localhost/a:1": true, "localhost:5000/a/b/c:1": true, "Registry.Example.com/a:1": true,
		"a@" + someDigest: true, "a:1@" + someDigest: true, "a.b_c__d---e:V_1.0-x": true,
		"a": false, "a:": false, "a@sha256:12": false, "a@md5:" + strings.Repeat("0", 64): false, ":1": false, "/a:1": false, "a//b:1": false, "a/:1": false,
		"A:1": false, "a..b:1": false, "a___b:1": false, "-a:1": false, "a-:1": false, "a:-1": false, "a:1 ": false, "a b:1": false,
		"https://a/b:1": false, "a:1\n": false, "a:" + strings.Repeat("1", 129): false, "a@" + someDigest + ":1": false,
	}
	i := 0
	for image, good := range tests {
		i++
		object := manifest(t, namespace, fmt.Sprintf("image-%d", i), fmt.Sprintf(`{suspend: true, services: {audit: {image: %q}}}`, image))
		if err := suite.client.Create(t.Context(), object, client.DryRunAll); (err == nil) != good {
			t.Errorf("%q: %v", image, err)
		}
	}
}
