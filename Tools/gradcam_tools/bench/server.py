"""A process that does a thing a line and answers with the milliseconds it took."""

import os
import subprocess
import sys
from pathlib import Path

from gradcam_tools.command import environment

TOOLS = Path(__file__).resolve().parents[2]


class Server:
    """One process kept loaded and warm, so that several can take turns on one machine."""

    def __init__(self, line: list, threads: int, python: Path | None = None):
        self.line = [str(part) for part in line]
        settings = {"OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(TOOLS)}
        self.process = subprocess.Popen(
            self.line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TOOLS,
            env=environment() | settings,
        )
        self._expect("ready")

    @classmethod
    def package(cls, package: str, network: str, path: Path, threads: int, batch: int = 1,
                python: str = sys.executable) -> "Server":
        """A package that explains a network, as `gradcam_tools.bench.peers` does it."""
        return cls([python, "-m", "gradcam_tools.bench.peers", package, network, path,
                    "--threads", threads, "--batch", batch], threads)

    def milliseconds(self, request: str) -> float:
        """Does what the line says once; `correlation PHOTO` answers with that instead."""
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return float(self._line())

    def close(self) -> int:
        """Ends the process; the most memory it held, in bytes."""
        self.process.stdin.close()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_maxrss * 1024

    def _expect(self, word: str) -> None:
        while (line := self._line()) != word:
            print(f"  {line}", file=sys.stderr)

    def _line(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self.line)} ended with {self.process.wait()}")
        return line.strip()
