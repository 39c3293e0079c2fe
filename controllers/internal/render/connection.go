package render

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/todoplatform/todoplatform/api/contract"
	"github.com/todoplatform/todoplatform/api/v1alpha1"
)

// DatabaseAdmin tells where the login of a database's administrator is, and how to use it.
type DatabaseAdmin struct {
	// Secret holds the login.
	Secret string
	// URLKey is its key with the whole connection as a URL. Empty: UserKey and PasswordKey hold the login, and
	// Server is the rest.
	URLKey string
	// UserKey and PasswordKey are its keys with the login.
	UserKey, PasswordKey string
	// Server is the URL of the connection without the login.
	Server string
	// URL is how the operator connects. Never logged, nor rendered.
	URL string
}

// Keys lists the keys of the Secret that the migration reads.
func (a DatabaseAdmin) Keys() []string {
	if a.URLKey != "" {
		return []string{a.URLKey}
	}
	return []string{a.UserKey, a.PasswordKey}
}

// Place is what is known of an external database beside its connection.
type Place struct {
	// Namespace of the platform.
	Namespace string
	// Pooler, when not empty, is the host:port that the services use instead of the direct one.
	Pooler string
	// Authority says whether the manifest names an authority for the server's certificate.
	Authority bool
}

var (
	errAuthorities = errors.New("has sslrootcert=system, and database.external.caSecretRef names authorities, too: leave one of them out")
	errPooler      = errors.New("leads to a pooler, as its -pooler says: give the direct address, without it, and this one as database.external.pooler")
)

// connect makes a Database of the parts of a connection. Options are those that the administrator connects with.
func (at Place) connect(user *url.Userinfo, host, port, name string, options url.Values) (Database, error) {
	if first, _, _ := strings.Cut(host, "."); strings.HasSuffix(first, "-pooler") && strings.HasSuffix(host, ".neon.tech") {
		return Database{}, errPooler
	}
	if err := at.trust(options); err != nil {
		return Database{}, err
	}
	if port == "" {
		port = "5432"
	}
	address := net.JoinHostPort(at.qualify(host), port)
	server := url.URL{Scheme: "postgres", Host: address, Path: "/" + name, RawQuery: options.Encode()}
	database := Database{Address: address, Direct: address, Name: name, Options: serviceOptions(options)}
	database.Admin.Server = server.String()
	server.User = user
	database.Admin.URL = server.String()
	if at.Authority {
		database.Options.Set("sslrootcert", DatabaseCAFile)
	}
	if at.Pooler != "" {
		database.Address, database.Pooled = at.Pooler, true
	}
	return database, nil
}

// qualify makes the name of a Service in the platform's namespace one that is understood outside of it, too: the
// operator is elsewhere.
func (at Place) qualify(host string) string {
	if strings.ContainsAny(host, ".:") || host == "localhost" {
		return host
	}
	return host + "." + at.Namespace + ".svc"
}

// trust sees that a connection whose authority is named is checked against it. As with PostgreSQL's own
// programs, what asks for encryption alone is then checked, but not the name.
func (at Place) trust(options url.Values) error {
	if !at.Authority {
		return nil
	}
	if options.Has("sslrootcert") {
		return errAuthorities
	}
	switch mode := options.Get("sslmode"); mode {
	case "":
		options.Set("sslmode", string(v1alpha1.SSLModeVerifyFull))
	case string(v1alpha1.SSLModeRequire):
		options.Set("sslmode", string(v1alpha1.SSLModeVerifyCA))
	case string(v1alpha1.SSLModeVerifyCA), string(v1alpha1.SSLModeVerifyFull):
	default:
		return fmt.Errorf("has sslmode=%s, which checks no certificate, and database.external.caSecretRef names an authority: use verify-full, or leave one of them out", mode)
	}
	return nil
}

// DatabaseFieldKeys gives the keys of a Secret with the parts of a connection.
func DatabaseFieldKeys(keys v1alpha1.DatabaseKeys) v1alpha1.DatabaseKeys {
	for key, otherwise := range map[*v1alpha1.SecretKey]v1alpha1.SecretKey{
		&keys.Host: "host", &keys.Port: "port", &keys.Database: "dbname",
		&keys.Username: contract.SecretKeyUsername, &keys.Password: contract.SecretKeyPassword,
	} {
		if *key == "" {
			*key = otherwise
		}
	}
	return keys
}

// ReadFields reads a connection from its parts in the manifest and in a Secret.
func ReadFields(fields *v1alpha1.DatabaseFields, secret map[string][]byte, at Place) (Database, error) {
	keys := DatabaseFieldKeys(fields.Keys)
	part := func(named string, key v1alpha1.SecretKey) string {
		if named != "" {
			return named
		}
		return strings.TrimSpace(string(secret[string(key)]))
	}
	port := ""
	if fields.Port != nil {
		port = strconv.Itoa(int(*fields.Port))
	}
	host, port, name := part(fields.Host, keys.Host), part(port, keys.Port), part(fields.Database, keys.Database)
	switch {
	case host == "":
		return Database{}, fmt.Errorf("lacks the key %s: name the server in database.external.fields.host", keys.Host)
	case strings.Contains(host, ","):
		return Database{}, fmt.Errorf("names several hosts in the key %s: name one in database.external.fields.host, as of a Service or a proxy that leads to the primary", keys.Host)
	case !isHost(host):
		return Database{}, fmt.Errorf("has something else than a host in the key %s: name it in database.external.fields.host", keys.Host)
	case name == "" || name == "*": // a superuser's login is good for all
		return Database{}, fmt.Errorf("names no database in the key %s: name it in database.external.fields.database", keys.Database)
	case !isPort(port):
		return Database{}, fmt.Errorf("has something else than a port in the key %s: name it in database.external.fields.port", keys.Port)
	}
	options := url.Values{}
	switch {
	case fields.SSLMode != "":
		options.Set("sslmode", string(fields.SSLMode))
	case !at.Authority:
		options.Set("sslmode", string(v1alpha1.SSLModeRequire))
	}
	user := url.UserPassword(string(secret[string(keys.Username)]), string(secret[string(keys.Password)]))
	database, err := at.connect(user, host, port, name, options)
	if err != nil {
		return Database{}, err
	}
	database.Admin.UserKey, database.Admin.PasswordKey = string(keys.Username), string(keys.Password)
	return database, nil
}

func isPort(port string) bool {
	if port == "" {
		return true
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return err == nil && number > 0
}

const (
	// databaseCAVolume names the volume with the authority of the database, in pods that connect to it.
	databaseCAVolume = "database-ca"
	// databaseCAMount is where it is.
	databaseCAMount = "/database-ca"
	// DatabaseCAFile is where pods that connect to the database find its authority.
	DatabaseCAFile = databaseCAMount + "/" + SecretKeyCA
)

// authorityVolumes gives the volume with the authority of the database, if it has one of its own.
func (in *Input) authorityVolumes() []corev1.Volume {
	if in.Database.CASecret == "" {
		return nil
	}
	return []corev1.Volume{{Name: databaseCAVolume, VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
		SecretName: in.Database.CASecret,
		Items:      []corev1.KeyToPath{{Key: in.Database.CAKey, Path: SecretKeyCA}},
	}}}}
}

// authorityMounts mounts it into a container.
func (in *Input) authorityMounts() []corev1.VolumeMount {
	if in.Database.CASecret == "" {
		return nil
	}
	return []corev1.VolumeMount{{Name: databaseCAVolume, MountPath: databaseCAMount, ReadOnly: true}}
}

// adminEnv tells a program of a Job how the administrator connects. What is not in the URL its driver takes from
// PostgreSQL's own variables.
func (in *Input) adminEnv() []corev1.EnvVar {
	admin := in.Database.Admin
	var env []corev1.EnvVar
	if admin.URLKey != "" {
		env = append(env, secretEnv(contract.EnvMigrateURL, admin.Secret, admin.URLKey))
	} else {
		env = append(env,
			corev1.EnvVar{Name: contract.EnvMigrateURL, Value: admin.Server},
			secretEnv(contract.EnvPostgresUser, admin.Secret, admin.UserKey),
			secretEnv(contract.EnvPostgresPassword, admin.Secret, admin.PasswordKey),
		)
	}
	if in.Database.CASecret != "" {
		env = append(env,
			corev1.EnvVar{Name: contract.EnvPostgresCAFile, Value: DatabaseCAFile},
			corev1.EnvVar{Name: contract.EnvPostgresSSLMode, Value: string(v1alpha1.SSLModeVerifyFull)}, // unless the URL has another
		)
	}
	return env
}
