package render_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/controllers/internal/render"
)

func TestParseAdminURL(t *testing.T) {
	tests := map[string]struct {
		url, pooler string
		address     string
		options     string
		wrong       string
	}{
		"direct":                {url: "postgres://a:b@db.example.com:6000/todo?sslmode=require", address: "db.example.com:6000", options: "sslmode=require"},
		"default port":          {url: "postgresql://a:b@db.example.com/todo", address: "db.example.com:5432"},
		"with a line's end":     {url: "postgres://a:b@db.example.com/todo\n", address: "db.example.com:5432"},
		"through a pooler":      {url: "postgres://a:b@db.example.com/todo", pooler: "pool:6432", address: "pool:6432"},
		"at an IPv6 address":    {url: "postgres://a:b@[fd00:10::5]:6000/todo", address: "[fd00:10::5]:6000"},
		"at one, default port":  {url: "postgres://a:b@[fd00:10::5]/todo", address: "[fd00:10::5]:5432"},
		"as Neon writes it":     {url: "postgres://a:b@db.example.com/todo?sslmode=require&channel_binding=require", address: "db.example.com:5432", options: "sslmode=require"},
		"what drivers know":     {url: "postgres://a:b@h/todo?application_name=x&connect_timeout=5&target_session_attrs=read-write&sslsni=1", address: "h:5432", options: "application_name=x&connect_timeout=5&sslsni=1&target_session_attrs=read-write"},
		"what one knows":        {url: "postgres://a:b@h/todo?require_auth=scram-sha-256&sslnegotiation=direct&min_protocol_version=3.0", address: "h:5432"},
		"public authorities":    {url: "postgres://a:b@h/todo?sslmode=verify-full&sslrootcert=system", address: "h:5432", options: "sslmode=verify-full&sslrootcert=system"},
		"a file of authorities": {url: "postgres://a:b@h/todo?sslrootcert=/ca.pem", wrong: "another value for the parameter sslrootcert than is possible here: system"},
		"a client certificate":  {url: "postgres://a:b@h/todo?sslcert=/tls.crt", wrong: "has the parameter sslcert, which means nothing here"},
		"of another driver":     {url: "postgres://a:b@h/todo?pgbouncer=true", wrong: "has the parameter pgbouncer, which means nothing here: leave it out. There are application_name"},
		"a setting":             {url: "postgres://a:b@h/todo?search_path=public", wrong: "has the parameter search_path"},
		"no mode of encryption": {url: "postgres://a:b@h/todo?sslmode=yes", wrong: "sslmode than is possible here: disable, allow"},
		"keyword form":          {url: "host=db user=a password=hunter2", wrong: "must be a URL"},
		"of another server":     {url: "mysql://a:hunter2@h/todo", wrong: "must be a URL"},
		"several hosts":         {url: "postgres://a:hunter2@h,i/todo", wrong: "names several hosts"},
		"without database":      {url: "postgres://a:hunter2@db.example.com", wrong: "must name user, host and database"},
		"without user":          {url: "postgres://db.example.com/todo", wrong: "must name user, host and database"},
		"two databases":         {url: "postgres://a:hunter2@h/todo/more", wrong: "percent-encode"},
		"broken percent":        {url: "postgres://a:hunter2%zz@db.example.com/todo", wrong: "percent-encode"},
		"a hash":                {url: "postgres://a:hunter2#x@db.example.com/todo", wrong: "as in %23 for #"},
		"an at and a hash":      {url: "postgres://a:p@hunter2#w@db.example.com/todo", wrong: "holds a #, which ends a URL"},
		"an at and a slash":     {url: "postgres://a:p@hunter2/w@db.example.com/todo", wrong: "percent-encode"},
		"an at and a mark":      {url: "postgres://a:p@host/db?hunter2@db.example.com/todo", wrong: "percent-encode"},
		"a slash":               {url: "postgres://a:p/hunter2@db.example.com/todo", wrong: "percent-encode"},
		"a bracket":             {url: "postgres://a:p[hunter2@db.example.com/todo", wrong: "percent-encode"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			database, err := render.ParseAdminURL(test.url, test.pooler)
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) || strings.Contains(err.Error(), "hunter2") {
					t.Fatalf("error %v, want %q and no password", err, test.wrong)
				}
				return
			}
			if err != nil || database.Address != test.address || database.Pooled != (test.pooler != "") || database.Name != "todo" || database.Options.Encode() != test.options {
				t.Errorf("got %+v, %v", database, err)
			}
		})
	}
}

// What services are given leads to where the administrator's URL does.
func TestConnectionSecrets_keepTheAddress(t *testing.T) {
	in := input(t, cases["external"])
	var err error
	if in.Database, err = render.ParseAdminURL("postgres://a:b@[fd00:10::5]/to%20do?sslmode=verify-full", ""); err != nil {
		t.Fatal(err)
	}
	for _, object := range render.ConnectionSecrets(in) {
		address, err := url.Parse(string(object.(*corev1.Secret).Data[render.SecretKeyURL]))
		if err != nil {
			t.Fatal(err)
		}
		if address.Host != "[fd00:10::5]:5432" || address.Path != "/to do" || !reflect.DeepEqual(address.Query(), url.Values{"sslmode": {"verify-full"}}) {
			t.Errorf("%s leads to %s%s, %v", object.GetName(), address.Host, address.Path, address.Query())
		}
	}
}
