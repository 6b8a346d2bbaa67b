#!/usr/bin/env bash
#
# Run every check.
#
#   ./test.sh                   all but the slow ones; as root it installs the tools that are missing
#   ./test.sh --all             with the slow ones: faults, other AWS CLIs, scanners, mutations
#   ./test.sh [--all] ARGS...   a part: whatever pytest takes, such as tests/generator or -k route
#   -h, --help                  this text
#
# Ends with pytest's closing line, then one line for each figure that was counted.

set -euo pipefail
shopt -s inherit_errexit 2>/dev/null || true

print_help() {
    local line
    while IFS= read -r line; do
        [[ $line == '#!'* ]] && continue
        [[ $line == '#'* ]] || break
        line=${line#'#'}
        printf '%s\n' "${line# }"
    done <"$1"
}

main() {
    local root python status=0 scope=quick
    root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
    case ${1-} in
        -h | --help)
            print_help "$root/test.sh"
            return 0
            ;;
        --all)
            scope=all
            shift
            ;;
    esac

    python=$("$root/util/venv.sh")
    cd -- "$root"
    unset PYTHONHOME PYTHONPATH
    FIGURES_DIRECTORY=$(mktemp -d)
    export FIGURES_DIRECTORY
    trap 'rm -rf -- "$FIGURES_DIRECTORY"' EXIT

    local selection=(-m 'not slow')
    if [[ $scope == all ]]; then
        selection=()
    fi
    "$python" -m tests.tools "$scope" || true # what is still missing then, the tests name
    "$python" -m pytest -n auto --dist loadgroup ${selection[@]+"${selection[@]}"} "$@" || status=$?
    # A part of the checks counts a part of the figures, so the least that is wanted holds for whole runs only.
    [[ $# -eq 0 ]] || scope=part
    "$python" -m tests.figures "$FIGURES_DIRECTORY" "$scope" || status=$((status ? status : 1))
    return "$status"
}

main "$@"
