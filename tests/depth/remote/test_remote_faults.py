"""Whatever a server does wrong is one line, and nothing of it is read."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.certificates import self_signed
from tests.depth.remote.asking import PICTURE, SMALL, Load, refused
from tests.depth.remote.fake import Behaviour, FakeServer, Floats
from tui.depth.loader import ModelRequest, load_estimator
from tui.depth.remote import lane, pace
from tui.errors import ModelError


def _nan(batch: Floats) -> Floats:
    return np.full_like(batch[:, :1], np.nan)


def _flat(batch: Floats) -> Floats:
    return np.ones_like(batch[:, :1])


def _empty(batch: Floats) -> Floats:
    return batch[:, :0, :0, :0]


def _turned(batch: Floats) -> Floats:
    return np.zeros((1, 1, batch.shape[3], batch.shape[2] // 2), np.float32)


@pytest.mark.parametrize(
    ("network", "words"),
    [(_nan, "number"), (_flat, "same number"), (_empty, "shape"), (_turned, "sides")],
)
def test_a_network_that_gives_no_map_is_refused(
    server: FakeServer, load: Load, network: Callable[[Floats], Floats], words: str
) -> None:
    server.behaviour.network = network
    server.behaviour.output_shape = []
    assert words in refused(lambda: load(server))


def _shorter(headers: dict[str, str], content: bytes) -> tuple[dict[str, str], bytes]:
    return headers, content[:-4]


def _no_header(headers: dict[str, str], content: bytes) -> tuple[dict[str, str], bytes]:
    return {**headers, "Inference-Header-Content-Length": "99999999"}, content


def _huge(headers: dict[str, str], content: bytes) -> tuple[dict[str, str], bytes]:
    return headers, content + bytes(100_000_000)


def _huge_length(headers: dict[str, str], content: bytes) -> tuple[dict[str, str], bytes]:
    return {**headers, "Content-Length": "100000000"}, content


def _junk(_headers: dict[str, str], _content: bytes) -> tuple[dict[str, str], bytes]:
    return {}, b"<html>hello</html>"


def _gzip(headers: dict[str, str], content: bytes) -> tuple[dict[str, str], bytes]:
    return {**headers, "Content-Encoding": "gzip"}, content


FAULTS: list[tuple[dict[str, object], str]] = [
    ({"rewrite": _shorter}, "bytes"),
    ({"rewrite": _no_header}, "header"),
    ({"rewrite": _huge}, "cut off"),
    ({"rewrite": _huge_length}, "cut off"),
    ({"rewrite": _junk}, "JSON"),
    ({"rewrite": _gzip}, "compressed"),
    ({"network": _nan}, "number"),
    ({"network": _empty}, "shape"),
    ({"network": lambda batch: batch[:, :1, ::2]}, "shape"),
    ({"network": lambda batch: batch[:, :1, ::2, ::2]}, "shape"),
    ({"network": lambda batch: batch}, "shape"),
    ({"break_after": 200}, "broke off"),
    ({"break_after": 0}, "broke off"),
    ({"status": 302, "location": "http://elsewhere.example/v2?secret=1"}, "redirects to http://elsewhere.example"),
    ({"status": 503}, "503 (out of order)"),
    ({"status": 400}, "400 (out of order)"),
    ({"status": 403}, "DEPTH_TUI_TOKEN"),
]


@pytest.mark.parametrize(("changes", "words"), FAULTS)
def test_a_fault_is_one_line_and_the_next_picture_is_read_again(
    server: FakeServer, load: Load, changes: dict[str, object], words: str
) -> None:
    estimator = load(server)
    name = estimator.identity
    for field, value in changes.items():
        setattr(server.behaviour, field, value)
    line = refused(lambda: estimator.estimate(PICTURE))
    assert words in line
    assert "secret" not in line
    for field in changes:
        setattr(server.behaviour, field, getattr(Behaviour(), field))
    np.testing.assert_array_equal(estimator.estimate(SMALL), SMALL[..., 0])
    assert estimator.identity == name


def test_a_late_answer_is_not_waited_for(server: FakeServer, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LEAST_WAIT_S", 0.1)
    estimator = load(server)
    server.behaviour.hold = threading.Event()
    started_s = time.monotonic()
    assert "did not answer within" in refused(lambda: estimator.estimate(PICTURE))
    assert time.monotonic() - started_s < 10, "the server holds it for twenty seconds"
    server.behaviour.hold.set()
    assert estimator.estimate(PICTURE) is not None


@pytest.mark.parametrize("how", ["drip", "drip_headers"])
def test_an_answer_that_never_ends_is_given_up(
    server: FakeServer, load: Load, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(pace, "LEAST_WAIT_S", 0.3)
    monkeypatch.setattr(lane, "LATE_S", 0.2)
    estimator = load(server)
    setattr(server.behaviour, how, True)
    assert "did not answer within" in refused(lambda: estimator.estimate(PICTURE))
    setattr(server.behaviour, how, False)
    np.testing.assert_array_equal(estimator.estimate(SMALL), SMALL[..., 0])


def test_a_server_that_gets_slower_is_waited_for_longer() -> None:
    found = pace.Pace()
    assert found.wait_s == 1.0
    for _ in range(15):
        found.note(0.05)
    assert found.wait_s == 1.0
    found.note_late(1.5)
    assert found.wait_s == 1.0, "once is an accident"
    found.note_late(1.5)
    assert found.wait_s > 1.5
    for _ in range(3):
        found.note(0.05)
    assert found.wait_s == 1.0


def test_a_late_map_is_dropped_and_the_connection_kept(
    server: FakeServer, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LEAST_WAIT_S", 0.1)
    estimator = load(server)
    server.behaviour.hold = threading.Event()
    assert "did not answer within" in refused(lambda: estimator.estimate(PICTURE))
    assert "still at work" in refused(lambda: estimator.estimate(PICTURE))
    assert server.behaviour.inferences == 2, "the test picture and one: nothing queues behind a late map"
    server.behaviour.hold.set()
    np.testing.assert_array_equal(estimator.estimate(SMALL), SMALL[..., 0])
    assert server.behaviour.connections == 1


def test_a_server_that_slows_down_for_good_is_read_again_after_two_late_maps(
    server: FakeServer, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LEAST_WAIT_S", 0.1)
    estimator = load(server)
    for _ in range(15):
        estimator.estimate(PICTURE)
    server.behaviour.delay_s = 0.4
    while True:
        try:
            found = estimator.estimate(SMALL)
            break
        except ModelError:
            continue
    np.testing.assert_array_equal(found, SMALL[..., 0])
    assert server.behaviour.inferences <= 16 + 3, "two that came too late at most, and one in time"
    assert server.behaviour.connections == 1


def test_a_server_that_is_away_is_said_and_comes_back(server: FakeServer, load: Load) -> None:
    estimator = load(server)
    name = estimator.identity
    server.stop()
    assert "is the server on?" in refused(lambda: estimator.estimate(PICTURE))
    assert "is the server on?" in refused(lambda: load(server))
    server.start()
    deadline_s = time.monotonic() + 20
    while True:
        try:
            estimator.estimate(PICTURE)
            break
        except ModelError:
            assert time.monotonic() < deadline_s
    assert estimator.identity == name


def test_a_host_that_swallows_everything_is_given_up_after_a_second() -> None:
    """A listening socket whose queue is full takes no connection and refuses none."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        line = refused(lambda: load_estimator(ModelRequest(f"oip:http://127.0.0.1:{full.getsockname()[1]}/net")))
    assert "answer within" in line


def test_a_certificate_that_cannot_be_verified_is_refused_and_a_known_authority_taken(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = self_signed(tmp_path)
    with FakeServer(tls=file) as server:
        line = refused(lambda: load(server))
        assert "certificate cannot be verified" in line
        assert "SSL_CERT_FILE" in line
        assert server.behaviour.inferences == 0
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        np.testing.assert_array_equal(load(server).estimate(SMALL), SMALL[..., 0])


def test_an_answer_over_tls_that_never_ends_is_given_up(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "LEAST_WAIT_S", 0.3)
    monkeypatch.setattr(lane, "LATE_S", 0.2)
    file = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with FakeServer(tls=file) as server:
        estimator = load(server)
        server.behaviour.drip = True
        assert "did not answer within" in refused(lambda: estimator.estimate(PICTURE))
        server.behaviour.drip = False
        np.testing.assert_array_equal(estimator.estimate(SMALL), SMALL[..., 0])


def test_plain_http_where_tls_is_expected_is_said(server: FakeServer) -> None:
    line = refused(lambda: load_estimator(ModelRequest(server.model.replace("http:", "https:"))))
    assert "http://" in line


def test_tls_where_plain_http_is_expected_is_said(tmp_path: Path) -> None:
    with FakeServer(tls=self_signed(tmp_path)) as server:
        assert refused(lambda: load_estimator(ModelRequest(server.model.replace("https:", "http:"))))
