#!/usr/bin/env bash
# Puts onnxruntime-web into '.cache/onnxruntime-web', for the page in 'Examples/baked/web': npm's
# package, or its files out of a pinned wheel that carries them. Where neither can be had, leaves the
# reason in '.cache/onnxruntime-web.unavailable', and succeeds. Does nothing, quickly, when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly version=1.30.0   # npm's
readonly python=${PYTHON:-python3}
readonly folder=.cache/onnxruntime-web
readonly reason=.cache/onnxruntime-web.unavailable

say() { echo "setup: $*"; }

if [ -e "$folder/ORIGIN" ]; then
  say "$(cat "$folder/ORIGIN"): '$folder'"
  exit 0
fi
mkdir -p .cache
temporary=$(mktemp -d .cache/onnxruntime-web.partial.XXXXXX)
trap 'rm -rf "$temporary"' EXIT
mkdir "$temporary/new" "$temporary/from"

from_npm() {
  command -v npm >/dev/null || return 1
  npm pack "onnxruntime-web@$version" --pack-destination "$temporary/from" --fetch-retries=0 \
    >"$temporary/npm" 2>&1 || return 1
  tar -xzf "$temporary/from/onnxruntime-web-$version.tgz" -C "$temporary/from" || return 1
  cp "$temporary"/from/package/dist/ort.min.mjs "$temporary"/from/package/dist/ort-wasm-* \
    "$temporary/new" || return 1
  echo "onnxruntime-web $version, npm's" >"$temporary/new/ORIGIN"
}

from_wheel() {
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --require-hashes --dest "$temporary/from" -r Tools/requirements-onnxruntime-web.txt \
    >"$temporary/pip" 2>&1 || return 1
  "$python" - "$temporary" <<'PYTHON'
import pathlib
import re
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])
wheel = next((folder / "from").glob("*.whl"))
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        file = pathlib.PurePosixPath(name).name
        if re.fullmatch(r"ort\.bundle\.min-.*\.js", file):
            code = archive.read(name)
            (folder / "new" / "ort.min.mjs").write_bytes(code)
            # The bundle looks for its WebAssembly beside itself, under the name it has in the wheel.
            (wanted,) = set(re.findall(rb'new URL\("(ort-wasm-[\w.-]+\.wasm)",import\.meta', code))
            (version,) = set(re.findall(rb'="(\d+\.\d+\.\d+(?:-dev\.[\w-]+)?)",', code[-2000:]))
for_wasm = wanted.decode()
with zipfile.ZipFile(wheel) as archive:
    (name,) = (name for name in archive.namelist() if name.endswith("/" + for_wasm))
    (folder / "new" / for_wasm).write_bytes(archive.read(name))
words = f"onnxruntime-web {version.decode()}, out of {wheel.name}"
(folder / "new" / "ORIGIN").write_text(words + "\n")
PYTHON
}

if from_npm || from_wheel; then
  rm -rf "$folder" "$reason"
  chmod 755 "$temporary/new"
  mv "$temporary/new" "$folder"
  say "$(cat "$folder/ORIGIN") is in '$folder'"
else
  echo "neither npm nor pip has it" >"$reason"
  say "onnxruntime-web: $(cat "$reason")"
fi
