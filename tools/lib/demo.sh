# Demo data and what people are told about it. Needs common.sh; BASE_URL and MAIL_DIR are in the environment.
# shellcheck shell=bash disable=SC1091,SC2034,SC2154  # names are shared with the other files

demo_staff_user="admin"
demo_staff_email=admin@ejemplo.com
demo_staff_password=ventanilla-demo
demo_hint="Demostración: personal con usuario $demo_staff_user y contraseña $demo_staff_password"

# An archived account that a code brings back, and one that its old password brings back at once.
demo_archived_email=familia@ejemplo.com
demo_archived_user=maria
demo_archived_password=Recuerdo2015

# A client with access, and the others without: staff hand it out.
demo_client_email=sofia@ejemplo.com
demo_client_password=portal-demo-2026

# Exit code 3 says that some rows were refused, which real data may well have.
import_archive() {
    ventanilla importar-archivo --tabla "$1" "$2" || (($? == 3))
}

# load_demo DIR: the files are copied first, since refused rows are written beside them.
load_demo() {
    cp -r "$root/sql/demo/." "$1"
    import_archive usuarios_archivados "$1/usuarios_archivados.csv"
    import_archive auth_user "$1/auth_user.dumpdata.json"
    printf '%s\n' "$demo_staff_password" | ventanilla crear-admin --usuario "$demo_staff_user" \
        --email "$demo_staff_email" --contrasena-stdin
    ventanilla importar-clientes "$1/clientes.csv"
    ventanilla generar-cargos --mes "$(date +%Y-%m)" >/dev/null
    printf '%s\n' "$demo_client_password" |
        ventanilla crear-usuario --email "$demo_client_email" --contrasena-stdin >/dev/null
}

print_demo_accounts() {
    cat <<END

  Personal:      usuario $demo_staff_user, contraseña $demo_staff_password
  Cliente:       usuario $demo_client_email, contraseña $demo_client_password

  Recuperar una cuenta archivada, en menos de un minuto:
    1. Abre $BASE_URL/datos-archivados/buscar-usuario/
    2. Escribe $demo_archived_email y elige la cuenta
    3. El código de 4 dígitos llega en un correo; escríbelo y pon una contraseña nueva
END
    if [[ -n $demo_archived_user ]]; then
        cat <<END
  O entra sin código con la contraseña del sistema anterior:
    usuario $demo_archived_user, contraseña $demo_archived_password
END
    fi
}

# print_welcome DIR DEMO WHERE: WHERE says where mails are shown.
print_welcome() {
    printf '\nVentanilla está en marcha: %s/\n' "$BASE_URL"
    if [[ $2 == 1 ]]; then
        print_demo_accounts
    fi
    cat <<END

  Los correos se muestran $3 y se guardan en $MAIL_DIR
  Registros en $1/log; para usar la línea de órdenes:  . $1/env; ventanilla --help

END
}
