# Our programs: which there are, where they are, how they are built. Needs common.sh and packages.sh.
# shellcheck shell=bash disable=SC1091,SC2034,SC2154  # names are shared with the other files

# In SPEC.md's order; nginx/locations.conf has the same names.
handlers=(login account_search claim verify_code resend_code portal payments admin_clients admin_bulk_action)
other_programs=(worker ventanilla ventanilla-supervisor)

# Sets `bin`. Tests bring a build of their own (VENTANILLA_BUILD_DIR); then nothing is installed or built.
provide_programs() {
    if [[ -n ${VENTANILLA_BUILD_DIR:-} ]]; then
        bin=$(realpath -m -- "$VENTANILLA_BUILD_DIR")/bin
    else
        install_packages run build
        build_programs
        bin=$root/build/release/bin
    fi
    local name
    for name in "${handlers[@]}" "${other_programs[@]}"; do
        [[ -x $bin/$name ]] || fail "falta el programa $bin/$name"
    done
}

build_programs() {
    local build=$root/build/release
    mkdir -p "$root/build"
    exec 8>"$root/build/release.lock"
    flock 8  # another instance may be building the same
    if [[ ! -f $build/build.ninja ]]; then
        quietly "$root/build/release.log" \
            cmake -S "$root" -B "$build" -G Ninja -DVENTANILLA_TESTS=OFF || fail "no se pudo preparar la compilación"
    fi
    if [[ $(ninja -C "$build" -n 2>&1 | tail -n 1) != *"no work to do."* ]]; then
        say "Compilando (la primera vez tarda unos minutos)..."
        quietly "$root/build/release.log" ninja -C "$build" || fail "no se pudo compilar"
    fi
    exec 8>&-
}
