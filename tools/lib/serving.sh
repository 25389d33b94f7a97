#!/bin/bash
# serving.sh DIR PORT DEMO: the supervisor's last step: waits until a page comes through nginx, leaves the file
# DIR/run/serving and says where everything is.
# shellcheck disable=SC1091,SC2154  # names come from the other files
set -euo pipefail

data=$1
port=$2
demo=$3

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
. "$root/tools/lib/demo.sh"

# The status line of the login page. A subshell, so that a refused connection ends no more than itself.
status_line() (
    local line=
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET /login/ HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$port" >&3
    IFS= read -r -t 10 line <&3
    printf '%s' "$line"
)

deadline=$((SECONDS + 30))
until line=$(status_line 2>/dev/null) && [[ $line == "HTTP/1.1 200 "* ]]; do
    ((SECONDS < deadline)) || fail "la página de entrada no responde (${line:-sin respuesta}); mira en $data/log"
    sleep 0.1
done
print_welcome "$data" "$demo" aquí
touch "$data/run/serving"
