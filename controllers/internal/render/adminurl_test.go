package render_test

import (
	"maps"
	"net/url"
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/todoplatform/todoplatform/api/v1alpha1"
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
		"what drivers know":     {url: "postgres://a:b@h/todo?application_name=x&connect_timeout=5&target_session_attrs=read-write&sslsni=1", address: "h.todo.svc:5432", options: "application_name=x&connect_timeout=5&sslsni=1&target_session_attrs=read-write"},
		"what one knows":        {url: "postgres://a:b@h/todo?require_auth=scram-sha-256&sslnegotiation=direct&min_protocol_version=3.0", address: "h.todo.svc:5432"},
		"public authorities":    {url: "postgres://a:b@h/todo?sslmode=verify-full&sslrootcert=system", address: "h.todo.svc:5432", options: "sslmode=verify-full&sslrootcert=system"},
		"a file of authorities": {url: "postgres://a:b@h/todo?sslrootcert=/ca.pem", wrong: "another value for the parameter sslrootcert than is possible here: system"},
		"a client certificate":  {url: "postgres://a:b@h/todo?sslcert=/tls.crt", wrong: "has the parameter sslcert, which means nothing here"},
		"of another driver":     {url: "postgres://a:b@h/todo?pgbouncer=true", wrong: "has the parameter pgbouncer, which means nothing here: leave it out. There are application_name"},
		"a setting":             {url: "postgres://a:b@h/todo?search_path=public", wrong: "has the parameter search_path"},
		"no mode of encryption": {url: "postgres://a:b@h/todo?sslmode=yes", wrong: "sslmode than is possible here: disable, allow"},
		"keyword form":          {url: "host=db user=a password=hunter2", wrong: "must be a URL"},
		"of another server":     {url: "mysql://a:hunter2@h/todo", wrong: "must be a URL"},
		"a Service's name":      {url: "postgres://a:b@pg-rw/todo", address: "pg-rw.todo.svc:5432"},
		"this machine":          {url: "postgres://a:b@localhost/todo", address: "localhost:5432"},
		"Neon's pooler":         {url: "postgres://a:hunter2@ep-a-b-123-pooler.eu-central-1.aws.neon.tech/todo", wrong: "leads to a pooler"},
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
			database, err := render.ParseAdminURL(test.url, render.Place{Namespace: "todo", Pooler: test.pooler})
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
	if in.Database, err = render.ParseAdminURL("postgres://a:b@[fd00:10::5]/to%20do?sslmode=verify-full", render.Place{}); err != nil {
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

// What a connection with an authority of its own is checked for, by its mode of encryption.
func TestAuthority_isCheckedForWhatTheModeSays(t *testing.T) {
	for given, want := range map[string]string{
		"": "verify-full", "sslmode=verify-full": "verify-full", "sslmode=verify-ca": "verify-ca", "sslmode=require": "verify-ca",
	} {
		database, err := render.ParseAdminURL("postgres://a:b@db.example.com/todo?"+given, render.Place{Authority: true})
		if err != nil {
			t.Fatal(err)
		}
		administrator, err := url.Parse(database.Admin.URL)
		if err != nil {
			t.Fatal(err)
		}
		services := url.Values{"sslmode": {want}, "sslrootcert": {render.DatabaseCAFile}}
		if !reflect.DeepEqual(database.Options, services) || administrator.RawQuery != "sslmode="+want {
			t.Errorf("%q: services connect with %v and the operator with %s, want %s", given, database.Options, administrator.RawQuery, want)
		}
	}
	for given, want := range map[string]string{
		"sslmode=disable": "checks no certificate", "sslmode=prefer": "checks no certificate", "sslrootcert=system": "leave one of them out",
	} {
		if _, err := render.ParseAdminURL("postgres://a:b@db.example.com/todo?"+given, render.Place{Authority: true}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", given, err, want)
		}
	}
}

// The Secrets that operators of PostgreSQL write, as they write them.
func TestReadFields(t *testing.T) {
	cnpg := map[string]string{
		"username": "todo", "user": "todo", "password": "p@ss#w/?", "host": "pg-rw", "port": "5432", "dbname": "todo", "uri": "postgresql://todo:p%40ss@pg-rw:5432/todo",
		"pgpass": "pg-rw:5432:todo:todo:p@ss", "jdbc-uri": "jdbc:postgresql://pg-rw:5432/todo",
	}
	superuser := maps.Clone(cnpg)
	superuser["username"], superuser["dbname"] = "postgres", "*"
	zalando := map[string]string{"username": "postgres", "password": "p@ss#w/?"}
	neon := map[string]string{"PGHOST_UNPOOLED": "ep-a-123.eu-central-1.aws.neon.tech", "PGUSER": "owner", "PGPASSWORD": "p@ss#w/?", "PGDATABASE": "todo"}
	tests := map[string]struct {
		secret    map[string]string
		fields    v1alpha1.DatabaseFields
		authority bool
		address   string
		user      string
		options   string
		wrong     string
	}{
		"CloudNativePG":              {secret: cnpg, address: "pg-rw.todo.svc:5432", user: "todo", options: "sslmode=require"},
		"with its authority":         {secret: cnpg, authority: true, address: "pg-rw.todo.svc:5432", user: "todo", options: "sslmode=verify-full&sslrootcert=%2Fdatabase-ca%2Fca.crt"},
		"superuser of CloudNativePG": {secret: superuser, fields: v1alpha1.DatabaseFields{Database: "todo"}, address: "pg-rw.todo.svc:5432", user: "postgres", options: "sslmode=require"},
		"superuser without database": {secret: superuser, wrong: "names no database in the key dbname: name it in database.external.fields.database"},
		"Zalando":                    {secret: zalando, fields: v1alpha1.DatabaseFields{Host: "acid-todo.databases.svc", Database: "todo"}, address: "acid-todo.databases.svc:5432", user: "postgres", options: "sslmode=require"},
		"Zalando without host":       {secret: zalando, fields: v1alpha1.DatabaseFields{Database: "todo"}, wrong: "lacks the key host: name the server in database.external.fields.host"},
		"Neon": {secret: neon, fields: v1alpha1.DatabaseFields{SSLMode: v1alpha1.SSLModeVerifyFull, Keys: v1alpha1.DatabaseKeys{Host: "PGHOST_UNPOOLED", Username: "PGUSER", Password: "PGPASSWORD", Database: "PGDATABASE"}},
			address: "ep-a-123.eu-central-1.aws.neon.tech:5432", user: "owner", options: "sslmode=verify-full"},
		"another port":         {secret: cnpg, fields: v1alpha1.DatabaseFields{Host: "10.0.0.7", Port: ptr.To[int32](6000), SSLMode: v1alpha1.SSLModeDisable}, address: "10.0.0.7:6000", user: "todo", options: "sslmode=disable"},
		"no check of the name": {secret: cnpg, fields: v1alpha1.DatabaseFields{SSLMode: v1alpha1.SSLModeDisable}, authority: true, wrong: "checks no certificate"},
		"several hosts":        {secret: map[string]string{"host": "a,b"}, wrong: "names several hosts in the key host"},
		"no host":              {secret: map[string]string{"host": "a/b"}, wrong: "something else than a host in the key host"},
		"no port":              {secret: map[string]string{"host": "a", "dbname": "b", "port": "http"}, wrong: "something else than a port in the key port"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			secret := map[string][]byte{}
			for key, value := range test.secret {
				secret[key] = []byte(value)
			}
			database, err := render.ReadFields(&test.fields, secret, render.Place{Namespace: "todo", Authority: test.authority})
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Fatalf("%v, want %q", err, test.wrong)
				}
				return
			}
			if err != nil || database.Address != test.address || database.Name != "todo" || database.Options.Encode() != test.options {
				t.Fatalf("%+v, %v", database, err)
			}
			administrator, err := url.Parse(database.Admin.URL)
			if err != nil {
				t.Fatal(err)
			}
			password, _ := administrator.User.Password()
			if administrator.User.Username() != test.user || password != "p@ss#w/?" || administrator.Host != test.address || strings.Contains(database.Admin.Server, "@") {
				t.Errorf("the administrator is %s at %s, the rest %s", administrator.User.Username(), administrator.Host, database.Admin.Server)
			}
		})
	}
}
