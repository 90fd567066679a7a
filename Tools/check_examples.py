"""Runs the examples of baked models side by side: Python, C, and the page in a headless browser.

    python Tools/check_examples.py                        # the shipped document pages
    python Tools/check_examples.py squeezenet.onnx dog.jpg

The page gets onnxruntime-web where `setup-onnxruntime-web.sh` could have it, and else a stand-in, which
hands its tensors to ONNX Runtime here. Exit code 1 where an example's heatmap is further than `--within`
of 255 from Python's at any place, or where onnxruntime-web's is further than 1e-4 from ONNX Runtime's of
the same numbers.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from gradcam_tools import command
from gradcam_tools.browser import opened, shown

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "Examples" / "baked"
PACKAGE = ROOT / ".cache" / "onnxruntime-web"
PAGES = ROOT / "Models" / "document-pages"
TOLERANCE = 1e-4


def by_python(model: Path, photo: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """What the Python example feeds, the heatmap, and the class."""
    place = importlib.util.spec_from_file_location("explain", EXAMPLES / "python" / "explain.py")
    example = importlib.util.module_from_spec(place)
    place.loader.exec_module(example)
    session = opened(str(model))
    taken = session.get_inputs()[0]
    height, width = taken.shape[2:]
    fed = example.prepared(Image.open(photo).convert("RGB"), width, height)
    given = session.run(None, {taken.name: fed})
    return fed, given[-1][0], int(given[0][0].argmax())


def by_c(model: Path, photo: Path, scratch: Path) -> tuple[np.ndarray, int]:
    """The C example's heatmap and class."""
    libraries = Path(onnxruntime.__file__).parent / "capi"
    folder = scratch / "c"
    shutil.copytree(EXAMPLES / "c", folder, ignore=shutil.ignore_patterns("explain"))
    subprocess.run(["make", "-s", "-C", folder, f"ORT={libraries}"], check=True)
    Image.open(photo).convert("RGB").save(scratch / "photo.ppm")
    words = subprocess.run(
        [folder / "explain", model, scratch / "photo.ppm", scratch / "map.pgm"],
        check=True, capture_output=True, text=True).stdout
    return np.asarray(Image.open(scratch / "map.pgm")), int(words.split()[1])


def of_255(heatmap: np.ndarray) -> np.ndarray:
    """A heatmap as bytes; one in 0 … 1 is rounded to them."""
    return heatmap if heatmap.dtype == np.uint8 else np.rint(heatmap * 255).astype(np.uint8)


def same_numbers(model: Path, fed: np.ndarray, heatmap: np.ndarray) -> float:
    """How far a heatmap in 0 … 1 is from that of ONNX Runtime here for the same numbers."""
    session = opened(str(model))
    expected = session.run(None, {session.get_inputs()[0].name: fed})[-1][0]
    return float(np.abs(heatmap - expected).max())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="?", default=PAGES / "document-pages.onnx")
    parser.add_argument("photo", type=Path, nargs="?", default=PAGES / "samples" / "page-1.jpg")
    parser.add_argument("--gradcam", type=Path, default=ROOT / ".build/debug/gradcam")
    parser.add_argument("--within", type=int, default=4)
    parser.add_argument("--screenshot", type=Path, help="where the page's picture goes")
    options = parser.parse_args()
    failed = False

    def say(example: str, winner: int, heatmap: np.ndarray, image: np.ndarray | None = None):
        nonlocal failed
        apart = np.abs(of_255(heatmap).astype(int) - expected.astype(int))
        words = f"heatmap at most {apart.max()} of 255 from python's, {(apart > 0).mean():.2%} of places"
        if image is not None:
            other = np.abs(image - fed)
            words += f"; feeds other numbers at {(other > 1e-4).mean():.3%}, by at most {other.max():.3g}"
        print(f"{example:10} class {winner}; {words}")
        failed |= winner != told or apart.max() > options.within

    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        models = {"web": scratch / "bytes.onnx", "web, float": scratch / "float.onnx"}
        for (example, baked), more in zip(models.items(), [["--uint8"], []]):
            command.finished([options.gradcam, "bake", options.model, "-o", baked, "--size", "input",
                              "--weights", "inside", *more], 300)
        fed, expected, told = by_python(models["web"], options.photo)
        print(f"{'python':10} class {told}")
        heatmap, winner = by_c(models["web"], options.photo, scratch)
        say("c", winner, heatmap)
        browser = next(filter(None, map(shutil.which, ["chromium", "google-chrome"])), None)
        if not browser:
            print("web        left out: no chromium or google-chrome is on the path")
            sys.exit(1 if failed else 0)
        package = PACKAGE if (PACKAGE / "ORIGIN").exists() else None
        reason = PACKAGE.with_suffix(".unavailable")
        print("web        with " + (
            (package / "ORIGIN").read_text().strip() if package else "a stand-in of onnxruntime-web"
            + (f": {reason.read_text().strip()}" if reason.exists() else "")))
        for example, baked in models.items():
            page = shown(browser, EXAMPLES / "web", baked, options.photo, scratch, package,
                         options.screenshot)
            say(example, page.winner, page.heatmap, page.fed)
            if package and page.heatmap.dtype != np.uint8:
                apart = same_numbers(baked, page.fed, page.heatmap)
                print(f"{example:10} onnxruntime-web's heatmap at most {apart:.1e} from ONNX Runtime's")
                failed |= not apart <= TOLERANCE
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
