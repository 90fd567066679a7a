#!/usr/bin/env bash
# The library's documentation and the command's completions, into '.build/documentation'; with 'man' as
# argument its man pages too. A warning in the documentation is an error. Reads what the debug build
# left.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly swift=${SWIFT:-swift}
readonly output=.build/documentation
build=$("$swift" build --show-bin-path)
readonly build

say() { echo "docs: $*"; }

# The library's symbols, with those of the targets that it exports again.
symbols() {
  local folders=(-I "$build/Modules") map triple
  for map in $(find "$PWD/Sources" "$build"/C*.build -name module.modulemap); do
    folders+=(-I "$(dirname "$map")")
  done
  triple=$("$swift" -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)
  "$swift" symbolgraph-extract -module-name GradCAM -target "$triple" "${folders[@]}" \
    -minimum-access-level public -skip-synthesized-members \
    -experimental-allowed-reexported-modules=Diagnostics,Imaging -output-dir "$1"
}

docc() {
  if command -v xcrun >/dev/null; then xcrun docc "$@"; else command docc "$@"; fi
}

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
mkdir -p "$output"
symbols "$temporary"
docc convert Sources/GradCAM/Documentation.docc --warnings-as-errors \
  --fallback-display-name GradCAM --fallback-bundle-identifier GradCAM \
  --additional-symbol-graph-dir "$temporary" --output-path "$output/GradCAM.doccarchive"
say "the library: $output/GradCAM.doccarchive"

for shell in bash zsh fish; do
  "$build/gradcam" --generate-completion-script "$shell" >"$output/gradcam.$shell"
done
say "completions: $output/gradcam.bash, gradcam.zsh, gradcam.fish"

if [ "${1:-}" = man ]; then
  "$swift" package plugin generate-manual --multi-page >/dev/null
  rm -rf "$output/man1"
  mkdir -p "$output/man1"
  for page in .build/plugins/GenerateManual/outputs/GradCAMCommand/*.1; do
    # A subcommand's page is called as `man gradcam-explain` looks for it.
    name=$(basename "$page" .1)
    cp "$page" "$output/man1/${name/./-}.1"
  done
  say "man pages: $output/man1"
fi
