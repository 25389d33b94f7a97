#!/bin/bash
# documents.sh PROGRAMS ROOT VERSION: what the package says about itself, written into ROOT (its /usr) while it is put
# together: man pages and completion from what the programs in PROGRAMS say by --help, copyright, changelog.
# shellcheck disable=SC1091,SC2016,SC2154  # names come from tools/lib; the completion's own are written as they stand
set -euo pipefail
export LC_ALL=C.UTF-8

programs=$1
root=$2
version=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
. "$here/../lib/programs.sh"  # the array `handlers`

# The same every time: no name and no time in the gzip header.
packed() {
    mkdir -p "${1%/*}"
    gzip -9n >"$1.gz"
}

# Text as it stands, for roff.
verbatim() {
    printf '.nf\n'
    sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"
    printf '.fi\n'
}

# man_head NAME SECTION SUMMARY
man_head() {
    printf '.TH %s %s "" "Ventanilla %s" "Ventanilla"\n.SH NAME\n%s \\- %s\n' "${1^^}" "$2" "$version" "$1" "$3"
}

see_also() {
    printf '.SH SEE ALSO\n.BR ventanilla (1),\n.BR ventanilla\\-env (5),\n.BR ventanilla (7)\n'
}

manual_of() {
    "$programs/$1" --help
}

handler_page() {
    local text
    text=$(manual_of "$1")
    man_head "ventanilla-$1" 8 "handler $1: $(sed -n "1s/^$1 - //p" <<<"$text")"
    printf '.SH SYNOPSIS\n.B /usr/lib/ventanilla/%s\n.RB [ \\-\\-check | \\-\\-help ]\n' "$1"
    printf '.PP\n.B systemctl restart ventanilla@%s\n.SH DESCRIPTION\n' "$1"
    tail -n +2 <<<"$text" | verbatim
    see_also
}

worker_page() {
    man_head ventanilla-worker 8 "mails, jobs of staff, and the work that comes round"
    printf '.SH SYNOPSIS\n.B /usr/lib/ventanilla/worker\n.RB [ \\-\\-once | \\-\\-check | \\-\\-help ]\n'
    printf '.PP\n.B systemctl restart ventanilla\\-worker\n.SH DESCRIPTION\n'
    manual_of worker | tail -n +3 | verbatim
    see_also
}

installer_page() {
    man_head ventanilla-instalar 8 "from the installed package to a site that answers"
    printf '.SH SYNOPSIS\n.B ventanilla\-instalar\nDOMINIO [CERTIFICADOS]\n.SH DESCRIPTION\n'
    "$here/ventanilla_instalar.sh" --help | verbatim
    see_also
}

commands() {
    manual_of ventanilla | sed -n '/^Órdenes:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}

command_line_page() {
    local name
    man_head ventanilla 1 "what the operator does from a shell"
    printf '.SH SYNOPSIS\n.B ventanilla\nORDEN [OPCIONES]\n.SH DESCRIPTION\n'
    manual_of ventanilla | verbatim
    printf '.SH COMMANDS\n'
    for name in $(commands); do
        printf '.SS %s\n' "${name//-/\\-}"
        # Up to the exit codes, which stand above.
        "$programs/ventanilla" "$name" --help | sed '/^Códigos de salida:/,$d' | verbatim
    done
    printf '.SH FILES\n.I /etc/ventanilla/env\n.PP\nThe settings. Root becomes the user ventanilla, and keeps the right to read and write files anywhere.\n'
    see_also
}

# From the documented example: headings, meanings, defaults.
settings_page() {
    man_head ventanilla-env 5 "settings of Ventanilla, /etc/ventanilla/env"
    printf '.SH DESCRIPTION\n'
    awk '
        function roff(text) { gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); return text }
        /^# --- .* ---$/ { sub(/^# --- /, ""); sub(/ ---$/, ""); print ".SH \"" toupper(roff($0)) "\""; next }
        /^#?[A-Z][A-Z0-9_]*=/ {
            sub(/^#/, "")
            at = index($0, "=")
            value = roff(substr($0, at + 1))
            gsub(/"/, "\\(dq", value)
            printf ".TP\n.BR %s \" = %s\"\n%s\n", substr($0, 1, at - 1), value, meaning
            meaning = ""
            next
        }
        /^# / { sub(/^# /, ""); meaning = (meaning == "" ? "" : meaning "\n") roff($0); next }
        /^$/ && meaning != "" { print meaning; meaning = "" }
    ' "$root/share/ventanilla/env.example"
    see_also
}

write_manuals() {
    local man=$root/share/man name
    command_line_page | packed "$man/man1/ventanilla.1"
    ln -sf ventanilla.1.gz "$man/man1/crear_usuarios_clientes.1.gz"
    settings_page | packed "$man/man5/ventanilla-env.5"
    sed "s/@VERSION@/$version/" "$here/ventanilla.7" | packed "$man/man7/ventanilla.7"
    worker_page | packed "$man/man8/ventanilla-worker.8"
    installer_page | packed "$man/man8/ventanilla-instalar.8"
    for name in "${handlers[@]}"; do
        handler_page "$name" | packed "$man/man8/ventanilla-$name.8"
    done
}

options_of() {
    "$programs/ventanilla" "$@" --help | grep -oE -- '(^|[ ,])--[a-z-]+' | grep -oE -- '--.*' | sort -u | tr '\n' ' '
}

write_completion() {
    local name file=$root/share/bash-completion/completions/ventanilla
    mkdir -p "${file%/*}"
    {
        printf '# Completion for ventanilla: made from what its --help says.\n'
        printf '_ventanilla() {\n    local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}\n'
        printf '    [[ ${COMP_WORDS[0]##*/} != crear_usuarios_clientes ]] || command=crear-usuarios\n'
        printf '    local options\n    case $command in\n'
        for name in $(commands); do
            printf '        %s) options="%s" ;;\n' "$name" "$(options_of "$name")"
        done
        printf '        *) options="%s" ;;\n    esac\n' "$(options_of)"
        printf '    if ((COMP_CWORD == 1)) && [[ $current != -* && ${COMP_WORDS[0]##*/} == ventanilla ]]; then\n'
        printf '        options="%s"\n    elif [[ $current != -* ]]; then\n        return\n    fi\n' "$(commands | tr '\n' ' ')"
        printf '    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")\n}\n'
        printf 'complete -o default -F _ventanilla ventanilla crear_usuarios_clientes\n'
    } >"$file"
    ln -sf ventanilla "${file%/*}/crear_usuarios_clientes"
}

write_documents() {
    local folder=$root/share/doc/ventanilla
    mkdir -p "$folder"
    packed "$folder/changelog" <"$here/changelog"
    install -m 644 "$here/copyright" "$folder/copyright"
}

umask 022
write_manuals
write_completion
write_documents
