#!/bin/bash
# A month's charges for 200,000 services of 100,000 clients in one step, a tenth of them with credit that pays; then the
# same rows written bare in the same run: no foreign keys, no triggers, the same indexes.
#
#   DATABASE_URL=... tests/bench/charges_bench.sh BUILD_DIR      (an empty, migrated database)
set -euo pipefail

build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
root=$(cd "$(dirname "$0")/../.." && pwd)
export SECRET_KEY=0123456789abcdef0123456789abcdef SQL_DIR=$root/sql TEMPLATES_DIR=$root/templates RUN_DIR=$folder MAIL_DIR=$folder

sql() { psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" "$@"; }

add_services() {
    sql <<'SQL' 2> >(grep -v 'only superuser can vacuum' >&2)
INSERT INTO client (full_name, email) SELECT 'Cliente ' || n, 'cliente' || n || '@ejemplo.com' FROM generate_series(1, 100000) n;
INSERT INTO service (client_id, name, monthly_amount)
    SELECT client.id, 'Internet ' || n, 100 + client.id % 500 FROM client, generate_series(1, 2) n;
INSERT INTO ledger_entry (client_id, kind, amount, currency) SELECT id, 'payment', -150, 'MXN' FROM client WHERE id % 10 = 0;
VACUUM ANALYZE;
SQL
}

# timed COMMAND...: sets `took` (seconds) and `peak` (KiB that the program had at most); its output is in $folder/report.
timed() {
    local began pid memory
    began=$(date +%s.%N) peak=0
    "$@" >"$folder/report" &
    pid=$!
    while memory=$(awk '/^VmHWM/ {print $2}' "/proc/$pid/status" 2>/dev/null) && [[ -n $memory ]]; do
        peak=$memory
        sleep 0.02
    done
    wait "$pid"
    took=$(awk -v from="$began" -v to="$(date +%s.%N)" 'BEGIN {printf "%.2f", to - from}')
}

write_bare() {
    sql -c 'INSERT INTO bare_charge SELECT * FROM charge' \
        -c 'INSERT INTO bare_entry OVERRIDING SYSTEM VALUE SELECT * FROM ledger_entry WHERE charge_id IS NOT NULL'
}

add_services
timed "$build/bin/ventanilla" generar-cargos --mes 2026-11
ours=$took
rows=$(awk '/^Nuevos/ {print $2}' "$folder/report")
printf "%-28s %d in %s s: %d a second; the program at most %d KiB\n" "month's charges" "$rows" "$took" \
    "$(awk -v n="$rows" -v s="$took" 'BEGIN {printf "%d", n / s}')" "$peak"
timed "$build/bin/ventanilla" generar-cargos --mes 2026-11
printf '%-28s %s s, %s new\n' "the same month again" "$took" "$(awk '/^Nuevos/ {print $2}' "$folder/report")"
sql -c 'CREATE TABLE bare_charge (LIKE charge INCLUDING ALL)' -c 'CREATE TABLE bare_entry (LIKE ledger_entry INCLUDING ALL)'
timed write_bare
printf '%-28s %s s; ours takes %s times as long\n' "the same rows, bare" "$took" \
    "$(awk -v a="$ours" -v b="$took" 'BEGIN {printf "%.1f", a / b}')"
