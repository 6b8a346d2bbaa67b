#!/usr/bin/env bash
#
# Make the project's Python environment from requirements.lock, once for each lock file, and print its Python.
#
#   util/venv.sh           prints ROOT/.venv/bin/python, after installing what is missing
#   util/venv.sh --find    prints a Python of at least 3.11; installs nothing

set -euo pipefail
shopt -s inherit_errexit 2>/dev/null || true

INSTALL='sudo apt install python3 python3-venv (Debian 12, Ubuntu 24.04),'
INSTALL+=' sudo dnf install python3.11 (Amazon Linux 2023, Fedora), brew install python@3.13 (macOS)'

die() {
    printf '%s\n' "$1" >&2
    exit 1
}

is_recent() {
    "$1" -E -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local name path
    for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
        path=$(command -v "$name") || continue
        if is_recent "$path"; then
            printf '%s\n' "$path"
            return 0
        fi
    done
    die "no Python 3.11 or newer on PATH; install one: $INSTALL"
}

main() {
    local root python
    root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
    python=$root/.venv/bin/python
    unset PYTHONHOME PYTHONPATH
    # Installed means: the copy of the lock file that the last complete installation left is the lock file of today.
    if cmp -s -- "$root/requirements.lock" "$root/.venv/requirements.lock" && is_recent "$python"; then
        printf '%s\n' "$python"
        return 0
    fi
    python=$(find_python)
    if [[ ${1-} == --find ]]; then
        printf '%s\n' "$python"
        return 0
    fi
    "$python" -E -P "$root/util/install_requirements.py" "$root" >&2
    printf '%s\n' "$root/.venv/bin/python"
}

main "$@"
