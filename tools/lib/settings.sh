# Settings: defaults of the demo, what the caller's environment says instead, and DIR/env. Needs `data`, `bin`, `port`,
# common.sh and demo.sh.
# shellcheck shell=bash disable=SC1091,SC2034,SC2154  # names are shared with the other files

# Those that the demo gives a value; `ventanilla ajustes --nombres` knows the rest.
own_settings=(BASE_URL DATABASE_URL SECRET_KEY MAIL_BACKEND MAIL_DIR RUN_DIR TEMPLATES_DIR SQL_DIR DEMO_HINT)

percent_encode() {
    local LC_ALL=C text=$1 i byte
    for ((i = 0; i < ${#text}; i++)); do
        byte=${text:i:1}
        case $byte in
            [A-Za-z0-9._~-]) printf '%s' "$byte" ;;
            *) printf '%%%02X' "'$byte" ;;
        esac
    done
}

create_secret_key() {
    if [[ ! -s $data/secrets ]]; then
        echo "SECRET_KEY=$(openssl rand -hex 32)" >"$data/secrets.new"
        mv "$data/secrets.new" "$data/secrets"
    fi
}

# In a shell that has read some DIR/env, these are another instance's, or this one's with its old port.
forget_settings_of_env_file() {
    if [[ -n ${VENTANILLA_DATA:-} ]]; then
        unset BASE_URL SECRET_KEY MAIL_DIR TEMPLATES_DIR SQL_DIR DEMO_HINT
    fi
}

# Database and sockets are always DIR's own; everything else may come from the environment.
choose_settings() {
    local hint=$demo_hint
    [[ $demo == 1 ]] || hint=
    forget_settings_of_env_file
    unset "${!PG@}"  # libpq would listen to them
    create_secret_key
    [[ -n ${SECRET_KEY:-} ]] || . "$data/secrets"
    DATABASE_URL="postgresql://ventanilla@/ventanilla?host=$(percent_encode "$data/postgres/socket")"
    RUN_DIR=$data/run
    : "${BASE_URL:=http://127.0.0.1:$port}" "${MAIL_BACKEND:=console}" "${DEMO_HINT=$hint}"
    # Absolute: programs work in DIR, the caller elsewhere.
    MAIL_DIR=$(realpath -m -- "${MAIL_DIR:-$data/mail}")
    TEMPLATES_DIR=$(realpath -m -- "${TEMPLATES_DIR:-$root/templates}")
    SQL_DIR=$(realpath -m -- "${SQL_DIR:-$root/sql}")
    check_path "$TEMPLATES_DIR"
    mkdir -p "$MAIL_DIR" || fail "no se puede crear MAIL_DIR"
    VENTANILLA_DATA=$data
    export VENTANILLA_DATA "${own_settings[@]}"
}

# One line for a shell, whatever the value holds.
export_line() {
    printf "export %s='%s'\n" "$1" "${2//\'/\'\\\'\'}"
}

write_env() {
    local name names
    names=$({ printf '%s\n' "${own_settings[@]}"; "$bin/ventanilla" ajustes --nombres 2>/dev/null || true; } | sort -u)
    {
        export_line VENTANILLA_DATA "$data"
        for name in $names; do
            [[ -z ${!name+set} ]] || export_line "$name" "${!name}"
        done
        printf "export PATH='%s':\"\$PATH\"\n" "${bin//\'/\'\\\'\'}"
    } >"$data/env.new"
    mv "$data/env.new" "$data/env"
}
