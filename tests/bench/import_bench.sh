#!/bin/sh
# Imports a CSV of ROWS (default 1,000,000) accounts into a scratch database and prints rows per second and the greatest
# memory of the program; then, in the same run, what a bare COPY of the same file into a table with the same indexes takes.
#
#   PGHOST=... PGPORT=... PGUSER=... tests/bench/import_bench.sh [BUILD_DIR]
#
# The role must be allowed to create databases. Needs psql, awk, and GNU time (apt: time) or /proc.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/release}
rows=${ROWS:-1000000}
database=ventanilla_import_bench_$$
folder=$(mktemp -d "${TMPDIR:-/tmp}/import_bench.XXXXXX")
trap 'rm -rf "$folder"; dropdb --if-exists "$database" 2>/dev/null' EXIT INT TERM

createdb --encoding=UTF8 --template=template0 "$database"
export DATABASE_URL="dbname=$database" SECRET_KEY=0123456789abcdef0123456789abcdef
export SQL_DIR="$root/sql" TEMPLATES_DIR="$root/templates" RUN_DIR="$folder" MAIL_DIR="$folder"
"$build/bin/ventanilla" migrar > /dev/null

# Names in an order of their own, so that the indexes are filled as by real people, not from left to right.
awk -v rows="$rows" 'BEGIN {
    print "id,username,email,password,first_name,last_name,is_active,date_joined,last_login"
    for (i = 1; i <= rows; i++) {
        n = (i * 7919) % 1000003
        printf "%d,persona%06d,persona%06d@ejemplo.com,pbkdf2_sha256$260000$salt%08d$", i, n, n, i
        printf "bX%06dkq3VZt1m0c9nQ5pYwR7uJ2sL8hG4fD6aKx=,Nombre,\"Apellido, Segundo\",t,", n
        printf "2015-03-17 22:52:39+00,%s\n", i % 3 ? "2019-07-13 16:44:55+00" : ""
    }
}' > "$folder/accounts.csv"
psql -qd "$database" -c CHECKPOINT

seconds() { awk -v from="$1" -v to="$2" 'BEGIN { printf "%.2f", to - from }'; }
per_second() { awk -v rows="$rows" -v seconds="$1" 'BEGIN { printf "%d", rows / seconds }'; }
now() { date +%s.%N; }

run_import() {
    began=$(now)
    "$build/bin/ventanilla" importar-archivo --tabla usuarios_archivados "$folder/accounts.csv" \
        > "$folder/report" &
    import=$!
    peak=0
    while [ -r "/proc/$import/status" ]; do
        memory=$(awk '/^VmHWM/ { print $2 }' "/proc/$import/status" 2> /dev/null) || break
        [ -z "$memory" ] || peak=$memory
        sleep 0.1
    done
    wait "$import"
    took=$(seconds "$began" "$(now)")
}

run_import
first=$took
echo "file:          $rows rows, $(du -h "$folder/accounts.csv" | cut -f1)"
echo "import:        $(per_second "$first") rows/s ($first s), at most $((peak / 1024)) MiB"
run_import
echo "second run:    $(per_second "$took") rows/s ($took s), at most $((peak / 1024)) MiB, $(grep '^Nuevas' "$folder/report")"

psql -qd "$database" -c 'CREATE TABLE bare (LIKE archived_user INCLUDING DEFAULTS INCLUDING INDEXES)' -c CHECKPOINT
began=$(now)
psql -qd "$database" -c "\\copy bare (legacy_id, username, email, password_hash, first_name, last_name, is_active, date_joined, last_login) FROM '$folder/accounts.csv' WITH (FORMAT csv, HEADER)"
bare=$(seconds "$began" "$(now)")
echo "bare COPY:     $(per_second "$bare") rows/s ($bare s)"
awk -v import="$first" -v bare="$bare" 'BEGIN { printf "import / bare: %.2f of its speed\n", bare / import }'
