package mask

import (
	"strings"
	"testing"
)

func TestHidesWhatLooksLikeASecret(t *testing.T) {
	const planted = "hunter2pass"
	for name, test := range map[string]struct{ text, left string }{
		"a password in a URL":            {"dial postgres://todo:" + planted + "@db:5432/todo failed", "@db:5432/todo failed"},
		"one that is not encoded":        {"dial postgres://todo:/a@" + planted + "@db:5432", "@db:5432"},
		"one without user":               {"redis://:" + planted + "@cache", "@cache"},
		"a token as user":                {"https://" + planted + "@git.example.com/x", "git.example.com"},
		"several brokers":                {"kafka://a:" + planted + "@one,kafka://b:" + planted + "@two", "@two"},
		"a bearer token":                 {"Authorization: Bearer " + planted + ".x.y", "Authorization: Bearer (secret)"},
		"basic credentials":              {`"Authorization":"Basic ` + planted + `="`, "Basic (secret)"},
		"credentials without scheme":     {"authorization=" + planted + "-xyz rest", "authorization=(secret) rest"},
		"a key and value":                {"host=db password=" + planted + " user=todo", "user=todo"},
		"a quoted one with a space":      {`password="a ` + planted + `" x=1`, "x=1"},
		"a value of JSON":                {`{"apiKey":"` + planted + `","n":1}`, `"n":1`},
		"JSON within JSON":               {`{"msg":"{\"password\":\"` + planted + `\"}"}`, "msg"},
		"an environment variable":        {"DB_PASSWORD=" + planted, "DB_PASSWORD=(secret)"},
		"a token of the web":             {"got eyJhbGciOiJFZERTQSJ9." + planted + ".c2ln from 10.0.0.1", "from 10.0.0.1"},
		"a private key":                  {"x\n-----BEGIN EC PRIVATE KEY-----\n" + planted + "\n-----END EC PRIVATE KEY-----\ny", "\ny"},
		"a private key that was cut off": {"x\n-----BEGIN PRIVATE KEY-----\n" + planted, "x\n"},
		"a JSON Web Key":                 {`{"kty":"OKP","d":"` + planted + `","x":"pub"}`, `"x":"pub"`},
	} {
		t.Run(name, func(t *testing.T) {
			var mask Mask
			got := mask.Hide(test.text)
			if again := mask.Hide(got); again != got {
				t.Errorf("%q became %q when it was masked again", got, again)
			}
			if strings.Contains(got, planted) || !strings.Contains(got, test.left) {
				t.Errorf("%q became %q", test.text, got)
			}
		})
	}
}

func TestHidesATokenOfOurs(t *testing.T) {
	var mask Mask
	if got := mask.Hide("token tdp_" + strings.Repeat("k3v7", 10) + " was revoked"); got != "token tdp_(secret) was revoked" {
		t.Error(got)
	}
}

func TestHidesWhatItWasTold(t *testing.T) {
	var mask Mask
	mask.Add("a")
	mask.Add("longsecret\n")
	mask.Add("longsecret-and-more")
	mask.Add("postgres://todo:p%40ssword@db/todo")
	mask.Add(`{"auths":{"ghcr.io":{"username":"todobot","password":"of-the-registry"}},"keys":[{"kid":"ABCDEFGHIJ","d":"the-private-part"}]}`)
	for text, want := range map[string]string{
		"a cat":                        "a cat",
		"xlongsecrety":                 "x(secret)y",
		"longsecret-and-more":          "(secret)",
		"it is bG9uZ3NlY3JldA==":       "it is (secret)",
		"todobot has of-the-registry":  "todobot has (secret)",
		"ABCDEFGHIJ the-private-part":  "ABCDEFGHIJ (secret)",
		"the password p@ssword or so":  "the password (secret) or so",
		"the password p%40ssword here": "the password (secret) here",
	} {
		if got := mask.Hide(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestLeavesTheRest(t *testing.T) {
	for _, text := range []string{
		"automountServiceAccountToken: false\n",
		"secretName: todo-tls\n",
		"- secret:\n    secretName: todo-tls\n",
		"secretKeyRef:\n  key: password\n  name: database\n",
		"GET http://todo-api:8080/api/v1/tasks?limit=5 took 3ms",
		"reminders to ada@example.org",
	} {
		var mask Mask
		if got := mask.Hide(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
