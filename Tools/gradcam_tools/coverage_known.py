"""What is known of the networks, as the coverage page and the list of failures read it."""

import numpy as np

from gradcam_tools.measuring import TOLERANCE
from gradcam_tools.networks import NETWORKS


class Known:
    """What the tables are made of: a network, an exporter, and what is known of the two."""

    def __init__(self, notes, results):
        self.notes = {name: notes[name] for name in NETWORKS}
        self.found = {name: results[name] for name in NETWORKS}

    def __call__(self, name: str, exporter: str) -> dict:
        result = self.found[name].get(exporter, {})
        return result | result.get("costs", {})

    def export_error(self, name: str, exporter: str) -> str | None:
        return self.notes[name].get(exporter, {}).get("error")

    def is_fixed(self, name: str, exporter: str) -> bool:
        return self.notes[name].get(exporter, {}).get("batch") == "fixed"


def layer_holds(result: dict) -> bool:
    """Whether the gradient at the default layer is within the tolerance, and is one."""
    return result.get("layerError", np.inf) <= TOLERANCE and not any(
        "is zero" in reason for reason in result["reasons"]
    )


def input_holds(result: dict) -> bool:
    """Whether the gradient at the input strays no further than twice PyTorch's float32."""
    ratios = result.get("inputRest", result.get("inputRatios"))
    if ratios:
        return bool(np.median(ratios) <= 1)
    allowed = max(2 * result.get("inputFloat32", 0), TOLERANCE)
    return result.get("inputError", np.inf) <= allowed


def one_line(words: str) -> str:
    """An error in a row of a table."""
    words = words.split("\n  help")[0].removeprefix("Error: ")
    return " ".join(words.split())[:260].replace("|", "\\|")
