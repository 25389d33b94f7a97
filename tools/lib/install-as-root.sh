#!/bin/bash
# install-as-root.sh PACKAGE...: installs Debian packages without letting them start or set up anything: PostgreSQL
# would create and start a cluster of the system's own, nginx would take port 80. Both are private matters of DIR here.
# What keeps them quiet is taken away again when this script ends, however it ends.
set -euo pipefail

policy=/usr/sbin/policy-rc.d
cluster_rule=/etc/postgresql-common/createcluster.d/ventanilla-install.conf
undo=()

clean_up() {
    local path
    for path in "${undo[@]}"; do
        rm -f "$path"
    done
    # Only ours when empty; a package may have put something in.
    rmdir --ignore-fail-on-non-empty /etc/postgresql-common/createcluster.d 2>/dev/null || true
}
trap clean_up EXIT

# Packages ask this script whether they may start their services. An administrator's own stays as it is.
forbid_service_starts() {
    if [[ ! -e $policy ]]; then
        undo+=("$policy")
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
}

forbid_system_cluster() {
    undo+=("$cluster_rule")
    mkdir -p "${cluster_rule%/*}"
    echo "create_main_cluster = false" >"$cluster_rule"
}

# Debian enables nginx at the next boot; nobody asked for that.
keep_nginx_off() {
    update-rc.d nginx disable
}

export DEBIAN_FRONTEND=noninteractive
forbid_service_starts
forbid_system_cluster
apt-get -qq update || echo "apt-get update failed; trying with the lists at hand" >&2
apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold install "$@"
if [[ " $* " == *" nginx "* ]]; then
    keep_nginx_off
fi
