#!/bin/bash
# Bulk creation in the worker of a running instance (DIR of tools/start) beside the bare hash on all cores, in turn, and
# the worker's memory meanwhile:  tests/bench/jobs_bench.sh DIR BIN
set -euo pipefail

data=$1 bin=$2
clients=${CLIENTS:-2000} rounds=${ROUNDS:-3}
# shellcheck disable=SC1091
. "$data/env"
ask() { psql -qXAt "$DATABASE_URL" -c "$1"; }

worker_pid() { pgrep -f "^$bin/worker\$" | while read -r pid; do [[ $(readlink "/proc/$pid/cwd") != "$data"* ]] || echo "$pid"; done | head -n 1; }

# Sets `rate`, and raises `pss` and `rss` (KiB).
run_job() {
    local job pid memory
    ask "INSERT INTO client (full_name, email, phone) SELECT 'Cliente ' || n, 'r$1c' || n || '@ejemplo.com', (9930000000 + n)::text
         FROM generate_series(1, $clients) n; ANALYZE client" >/dev/null
    job=$(ask "INSERT INTO bulk_job (action, created_at) VALUES ('crear_usuario_portal', now()) RETURNING id")
    ask "INSERT INTO bulk_job_item (job_id, client_id) SELECT $job, id FROM client WHERE account_id IS NULL ORDER BY id;
         UPDATE bulk_job SET status = 'queued' WHERE id = $job"
    pid=$(worker_pid)
    until [[ $(ask "SELECT status FROM bulk_job WHERE id = $job") == done ]]; do
        memory=$(awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup")
        ((memory <= pss)) || pss=$memory
        sleep 0.5
    done
    memory=$(awk '/^VmHWM/ {print $2}' "/proc/$pid/status")
    ((memory <= rss)) || rss=$memory
    rate=$(ask "SELECT $clients / extract(epoch FROM finished_at - started_at) FROM bulk_job WHERE id = $job")
}

# CPU time in ms of a process so far: what other programs on the machine cannot blur.
cpu() { awk -v tick="$(getconf CLK_TCK)" '{print ($14 + $15) * 1000 / tick}' "/proc/$1/stat"; }
backend_pid() { ask "SELECT pid FROM pg_stat_activity WHERE application_name = 'ventanilla worker' LIMIT 1"; }

pss=0 rss=0 ratios=()
worker_began=$(cpu "$(worker_pid)") backend_began=$(cpu "$(backend_pid)")
for ((round = 1; round <= rounds; round++)); do
    before=$(nice -n 19 "$bin/bare_hash" 400)  # as the worker hashes
    run_job "$round"
    after=$(nice -n 19 "$bin/bare_hash" 400)
    ratios+=("$(awk -v a="$rate" -v b="$before" -v c="$after" 'BEGIN {printf "%.3f", a / ((b + c) / 2)}')")
done
printf '%-28s %s ms CPU of the worker, hash included, and %s ms of its database session\n' "a client in bulk creation" \
    "$(awk -v a="$(cpu "$(worker_pid)")" -v b="$worker_began" -v n="$((clients * rounds))" 'BEGIN {printf "%.2f", (a - b) / n}')" \
    "$(awk -v a="$(cpu "$(backend_pid)")" -v b="$backend_began" -v n="$((clients * rounds))" 'BEGIN {printf "%.2f", (a - b) / n}')"
sleep 2
printf '%-28s ratio %s (rounds %s; last %.1f against %.1f a second), goal at least 0.95\n' "bulk creation" \
    "$(printf '%s\n' "${ratios[@]}" | sort -g | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}')" "${ratios[*]}" "$rate" \
    "$(awk -v b="$before" -v c="$after" 'BEGIN {print (b + c) / 2}')"
printf '%-28s %.1f MiB PSS, %.1f MiB resident at most; %.1f MiB PSS afterwards\n' "worker during $clients clients" \
    "$(awk -v k="$pss" 'BEGIN {print k / 1024}')" "$(awk -v k="$rss" 'BEGIN {print k / 1024}')" \
    "$(awk '/^Pss:/ {print $2 / 1024}' "/proc/$(worker_pid)/smaps_rollup")"
