"""Runs a baked model on a photo with onnxruntime, numpy and Pillow alone.

    gradcam bake resnet50.onnx -o why.onnx --size input --uint8
    python explain.py why.onnx dog.jpg why.png

The photo is squeezed to the model's size and scaled as ImageNet models want it; change `prepared`
for others.
"""

import sys

import numpy as np
import onnxruntime
from PIL import Image


def prepared(photo: Image.Image, width: int, height: int) -> np.ndarray:
    """The photo as [1, 3, H, W]."""
    small = np.asarray(photo.resize((width, height), Image.Resampling.BILINEAR), np.float32) / 255
    mean, std = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    return ((small - mean) / std).transpose(2, 0, 1)[None]


def main() -> None:
    model, path, output = sys.argv[1:]
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    image = session.get_inputs()[0]
    height, width = image.shape[2:]
    photo = Image.open(path).convert("RGB")
    logits, heatmap = session.run(
        [session.get_outputs()[0].name, "heatmap"], {image.name: prepared(photo, width, height)})
    values = heatmap[0] if heatmap.dtype == np.uint8 else (255 * heatmap[0]).astype(np.uint8)
    wide = Image.fromarray(values).resize(photo.size, Image.Resampling.BILINEAR)
    red = Image.new("RGB", photo.size, (255, 0, 0))
    Image.composite(red, photo, wide.point(lambda value: value // 2)).save(output)
    print(f"class {logits[0].argmax()}")


if __name__ == "__main__":
    main()
