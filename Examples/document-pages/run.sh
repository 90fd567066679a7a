#!/usr/bin/env bash
# Does each element's map peak on the element?
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly gradcam=${GRADCAM:-.build/release/gradcam}
readonly model=Models/document-pages/document-pages.onnx samples=Models/document-pages/samples
readonly output=${1:-demo-output/document-pages}

"$gradcam" explain $model $samples/page-1.jpg -q --target top:4 -o "$output/"

"$gradcam" evaluate $model $samples -q --metric pointing-game --at-least 0.9 \
  -o "$output/pages.html"
