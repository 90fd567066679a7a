#!/usr/bin/env bash
# Puts OpenVINO into '.openvino', for `--engine openvino`; nothing needs it. Takes from its wheel the
# parts that read ONNX and run it on the processor. Does nothing, quickly, when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly version=2026.4.1
readonly folder=.openvino

say() { echo "setup: $*"; }
fail() {
  echo "setup: $*" >&2
  exit 1
}

if [ -n "${GRADCAM_OPENVINO:-}" ]; then
  [ -e "$GRADCAM_OPENVINO" ] || fail "GRADCAM_OPENVINO names '$GRADCAM_OPENVINO', where nothing is"
  say "OpenVINO: '$GRADCAM_OPENVINO', as GRADCAM_OPENVINO says"
  exit 0
fi
if [ "$(cat "$folder/VERSION" 2>/dev/null)" = "$version" ]; then
  say "OpenVINO $version: '$folder'"
  exit 0
fi
temporary=$(mktemp -d ./.openvino.partial.XXXXXX)
trap 'rm -rf "$temporary"' EXIT
say "fetching OpenVINO $version with pip"
options=(--quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$temporary/wheel")
# The libraries in the wheel do not depend on Python's version, so any wheel for this machine serves
# when there is none for the Python at hand.
python3 -m pip download "${options[@]}" "openvino==$version" 2>/dev/null \
  || python3 -m pip download "${options[@]}" --python-version 3.12 "openvino==$version" \
  || fail "pip could not fetch OpenVINO; name a folder of your own in GRADCAM_OPENVINO"
python3 - "$temporary" <<'PYTHON'
import base64
import hashlib
import pathlib
import re
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])
(folder / "new").mkdir()
parts = r"lib(openvino(_c|_onnx_frontend|_intel_cpu_plugin|_arm_cpu_plugin)?|tbb\w*|hwloc)[._\d]*\.(so[.\d]*|dylib)"
with zipfile.ZipFile(next((folder / "wheel").glob("*.whl"))) as archive:
    record = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
    sums = {}
    for line in archive.read(record).decode().splitlines():
        name, digest, _ = line.rsplit(",", 2)
        sums[name.strip('"')] = digest
    for name in archive.namelist():
        path = pathlib.PurePosixPath(name)
        is_license = "dist-info" in name and re.match(r"(LICENSE|third|.*third-party)", path.name)
        if not is_license and not (path.parent.name == "libs" and re.fullmatch(parts, path.name)):
            continue
        data = archive.read(name)
        kind, _, digest = sums[name].partition("=")
        found = base64.urlsafe_b64encode(hashlib.new(kind, data).digest()).rstrip(b"=").decode()
        if found != digest:
            sys.exit(f"setup: '{name}' is not what the wheel's record says")
        (folder / "new" / path.name).write_bytes(data)
PYTHON
compgen -G "$temporary/new/libopenvino_c.*" >/dev/null \
  || fail "the wheel of OpenVINO holds no library for this machine"
echo "$version" >"$temporary/new/VERSION"
chmod 755 "$temporary/new"
rm -rf "$folder"
mv "$temporary/new" "$folder"
say "OpenVINO $version is in '$folder'"
