#!/bin/sh
# ventanilla, crear_usuarios_clientes: the command line with the settings of /etc/ventanilla/env. What the caller's
# environment says goes before the file. Root becomes the user ventanilla, to whom the database belongs; it keeps
# root's right to read and write files anywhere, so that lists can be imported from where they are.
set -eu

settings=/etc/ventanilla/env
programs=/usr/lib/ventanilla
user=ventanilla

# VALUE as systemd reads it from a line of an EnvironmentFile=; nothing in it is run or expanded.
plain_value() {
    case $1 in
        \"*\") value=${1#\"} && printf '%s' "${value%\"}" | sed 's/\\\(["\\`$]\)/\1/g' ;;
        \'*\') value=${1#\'} && printf '%s' "${value%\'}" ;;
        *) printf '%s' "$1" | sed 's/\\\(.\)/\1/g' ;;
    esac
}

read_settings() {
    while read -r line || [ -n "$line" ]; do
        case $line in
            '#'* | ';'* | '') continue ;;
            [A-Z]*=*) ;;
            *) continue ;;
        esac
        name=${line%%=*}
        case $name in *[!A-Z0-9_]*) continue ;; esac
        if eval "[ -z \"\${$name+set}\" ]"; then
            eval "$name=\$(plain_value \"\${line#*=}\")"
            export "${name?}"
        fi
    done <"$settings"
}

if [ -r "$settings" ]; then
    read_settings
fi
program=$programs/${0##*/}
if [ "$(id -u)" -eq 0 ]; then
    exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups \
        --inh-caps=-all,+dac_override --ambient-caps=-all,+dac_override --bounding-set=-all,+dac_override \
        -- "$program" "$@"
fi
exec "$program" "$@"
