"""The figures of `make bench`: each starts what it needs, lets it take turns, and gives rows."""

import contextlib
import dataclasses
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gradcam_tools.bench.photos import drawn_photos
from gradcam_tools.bench.server import TOOLS, Server
from gradcam_tools.command import finished

PEERS = ["pytorch", "pytorch-grad-cam", "captum", "torchcam", "hooks", "openvino", "openvino_xai"]
"""Who is asked for the same as the command, beside it."""

SECOND_ENGINE = {"f32": "gradcam, OpenVINO", "bf16": "gradcam, OpenVINO bf16"}
"""The command's second engine, by the precision asked of it."""


@dataclasses.dataclass(frozen=True)
class Bench:
    """Where things are, and how often each is done."""

    gradcam: Path
    serving: Path
    models: dict[str, Path]
    photos: Path
    rounds: int
    openvino_python: Path | None

    def ours(self, network: str, threads: int, jobs: int = 1, *more: str) -> Server:
        return Server(
            [self.serving, "serve", self.models[network], "--threads", threads, "--jobs", jobs, *more],
            threads,
        )

    def on_second_engine(self, network: str, threads: int) -> dict[str, tuple[Server, str]]:
        """Ours on the second engine, by precision; none where it is not set up or the processor cannot."""
        requests = {}
        for precision, name in SECOND_ENGINE.items():
            try:
                server = self.ours(
                    network, threads, 1, "--engine", "openvino", "--precision", precision)
                requests[name] = (server, "explain 1")
            except RuntimeError as error:
                print(f"  {name} on {network}: {error}", file=sys.stderr)
        return requests

    def peer(self, package: str, network: str, threads: int, batch: int = 1) -> Server | None:
        """A package's process; none where it cannot do it."""
        python = sys.executable
        if package.startswith("openvino"):
            if self.openvino_python is None:
                return None
            python = self.openvino_python
        if package == "torchcam" and network.startswith("vit_"):
            return None  # it has no place for a token grid
        if package == "openvino_xai" and batch > 1:
            return None  # its branch is written for one image
        try:
            return Server.package(package, network, self.models[network], threads, batch, python)
        except RuntimeError as error:
            print(f"  {package} on {network}: {error}", file=sys.stderr)
            return None


def turns(servers: dict[str, tuple[Server, str]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each, in turn, after two turns that warm up; what fails is left out."""
    times: dict[str, list[float]] = {name: [] for name in servers}
    for index in range(rounds + 2):
        for name, (server, request) in servers.items():
            if name not in times:
                continue
            try:
                took = server.milliseconds(request)
            except (RuntimeError, BrokenPipeError, ValueError) as error:
                print(f"  {name}: {error}", file=sys.stderr)
                del times[name]
                continue
            if index >= 2:
                times[name].append(took)
    return times


def spread(times: list[float]) -> dict:
    return {"median": statistics.median(times), "least": min(times), "most": max(times)}


def beside(times: dict[str, list[float]], base: str) -> dict[str, dict]:
    """Each with its spread, and the median of its ratios to the base's time in the same turn."""
    return {
        name: spread(each)
        | {"ratio": statistics.median(one / of for one, of in zip(each, times[base]))}
        for name, each in times.items()
    }


@contextlib.contextmanager
def closing(servers: dict[str, tuple[Server, str]]):
    try:
        yield servers
    finally:
        for server in {id(server): server for server, _ in servers.values()}.values():
            with contextlib.suppress(Exception):
                server.close()


# Figures


def latency(bench: Bench, network: str, threads: int, batch: int) -> dict:
    """Plain inference, explanation and the packages, on one network."""
    if batch == 1:
        ours = bench.ours(network, threads)
        requests = {"plain": (ours, "plain"), "gradcam": (ours, "explain 1")}
        requests |= bench.on_second_engine(network, threads)
    else:
        ours = bench.ours(network, 1, jobs=threads)
        requests = {
            "plain": (ours, f"{batch} x plain"),
            "gradcam": (ours, f"{batch} x explain 1"),
        }
    for package in PEERS:
        if server := bench.peer(package, network, threads, batch):
            requests[package] = (server, "1")
    with closing(requests):
        return beside(turns(requests, bench.rounds), "plain")


def input_gradient(bench: Bench, network: str, threads: int) -> dict:
    """The gradient to the input, beside plain inference and PyTorch's."""
    ours = bench.ours(network, threads)
    requests = {"plain": (ours, "plain"), "gradcam": (ours, "explain 1 input")}
    if server := bench.peer("pytorch-input", network, threads):
        requests["pytorch-input"] = (server, "1")
    with closing(requests):
        return beside(turns(requests, bench.rounds), "plain")


def classes(bench: Bench, network: str, threads: int, counts: list[int]) -> dict:
    """What explaining more classes of one image costs."""
    ours = bench.ours(network, threads)
    requests = {str(count): (ours, f"explain {count}") for count in counts}
    packages = {}
    with closing(requests):
        rows = beside(turns(requests, bench.rounds), "1")
    for package in ["pytorch-grad-cam", "captum"]:
        if server := bench.peer(package, network, threads):
            some = [count for count in counts if count <= 10]
            with closing({str(count): (server, str(count)) for count in some}) as asked:
                packages[package] = beside(turns(asked, 3), "1")
    return {"gradcam": rows, **packages}


def precision(bench: Bench, network: str, threads: int) -> dict:
    """Explanations in float32 and, on the second engine, bfloat16, and how alike their maps are."""
    (photo,) = drawn_photos(bench.photos, 1)
    requests = {"float32": (bench.ours(network, threads), "explain 1")}
    requests |= bench.on_second_engine(network, threads)
    with closing(requests):
        rows = beside(turns(requests, bench.rounds), "float32")
        if SECOND_ENGINE["bf16"] in rows:
            server = requests[SECOND_ENGINE["bf16"]][0]
            rows[SECOND_ENGINE["bf16"]]["correlation"] = server.milliseconds(f"correlation {photo}")
    return rows


def depth(bench: Bench, network: str, threads: int, layers: list[str]) -> dict:
    """What explaining earlier layers costs."""
    ours = bench.ours(network, threads)
    requests = {"plain": (ours, "plain")}
    requests |= {layer: (ours, f"explain 1 {layer}") for layer in layers}
    with closing(requests):
        return beside(turns(requests, bench.rounds), "plain")


def baked(bench: Bench, network: str, threads: int) -> dict:
    """A baked model beside its plain one, in Python's ONNX Runtime, which knows nothing of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "baked.onnx"
        finished([bench.gradcam, "bake", bench.models[network], "-o", path, "--no-verify"], 600)
        requests = {
            name: (Server.package("onnxruntime", network, file, threads), "1")
            for name, file in [("plain", bench.models[network]), ("baked", path)]
        }
        with closing(requests):
            return beside(turns(requests, bench.rounds), "plain")


def memory(bench: Bench, network: str) -> dict:
    """The most memory that a process held which inferred once, or explained once; MiB."""
    peaks = {
        kind: min(finished([bench.serving, "once", kind, bench.models[network]], 600)[2]
                  for _ in range(3)) / 2**20
        for kind in ["plain", "explanation"]
    }
    return peaks | {"ratio": peaks["explanation"] / peaks["plain"]}


def cold_start(bench: Bench, network: str) -> dict:
    """From the start of a process to a picture on the disk, in milliseconds."""
    (photo,) = drawn_photos(bench.photos, 1)
    script = TOOLS / "gradcam_tools" / "bench" / "cold_start.py"
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "why.png"
        weights = Path(folder) / "weights.pt"
        subprocess.run(
            [sys.executable, script, network, weights, "--save-weights"], check=True, cwd=TOOLS)
        lines = {
            "gradcam": [bench.gradcam, "explain", bench.models[network], photo, "-o", picture, "-q"],
            "pytorch-grad-cam": [sys.executable, script, network, weights, photo, picture],
        }
        times: dict[str, list[float]] = {name: [] for name in lines}
        for index in range(bench.rounds + 1):
            for name, line in lines.items():
                picture.unlink(missing_ok=True)
                took = finished(line, 600)[1] * 1000
                assert picture.stat().st_size > 0, f"{name} wrote no picture"
                if index > 0:
                    times[name].append(took)
    return beside(times, "gradcam")


def folder(bench: Bench, network: str, threads: int, counts: list[int]) -> dict:
    """Folders of photos, from JPEG to an overlay as PNG each, beside plain inference alone."""
    photos = drawn_photos(bench.photos, max(counts))
    ours = bench.ours(network, threads)
    shared = bench.ours(network, 1, jobs=threads)
    rows = {}
    with closing({"ours": (ours, ""), "shared": (shared, "")}):
        for server in [ours, shared]:
            server.milliseconds("plain")
        for count in counts:
            with tempfile.TemporaryDirectory() as place:
                some = Path(place) / "photos"
                some.mkdir()
                for photo in photos[:count]:
                    (some / photo.name).symlink_to(photo)
                plain, at_once, whole = [], [], []
                for _ in range(3 if count > 50 else 5):
                    plain.append(ours.milliseconds(f"{count} x plain"))
                    at_once.append(shared.milliseconds(f"{count} x plain"))
                    began = time.perf_counter()
                    finished([bench.gradcam, "explain", bench.models[network], some, "-o",
                              f"{place}/out/", "-q"], 3600)
                    whole.append((time.perf_counter() - began) * 1000)
            least = [min(pair) for pair in zip(plain, at_once)]
            rows[str(count)] = {
                "plain, all threads on one photo": spread(plain),
                "plain, a thread a photo": spread(at_once),
                "gradcam explain": spread(whole)
                | {
                    "speed beside plain": statistics.median(p / w for p, w in zip(plain, whole)),
                    "speed beside the faster plain": statistics.median(
                        p / w for p, w in zip(least, whole)),
                },
            }
    return rows
