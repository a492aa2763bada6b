"""Sources that have a fault, and what is told of them."""

from __future__ import annotations

import threading

import pytest

from tests.fakes import RampEstimator, SteppableSource, opener, ramp_image, wait_until
from tests.pipeline.test_replacing import running, use
from tui.camera.frame import Frame
from tui.pipeline.capture import Capture, CaptureStage, CaptureStatus
from tui.pipeline.inference import DepthResult


class Broken(SteppableSource):
    """Its driver raises what no driver should."""

    def read(self) -> Frame:
        raise ZeroDivisionError("no rate")


@pytest.mark.parametrize("live", [False, True])
def test_a_source_with_a_fault_is_told_of_and_closed(live: bool) -> None:
    source = Broken(live=live)
    with running(source) as pipeline:
        stage = CaptureStage.LOST if live else CaptureStage.FAILED
        wait_until(lambda: pipeline.snapshot().capture.stage is stage, "it is told")
        assert "ZeroDivisionError: no rate" in pipeline.snapshot().capture.message
        wait_until(source.closed.is_set, "it is closed")


def test_an_opener_with_a_fault_is_told_of() -> None:
    def fault() -> tuple[SteppableSource, str]:
        raise KeyError("what")

    with running() as pipeline:
        pipeline.open(fault)
        wait_until(lambda: pipeline.snapshot().capture.stage is CaptureStage.FAILED, "it is told")
        assert isinstance(pipeline.snapshot().capture.error, Exception)
        assert pipeline.snapshot().capture.message == "reading the source failed: KeyError: 'what'"


def test_a_snapshot_never_has_a_map_without_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first map is made just while somebody looks."""
    source, statuses, hidden = SteppableSource(), dict[Capture, CaptureStatus](), list[int]()

    def look(held: Capture) -> CaptureStatus:
        found = statuses[held]
        if threading.current_thread() is threading.main_thread() and not hidden:
            hidden.append(1)
            source.give(ramp_image(1))
            wait_until(lambda: bool(told), "the first map is made")
        return found

    told: list[DepthResult] = []

    def changed() -> None:
        if threading.current_thread() is not threading.main_thread() and pipeline._inference.result is not None:
            told.append(pipeline._inference.result)

    monkeypatch.setattr(Capture, "status", property(look, statuses.__setitem__), raising=False)
    with running(changed=changed) as pipeline:
        use(pipeline, RampEstimator())
        pipeline.open(opener(source))
        snapshot = pipeline.snapshot()
        assert hidden
        assert snapshot.result is None or snapshot.capture.stage is CaptureStage.RUNNING
        wait_until(lambda: pipeline.snapshot().result is not None, "it is there the next time")
