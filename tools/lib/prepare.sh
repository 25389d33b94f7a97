#!/bin/bash
# prepare.sh DIR BIN PG_BIN: a step of the supervisor's, once PostgreSQL runs: role, database, schema, demo data while
# DIR/demo-pending says so, error pages. Doing it again changes nothing.
# shellcheck disable=SC1091,SC2154  # names come from the other files
set -euo pipefail

data=$1
bin=$2
pg_bin=$3

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/tools/lib/demo.sh"
. "$root/tools/lib/programs.sh"

administrator=(-h "$data/postgres/socket" -U postgres)

# The socket is there before the server has read its log back after a crash.
wait_for_database() {
    local deadline=$((SECONDS + 300))
    until "$pg_bin/pg_isready" -q "${administrator[@]}"; do
        ((SECONDS < deadline)) || fail "la base de datos no responde"
        sleep 0.05
    done
}

query() {
    "$pg_bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 "${administrator[@]}" -d postgres -c "$1"
}

create_database() {
    if [[ -n $(query "SELECT 1 FROM pg_database WHERE datname = 'ventanilla'") ]]; then
        return 0
    fi
    [[ -n $(query "SELECT 1 FROM pg_roles WHERE rolname = 'ventanilla'") ]] || query "CREATE ROLE ventanilla LOGIN"
    query "CREATE DATABASE ventanilla OWNER ventanilla"
}

export PATH="$bin:$PATH"
wait_for_database
create_database
ventanilla migrar
if [[ -e $data/demo-pending ]]; then
    mkdir -p "$data/demo"
    load_demo "$data/demo"
    mv "$data/demo-pending" "$data/demo-loaded"  # only now: when interrupted, the next start goes on
fi
for program in "${handlers[@]}"; do
    "$bin/$program" --check  # a wrong setting ends the start here, with its one line
done
ventanilla paginas-estaticas "$data/nginx/errors"
gzip -9kf "$data/nginx/errors"/*.html  # nginx compresses errors only when they are on disk so
