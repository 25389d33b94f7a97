#!/bin/bash
# package_life.sh OLD.deb NEW.deb: installs, upgrades, removes and purges the package in a copy of this machine that
# is gone afterwards: an overlay over / in a mount namespace of its own (`unshare --mount`, as root). Prints a line a step;
# ends with 0 when all held, 77 where no such copy can be made.
set -uo pipefail

old=$(realpath -- "$1")
new=$(realpath -- "$2")
failed=0

expect() {
    if [[ $2 == "$3" ]]; then
        echo "ok   $1"
    else
        echo "FAIL $1: got '$2', wanted '$3'"
        failed=1
    fi
}

# Sets `copy`. Its changes are in memory.
make_copy() {
    copy=$(mktemp -d)
    trap 'umount -l "$copy/root" "$copy" 2>/dev/null; rmdir "$copy"' EXIT
    mount --make-rprivate / && mount -t tmpfs none "$copy" && mkdir "$copy"/{upper,work,root,debs} &&
        mount -t overlay -o "lowerdir=/,upperdir=$copy/upper,workdir=$copy/work" none "$copy/root" &&
        mount --bind /dev "$copy/root/dev" && mount -t tmpfs none "$copy/root/tmp" && mount -t tmpfs none "$copy/root/run" &&
        cp "$old" "$copy/root/tmp/old.deb" && cp "$new" "$copy/root/tmp/new.deb"
}

inside() {
    chroot "$copy/root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
}

# How a step of dpkg ended; what it said is shown when it failed.
package() {
    local said
    if said=$(inside dpkg "$@" 2>&1); then
        echo 0
    else
        echo "$said" >&2
        echo failed
    fi
}

there() {
    inside sh -c 'for path; do if [ -e "$path" ] || [ -L "$path" ]; then printf "%s " "${path##*/}"; fi; done' sh "$@"
}

settings=/etc/ventanilla/env
site=/etc/nginx/sites-available/ventanilla.conf
wanted=/etc/systemd/system/multi-user.target.wants/ventanilla.target

first_installation() {
    expect "it installs" "$(package -i /tmp/old.deb)" 0
    expect "the settings are for root and the group" "$(inside stat -c '%a %U %G' "$settings")" "640 root ventanilla"
    expect "they have a key of their own" "$(inside grep -cE '^SECRET_KEY=[0-9a-f]{64}$' "$settings")" 1
    expect "the target is enabled" "$(there "$wanted")" "ventanilla.target "
    expect "root's command line runs as the user" "$(inside ventanilla ajustes --nombres | head -n 1)" BASE_URL
    expect "and keeps to the settings" \
        "$(inside env DATABASE_URL='host=/nonexistent' ventanilla migrar >/dev/null 2>&1; echo $?)" 111
    expect "the set-up wants a name" "$(inside ventanilla-instalar >/dev/null 2>&1; echo $?)" 100
    expect "and its certificate before it touches anything" \
        "$(inside ventanilla-instalar portal.ejemplo.com /nonexistent 2>&1 >/dev/null | grep -c fullchain.pem)" 1
    expect "the old name is there" "$(inside crear_usuarios_clientes --help | grep -c -- --salida)" 1
}

upgrade() {
    inside sed -i 's/^#CODE_LENGTH=4/CODE_LENGTH=6/' "$settings"
    inside sed -i 's/portal.example.org/portal.ejemplo.com/' "$site"
    local before
    before=$(inside sha256sum "$settings" "$site")
    expect "it upgrades" "$(package -i /tmp/new.deb)" 0
    expect "settings and site are as they were" "$(inside sha256sum "$settings" "$site")" "$before"
    expect "an administrator's disabling" "$(inside systemctl disable ventanilla.target >/dev/null 2>&1; there "$wanted")" ""
    expect "survives" "$(package -i /tmp/new.deb)$(there "$wanted")" 0
}

removal() {
    inside mkdir -p /var/lib/ventanilla/mail /etc/ventanilla/tls
    expect "it is removed" "$(package -r ventanilla)" 0
    expect "programs go, settings, site and data stay" \
        "$(there /usr/lib/ventanilla /lib/systemd/system/ventanilla.target "$settings" "$site" /var/lib/ventanilla/mail)" \
        "env ventanilla.conf mail "
    expect "it is purged" "$(package -P ventanilla)" 0
    expect "all of it goes, but what it did not put there" \
        "$(there "$settings" "$site" /var/lib/ventanilla "$wanted" /usr/share/ventanilla /etc/ventanilla/tls)" "tls "
    expect "the user stays" "$(inside id -un ventanilla)" ventanilla
}

make_copy || exit 77
# A package of the machine's own would be in the way.
inside dpkg --purge ventanilla >/dev/null 2>&1
first_installation
upgrade
removal
exit "$failed"
