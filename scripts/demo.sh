#!/usr/bin/env bash
# The main job on this machine: deploy, train, serve, score. With MANUAL=1 the model waits for a
# person. Ends the local engine if it started it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PWD/.venv/bin:$PATH"

step() {
    printf '\n$ %s\n' "$*"
    "$@"
}

if ! python -m pipelines local status >/dev/null 2>&1; then
    trap 'step python -m pipelines local stop' EXIT
fi

environment=local
[[ -n ${MANUAL:-} ]] && environment=local-manual

step ./deploy.sh "$environment" demo-bucket
step python -m pipelines data census "$environment"
step python -m pipelines run training "$environment"
step python -m pipelines run inference "$environment"
step python -m pipelines invoke "$environment"
