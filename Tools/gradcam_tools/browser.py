"""The page of `Examples/baked/web` in a headless browser, with onnxruntime-web or a stand-in of it."""

import base64
import dataclasses
import functools
import http.server
import json
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from gradcam_tools import command

SAYS = """
const said = document.getElementById("said");
new MutationObserver(() => {
  if (said.textContent.startsWith("Working")) return;
  const picture = document.getElementById("picture").toDataURL().split(",")[1];
  fetch("/said", { method: "POST", body: JSON.stringify([said.textContent, picture ?? ""]) });
}).observe(said, { childList: true });
"""
"""Tells what the page says and draws."""

STAND_IN = SAYS + """
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
"""
"""What the page uses of onnxruntime-web, by ONNX Runtime in this process."""

WITNESS = SAYS + """
import * as real from "./real/ort.min.mjs";
export const Tensor = real.Tensor;
export const InferenceSession = {
  async create(model) {
    const session = await real.InferenceSession.create(model);
    return {
      inputNames: session.inputNames, outputNames: session.outputNames,
      inputMetadata: session.inputMetadata,
      async run(fed) {
        const given = await session.run(fed);
        const post = (path, body) => fetch(path, { method: "POST", body });
        await post("/fed", fed[session.inputNames[0]].data);
        await post("/heatmap", given.heatmap.data);
        return given;
      },
    };
  },
};
"""
"""onnxruntime-web itself, with a look at what goes in and comes out."""


@dataclasses.dataclass
class Shown:
    """What the page fed the model, [1, 3, H, W], the heatmap it was given, and the class it told."""

    fed: np.ndarray
    heatmap: np.ndarray
    winner: int


def opened(model) -> onnxruntime.InferenceSession:
    """A session on the processor, which is what all examples use."""
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


class _Page(http.server.SimpleHTTPRequestHandler):
    """Serves the page and takes what it tells; runs the model for the stand-in."""

    def __init__(self, *arguments, visit: "_Visit", **options):
        self.visit = visit
        super().__init__(*arguments, **options)

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/ort/ort.min.mjs":
            return self.answer(self.visit.code.encode(), "text/javascript")
        super().do_GET()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(json.dumps(self.visit.posted(self.path, body)).encode(), "application/json")

    def answer(self, body: bytes, kind: str):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)


class _Visit:
    """One visit of the page, and what it told."""

    def __init__(self, model: Path, code: str):
        self.session, self.code = opened(str(model)), code
        self.taken = self.session.get_inputs()[0]
        self.fed = self.heatmap = self.said = None
        self.is_done = threading.Event()

    def posted(self, path: str, body: bytes) -> dict:
        outputs = self.session.get_outputs()
        match path:
            case "/create":
                return {"inputNames": [self.taken.name], "inputMetadata": [{"shape": self.taken.shape}],
                        "outputNames": [value.name for value in outputs]}
            case "/run":
                self.fed = self.image(body)
                given = self.session.run(None, {self.taken.name: self.fed})
                self.heatmap = given[-1][0]
                return {value.name: {"type": str(array.dtype), "dims": array.shape,
                                     "data": base64.b64encode(array.tobytes()).decode()}
                        for value, array in zip(outputs, given)}
            case "/fed":
                self.fed = self.image(body)
            case "/heatmap":
                kind = np.uint8 if "uint8" in outputs[-1].type else np.float32
                self.heatmap = np.frombuffer(body, kind).reshape(outputs[-1].shape[-2:])
            case "/said":
                self.said = json.loads(body)
                self.is_done.set()
        return {}

    def image(self, body: bytes) -> np.ndarray:
        return np.frombuffer(body, np.float32).reshape(1, *self.taken.shape[1:])


def shown(browser: str, page: Path, model: Path, photo: Path, scratch: Path, package: Path | None,
          shot: Path | None = None) -> Shown:
    """Lets the page explain a photo; `package` is the folder of onnxruntime-web, where there is one."""
    folder = scratch / "web"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(page, folder, ignore=shutil.ignore_patterns("ort", "node_modules"))
    if package:
        shutil.copytree(package, folder / "ort" / "real")
    shutil.copy(model, folder / "why.onnx")
    Image.open(photo).convert("RGB").save(folder / "photo.png")
    code = WITNESS if package else STAND_IN
    # A browser that did not start is started once more.
    visit = _visit(browser, folder, model, code) or _visit(browser, folder, model, code)
    if not visit:
        raise command.Failure("the page says nothing for a minute")
    words, picture = visit.said
    if not words.startswith("class "):
        raise command.Failure(f"the page says: {words}")
    if shot:
        shot.write_bytes(base64.b64decode(picture))
    return Shown(visit.fed, visit.heatmap, int(words.split()[1]))


def _visit(browser: str, folder: Path, model: Path, code: str) -> _Visit | None:
    """A visit of the page in a folder; none where the page says nothing for a minute."""
    visit = _Visit(model, code)
    handler = functools.partial(_Page, directory=str(folder), visit=visit)
    with (http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
          tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/?model=why.onnx&photo=photo.png"
        line = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                f"--user-data-dir={profile}", "--remote-debugging-port=0", address]
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        is_done = visit.is_done.wait(60)
        process.terminate()
        process.wait()
        server.shutdown()
    return visit if is_done else None
