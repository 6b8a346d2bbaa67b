#!/usr/bin/env bash
#
# Deploy the environment and its workstations.
#
#   ./deploy.sh STACK BUCKET [REGION] [options]
#   ./deploy.sh --remove STACK [REGION]              the workstations, then the environment; or one workstation
#   ./deploy.sh --drift STACK [REGION]               what somebody changed past the stacks
#   ./deploy.sh --continue-rollback STACK [REGION]   undo an update that failed and is neither done nor undone
#   ./deploy.sh --local --stop                       end the local AWS
#
# STACK     name of the environment's stack; each workstation is a stack of its own, STACK-NAME
# BUCKET    S3 bucket that the templates are uploaded to, in the same region
# REGION    else AWS_REGION, AWS_DEFAULT_REGION, or the region of the AWS profile
#
# --local                  deploy to a local AWS on this machine: no account, no cost, nothing on AWS
# --local --stop           end the local AWS; it keeps its state for the next time
# --config FILE            what to deploy, default config/default.toml; `python -m generator` makes its templates
# --parameter KEY=VALUE    for this deploy, a parameter of the environment; NAME.KEY=VALUE for one workstation;
#                          as often as needed
# --allow-replacement ID   let the deploy replace or remove LOGICAL_ID or STACK/LOGICAL_ID; as often as needed
# --suppress ID            leave out a rule of the preflight; as often as needed; docs/guides/preflight.md has them
# --account NUMBER         deploy to this AWS account or not at all
# --retain ID              with --remove: leave LOGICAL_ID where it is, after a removal that failed on it;
#                          as often as needed
# --skip ID                with --continue-rollback: leave LOGICAL_ID as it is; as often as needed
# --create-bucket          make the bucket: private, encrypted, versioned
# --dry-run                show the plan and every change, and change nothing
# --yes                    do not ask; without a terminal nothing is done unless it is given
# --json                   the result as JSON on stdout
# --bundle FILE            pack events, templates, plan and log for whoever helps, without secrets; also with --dry-run
# -h, --help               this text
#
# Exit status: 0 done, 1 failed, 2 wrong usage, 3 refused; 130, 143, 129 ended by Ctrl-C, SIGTERM, a closed terminal.
# --drift: 0 nothing changed, 1 something did.

set -euo pipefail
shopt -s inherit_errexit 2>/dev/null || true

# Where this script lies, whoever calls it, through however many links.
project_root() {
    local file=$1 link
    while [[ -L $file ]]; do
        link=$(readlink -- "$file")
        [[ $link == /* ]] || link=$(dirname -- "$file")/$link
        file=$link
    done
    CDPATH='' cd -- "$(dirname -- "$file")" && pwd -P
}

# The comment above, up to the first line that is none.
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
    local root argument python
    root=$(project_root "$0")
    for argument in "$@"; do
        case $argument in
            -h | --help)
                print_help "$root/deploy.sh"
                exit 0
                ;;
            --) break ;;
        esac
    done

    python=$("$root/util/venv.sh" --find)
    # Our own modules first, none of the caller's directory; text is UTF-8 whatever the locale says.
    unset PYTHONHOME
    export PYTHONPATH=$root PYTHONSAFEPATH=1 PYTHONUTF8=1
    if [[ $python != "$root/.venv/bin/python" ]]; then
        "$python" -m deployment.arguments "$@" # wrong words are told before anything is installed
        python=$("$root/util/venv.sh")
    fi
    exec "$python" -m deployment "$@"
}

main "$@"
