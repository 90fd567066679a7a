#!/usr/bin/env bash
# The pictures of the documentation, drawn by the built command from the models that ship.
#
#     Tools/doc_pictures.sh [COMMAND]
set -euo pipefail
cd "$(dirname "$0")/.."

readonly gradcam=${1:-.build/release/gradcam}
readonly output=Sources/GradCAM/Documentation.docc/Resources
pages=Models/document-pages charts=Models/candlesticks
lots=Models/parking-lots xrays=Models/chest-xrays marked=Models/chest-xrays-marked

mkdir -p "$output"

# One figure: the file's name, then what to call the command with.
figure() {
  local name=$1
  shift
  "$gradcam" "$@" -q -o "$output/$name.jpg" >/dev/null
}

figure application-pages explain $pages/document-pages.onnx $pages/samples/page-3.jpg \
  --target photo --target table --target stamp --save figure
figure application-lots explain $lots/parking-lots.onnx $lots/samples/lot-3.jpg \
  --target 'high traffic' --target 'low traffic' --save figure
figure application-xrays compare $xrays/chest-xrays.onnx $marked/chest-xrays-marked.onnx \
  $xrays/samples/xray-1.jpg --target opacity
figure application-charts compare $charts/candlesticks.onnx $charts/samples/chart-1.jpg \
  --target 'bullish engulfing' --layer features --layer features.2 \
  --method gradcam --method hirescam
figure theory-signs explain $lots/parking-lots.onnx $lots/samples/lot-3.jpg \
  --target 'high traffic' --evidence both --save figure
figure theory-difference compare $lots/parking-lots.onnx $lots/samples/lot-5.jpg \
  --target 'high traffic' --target 'low traffic'
figure layers-page compare $pages/document-pages.onnx $pages/samples/page-3.jpg --target table \
  --layer features.1 --layer features.3 --layer features --layer smooth
