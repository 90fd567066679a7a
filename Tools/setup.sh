#!/usr/bin/env bash
# Installs what the package needs and this machine lacks: system libraries for pictures, and
# ONNX Runtime. Says what it does; does nothing, quickly, when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly runtime_version=1.32.0   # fetched when there is no other
readonly oldest_runtime=1.21      # the oldest that is taken as it is
readonly runtime_folder=.onnxruntime

say() { echo "setup: $*"; }
fail() {
  echo "setup: $*" >&2
  exit 1
}

# MARK: System libraries

# pkg-config's name, Debian's package, Homebrew's formula
readonly libraries='
libturbojpeg  libturbojpeg0-dev  jpeg-turbo
libpng        libpng-dev         libpng
libcrypto     libssl-dev         openssl@3
libwebp       libwebp-dev        webp
libtiff-4     libtiff-dev        libtiff
libexif       libexif-dev        libexif
lcms2         liblcms2-dev       little-cms2
expat         libexpat1-dev      expat
sqlite3       libsqlite3-dev     sqlite
'

# Prints what is missing, in the words of a package manager: apt, brew, or pkg-config itself.
missing_packages() {
  local name apt brew
  command -v pkg-config >/dev/null || case "$1" in brew) echo pkgconf ;; *) echo pkg-config ;; esac
  while read -r name apt brew; do
    [ -n "$name" ] || continue
    pkg-config --exists "$name" 2>/dev/null || case "$1" in
      apt) echo "$apt" ;;
      brew) echo "$brew" ;;
      *) echo "$name" ;;
    esac
  done <<<"$libraries"
  # librsvg, which draws figures, is loaded at run time: its headers are not needed.
  case "$1" in
    brew) [ -e "$(brew --prefix)/lib/librsvg-2.2.dylib" ] || echo librsvg ;;
    apt)
      compgen -G '/usr/lib*/*/librsvg-2.so.2' >/dev/null \
        || compgen -G '/usr/lib*/librsvg-2.so.2' >/dev/null || echo librsvg2-2
      [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || echo fonts-dejavu-core
      python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
      ;;
  esac
}

install_with_apt() {
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "run as root: apt-get install $*"
    as_root=(sudo)
  fi
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$@")
  say "installing with apt: $*"
  # The lists of a fresh machine are empty, those of an old one out of date.
  "${install[@]}" >/dev/null 2>&1 && return
  say "updating the package lists"
  "${as_root[@]}" apt-get update -qq
  "${install[@]}" >/dev/null
}

install_system_libraries() {
  local missing
  if command -v apt-get >/dev/null; then
    missing=$(missing_packages apt)
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_with_apt $missing
  elif command -v brew >/dev/null; then
    missing=$(missing_packages brew)
    if [ -n "$missing" ]; then
      say "installing with brew:" $missing
      # shellcheck disable=SC2086
      brew install --quiet $missing
    fi
  else
    missing=$(missing_packages pkg-config)
    [ -z "$missing" ] || fail "install these libraries, here named as pkg-config knows them:" $missing
  fi
}

# MARK: ONNX Runtime

# Prints the version in a library's file name, links resolved: 1.32.0 of libonnxruntime.so.1.32.0.
library_version() {
  local real
  real=$(realpath "$1" 2>/dev/null) || return 0
  basename "$real" | sed -nE 's/^libonnxruntime\.(so\.)?([0-9]+(\.[0-9]+)+)(\.dylib)?$/\2/p'
}

# Whether the version is recent enough.
is_recent() {
  [ -n "$1" ] && [ "$(printf '%s\n' "$oldest_runtime" "$1" | sort -V | head -n 1)" = "$oldest_runtime" ]
}

# Prints the newest library that serves among the given files and folders.
recent_library() {
  local place file
  for place in "$@"; do
    if [ -d "$place" ]; then
      for file in "$place"/libonnxruntime.so.* "$place"/libonnxruntime.*.dylib; do
        if [ -e "$file" ] && is_recent "$(library_version "$file")"; then echo "$file"; fi
      done | sort -V | tail -n 1
    elif [ -e "$place" ] && is_recent "$(library_version "$place")"; then
      echo "$place"
    fi
  done | grep . | head -n 1 || true
}

# Prints where the system keeps libraries, one a line.
system_places() {
  ldconfig -p 2>/dev/null | sed -n 's/.*libonnxruntime\.so[^>]*=> //p' || true
  printf '%s\n' /usr/local/lib /usr/lib/x86_64-linux-gnu /usr/lib/aarch64-linux-gnu /usr/lib64 \
    /usr/lib /opt/onnxruntime/lib /opt/homebrew/lib /home/linuxbrew/.linuxbrew/lib
}

# Prints the folder in which Python's onnxruntime keeps its library, if it is installed.
python_place() {
  python3 - <<'PYTHON' 2>/dev/null || true
import importlib.util
import pathlib

found = importlib.util.find_spec("onnxruntime")
for place in (found.submodule_search_locations or []) if found else []:
    print(pathlib.Path(place) / "capi")
PYTHON
}

# Puts a new folder in the place of the old one; never half of it.
install_runtime_folder() {
  chmod 755 "$1"
  rm -rf "$runtime_folder"
  mv "$1" "$runtime_folder"
}

fetch_runtime() {
  local temporary options
  temporary=$(mktemp -d ./.onnxruntime.partial.XXXXXX)
  # shellcheck disable=SC2064
  trap "rm -rf '$temporary'" EXIT
  say "fetching ONNX Runtime $runtime_version with pip"
  options=(--quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$temporary/wheel")
  # The library in the wheel does not depend on Python's version, so any wheel for this machine
  # serves when there is none for the Python at hand.
  python3 -m pip download "${options[@]}" "onnxruntime==$runtime_version" 2>/dev/null \
    || python3 -m pip download "${options[@]}" --python-version 3.12 "onnxruntime==$runtime_version" \
    || python3 -m pip download "${options[@]}" "onnxruntime>=$oldest_runtime" \
    || fail "pip could not fetch ONNX Runtime; name a library of your own in GRADCAM_ORT"
  python3 - "$temporary" <<'PYTHON'
import pathlib
import re
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])
(folder / "new").mkdir()
wheel = next((folder / "wheel").glob("*.whl"))
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        file = pathlib.PurePosixPath(name).name
        library = re.fullmatch(r"libonnxruntime(_providers_shared)?[.\d]*\.(so[.\d]*|dylib)", file)
        if library or file in ("LICENSE", "ThirdPartyNotices.txt"):
            (folder / "new" / file).write_bytes(archive.read(name))
PYTHON
  local library
  library=$(recent_library "$temporary/new")
  [ -n "$library" ] || fail "the wheel of ONNX Runtime holds no library for this machine"
  library=$(basename "$library")
  case "$library" in
    *.dylib) ln -s "$library" "$temporary/new/libonnxruntime.1.dylib" ;;
    *.so.1) ;;
    *) ln -s "$library" "$temporary/new/libonnxruntime.so.1" ;;
  esac
  install_runtime_folder "$temporary/new"
  say "ONNX Runtime $(library_version "$runtime_folder/$library") is in '$runtime_folder'"
}

install_runtime() {
  local found
  if [ -n "${GRADCAM_ORT:-}" ]; then
    [ -e "$GRADCAM_ORT" ] || fail "GRADCAM_ORT names '$GRADCAM_ORT', where nothing is"
    say "ONNX Runtime: '$GRADCAM_ORT', as GRADCAM_ORT says"
    return
  fi
  found=$(recent_library "$runtime_folder")
  if [ -z "$found" ]; then
    local places=()
    mapfile_compatible places < <(system_places)
    found=$(recent_library "${places[@]}")
  fi
  if [ -n "$found" ]; then
    say "ONNX Runtime $(library_version "$found"): '$found'"
    return
  fi
  found=$(recent_library "$(python_place)")
  if [ -n "$found" ]; then
    # Linked and not copied: its execution providers lie beside the library itself.
    local temporary
    temporary=$(mktemp -d ./.onnxruntime.partial.XXXXXX)
    ln -s "$(realpath "$found")" "$temporary/$(basename "$found")"
    install_runtime_folder "$temporary"
    say "ONNX Runtime $(library_version "$found"): linked to Python's in '$runtime_folder'"
    return
  fi
  fetch_runtime
}

# Reads lines into an array; the bash of macOS has no mapfile.
mapfile_compatible() {
  local line
  while IFS= read -r line; do eval "$1+=(\"\$line\")"; done
}

command -v swift >/dev/null || fail "Swift 6.2 or later is needed: https://www.swift.org/install"
install_system_libraries
install_runtime
