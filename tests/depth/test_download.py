from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.depth.loopback import Behaviour, serve
from tui.depth import download
from tui.depth.download import fetch
from tui.depth.fetching import FetchCancelled
from tui.depth.part import Part
from tui.depth.registry import ModelSpec, find_spec
from tui.depth.weights import cached_path, find_weights, recorded_hash
from tui.errors import ModelError, StorageError

CONTENT = np.random.default_rng(0).bytes(300_000)
SPEC = replace(
    find_spec("midas-small"),
    size_bytes=len(CONTENT),
    size_tolerance=0.0,
    sha256=hashlib.sha256(CONTENT).hexdigest(),
)


@pytest.fixture(autouse=True)
def no_proxy_and_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(download.MIRROR_VARIABLE, raising=False)
    monkeypatch.setattr(download, "_PAUSE_S", 0.0)


def ignore(_done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


def refusal(base: str, spec: ModelSpec = SPEC) -> str:
    with pytest.raises(ModelError) as caught:
        fetch(spec, ignore, base_url=base)
    message = str(caught.value)
    assert "\n" not in message
    assert not cached_path(spec).exists(), "a wrong file stands under the right name"
    return message


def test_a_file_arrives_whole_with_progress_and_a_record() -> None:
    told: list[tuple[int, int | None]] = []
    with serve(Behaviour(CONTENT)) as base:
        path = fetch(SPEC, lambda done, total: told.append((done, total)), base_url=base)
    assert path == cached_path(SPEC)
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert recorded_hash(path) == SPEC.sha256
    assert find_weights(SPEC).sha256 == SPEC.sha256
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, path.name + ".json"]


def test_a_mirror_can_be_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(Behaviour(CONTENT)) as base:
        monkeypatch.setenv(download.MIRROR_VARIABLE, base + "/")
        assert fetch(SPEC, ignore).read_bytes() == CONTENT


def test_a_broken_connection_is_taken_up_where_it_ended() -> None:
    behaviour = Behaviour(CONTENT, break_after=[100_000, 50_000])
    with serve(behaviour) as base:
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT
    assert [request.get("Range") for request in behaviour.requests] == [None, "bytes=100000-", "bytes=150000-"]
    assert [request.get("If-Range") for request in behaviour.requests] == [None, behaviour.etag, behaviour.etag]


def test_a_server_that_breaks_off_for_good_is_named_and_the_next_call_goes_on() -> None:
    behaviour = Behaviour(CONTENT, break_after=[120_000, 0])
    with serve(behaviour) as base:
        message = refusal(base)
        assert "broke off after 120 kB" in message
        assert "what came is kept" in message
        assert "models fetch midas-small" in message
        assert Part(cached_path(SPEC)).length == 120_000
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT
    assert behaviour.requests[-1]["Range"] == "bytes=120000-"


def test_a_server_that_ignores_ranges_starts_anew() -> None:
    behaviour = Behaviour(CONTENT, break_after=[120_000], ranges=False)
    with serve(behaviour) as base:
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT
    assert len(behaviour.requests) == 2


def test_a_file_that_changed_meanwhile_is_not_mixed_with_the_old_one() -> None:
    old = bytes(len(CONTENT))
    with serve(Behaviour(old, break_after=[100_000, 0])) as base:
        refusal(base)
    part = Part(cached_path(SPEC))
    with serve(Behaviour(CONTENT)) as base:
        # The address is the same one day later.
        part.remember(f"{base}/{SPEC.file_name}", Behaviour(old).etag)
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT


def test_a_part_of_something_else_is_found_out_by_the_hash_and_dropped() -> None:
    part = Part(cached_path(SPEC))
    part.path.parent.mkdir(parents=True)
    part.path.write_bytes(bytes(1000))
    behaviour = Behaviour(CONTENT)
    with serve(behaviour) as base:
        assert "its sha256 is" in refusal(base)
        assert part.length == 0
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT


@pytest.mark.parametrize("extra", [0, 50])
def test_a_part_as_long_as_the_file_is_finished_or_dropped(extra: int) -> None:
    part = Part(cached_path(SPEC))
    part.path.parent.mkdir(parents=True)
    part.path.write_bytes(CONTENT + bytes(extra))
    with serve(Behaviour(CONTENT)) as base:
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT


def test_a_length_that_cannot_be_right_is_refused_before_anything_is_read() -> None:
    behaviour = Behaviour(CONTENT, claim_length=len(CONTENT) + 1)
    with serve(behaviour) as base:
        assert f"it has {len(CONTENT) + 1} bytes instead of about {len(CONTENT)}" in refusal(base)
    assert Part(cached_path(SPEC)).length == 0


def test_a_length_that_promises_more_than_comes_is_a_broken_connection() -> None:
    short = CONTENT[:-1000]
    with serve(Behaviour(short, claim_length=len(CONTENT), ranges=False)) as base:
        assert "broke off" in refusal(base)


def test_a_length_that_promises_less_than_comes_cuts_the_file() -> None:
    spec = replace(SPEC, size_tolerance=0.1)
    with serve(Behaviour(CONTENT, claim_length=len(CONTENT) - 1000)) as base:
        assert "its sha256 is" in refusal(base, spec)


def test_without_a_length_the_end_decides() -> None:
    with serve(Behaviour(CONTENT, chunked=True)) as base:
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT
    cached_path(SPEC).unlink()
    with serve(Behaviour(CONTENT + b"x" * 100_000, chunked=True)) as base:
        assert "it is longer than 300 kB" in refusal(base)
    with serve(Behaviour(b"<html>please log in</html>", chunked=True)) as base:
        assert "it has 26 bytes" in refusal(base)
    with serve(Behaviour(CONTENT, chunked=True, break_after=[70_000])) as base:
        # Where chunks end early nothing tells a break from the end, but the size does.
        assert "it has 70000 bytes" in refusal(base)


def test_another_file_of_the_same_size_is_refused_by_its_hash() -> None:
    with serve(Behaviour(bytes(len(CONTENT)))) as base:
        message = refusal(base)
    assert "127.0.0.1 did not send the weights of midas-small" in message
    assert SPEC.sha256[:16] in message
    assert "--weights FILE" in message
    assert list(cached_path(SPEC).parent.iterdir()) == []


def test_without_a_full_hash_the_content_must_be_the_networks_tensors(small_checkpoint: Path) -> None:
    real = small_checkpoint.read_bytes()
    spec = find_spec("midas-small")
    assert not spec.sha256
    with serve(Behaviour(bytes(spec.size_bytes))) as base:
        assert "it is not a weights file" in refusal(base, spec)
    with serve(Behaviour(real)) as base:
        path = fetch(spec, ignore, base_url=base)
    weights = find_weights(spec)
    assert weights.path == path
    assert weights.note is not None
    assert hashlib.sha256(real).hexdigest() in weights.note


def test_a_missing_file_says_what_else_can_be_done() -> None:
    with serve(Behaviour(CONTENT, status=404)) as base:
        message = refusal(base)
    assert "not there any more (HTTP 404)" in message
    assert "--weights FILE" in message


def test_a_server_in_trouble_is_quoted() -> None:
    with serve(Behaviour(CONTENT, status=503)) as base:
        assert "the server answers 503 Service Unavailable; try again later" in refusal(base)


def test_offline_says_so_and_keeps_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}/folder"
        message = refusal(base)
    assert "127.0.0.1 cannot be reached (Connection refused)" in message
    assert "--weights FILE" in message

    def no_names(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    part = Part(cached_path(SPEC))
    part.path.write_bytes(CONTENT[:5000])
    message = refusal("https://github.com/somewhere")
    assert "github.com cannot be reached (its name cannot be looked up); the 5 kB that came before are kept" in message
    assert part.length == 5000


def test_a_silent_server_has_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "STALL_S", 0.1)
    monkeypatch.setattr(download, "_ATTEMPTS", 1)
    with serve(Behaviour(CONTENT, hold=threading.Event())) as base:
        message = refusal(base)
    assert "broke off after 10 kB" in message
    assert "nothing came for" in message


def test_stopping_keeps_what_came_and_the_next_call_goes_on() -> None:
    hold = threading.Event()
    behaviour = Behaviour(CONTENT, hold=hold)
    cancel = threading.Event()
    caught: list[BaseException] = []

    def stop_at_once(_done: int, _total: int | None) -> None:
        cancel.set()
        hold.set()

    def run(base: str) -> None:
        try:
            fetch(SPEC, stop_at_once, cancel, base_url=base)
        except ModelError as error:
            caught.append(error)

    with serve(behaviour) as base:
        thread = threading.Thread(target=run, args=(base,))
        thread.start()
        thread.join(10)
        assert not thread.is_alive()
        assert isinstance(caught[0], FetchCancelled)
        kept = Part(cached_path(SPEC)).length
        assert 0 < kept < len(CONTENT)
        assert "what came is kept" in str(caught[0])
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT
    assert behaviour.requests[-1]["Range"] == f"bytes={kept}-"


def test_a_cancelled_fetch_does_not_call_the_server() -> None:
    cancel = threading.Event()
    cancel.set()
    behaviour = Behaviour(CONTENT)
    with serve(behaviour) as base, pytest.raises(FetchCancelled):
        fetch(SPEC, ignore, cancel, base_url=base)
    assert behaviour.requests == []


def test_two_at_once_do_not_mix() -> None:
    part = Part(cached_path(SPEC))
    part.path.parent.mkdir(parents=True)
    with serve(Behaviour(CONTENT)) as base:
        with part.locked():
            assert "is being fetched already" in refusal(base)
        assert fetch(SPEC, ignore, base_url=base).read_bytes() == CONTENT


def test_a_full_disk_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with serve(Behaviour(CONTENT)) as base, pytest.raises(StorageError, match="the disk is full"):
        fetch(SPEC, ignore, base_url=base)
    assert not cached_path(SPEC).exists()


def test_a_cache_that_cannot_be_written_is_named(own_home: Path) -> None:
    own_home.mkdir(parents=True, exist_ok=True)
    (own_home / "cache").write_text("a file where a folder should be")
    with serve(Behaviour(CONTENT)) as base, pytest.raises(StorageError, match="is a file, not a folder"):
        fetch(SPEC, ignore, base_url=base)


def test_the_record_names_the_source() -> None:
    with serve(Behaviour(CONTENT)) as base:
        path = fetch(SPEC, ignore, base_url=base)
        content = json.loads(path.with_name(path.name + ".json").read_text())
    assert content["source"] == f"{base}/{SPEC.file_name}"
    assert content["size"] == len(CONTENT)
