"""Streams over hours, and all that happens to them: what is delivered is new, whatever stood still before.

The long one prints what it saw: pytest -m large -n 0 -s tests/camera/test_hours_rtsp.py
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from statistics import median
from typing import Self

import pytest

from tests.camera.held import Held
from tests.camera.proxy import Proxy
from tests.camera.rtsp_running import H264, JPEG, TIMED, Serve, Server, age_s
from tests.fakes import wait_until
from tui.camera.frame import Frame, FrameSource
from tui.camera.rtsp import open_rtsp
from tui.pipeline import capture
from tui.pipeline.capture import Capture, CaptureStage

RATE_HZ = 60
NEW_S = 0.5
"""A frame's time, an encoder's and a decoder's, on a machine that does other things as well."""
TIMEOUT_S = 1.0
TAKES_S = 1.0
ENCODERS = pytest.mark.parametrize("encoder", [pytest.param(H264, id="H.264"), pytest.param(JPEG, id="motion JPEG")])
TRANSPORTS = pytest.mark.parametrize("transport", ["", "udp"], ids=["tcp", "udp"])


class Watched:
    """A stream that is watched by somebody who takes their time."""

    def __init__(self, port: int, takes_s: float = 0.1, timeout_s: float = TIMEOUT_S) -> None:
        self._takes_s = takes_s
        self.ages_s: list[float] = []
        """Of what was delivered, at the time at which it is said to have been taken."""
        self.read_ages_s: list[float] = []
        """The same at the time at which it was delivered."""
        self.indices: list[int] = []
        self.stages: list[CaptureStage] = []
        self.told: list[str] = []
        """What was said at each of them."""
        self.damaged: list[str] = []
        spec = f"rtsp://127.0.0.1:{port}/live"

        def opened() -> tuple[FrameSource, str]:
            source = open_rtsp(spec, timeout_s=timeout_s)
            source.wait_open()
            return source, ""

        self._capture = Capture(opened, self._take, self._tell)
        self._capture.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._capture.stop()
        self._capture.join(10)

    @property
    def stage(self) -> CaptureStage:
        """Of the capture."""
        return self._capture.status.stage

    def wait_frames(self, count: int) -> None:
        """So many more than there are now."""
        enough = len(self.ages_s) + count
        wait_until(lambda: len(self.ages_s) >= enough, f"{enough} frames come; last: {self.stages[-1:]}")

    def wait_lost(self) -> str:
        """Until it is said that nothing comes; what was said."""
        wait_until(lambda: self.stage is CaptureStage.LOST, "it is said that nothing comes")
        return self._capture.status.message

    def _tell(self) -> None:
        self.stages.append(self._capture.status.stage)
        self.told.append(self._capture.status.message)

    def _take(self, frame: Frame) -> None:
        try:
            made_ago_s = age_s(frame.image, frame.captured_at_s)
        except AssertionError as error:
            self.damaged.append(str(error))
        else:
            self.indices.append(frame.index)
            self.ages_s.append(made_ago_s)
            self.read_ages_s.append(made_ago_s + time.monotonic() - frame.captured_at_s)
        time.sleep(self._takes_s)


@pytest.fixture(autouse=True)
def back_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "_RETRY_S", (0.1,))


@pytest.fixture
def server(serve: Serve, encoder: str, transport: str) -> Server:
    return serve(TIMED.format(rate=RATE_HZ, encoder=encoder), "", "", transport)


@pytest.fixture
def proxy(serve: Serve, encoder: str) -> Iterator[Proxy]:
    between = Proxy(serve(TIMED.format(rate=RATE_HZ, encoder=encoder)).port)
    yield between
    between.close()


@ENCODERS
@TRANSPORTS
def test_who_takes_a_frame_now_and_then_gets_the_newest(server: Server) -> None:
    with Watched(server.port, 0.4) as watched:
        watched.wait_frames(5)
    assert max(watched.read_ages_s) < NEW_S
    assert max(watched.ages_s) < NEW_S
    assert watched.damaged == []
    passed = [b - a for a, b in pairwise(watched.indices)]
    assert min(passed) > 0.4 * RATE_HZ / 2, "what came in between was not kept"


@ENCODERS
def test_a_stream_that_stands_still_in_the_middle_of_a_packet_is_said_to_and_comes_back(proxy: Proxy) -> None:
    with Watched(proxy.port) as watched:
        watched.wait_frames(5)
        proxy.stand_still()
        assert "stands still, no data for 1 s" in watched.wait_lost()
        before = len(watched.ages_s)
        time.sleep(0.5)
        assert len(watched.ages_s) == before, "nothing is delivered meanwhile"
        proxy.go_on()
        watched.wait_frames(5)
        assert watched.stage is CaptureStage.RUNNING
    assert max(watched.ages_s) < NEW_S
    assert watched.damaged == []


@ENCODERS
def test_what_was_held_up_for_a_moment_is_not_delivered_as_new(proxy: Proxy) -> None:
    with Watched(proxy.port, 0.0, 10.0) as watched:
        watched.wait_frames(20)
        opened = len(watched.told)
        for _ in range(2):
            proxy.stand_still()
            time.sleep(1.0)  # much less than it takes to be called lost
            proxy.go_on()
            watched.wait_frames(20)
        assert watched.told[opened:] == [], "it was never lost"
    assert max(watched.ages_s) < NEW_S
    assert watched.damaged == []


@pytest.mark.parametrize(("encoder", "transport"), [(H264, "udp"), (JPEG, "")], ids=["H.264 udp", "motion JPEG tcp"])
def test_a_server_that_freezes_or_is_started_again_is_found_again(
    serve: Serve, server: Server, encoder: str, transport: str
) -> None:
    with Watched(server.port) as watched:
        watched.wait_frames(5)
        server.freeze()
        watched.wait_lost()
        server.thaw()
        watched.wait_frames(5)
        server.stop()
        watched.wait_lost()
        serve(TIMED.format(rate=RATE_HZ, encoder=encoder), "", "", transport, port=server.port)
        watched.wait_frames(5)
    assert max(watched.ages_s) < NEW_S
    assert watched.damaged == []


@pytest.mark.large
def test_ten_minutes_of_a_slow_consumer_with_stalls_and_restarts(serve: Serve) -> None:
    """All four kinds at once; what is a minute here is an hour of somebody who takes a frame a minute."""
    kinds = [(encoder, transport) for encoder in (H264, JPEG) for transport in ("", "udp")]
    pipelines = [TIMED.format(rate=RATE_HZ, encoder=encoder) for encoder, _ in kinds]
    servers = [serve(pipeline, "", "", kind[1]) for pipeline, kind in zip(pipelines, kinds, strict=True)]
    with ExitStack() as stack:
        between = [Proxy(server.port) for server in servers]
        # What goes by UDP goes past a line between the two: there the server is frozen instead.
        ports = [
            server.port if kind[1] else proxy.port for server, proxy, kind in zip(servers, between, kinds, strict=True)
        ]
        watched = [stack.enter_context(Watched(port, TAKES_S, 2.0)) for port in ports]
        for each in watched:
            each.wait_frames(5)
        looks = [Held.now()]
        end_s = time.monotonic() + 600
        round_ = 0
        while time.monotonic() < end_s:
            round_ += 1
            # In turn: a moment that is no loss, one that is, and a server that is started again.
            for number, (server, proxy, kind) in enumerate(zip(servers, between, kinds, strict=True)):
                if round_ % 3 == 0:
                    server.stop()
                    servers[number] = serve(pipelines[number], "", "", kind[1], port=server.port)
                elif kind[1]:
                    server.freeze()
                    threading.Timer(0.7 if round_ % 3 == 1 else 5.0, server.thaw).start()
                else:
                    proxy.stand_still()
                    threading.Timer(0.7 if round_ % 3 == 1 else 5.0, proxy.go_on).start()
            time.sleep(15)
            for each in watched:
                each.wait_frames(2)
            looks.append(Held.now())
        for (encoder, transport), each in zip(kinds, watched, strict=True):
            print(
                f"\n{encoder.split()[0]} {transport or 'tcp'}: {len(each.ages_s)} frames, age when taken at most "
                f"{max(each.ages_s):.3f} s; when read median {median(each.read_ages_s):.3f} s, at most "
                f"{max(each.read_ages_s):.3f} s, of the last ten {max(each.read_ages_s[-10:]):.3f} s; "
                f"{len(each.damaged)} damaged, lost {each.stages.count(CaptureStage.LOST)} times",
                end="",
            )
    most_mb = max(each.resident_mb for each in looks[len(looks) // 2 :])
    print(
        f"\nmemory {looks[0].resident_mb:.1f} MB at first, {looks[len(looks) // 2].resident_mb:.1f} MB half way, "
        f"{looks[-1].resident_mb:.1f} MB at last; files {looks[0].files} to {looks[-1].files}, "
        f"threads {looks[0].threads} to {looks[-1].threads}"
    )
    for proxy in between:
        proxy.close()
    assert max(max(each.ages_s) for each in watched) < NEW_S
    # What comes to a standstill while somebody takes their second is a second old, and says so.
    assert max(max(each.read_ages_s) for each in watched) < NEW_S + TAKES_S
    assert sum(len(each.damaged) for each in watched) == 0
    assert most_mb - looks[0].resident_mb < 30
