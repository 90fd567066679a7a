#!/usr/bin/env bash
# Do a photo classifier's maps point at the thing better than the photo's middle does?
#
#     Examples/photos/run.sh [MODEL PHOTOS [OPTIONS…]]
#
# PHOTOS is a folder with annotations of boxes. Unless given, SqueezeNet and the ImageNet photos of
# '../shared/data', where that is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly gradcam=${GRADCAM:-.build/release/gradcam}
readonly output=demo-output/photos shared=../shared/data
if (($# > 0)); then
  readonly model=$1 photos=$2
  shift 2
elif [[ -d $shared/photos ]]; then
  readonly model=$shared/models/squeezenet1_1_torchvision.onnx
  readonly photos=$shared/photos/imagenet_val_boxes
  set -- --labels imagenet --preprocess imagenet-squash
else
  echo "Name a model and a folder of photos with boxes: Examples/photos/run.sh MODEL PHOTOS" >&2
  exit 2
fi

mkdir -p "$output"
# Photos whose middle is on the thing say nothing: there a map that knows nothing wins too.
"$gradcam" evaluate "$model" "$photos" -q --only centre-outside \
  --metric pointing-game --metric iou -o "$output/photos.html" "$@"
