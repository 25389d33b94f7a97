# One instance is one DIR (`data`). Needs common.sh and programs.sh.
#
# DIR/supervisor.pid holds the supervisor's number and is locked (flock) as long as it lives: the lock tells the truth
# even when the number is old. tools/start takes it as descriptor 9 and becomes the supervisor; children don't get it.
# shellcheck shell=bash disable=SC1091,SC2034,SC2154  # names are shared with the other files

# Paths go through sed into nginx's configuration, into a connection URI and into PostgreSQL's list of folders.
check_path() {
    local unusable='[[:cntrl:]]|["$|&;{}#%:,`*?<>\\]|\['
    if [[ $1 =~ $unusable || $1 == *\'* ]]; then
        fail "la ruta $1 lleva caracteres que no sirven aquí; usa letras, números, espacios, puntos y guiones"
    fi
}

# Sets `data`.
choose_data() {
    data=$(realpath -m -- "$1")
    check_path "$data"
    check_path "$root"
    local longest=$data/postgres/socket/.s.PGSQL.5432
    local LC_ALL=C  # bytes, not characters
    if ((${#longest} > 107)); then
        fail "la ruta $data es demasiado larga: un socket Unix admite 107 bytes y aquí tendría ${#longest}"
    fi
}

create_data() {
    (
        umask 077
        mkdir -p "$data"/{run,log,mail,postgres} "$data"/nginx/{tmp,errors,ventanilla} 2>/dev/null
    ) || fail "no se puede escribir en $data"
    [[ -w $data ]] || fail "no se puede escribir en $data"
}

running_pid() {
    [[ -f $data/supervisor.pid ]] && ! flock -n "$data/supervisor.pid" true && cat "$data/supervisor.pid"
}

lock_instance() {
    exec 9<>"$data/supervisor.pid"
    flock -n 9 || fail "ya hay una instancia en marcha en $data (proceso $(cat "$data/supervisor.pid"))"
    echo "$$" >"$data/supervisor.pid"
}

# Numbers of this instance's processes, whoever is their parent now: all of them work inside DIR.
instance_processes() {
    local process cwd program
    find /proc -mindepth 2 -maxdepth 2 -name cwd -printf '%h %l\n' 2>/dev/null | while read -r process cwd; do
        if [[ $cwd == "$data" || $cwd == "$data"/* ]]; then
            program=$(readlink "$process/exe" 2>/dev/null) || continue
            program=${program% (deleted)}
            case " postgres nginx worker ventanilla-supervisor ${handlers[*]} " in
                *" ${program##*/} "*) echo "${process#/proc/}" ;;
            esac
        fi
    done
}

# Waits up to SECONDS until none is left.
wait_until_gone() {
    local deadline=$((SECONDS + $1))
    while [[ -n $(instance_processes) ]]; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# What a supervisor that was killed left behind is on its way out (each child got its stop signal); else it is killed.
clear_leftovers() {
    if wait_until_gone "$1"; then
        return 0
    fi
    instance_processes | xargs -r kill -KILL 2>/dev/null || true
    wait_until_gone 5 || fail "quedan procesos en $data: $(instance_processes | tr '\n' ' ')"
}
