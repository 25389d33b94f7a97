#!/bin/bash
# ventanilla-instalar: from the installed package to a site that answers. See usage below. Each step looks first whether
# it was done, so running it again changes nothing.
set -euo pipefail

settings=/etc/ventanilla/env
site=/etc/nginx/sites-available/ventanilla.conf
example=portal.example.org
example_certificates=/etc/ventanilla/tls

usage() {
    cat <<END
Uso: ventanilla-instalar DOMINIO [CERTIFICADOS]

Prepara la base de datos de esta máquina, el esquema, las páginas de error y el sitio https://DOMINIO/ en nginx.
Lo que ya está hecho no se toca: repetirla no hace daño. Después: ventanilla crear-admin

  CERTIFICADOS  carpeta con fullchain.pem y privkey.pem (/etc/letsencrypt/live/DOMINIO, la de certbot)

Con DATABASE_URL en $settings la base de datos está en otra parte: no se crea ninguna.
Termina con 0 si el sitio quedó en marcha, con 100 si la orden está mal escrita, con 1 si algo falló.
END
}

say() {
    printf '✅ %s\n' "$*"
}

fail() {
    printf 'ventanilla-instalar: %s\n' "$2" >&2
    exit "$1"
}

read_arguments() {
    if [[ ${1:-} == --help ]]; then
        usage
        exit 0
    fi
    (($# >= 1 && $# <= 2)) || fail 100 "falta el dominio, o sobra algo (--help lo explica)"
    [[ $1 =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || fail 100 "$1 no es un dominio"
    domain=$1
    certificates=$(realpath -ms -- "${2:-/etc/letsencrypt/live/$domain}")
    [[ $certificates =~ ^[A-Za-z0-9/._-]+$ ]] || fail 100 "la carpeta $certificates lleva caracteres que no sirven aquí"
}

check_machine() {
    ((EUID == 0)) || fail 1 "hace falta root"
    local file
    for file in fullchain.pem privkey.pem; do
        [[ -s $certificates/$file ]] || fail 1 "falta $certificates/$file: pide antes el certificado (certbot certonly)"
    done
    command -v nginx >/dev/null || fail 1 "no está instalado nginx"
}

database_is_elsewhere() {
    grep -q '^DATABASE_URL=' "$settings"
}

# query SQL: its answer, from the server's own account.
query() {
    runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1 -d postgres -c "$1"
}

prepare_database() {
    if database_is_elsewhere; then
        return 0
    fi
    command -v psql >/dev/null || fail 1 "no está instalado PostgreSQL"
    if [[ -z $(query "SELECT 1 FROM pg_roles WHERE rolname = 'ventanilla'") ]]; then
        query "CREATE ROLE ventanilla LOGIN"
    fi
    if [[ -z $(query "SELECT 1 FROM pg_database WHERE datname = 'ventanilla'") ]]; then
        query "CREATE DATABASE ventanilla OWNER ventanilla TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
    fi
    say "Base de datos ventanilla"
}

# Only when nobody has chosen an address.
write_address() {
    sed -i "s|^#BASE_URL=.*|BASE_URL=https://$domain|" "$settings"
    grep -q "^BASE_URL=\"\?https://$domain\"\?\$" "$settings" || fail 1 "BASE_URL en $settings es otra que https://$domain"
}

bring_up() {
    systemctl start ventanilla-setup.service || fail 1 "el esquema no quedó al día: journalctl -u ventanilla-setup"
    systemctl restart ventanilla.target
    say "Esquema, páginas de error, programas"
}

enable_site() {
    sed -i -e "s|$example_certificates/|$certificates/|" -e "s|\b${example//./\\.}\b|$domain|g" "$site"
    ln -sfn ../sites-available/ventanilla.conf /etc/nginx/sites-enabled/ventanilla.conf
    nginx -t -q || fail 1 "nginx no acepta $site"
    systemctl reload-or-restart nginx.service
    say "https://$domain/"
}

read_arguments "$@"
check_machine
prepare_database
write_address
bring_up
enable_site
