"""Fetching published weights: resumable, checked, and never leaving a wrong file under the right name."""

from __future__ import annotations

import http
import http.client
import os
import re
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tui.depth.fetching import FetchCancelled, Progress
from tui.depth.hub.address import is_hub
from tui.depth.part import Part, writing
from tui.depth.registry import ModelSpec
from tui.depth.weights import cached_path, hash_file, hash_note, record, size_text
from tui.errors import ModelError
from tui.storage.atomic import make_folder

MIRROR_VARIABLE = "DEPTH_TUI_MIRROR"
"""Environment variable with the address of a folder to fetch from instead of the official release."""

STALL_S = 15.0
"""A server that sends nothing for so long has broken off."""

_ATTEMPTS = 4
"""How often a broken connection is taken up again, in one call."""

_PAUSE_S = 0.5
"""Before taking up a broken connection again; doubled each time."""

_BLOCK_BYTES = 1 << 17
_PROGRESS_PERIOD_S = 0.05


class _BrokenOff(Exception):
    """The connection ended before the file did; what came is good."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What is fetched, from where, and who watches."""

    spec: ModelSpec
    url: str
    part: Part
    progress: Progress
    cancel: threading.Event


def fetch(
    spec: ModelSpec, progress: Progress, cancel: threading.Event | None = None, base_url: str | None = None
) -> Path:
    """Download a model's weights into the cache; a part that came before is continued.

    Args:
        spec: which model.
        progress: called at most every 0.05 s, and at the end.
        cancel: set from another thread to stop after the block that is being read.
        base_url: a folder to fetch from instead of the official release; tests use it.

    Returns:
        The file in the cache, of the right size and hash, with a record of its hash beside it.

    Raises:
        FetchCancelled: `cancel` was set.
        ModelError: no connection, no such file, broken off, or another file was sent.
        StorageError: the cache cannot be written.
    """
    if is_hub(spec.name):
        from tui.depth.hub.fetch import fetch_snapshot  # by the Hub's own client

        return fetch_snapshot(spec.name, progress, cancel)
    path = cached_path(spec)
    make_folder(path.parent)
    base = base_url or os.environ.get(MIRROR_VARIABLE)
    url = f"{base.rstrip('/')}/{spec.file_name}" if base else spec.url
    part = Part(path)
    with part.locked():
        job = _Job(spec, url, part, progress, cancel or threading.Event())
        _complete(job)
        sha256 = _check(job)
        part.finish()
        record(path, sha256, source=url)
    return path


def _complete(job: _Job) -> None:
    """Call the server until the part is as long as the file, as long as each call brings something."""
    pause_s = _PAUSE_S
    for attempt in range(1, _ATTEMPTS + 1):
        before = job.part.length
        try:
            _receive(job)
        except _BrokenOff as error:
            got = job.part.length
            if attempt == _ATTEMPTS or got <= before:
                raise ModelError(
                    f"{_host(job.url)} broke off after {size_text(got)} of about {size_text(job.spec.size_bytes)} "
                    f"({error}); what came is kept: run depth-tui models fetch {job.spec.short_name} again to go on"
                ) from error
            if job.cancel.wait(pause_s):
                raise _cancelled(job) from error
            pause_s *= 2
        else:
            return


def _receive(job: _Job) -> None:
    """One request; the answer is appended to the part, or replaces it where the server starts anew.

    Raises:
        _BrokenOff: the connection ended early.
    """
    if job.cancel.is_set():
        raise _cancelled(job)
    start = job.part.length
    try:
        response = urllib.request.urlopen(_request(job, start), timeout=STALL_S)  # noqa: S310  # https, or a mirror
    except urllib.error.HTTPError as error:
        with error:
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start > 0:
                if _range_total(error.headers.get("Content-Range")) == start:
                    return
                job.part.forget()
                _receive(job)
                return
            raise _refused(job, error) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(job, error, start) from error
    with response:
        if job.url.startswith("https:") and not response.url.startswith("https:"):
            raise ModelError(f"{_host(job.url)} leads to {_host(response.url)} without encryption; nothing was fetched")
        if response.status != http.HTTPStatus.PARTIAL_CONTENT or not _continues(response, start):
            start = 0
        expected = _expected_total(job, response, start)
        job.part.remember(job.url, _validator(response))
        _append(job, response, start, expected)


def _append(job: _Job, response: http.client.HTTPResponse, start: int, expected: int | None) -> None:
    done, told_at = start, 0.0
    with writing(job.part.path), job.part.path.open("r+b", buffering=0) as file:
        file.truncate(start)
        file.seek(start)
        while done <= job.spec.largest_bytes and (block := _read_block(response)):
            file.write(block)
            done += len(block)
            if job.cancel.is_set():
                raise _cancelled(job)
            if time.monotonic() - told_at >= _PROGRESS_PERIOD_S:
                told_at = time.monotonic()
                job.progress(done, expected)
        os.fsync(file.fileno())
    job.progress(done, expected)
    if done > job.spec.largest_bytes:
        raise _another_file(job, f"it is longer than {size_text(job.spec.largest_bytes)}")
    if expected is not None and done < expected:
        raise _BrokenOff("the connection was closed")


def _read_block(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read1(_BLOCK_BYTES)
    except TimeoutError as error:
        raise _BrokenOff(f"nothing came for {STALL_S:.0f} s") from error
    except (OSError, http.client.HTTPException) as error:
        raise _BrokenOff(str(error) or type(error).__name__) from error


def _check(job: _Job) -> str:
    """The hash of the complete part, if it is the file that was asked for; else the part is dropped.

    Where the whole hash is known it decides. Where only its beginning is known from an earlier name of the file, a
    file with another hash must hold exactly the model's tensors.
    """
    spec, part = job.spec, job.part
    if not spec.smallest_bytes <= part.length <= spec.largest_bytes:
        raise _another_file(job, f"it has {part.length} bytes instead of about {spec.size_bytes}")
    sha256 = hash_file(part.path)
    if spec.sha256 and sha256 != spec.sha256:
        raise _another_file(job, f"its sha256 is {sha256[:16]}... instead of {spec.sha256[:16]}...")
    if hash_note(spec, sha256) is not None:
        from tui.depth.midas.checkpoint import load_module  # imports torch; only for a file of unknown hash

        try:
            load_module(spec.name, part.path)
        except ModelError as error:
            raise _another_file(job, str(error).replace(str(part.path), "it")) from error
    return sha256


def _request(job: _Job, start: int) -> urllib.request.Request:
    headers = {"User-Agent": "depth-tui", "Accept-Encoding": "identity"}
    if start > 0:
        headers["Range"] = f"bytes={start}-"
        if validator := job.part.validator(job.url):
            headers["If-Range"] = validator
    return urllib.request.Request(job.url, headers=headers)  # noqa: S310  # https, or a mirror


def _validator(response: http.client.HTTPResponse) -> str:
    """The server's name for this version of the file: a strong ETag, else the date."""
    etag = response.headers.get("ETag", "")
    return etag if etag and not etag.startswith("W/") else response.headers.get("Last-Modified", "")


def _expected_total(job: _Job, response: http.client.HTTPResponse, start: int) -> int | None:
    """The length of the whole file by the server's word; refused at once where it cannot be the file."""
    total = _range_total(response.headers.get("Content-Range"))
    length = response.headers.get("Content-Length", "")
    if total is None and length.isdigit():
        total = start + int(length)
    if total is not None and not job.spec.smallest_bytes <= total <= job.spec.largest_bytes:
        raise _another_file(job, f"it has {total} bytes instead of about {job.spec.size_bytes}")
    return total


def _continues(response: http.client.HTTPResponse, start: int) -> bool:
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return match is not None and int(match[1]) == start


def _range_total(header: str | None) -> int | None:
    match = re.search(r"/(\d+)$", header or "")
    return int(match[1]) if match else None


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).hostname or url


def _cancelled(job: _Job) -> FetchCancelled:
    return FetchCancelled(
        f"stopped after {size_text(job.part.length)}; what came is kept: "
        f"run depth-tui models fetch {job.spec.short_name} to go on"
    )


def _another_file(job: _Job, problem: str) -> ModelError:
    """The error for a file that is not the one asked for; the part is dropped."""
    job.part.forget()
    return ModelError(
        f"{_host(job.url)} did not send the weights of {job.spec.short_name}: {problem}; nothing was kept. "
        "Is a login page or a proxy in between? A file from elsewhere can be given with --weights FILE"
    )


def _refused(job: _Job, error: urllib.error.HTTPError) -> ModelError:
    if error.code in (http.HTTPStatus.NOT_FOUND, http.HTTPStatus.GONE):
        what = f"the file is not there any more (HTTP {error.code}); update depth-tui"
    else:
        what = f"the server answers {error.code} {error.reason}; try again later"
    return ModelError(f"{job.url}: {what}, or give a file from elsewhere with --weights FILE")


def _unreachable(job: _Job, error: BaseException, start: int) -> ModelError:
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(inner, socket.gaierror):
        why = "its name cannot be looked up"
    elif isinstance(inner, TimeoutError):
        why = f"no answer within {STALL_S:.0f} s"
    else:
        why = (inner.strerror if isinstance(inner, OSError) else None) or str(inner) or type(inner).__name__
    kept = f"; the {size_text(start)} that came before are kept" if start else ""
    return ModelError(
        f"{_host(job.url)} cannot be reached ({why}){kept}. Check the network connection and try again, "
        f"or copy the file from another machine and give it with --weights FILE ({job.url})"
    )
