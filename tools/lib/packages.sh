# Debian packages in one place: install_packages GROUP... installs what is missing of run, build, test and bench.
# Used by tools/start and tests/run; needs common.sh.
# shellcheck shell=bash disable=SC1091,SC2034,SC2154  # names are shared with the other files

packages_of() {
    case $1 in
        run) echo postgresql nginx ca-certificates openssl fonts-liberation ;;
        build)
            echo build-essential g++ cmake ninja-build ccache pkg-config libfcgi-dev libcgicc-dev
            echo libkainjow-mustache-dev libpq-dev libssl-dev zlib1g-dev libargon2-dev libcrypt-dev libzxcvbn-dev
            echo libgmime-3.0-dev libphonenumber-dev libqrencode-dev libhpdf-dev libcurl4-openssl-dev libcli11-dev nlohmann-json3-dev
            ;;
        test)
            echo libboost-test-dev nodejs npm chromium poppler-utils
            echo clang-format clang-tidy cppcheck
            ;;
        bench) echo wrk procps curl ;;
        *) fail "grupo de paquetes desconocido: $1" ;;
    esac
}

# Some programs often come from elsewhere, and Debian's would get in their way.
comes_from_elsewhere() {
    case $1 in
        nginx) [[ -x /usr/sbin/nginx ]] ;;
        nodejs) command -v node >/dev/null ;;
        npm) command -v npm >/dev/null ;;
        chromium) [[ -x /usr/bin/chromium ]] ;;
        *) return 1 ;;
    esac
}

missing_packages() {
    local installed name
    installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for name in "$@"; do
        if ! grep -qxF "$name installed" <<<"$installed" && ! comes_from_elsewhere "$name"; then
            echo "$name"
        fi
    done
}

# Fills the array `as_root` with what makes a command run as root; fails when nothing does.
find_root() {
    as_root=()
    if ((EUID == 0)); then
        return 0
    fi
    as_root=(sudo)
    command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; }
}

install_packages() {
    local group log wanted='' missing=() as_root
    command -v dpkg-query >/dev/null || fail "esto necesita Debian 12 (no hay dpkg)"
    for group in "$@"; do
        wanted+=" $(packages_of "$group")"
    done
    # shellcheck disable=SC2086  # names of packages, one word each
    mapfile -t missing < <(missing_packages $wanted)
    if ((${#missing[@]} == 0)); then
        return 0
    fi
    find_root || fail "faltan paquetes y no hay permiso de root ni sudo para instalarlos: ${missing[*]}"
    say "Instalando paquetes de Debian: ${missing[*]}"
    log=$(mktemp)
    quietly "$log" "${as_root[@]}" bash "$root/tools/lib/install-as-root.sh" "${missing[@]}" \
        || fail "no se pudieron instalar los paquetes (registro: $log)"
    rm -f "$log"
}
