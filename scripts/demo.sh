#!/usr/bin/env bash
# The main job on this machine: deploy, train, score. Ends the local engine if it started it.
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

step ./deploy.sh local demo-bucket
step python -m pipelines data census local
step python -m pipelines run training local
step python -m pipelines run inference local
