"""How far two maps are apart, once they are scaled alike; as Tools/PARITY.md says."""

import numpy as np

from gradcam_tools.parity.case import ATTRIBUTION, MAP, POSITIVE


def difference(found: np.ndarray, said: np.ndarray, kind: str, up_to_sign: bool = False) -> float:
    """max |Δ| of what the command found, as it writes it, and of what a reference said."""
    found = np.asarray(found, np.float64).reshape(-1, *said.shape)[0]
    said = np.asarray(said, np.float64)
    if kind == POSITIVE:
        found = np.maximum(found, 0)
        found = (found - found.min()) / (found.max() - found.min() + 1e-8)
    elif kind in (MAP, ATTRIBUTION):
        found, said = _scaled(found), _scaled(said)
    apart = np.abs(found - said).max()
    if up_to_sign:
        apart = min(apart, np.abs(found + said).max())
    return float(apart) if np.isfinite(apart) else float("inf")


def _scaled(values: np.ndarray) -> np.ndarray:
    return values / max(np.abs(values).max(), np.finfo(np.float64).tiny)
