#!/bin/bash
# Starts PostgreSQL by the contract of the official image: on an empty data folder it
# creates the cluster, the role POSTGRES_USER with its password and the database
# POSTGRES_DB, runs what lies in /docker-entrypoint-initdb.d, then becomes the server.
set -euo pipefail

# setting NAME DEFAULT prints the value of NAME, or the content of the file that NAME_FILE names.
setting() {
	local file_variable="$1_FILE"
	if [[ -n "${!1:-}" && -n "${!file_variable:-}" ]]; then
		echo "both $1 and $file_variable are set: set one of them" >&2
		return 1
	fi
	if [[ -n "${!file_variable:-}" ]]; then
		cat "${!file_variable}"
	else
		printf '%s' "${!1:-$2}"
	fi
}

# PostgreSQL refuses a uid without a name, and Kubernetes may run the pod as any uid.
name_current_user() {
	if getent passwd "$(id -u)" >/dev/null; then
		return
	fi
	export NSS_WRAPPER_PASSWD=/tmp/passwd NSS_WRAPPER_GROUP=/tmp/group
	echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" >"$NSS_WRAPPER_PASSWD"
	echo "postgres:x:$(id -g):" >"$NSS_WRAPPER_GROUP"
	export LD_PRELOAD=libnss_wrapper.so
}

create_cluster() {
	local user="$1" password="$2" initdb_args
	if [[ -z "$password" && "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]]; then
		echo "no password for the superuser: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE" >&2
		return 1
	fi
	read -ra initdb_args <<<"${POSTGRES_INITDB_ARGS:-}"
	# Only containers of the same pod reach the local socket; the network needs the password.
	initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --auth-local=trust --auth-host=scram-sha-256 \
		"${initdb_args[@]}" >/dev/null
	printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
	printf "\nlisten_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\n" >>"$PGDATA/postgresql.conf"
}

run_init_scripts() {
	local script
	for script in /docker-entrypoint-initdb.d/*; do
		case "$script" in
		*.sh) bash "$script" ;;
		*.sql) psql --file="$script" ;;
		*.sql.gz) gunzip --stdout "$script" | psql ;;
		esac
	done
}

# set_up USER DATABASE PASSWORD fills the folder PGDATA with a cluster ready for use.
set_up() {
	local user="$1" database="$2" password="$3"
	create_cluster "$user" "$password"
	pg_ctl start --silent --wait --options="-c listen_addresses=''" >/dev/null
	export PGHOST=/var/run/postgresql PGUSER="$user" PGDATABASE=postgres PSQLRC=/dev/null
	if [[ "$database" != postgres ]]; then
		psql --quiet --set=ON_ERROR_STOP=1 --set=name="$database" <<<'CREATE DATABASE :"name";'
	fi
	PGDATABASE="$database" run_init_scripts
	pg_ctl stop --silent --wait --mode=fast >/dev/null
	unset PGHOST PGUSER PGDATABASE PSQLRC
}

# The cluster is set up in a folder of its own and moved up when it is whole, PG_VERSION
# last: a pod killed in between starts over, and foreign files are never touched.
initialise() {
	local new="$PGDATA/.new" entry
	if [[ -d "$new" ]]; then
		find "$PGDATA" -mindepth 1 -delete
	elif [[ -n "$(ls -A "$PGDATA")" ]]; then
		echo "$PGDATA is neither empty nor a PostgreSQL data folder: give an empty volume, or set PGDATA to a folder below it" >&2
		return 1
	fi
	mkdir --mode=0700 "$new"
	PGDATA="$new" set_up "$@"
	for entry in "$new"/*; do
		if [[ "${entry##*/}" != PG_VERSION ]]; then
			mv "$entry" "$PGDATA/"
		fi
	done
	mv "$new/PG_VERSION" "$PGDATA/"
}

main() {
	if [[ "${1:-}" == -* ]]; then
		set -- postgres "$@"
	fi
	if [[ "${1:-}" == postgres ]]; then
		if [[ "$(id -u)" == 0 ]]; then
			echo "PostgreSQL does not run as root: set runAsUser, for example to 999" >&2
			exit 1
		fi
		name_current_user
		mkdir -p "$PGDATA"
		chmod 0700 "$PGDATA"
		if [[ ! -e "$PGDATA/PG_VERSION" ]]; then
			local user database password
			user=$(setting POSTGRES_USER postgres)
			database=$(setting POSTGRES_DB "$user")
			password=$(setting POSTGRES_PASSWORD "")
			initialise "$user" "$database" "$password"
		fi
		rm -rf "${PGDATA:?}/.new"
		unset POSTGRES_PASSWORD
	fi
	exec "$@"
}

main "$@"
