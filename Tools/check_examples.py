"""Runs the examples of baked models side by side: Python, C, and the page in a headless browser.

The page gets a stand-in of onnxruntime-web, which hands its tensors to ONNX Runtime here. Exit code 1
where an example's heatmap is further than `--within` of 255 from Python's at any place.
"""

import argparse
import base64
import functools
import http.server
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from gradcam_tools import command

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "Examples" / "baked"

STAND_IN = """
export class Tensor {
  constructor(type, data, dims) { Object.assign(this, { type, data, dims }); }
}
const asked = async (path, body) => (await fetch(path, { method: "POST", body })).json();
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
export const InferenceSession = {
  async create(model) {
    const told = await asked("/create", model);
    told.run = async (fed) => {
      const given = await asked("/run", fed[told.inputNames[0]].data);
      const kinds = { float32: Float32Array, uint8: Uint8Array };
      return Object.fromEntries(Object.entries(given).map(([name, value]) =>
        [name, new Tensor(value.type, new kinds[value.type](bytes(value.data)), value.dims)]));
    };
    return told;
  },
};
const said = document.getElementById("said");
new MutationObserver(() => {
  if (said.textContent.startsWith("Working")) return;
  const picture = document.getElementById("picture").toDataURL().split(",")[1];
  fetch("/said", { method: "POST", body: JSON.stringify([said.textContent, picture ?? ""]) });
}).observe(said, { childList: true });
"""
"""What the page uses of onnxruntime-web."""


class Page(http.server.SimpleHTTPRequestHandler):
    """Serves the page and runs what it asks for."""

    session = None
    fed = heatmap = said = None
    is_done = threading.Event()

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/ort/ort.min.mjs":
            return self.answer(STAND_IN.encode(), "text/javascript")
        super().do_GET()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/create":
            Page.session = opened(body)
            taken = Page.session.get_inputs()[0]
            told = {"inputNames": [taken.name], "inputMetadata": [{"shape": taken.shape}],
                    "outputNames": [value.name for value in Page.session.get_outputs()]}
        elif self.path == "/said":
            Page.said, told = json.loads(body), {}
            Page.is_done.set()
        else:
            taken = Page.session.get_inputs()[0]
            Page.fed = np.frombuffer(body, np.float32).reshape(1, *taken.shape[1:])
            given = Page.session.run(None, {taken.name: Page.fed})
            told = {value.name: {"type": str(array.dtype), "dims": array.shape,
                                 "data": base64.b64encode(array.tobytes()).decode()}
                    for value, array in zip(Page.session.get_outputs(), given)}
            Page.heatmap = given[-1][0]
        self.answer(json.dumps(told).encode(), "application/json")

    def answer(self, body: bytes, kind: str):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)


def opened(model) -> onnxruntime.InferenceSession:
    """A session on the processor, which is what all examples use."""
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


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


def by_page(browser: str, model: Path, photo: Path, scratch: Path, shot: Path | None):
    """What the page feeds, the heatmap it is given, and the class it tells."""
    folder = scratch / "web"
    shutil.copytree(EXAMPLES / "web", folder, ignore=shutil.ignore_patterns("ort", "node_modules"))
    shutil.copy(model, folder / "why.onnx")
    Image.open(photo).convert("RGB").save(folder / "photo.png")
    handler = functools.partial(Page, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/?model=why.onnx&photo=photo.png"
        line = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                f"--user-data-dir={scratch / 'profile'}", "--remote-debugging-port=0", address]
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        is_done = Page.is_done.wait(120)
        process.terminate()
        process.wait()
        server.shutdown()
    if not is_done:
        raise command.Failure("the page says nothing for two minutes")
    said, picture = Page.said
    if not said.startswith("class "):
        raise command.Failure(f"the page says: {said}")
    if shot:
        shot.write_bytes(base64.b64decode(picture))
    return Page.fed, Page.heatmap, int(said.split()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="an ImageNet model as torchvision exports it")
    parser.add_argument("photo", type=Path)
    parser.add_argument("--gradcam", type=Path, default=ROOT / ".build/debug/gradcam")
    parser.add_argument("--within", type=int, default=4)
    parser.add_argument("--screenshot", type=Path, help="where the page's picture goes")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        baked = scratch / "why.onnx"
        command.finished([options.gradcam, "bake", options.model, "-o", baked, "--size", "input",
                          "--uint8", "--weights", "inside"], 300)
        fed, expected, winner = by_python(baked, options.photo)
        print(f"python  class {winner}")
        found = {"c": (None, *by_c(baked, options.photo, scratch))}
        browser = next(filter(None, map(shutil.which, ["chromium", "google-chrome"])), None)
        if browser:
            found["web"] = by_page(browser, baked, options.photo, scratch, options.screenshot)
        else:
            print("web     left out: no chromium or google-chrome is on the path")
        for example, (image, heatmap, told) in found.items():
            apart = np.abs(heatmap.astype(int) - expected.astype(int))
            words = f"heatmap at most {apart.max()} of 255 from python's, {(apart > 0).mean():.2%} of places"
            if image is not None:
                words += f"; feeds other numbers at {(np.abs(image - fed) > 1e-4).mean():.3%}, by at most {np.abs(image - fed).max():.3g}"
            print(f"{example:7} class {told}; {words}")
            failed |= told != winner or apart.max() > options.within
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
