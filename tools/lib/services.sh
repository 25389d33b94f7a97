# Writes what nginx and the supervisor read. Needs `data`, `bin`, `port`, `demo`, `pg_bin` and the other files here.
# shellcheck shell=bash disable=SC1091,SC2034,SC2154  # names are shared with the other files

# A path in DIR holds nothing that sed or nginx's quotes would misread (check_path).
write_nginx_configuration() {
    local file user="# (not root)"
    if ((EUID == 0)); then
        user="user root;"
    fi
    sed -e "s|@USER@|$user|" -e "s|@DATA@|$data|" -e "s|@PORT@|$port|" "$root/nginx/demo.conf" >"$data/nginx/nginx.conf"
    for file in http headers fastcgi locations; do
        sed -e "s|/run/ventanilla/|$data/run/|" -e "s|/var/lib/ventanilla/errors/|$data/nginx/errors/|" \
            -e "s|/usr/share/ventanilla/templates/|$TEMPLATES_DIR/|" \
            "$root/nginx/$file.conf" >"$data/nginx/ventanilla/$file.conf"
    done
    rm -f "$data/nginx/nginx.pid"  # the supervisor waits for it
}

service() {
    local IFS=$'\t'
    printf '%s\n' "$*"
}

write_services() {
    local name postgres
    mapfile -t postgres < <(postgres_command)
    {
        service postgres "ready=$data/postgres/socket/.s.PGSQL.5432" stop=INT,QUIT grace=10 \
            "log=$data/log/postgres.log" -- "${postgres[@]}"
        service prepare oneshot timeout=600 "log=$data/log/prepare.log" -- \
            "$BASH" "$root/tools/lib/prepare.sh" "$data" "$bin" "$pg_bin"
        for name in "${handlers[@]}"; do
            service "$name" "socket=$data/run/$name.sock" "log=$data/log/$name.log" -- "$bin/$name"
        done
        service worker -- "$bin/worker"
        service nginx "ready=$data/nginx/nginx.pid" stop=QUIT,TERM "log=$data/log/nginx.log" -- \
            /usr/sbin/nginx -e "$data/log/error.log" -p "$data/nginx" -c "$data/nginx/nginx.conf"
        service serving oneshot -- "$BASH" "$root/tools/lib/serving.sh" "$data" "$port" "$demo"
    } >"$data/run/services"
    rm -f "$data/run/serving"
}
