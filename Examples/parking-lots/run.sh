#!/usr/bin/env bash
# Does the model see traffic on the cars, or on shadows as dark as cars?
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly gradcam=${GRADCAM:-.build/release/gradcam}
readonly model=Models/parking-lots/parking-lots.onnx samples=Models/parking-lots/samples
readonly output=${1:-demo-output/parking-lots}

"$gradcam" explain $model $samples/lot-1.jpg $samples/lot-3.jpg $samples/lot-5.jpg -q \
  --target 'high traffic' --target 'low traffic' -o "$output/"

echo "The share of the evidence for high traffic that lies on cars:"
"$gradcam" evaluate $model $samples --mapping Examples/parking-lots/cars.json -q \
  --metric energy-pointing-game --at-least 0.45 -o "$output/cars.html"

echo "The share that lies on shadows:"
"$gradcam" evaluate $model $samples --mapping Examples/parking-lots/shadows.json -q \
  --metric energy-pointing-game -o "$output/shadows.html"
