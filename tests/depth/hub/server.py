"""A Hub on this machine: one repository, its metadata and its files, or one of the Hub's refusals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.depth.loopback import Quiet, listening


@dataclass
class FakeHub:
    """What it has and how it answers; can be changed between requests."""

    folder: Path
    repository: str
    commit: str
    refusal: tuple[int, str] | None = None
    """A status and the Hub's name of the error, for everything."""
    asked: list[str] = field(default_factory=list)
    """Methods and paths of all requests."""


@contextmanager
def serve_hub(hub: FakeHub) -> Iterator[str]:
    """Serve until the block ends; yields the endpoint."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the library's
            _answer(self, hub)

        def do_HEAD(self) -> None:  # likewise
            _answer(self, hub)

    with listening(Handler) as address:
        yield address


def _answer(handler: BaseHTTPRequestHandler, hub: FakeHub) -> None:
    path = unquote(urlsplit(handler.path).path)
    hub.asked.append(f"{handler.command} {path}")
    start = f"/{hub.repository}/resolve/"
    if hub.refusal is not None:
        status, code = hub.refusal
        _send(handler, status, b"{}", {"X-Error-Code": code, "X-Error-Message": code})
    elif path.startswith(f"/api/models/{hub.repository}/revision/"):
        files = [{"rfilename": each.name, "size": each.stat().st_size} for each in sorted(hub.folder.iterdir())]
        found = {"id": hub.repository, "sha": hub.commit, "siblings": files, "private": False, "tags": []}
        _send(handler, 200, json.dumps(found).encode(), {"Content-Type": "application/json"})
    elif path.startswith(start) and (hub.folder / path.rpartition("/")[2]).is_file():
        content = (hub.folder / path.rpartition("/")[2]).read_bytes()
        large = path.endswith(".safetensors")
        etag = (hashlib.sha256 if large else hashlib.sha1)(content).hexdigest()
        _send(handler, 200, content, {"ETag": f'"{etag}"', "X-Repo-Commit": hub.commit})
    else:
        _send(handler, 404, b"", {"X-Error-Code": "RepoNotFound"})


def _send(handler: BaseHTTPRequestHandler, status: int, content: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(content))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command == "GET":
        handler.wfile.write(content)
