#!/usr/bin/env bash
# Does the map peak on the pattern's candles? It depends on the layer and the method.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly gradcam=${GRADCAM:-.build/release/gradcam}
readonly model=Models/candlesticks/candlesticks.onnx samples=Models/candlesticks/samples
readonly output=${1:-demo-output/candlesticks}

mkdir -p "$output"
"$gradcam" compare $model $samples/chart-1.jpg -q --target 'bullish engulfing' \
  --layer features --layer features.2 --method gradcam --method hirescam -o "$output/layers.png"

echo "Grad-CAM at the last layer, whose cells are five candles wide:"
"$gradcam" evaluate $model $samples -q --metric pointing-game

echo "HiResCAM at features.2, whose cells are narrower than a candle:"
"$gradcam" evaluate $model $samples -q --metric pointing-game \
  --layer features.2 --method hirescam --at-least 0.7
