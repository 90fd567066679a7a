#!/usr/bin/env bash
# Writes ONNX's own test vectors into .cache/conformance, with the pinned `onnx` package, which is
# put into a folder of its own where Python has it not. Where it cannot be had, says why, leaves
# the reason for the tests, and succeeds. Does nothing, quickly, when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly python=${PYTHON:-python3}
readonly version=$(sed -n 's/^onnx==//p' Tools/requirements.txt)
readonly folder=.cache/onnx-$version
readonly reason=.cache/conformance.unavailable

unavailable() {
  echo "vectors: $*; ONNX's own test vectors are left out" >&2
  mkdir -p .cache
  echo "no vectors: $*" >"$reason"
  exit 0
}

has_package() {
  PYTHONPATH=$folder "$python" - "$version" 2>/dev/null <<'PYTHON'
import sys
from importlib.metadata import version

sys.exit(version("onnx") != sys.argv[1])
PYTHON
}

if ! has_package; then
  echo "vectors: fetching onnx $version with pip"
  mkdir -p .cache
  temporary=$(mktemp -d .cache/onnx.partial.XXXXXX)
  trap 'rm -rf "$temporary"' EXIT
  "$python" -m pip install --quiet --disable-pip-version-check --no-compile --only-binary=:all: \
    --target "$temporary/new" "onnx==$version" >"$temporary/log" 2>&1 \
    || unavailable "pip could not fetch onnx $version"
  rm -rf "$folder"
  mv "$temporary/new" "$folder"
fi
PYTHONPATH=$folder "$python" -W ignore Tools/conformance.py \
  || unavailable "Tools/conformance.py failed"
rm -f "$reason"
