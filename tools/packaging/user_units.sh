#!/bin/sh
# Sets Ventanilla up as user units of the account that runs this, which needs no root. From an unpacked package:
#   dpkg-deb -x ventanilla_VERSION_ARCH.deb ~/ventanilla && ~/ventanilla/usr/share/ventanilla/systemd/user_units.sh
# Again after an upgrade; settings that are there stay.
set -eu

texts=$(cd "$(dirname "$0")" && pwd -P)
root=${texts%/usr/share/ventanilla/systemd}
packaged=$root/lib/systemd/system
config=${XDG_CONFIG_HOME:-$HOME/.config}
units=$config/systemd/user
settings=$config/ventanilla/env

copy_units() {
    mkdir -p "$units"
    for unit in "$packaged"/ventanilla*.target "$packaged"/ventanilla*.socket "$packaged"/ventanilla*.service \
        "$packaged"/ventanilla*.timer; do
        sed -e "s|=/usr/lib/ventanilla/|=$root/usr/lib/ventanilla/|" -e '/^SocketGroup=/d' \
            -e 's/^WantedBy=multi-user.target$/WantedBy=default.target/' "$unit" >"$units/${unit##*/}"
    done
}

# The package's are links to what lies beside this script.
copy_drop_ins() {
    for link in "$packaged"/ventanilla*.d/*.conf; do
        folder=$units/$(basename "$(dirname "$link")")
        mkdir -p "$folder"
        cp "$texts/$(basename "$(readlink "$link")")" "$folder/${link##*/}"
    done
    for kind in ventanilla@ ventanilla-; do
        cp "$texts/user.conf" "$units/$kind.service.d/90-user.conf"
    done
}

create_settings() {
    if [ -e "$settings" ]; then
        return 0
    fi
    mkdir -p "${settings%/*}"
    key=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
    (
        umask 077
        sed -e "s/^SECRET_KEY=\$/SECRET_KEY=$key/" -e "s|^#\(TEMPLATES_DIR\|SQL_DIR\)=|\1=$root|" \
            -e "s|^#MAIL_DIR=.*|MAIL_DIR=$config/ventanilla/mail|" \
            "$root/usr/share/ventanilla/env.example" >"$settings"
    )
}

copy_units
copy_drop_ins
create_settings
systemctl --user daemon-reload
echo "Units in $units, settings in $settings. Next: systemctl --user enable --now ventanilla.target"
