#!/usr/bin/env bash
# Deploy an environment: ./deploy.sh ENV BUCKET
# Everything is decided in `python -m pipelines deploy`, so that nothing is decided twice.
set -euo pipefail

if [[ $# -ne 2 || $1 == -* || $2 == -* ]]; then
  echo "Usage: ./deploy.sh ENV BUCKET, for example: ./deploy.sh dev my-bucket" >&2
  exit 2
fi

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
python=$root/.venv/bin/python
[[ -x $python ]] || python=python3

# The package is the one beside this script, from wherever the script is called.
export PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH}
exec "$python" -m pipelines --project "$root" deploy "$1" "$2"
