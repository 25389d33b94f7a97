# The private PostgreSQL cluster in DIR/postgres. Needs `data`, `demo` and common.sh.
# shellcheck shell=bash disable=SC1091,SC2034,SC2154  # names are shared with the other files

# Sets `pg_bin`: the version that made the cluster, else the newest.
find_postgres() {
    local version='*'
    if [[ -s $data/postgres/data/PG_VERSION ]]; then
        version=$(<"$data/postgres/data/PG_VERSION")
    fi
    pg_bin=$(find /usr/lib/postgresql -path "*/$version/bin/initdb" 2>/dev/null | sort -V | tail -n 1)
    [[ -n $pg_bin ]] || fail "no está instalado PostgreSQL (versión $version)"
    pg_bin=${pg_bin%/initdb}
}

# Sets `as_database_user`: PostgreSQL refuses to be root. DIR may lie below a folder that the user postgres may not
# enter: then it keeps a capability for that, the least one that is enough and at hand (containers lack the first).
choose_database_user() {
    local capability setpriv
    as_database_user=()
    ((EUID == 0)) || return 0
    setpriv=$(command -v setpriv)
    chown postgres:postgres "$data/postgres" || fail "falta el usuario postgres"
    for capability in "" ,+dac_read_search ,+dac_override; do
        as_database_user=("$setpriv" --reuid=postgres --regid=postgres --init-groups --pdeathsig=INT
            --inh-caps="-all$capability" --ambient-caps="-all$capability" --bounding-set="-all$capability")
        if "${as_database_user[@]}" env -C "$data/postgres" true 2>/dev/null; then
            return 0
        fi
    done
    fail "el usuario postgres no puede entrar en $data"
}

# Only a new cluster gets demo data (`demo` is 1); prepare.sh loads it.
create_cluster() {
    if [[ -s $data/postgres/data/PG_VERSION ]]; then
        return 0
    fi
    say "Creando el servidor de base de datos..."
    rm -rf "$data/postgres/new"
    "${as_database_user[@]}" mkdir -p -m 700 "$data/postgres/socket"
    quietly "$data/log/initdb.log" "${as_database_user[@]}" \
        env -C "$data/postgres" "$pg_bin/initdb" --pgdata="$data/postgres/new" --username=postgres \
        --locale=C.UTF-8 --encoding=UTF8 --auth-local=trust --auth-host=reject \
        || fail "no se pudo crear el servidor de base de datos"
    if [[ $demo == 1 ]]; then
        touch "$data/demo-pending"
    fi
    mv "$data/postgres/new" "$data/postgres/data"  # whole or not at all
}

# The command line of the server, one word a line.
postgres_command() {
    printf '%s\n' "${as_database_user[@]}" "$pg_bin/postgres" -D "$data/postgres/data" \
        -c listen_addresses= -c unix_socket_directories="$data/postgres/socket" -c unix_socket_permissions=0700 \
        -c shared_buffers=128MB -c max_connections=100 -c logging_collector=off -c cluster_name=ventanilla
}
