#!/bin/sh
# Makes a scratch database with CLIENTS (default 100,000) clients, six in ten with an account, and prints how long the
# staff's list takes: its first page beside a bare query of the same rows, searches beside the first page. Then imports a
# file of as many clients with their services, twice.
#
#   PGHOST=... PGPORT=... PGUSER=... tests/bench/client_list.sh [BUILD_DIR]
#
# The role must be allowed to create databases. Needs psql and awk. BUILD_DIR is built with -DVENTANILLA_BENCH=ON.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$root/build/release}
clients=${CLIENTS:-100000}
database=ventanilla_client_bench_$$
folder=$(mktemp -d "${TMPDIR:-/tmp}/client_bench.XXXXXX")
trap 'rm -rf "$folder"; dropdb --if-exists "$database" 2>/dev/null' EXIT INT TERM

createdb --encoding=UTF8 --template=template0 "$database"
export DATABASE_URL="dbname=$database" SECRET_KEY=0123456789abcdef0123456789abcdef
export SQL_DIR="$root/sql" TEMPLATES_DIR="$root/templates" RUN_DIR="$folder" MAIL_DIR="$folder"
"$build/bin/ventanilla" migrar > /dev/null

psql -qXd "$database" -v clients="$clients" <<'SQL'
INSERT INTO account (username, password_hash) SELECT 'cliente' || n, '!' FROM generate_series(1, :clients * 6 / 10) AS n;
INSERT INTO client (full_name, email, phone, address, account_id, created_at)
SELECT first || ' ' || last || ' ' || other,
       CASE WHEN n % 20 > 0 THEN folded(first) || '.' || folded(last) || n || '@ejemplo.com' END,
       CASE WHEN n % 13 > 0 THEN '99' || lpad((n::bigint * 7919 % 100000000)::text, 8, '0') END,
       'Calle ' || n, CASE WHEN n % 10 < 6 THEN (n / 10) * 6 + n % 10 + 1 END, now() - n * interval '1 minute'
FROM (SELECT n,
             ('{María,José,Juan,Guadalupe,Inés,Zoë,Íñigo,Nicolás,Óscar,Citlali,Ana,Luis,Carlos,Rosa,Sofía,Pedro,Elena,Raúl,Lucía,Jorge}'::text[])[n * 31 % 20 + 1] AS first,
             ('{García,Pérez,López,Hernández,Martínez,Gómez,Ruiz,Vázquez,Núñez,Méndez,Sántiz,Jiménez,Cruz,Torres,Flores,Rivera,Morales,Ortiz,Castillo,Reyes}'::text[])[n / 20 % 20 + 1] AS last,
             ('{García,Pérez,López,Hernández,Martínez,Gómez,Ruiz,Vázquez,Núñez,Méndez,Sántiz,Jiménez,Cruz,Torres,Flores,Rivera,Morales,Ortiz,Castillo,Reyes}'::text[])[n / 400 % 20 + 1] AS other
      FROM generate_series(0, :clients - 1) AS n) AS people;
VACUUM ANALYZE client;
VACUUM ANALYZE account;
SQL
"$build/bin/client_list" "$DATABASE_URL"

awk -v clients="$clients" 'BEGIN {
    print "nombre_completo,email,telefono,direccion,servicio,mensualidad,moneda"
    for (i = 1; i <= clients; i++) {
        printf "Nueva Persona %d,persona%d@ejemplo.com,993 %03d %04d,", i, i, i / 10000 % 1000, i % 10000
        printf "\"Calle %d, Col. Centro\",TV + Internet,%d.50,MXN\n", i, 100 + i % 900
    }
}' > "$folder/clients.csv"

now() { date +%s.%N; }
run_import() {
    began=$(now)
    "$build/bin/ventanilla" importar-clientes "$folder/clients.csv" > "$folder/report"
    awk -v from="$began" -v to="$(now)" -v rows="$clients" -v name="$1" 'BEGIN {
        printf "%-44s %d rows/s (%.1f s)\n", name, rows / (to - from), to - from }'
    grep -q "^Rechazadas: 0" "$folder/report"
}
run_import "import of clients with services"
run_import "the same file again"
