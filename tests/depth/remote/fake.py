"""A small server of the Open Inference Protocol, over real HTTP, that can do everything wrong."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tests.depth.models import card_text

Floats = npt.NDArray[np.float32]
BINARY = "binary_tensor_data"
NAME = "planted"
OVMS = "OpenVINO Model Server"
"""Lists no extension, as it does."""
TYPES: dict[str, np.dtype[Any]] = {
    "FP32": np.dtype("<f4"),
    "FP16": np.dtype("<f2"),
    "UINT8": np.dtype("<u1"),
    "FP64": np.dtype("<f8"),
}


def red(batch: Floats) -> Floats:
    """The network: its map is the picture's first channel."""
    return batch[:, :1]


def another(batch: Floats) -> Floats:
    """Another network: three times the second channel."""
    return 3 * batch[:, 1:2]


@dataclass
class Behaviour:
    """How the server behaves; each field can be changed at any time."""

    network: Callable[[Floats], Floats] = red
    server: str = "fake"
    extensions: tuple[str, ...] = (BINARY,)
    datatype: str = "FP32"
    output_datatype: str = "FP32"
    shape: list[int | str] = field(default_factory=lambda: [-1, 3, -1, -1])
    output_shape: list[int] = field(default_factory=lambda: [-1, 1, -1, -1])
    outputs: tuple[str, ...] = ("map",)
    card: str | None = field(default_factory=card_text)
    card_in: str = "parameters"
    """Or 'config', as Triton has it, or 'rt_info', as OpenVINO Model Server does."""
    token: str = ""
    status: int = 200
    """Of answers to inference."""
    location: str = ""
    hold: threading.Event | None = None
    """Answers to inference wait for this."""
    delay_s: float = 0.0
    """And for so long."""
    break_after: int | None = None
    """The connection is closed after so many bytes of such an answer."""
    rewrite: Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]] | None = None
    """Changes headers and body of such an answer."""
    drip: bool = False
    """Such an answer comes byte by byte."""
    drip_headers: bool = False
    """And so do its headers, without an end."""
    inferences: int = 0
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)
    counting: threading.Lock = field(default_factory=threading.Lock)


class FakeServer:
    """Serves until it is stopped; `start` again takes the same port."""

    def __init__(self, behaviour: Behaviour | None = None, tls: Path | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self._tls = tls
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.behaviour.hold is not None:
            self.behaviour.hold.set()
        self.stop()

    @property
    def base(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    @property
    def model(self) -> str:
        return f"oip:{self.base}/{NAME}"

    def start(self) -> None:
        outer = self

        class Handler(_Handler):
            behaviour = outer.behaviour
            opened = outer._open

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_args: object) -> None:
                """A client that leaves is no news."""

        self._server = Server(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        if self._tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """The server is gone, with every connection."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.drop()
        self._server = None

    def drop(self) -> None:
        """Close every connection that is kept."""
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behaviour: Behaviour
    opened: list[socket.socket]

    def setup(self) -> None:
        super().setup()
        self.behaviour.connections += 1
        self.opened.append(self.request)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # the name is the library's
        behaviour = self.behaviour
        if not self._allowed():
            return
        if self.path == "/v2":
            listed = {"extensions": list(behaviour.extensions)} if behaviour.server != OVMS else {}
            self._json({"name": behaviour.server, "version": "1", **listed})
        elif self.path == f"/v2/models/{NAME}":
            tensors = {
                "inputs": [{"name": "picture", "datatype": behaviour.datatype, "shape": behaviour.shape}],
                "outputs": [
                    {"name": name, "datatype": behaviour.output_datatype, "shape": behaviour.output_shape}
                    for name in behaviour.outputs
                ],
            }
            self._json({"name": NAME, "platform": "test", **tensors, **self._card("metadata")})
        elif self.path == f"/v2/models/{NAME}/config":
            self._json({"name": NAME, **self._card("config")})
        elif self.path == "/v2/health/live":
            self._json({"live": True})
        else:
            self._json({"error": f"no such thing: {self.path}"}, 404)

    def do_POST(self) -> None:
        behaviour = self.behaviour
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._allowed():
            return
        if self.path != f"/v2/models/{NAME}/infer":
            self._json({"error": "no such model"}, 404)
            return
        with behaviour.counting:
            behaviour.inferences += 1
            behaviour.at_once += 1
            behaviour.most_at_once = max(behaviour.most_at_once, behaviour.at_once)
        if behaviour.hold is not None:
            behaviour.hold.wait(20)
        time.sleep(behaviour.delay_s)
        try:
            self._infer(body)
        finally:
            with behaviour.counting:
                behaviour.at_once -= 1

    def _infer(self, body: bytes) -> None:
        behaviour = self.behaviour
        if behaviour.location:
            self._send(behaviour.status, {"Location": behaviour.location}, b"")
        elif behaviour.status != 200:
            self._json({"error": "out of order"}, behaviour.status)
        else:
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        behaviour = self.behaviour
        length = self.headers.get("Inference-Header-Content-Length")
        asked = json.loads(body[: int(length)] if length else body)
        tensor = asked["inputs"][0]
        dtype = TYPES[tensor["datatype"]]
        assert tensor["datatype"] == behaviour.datatype
        if length:
            assert BINARY in behaviour.extensions or behaviour.server == OVMS
            raw = body[int(length) :]
            assert len(raw) == tensor["parameters"]["binary_data_size"]
            values = np.frombuffer(raw, dtype).reshape(tensor["shape"])
        else:
            values = np.array(tensor["data"], dtype=dtype).reshape(tensor["shape"])
        found = np.asarray(behaviour.network(values.astype(np.float32)))
        wanted = asked["outputs"][0]
        output = {"name": wanted["name"], "datatype": behaviour.output_datatype, "shape": list(found.shape)}
        headers, content = {"Content-Type": "application/json"}, b""
        if wanted.get("parameters", {}).get("binary_data"):
            content = found.astype(TYPES[behaviour.output_datatype]).tobytes()
            output["parameters"] = {"binary_data_size": len(content)}
        else:
            output["data"] = found.ravel().tolist()
        header = json.dumps({"model_name": NAME, "outputs": [output]}).encode()
        if content:
            headers = {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(header))}
        content = header + content
        if behaviour.rewrite is not None:
            headers, content = behaviour.rewrite(headers, content)
        self._send(200, headers, content, behaviour.break_after)

    def _card(self, asked: str) -> dict[str, object]:
        behaviour = self.behaviour
        if behaviour.card is None or (behaviour.card_in == "config") != (asked == "config"):
            return {}
        if behaviour.card_in == "rt_info":
            return {"rt_info": {"model_info": {"depth_tui_card": behaviour.card}}}
        found: object = {"string_value": behaviour.card} if asked == "config" else behaviour.card
        return {"parameters": {"card": found}}

    def _allowed(self) -> bool:
        self.behaviour.requests.append(dict(self.headers.items()))
        if self.behaviour.token and self.headers.get("Authorization") != f"Bearer {self.behaviour.token}":
            self._json({"error": "who are you?"}, 401)
            return False
        return True

    def _json(self, table: dict[str, object], status: int = 200) -> None:
        self._send(status, {"Content-Type": "application/json"}, json.dumps(table).encode())

    def _send(self, status: int, headers: dict[str, str], content: bytes, break_after: int | None = None) -> None:
        try:
            if self.behaviour.drip_headers and self.command == "POST":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(400):
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    if threading.Event().wait(0.05):
                        break
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.behaviour.drip and self.command == "POST":
                for at in range(len(content)):
                    self.wfile.write(content[at : at + 1])
                    self.wfile.flush()
                    if threading.Event().wait(0.05):
                        break
            elif break_after is not None:
                self.wfile.write(content[:break_after])
                self.wfile.flush()
                self.close_connection = True
            else:
                self.wfile.write(content)
        except OSError:
            self.close_connection = True
