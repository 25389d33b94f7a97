# with_test_database COMMAND...: runs it with TEST_DATABASE_URL naming an empty, migrated database of a PostgreSQL of
# its own, which is gone afterwards. Needs tools/lib/common.sh; `build` is where the programs are.
# shellcheck shell=bash disable=SC1091,SC2034,SC2154  # names are shared with the other files

. "$root/tools/lib/postgres.sh"

start_test_database() {
    local command deadline=$((SECONDS + 30))
    data=$(mktemp -d) demo=0
    mkdir -p "$data/log" "$data/postgres"
    find_postgres
    choose_database_user
    create_cluster 2>/dev/null
    mapfile -t command < <(postgres_command)
    "${command[@]}" -c fsync=off >"$data/log/postgres.log" 2>&1 &
    database_pid=$!
    until "$pg_bin/psql" -qX -h "$data/postgres/socket" -U postgres -d postgres \
        -c 'CREATE ROLE ventanilla LOGIN CREATEDB' -c 'CREATE DATABASE ventanilla OWNER ventanilla' >/dev/null 2>&1; do
        ((SECONDS < deadline)) || fail "la base de datos de prueba no arranca: $(tail -n 3 "$data/log/postgres.log")"
        sleep 0.1
    done
    export TEST_DATABASE_URL="postgresql://ventanilla@/ventanilla?host=$data/postgres/socket"
    DATABASE_URL=$TEST_DATABASE_URL SECRET_KEY=0123456789abcdef0123456789abcdef SQL_DIR=$root/sql \
        "$build/bin/ventanilla" migrar >"$data/log/migrar.log" || fail "no se pudo migrar la base de prueba"
}

stop_test_database() {
    kill -INT "$database_pid" 2>/dev/null
    wait "$database_pid" 2>/dev/null
    rm -rf "$data"
}

with_test_database() {
    local data demo database_pid status
    start_test_database
    trap stop_test_database EXIT
    "$@"
    status=$?
    trap - EXIT
    stop_test_database
    return "$status"
}
