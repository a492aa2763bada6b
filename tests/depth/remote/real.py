"""Real servers of the protocol, each in a virtual environment of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import tui.depth
from tui.depth.remote.export import export

HERE = Path(__file__).parent
POCKET = Path(tui.depth.__file__).parent / "bundled" / "pocket.onnx"
CARD = POCKET.with_suffix(".toml")


@dataclass(frozen=True)
class Kind:
    """A server's package, and how it is told where its environment is."""

    package: str
    script: str
    exported: bool = False
    """Whether it serves a repository that was exported, not a file."""

    @property
    def variable(self) -> str:
        """Names the Python of an environment that has the package and `openvino`; without it one is made."""
        return f"PYTEST_{self.package.upper().replace('-', '_')}"


KINDS = (
    Kind("kserve", "serve_kserve.py"),
    Kind("mlserver", "serve_mlserver.py"),
    Kind("nvidia-pytriton", "serve_triton.py", exported=True),
)


def environment(kind: Kind, folder: Path) -> Path:
    """The Python of an environment with the server in it, made in a folder that outlives the run."""
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        make = [sys.executable, "-m", "venv", "--clear", str(folder)]
        install = [str(python), "-m", "pip", "install", "--quiet", kind.package, "openvino"]
        for command in (make, install):
            found = subprocess.run(command, capture_output=True, text=True, check=False)
            if found.returncode:
                last = (found.stderr.strip() or "?").splitlines()[-1]
                pytest.skip(f"no environment with {kind.package}: {last}")
        (folder / "done").touch()
    return python


class RealServer:
    """Serves `pocket` on a port of its own, until it is stopped; it can be started again."""

    def __init__(self, kind: Kind, python: Path, log: Path) -> None:
        self._python, self._kind, self._log = python, kind, log
        self._port = _free_ports()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def model(self) -> str:
        return f"oip:http://127.0.0.1:{self._port}/pocket"

    def start(self) -> None:
        served = POCKET
        if self._kind.exported:
            served = self._log.parent / "models"
            if not served.exists():
                export(POCKET, "triton", served)
        command = [str(self._python), str(HERE / self._kind.script), "pocket", str(served), str(self._port), str(CARD)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline_s = time.monotonic() + 120
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                pytest.fail(f"{self._kind.package} does not start: {self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """The process is gone, in the midst of whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def _ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/v2/models/pocket/ready", timeout=5).is_success
        except httpx.HTTPError:
            return False


def _free_ports() -> int:
    """The first of three ports in a row that nobody uses: some servers take three."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                third.bind(("127.0.0.1", port + 2))
            except OSError:
                continue
            return port
