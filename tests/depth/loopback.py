"""A server on this machine that sends a file, well or badly."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """How the server treats its requests; each field can be changed between them."""

    content: bytes
    break_after: list[int] = field(default_factory=list)
    """For each request in turn: close the connection after so many bytes of the body."""
    claim_length: int | None = None
    """The length to claim instead of the true one."""
    chunked: bool = False
    """Send without a length."""
    ranges: bool = True
    """Whether ranges are honoured."""
    status: int = 200
    hold: threading.Event | None = None
    """Wait for this after the first bytes of the body."""
    sent_some: threading.Event = field(default_factory=threading.Event)
    """Set when the first bytes of a body are out."""
    requests: list[dict[str, str]] = field(default_factory=list)
    """The headers of each request."""

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'


class Quiet(BaseHTTPRequestHandler):
    """Keeps a connection open, and says nothing of what it answers."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server until the block ends; yields its address, without a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serve(behaviour: Behaviour) -> Iterator[str]:
    """Serve until the block ends; yields the address of the folder."""

    class Handler(Quiet):
        def do_GET(self) -> None:  # the name is the library's
            answer(self, behaviour)

    with listening(Handler) as address:
        try:
            yield f"{address}/folder"
        finally:
            if behaviour.hold is not None:
                behaviour.hold.set()


def answer(handler: BaseHTTPRequestHandler, behaviour: Behaviour) -> None:
    headers = dict(handler.headers.items())
    behaviour.requests.append(headers)
    handler.close_connection = True
    if behaviour.status != 200:
        handler.send_error(behaviour.status)
        return
    content, start = behaviour.content, 0
    wanted = headers.get("Range")
    if behaviour.ranges and wanted and headers.get("If-Range", behaviour.etag) == behaviour.etag:
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(content):
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(content)}")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    else:
        handler.send_response(200)
    handler.send_header("ETag", behaviour.etag)
    body = content[start:]
    if behaviour.chunked:
        handler.send_header("Transfer-Encoding", "chunked")
    else:
        handler.send_header(
            "Content-Length", str(len(body) if behaviour.claim_length is None else behaviour.claim_length)
        )
    handler.end_headers()
    if behaviour.break_after:
        body = body[: behaviour.break_after.pop(0)]
    send(handler, behaviour, body)


def send(handler: BaseHTTPRequestHandler, behaviour: Behaviour, body: bytes) -> None:
    step = 10_000
    try:
        for at in range(0, len(body), step):
            block = body[at : at + step]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(block), block) if behaviour.chunked else block)
            handler.wfile.flush()
            behaviour.sent_some.set()
            if behaviour.hold is not None:
                behaviour.hold.wait(10)
        if behaviour.chunked:
            handler.wfile.write(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass
