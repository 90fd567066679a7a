"""The script that people write in Python to get one picture: what `gradcam explain` stands beside.

    python cold_start.py NETWORK WEIGHTS.pt PHOTO PICTURE.png
    python cold_start.py NETWORK WEIGHTS.pt --save-weights
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import torch
from gradcam_tools.bench.peers import LAYERS
from gradcam_tools.torchvision_compat import torchvision
from PIL import Image


def main() -> None:
    network, weights, *places = sys.argv[1:]
    if places == ["--save-weights"]:
        torch.manual_seed(0)
        torch.save(getattr(torchvision.models, network)(weights=None).state_dict(), weights)
        return
    photo, picture = places
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.image import show_cam_on_image

    model = getattr(torchvision.models, network)(weights=None)
    model.load_state_dict(torch.load(weights, weights_only=True))
    model.eval()
    transforms = torchvision.transforms
    seen = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    numbers = transforms.Compose([
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    image = seen(Image.open(photo).convert("RGB"))
    with GradCAM(model, [model.get_submodule(LAYERS[network])]) as cam:
        map = cam(input_tensor=numbers(image)[None], targets=None)[0]
    overlay = show_cam_on_image(np.float32(image) / 255, map, use_rgb=True)
    Image.fromarray(overlay).save(picture)


if __name__ == "__main__":
    main()
