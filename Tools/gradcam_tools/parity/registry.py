"""Every method under every preset, with its reference.

    python -m gradcam_tools.parity.registry      # prints them
"""

from gradcam_tools.parity import by_captum, by_formula, by_pytorch_grad_cam, by_torchcam
from gradcam_tools.parity.case import Reference

REFERENCES: list[Reference] = [
    *by_formula.REFERENCES,
    *by_pytorch_grad_cam.REFERENCES,
    *by_captum.REFERENCES,
    *by_torchcam.REFERENCES,
]


def find(method: str, preset: str) -> list[Reference]:
    """The references of a method under a preset, with and without further options."""
    return [each for each in REFERENCES if (each.method, each.preset) == (method, preset)]


def main() -> None:
    for each in sorted(REFERENCES, key=lambda each: (each.method, each.preset)):
        uses = ", ".join(each.uses)
        print(f"{each.name:34} {each.preset:17} {each.words}{f' ({uses})' if uses else ''}")


if __name__ == "__main__":
    main()
