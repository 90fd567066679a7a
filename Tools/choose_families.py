"""Writes gradcam_tools/families.py: the smallest member of every family in timm.

    python Tools/choose_families.py

A family is a source file of timm together with the letters that a model's name begins with: in
`resnet.py`, `resnet18` and `resnet50d` are one family and `seresnet18` another. Its member is the
one with the fewest parameters, of several the one with the smallest input, then the first by name.
timm's own miniatures (`test_…`) stand for no family.
"""

import re
import warnings
from pathlib import Path

import torch
from gradcam_tools.torchvision_compat import timm

_registry = timm.models._registry

LARGEST = 256
"""The side of the input at which a network is measured that takes other sizes too."""

SIDES = {
    "csatv2": 448,
    "gemma4_vit_167m": 240,
    "deepseek_vit_412m": 252,
    "qwen3_vit_88m": 224,
    "naflexvit_base_patch16_parfac_gap": 224,
}
"""Networks that are measured at a size of their own: patches on a smaller grid than they were
trained on, and one that TorchScript exports at few sizes."""

HEAD = '''"""The smallest member of every family in timm; `choose_families.py` writes this file."""

import dataclasses
from dataclasses import field


@dataclasses.dataclass(frozen=True)
class Member:
    """A family's member: how timm calls it, its parameters, and the side of its input."""

    family: str
    constructor: str
    parameters: int
    side: int
    arguments: dict = field(default_factory=dict)


TIMM: dict[str, Member] = {
    f"timm.{member.constructor}": member
    for member in [
'''


def main() -> None:
    warnings.simplefilter("ignore")
    smallest: dict[str, tuple] = {}
    for name in timm.list_models():
        if name.startswith("test_"):
            continue
        module = _registry._model_to_module[name]
        letters = re.match("[a-z]+", name)[0]
        family = module if letters == module else f"{module}/{letters}"
        with torch.device("meta"):
            model = timm.create_model(name)
        config = model.pretrained_cfg
        count = sum(parameter.numel() for parameter in model.parameters())
        side = max(config["input_size"][1:])
        found = (count, side, name, bool(config.get("fixed_input_size")), model.num_classes)
        smallest[family] = min(smallest.get(family, found), found)
    lines = []
    for family, (count, side, name, fixed, classes) in sorted(smallest.items()):
        arguments = {} if classes else {"num_classes": 1000}
        if name in SIDES:
            side = SIDES[name]
            if fixed:
                arguments["img_size"] = side
        elif not fixed:
            side = min(side, LARGEST)
        words = [repr(family), repr(name), str(count), str(side)]
        words += [repr(arguments)] if arguments else []
        line = f"        Member({', '.join(words)}),"
        if len(line) > 100:
            line = "\n            ".join(["        Member(", *(f"{word}," for word in words)])
            line += "\n        ),"
        lines.append(line.replace("'", '"') + "\n")
    place = Path(__file__).resolve().parent / "gradcam_tools" / "families.py"
    place.write_text(HEAD + "".join(lines) + "    ]\n}\n")
    print(f"{len(lines)} families")


if __name__ == "__main__":
    main()
