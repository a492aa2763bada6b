"""When a picture is not what the camera sees any more."""

from __future__ import annotations

import numpy as np
import pytest

from tui.camera.frame import Frame, SourceInfo
from tui.instrument.freshness import LEAST_S, PERIODS, Freshness
from tui.pipeline.capture import CaptureStage, CaptureStatus
from tui.pipeline.loading import LoadStatus
from tui.pipeline.pipeline import Snapshot

IMAGE = np.zeros((2, 2, 3), np.uint8)


def snapshot(stage: CaptureStage = CaptureStage.RUNNING, *, still: bool = False) -> Snapshot:
    info = SourceInfo("0", "camera 0", live=True, still=still)
    return Snapshot(CaptureStatus(stage, info), None, None, LoadStatus(), "", (), 0.0, 0.0, 0)


def after(*frames: tuple[int, float], seconds: float = 0.05) -> Freshness:
    """What is learnt from maps of frames, each (index, time of capture)."""
    freshness = Freshness()
    for index, at_s in frames:
        freshness.tick(Frame(IMAGE, index, at_s), seconds)
    return freshness


def stale(freshness: Freshness, age_s: float, *, frozen: bool = False, **of: object) -> str:
    return freshness.why_stale(snapshot(**of), age_s, frozen=frozen)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("freshness", "limit_s"),
    [
        (after(), LEAST_S),
        (after((0, 0.0)), LEAST_S),
        (after((0, 0.0), (1, 0.1), (2, 0.2)), LEAST_S),
        (after((0, 0.0), (1, 1.0), (2, 2.0)), PERIODS * 1.0),
        (after((0, 0.0), (1, 5.0)), PERIODS * 5.0),
        (after((0, 0.0), (1, 0.1), seconds=4.0), PERIODS * 4.0),
        (after((0, 0.0), (600, 60.0), (1200, 120.0)), LEAST_S),
        (after((0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0), (4, 30.0)), PERIODS * 1.0),
    ],
    ids=["none", "one", "quick", "a second", "slow", "slow model", "seldom asked", "one gap"],
)
def test_the_limit_is_three_of_the_sources_own_periods_and_at_least_two_seconds(
    freshness: Freshness, limit_s: float
) -> None:
    assert freshness.limit_s == pytest.approx(limit_s)
    assert stale(freshness, 0.99 * limit_s) == ""
    assert stale(freshness, 1.01 * limit_s) == "no new picture"


def test_who_looks_seldom_expects_no_more() -> None:
    freshness = after((0, 0.0), (1, 0.1))
    freshness.expected_s = 2.0
    assert freshness.limit_s == pytest.approx(6.0)


@pytest.mark.parametrize("stage", [CaptureStage.LOST, CaptureStage.FAILED, CaptureStage.ENDED])
def test_a_stage_that_is_lost_is_stale_at_once(stage: CaptureStage) -> None:
    assert stale(after((0, 0.0)), 0.0, stage=stage)


def test_what_stands_still_on_purpose_is_never_stale() -> None:
    assert stale(after((0, 0.0)), 1e6, still=True) == ""
    assert stale(after((0, 0.0)), 1e6, frozen=True) == ""
    assert stale(after((0, 0.0)), 1e6, stage=CaptureStage.LOST, frozen=True) == ""


def test_another_source_has_a_rate_of_its_own() -> None:
    freshness = after((0, 0.0), (1, 9.0))
    freshness.forget()
    assert freshness.limit_s == LEAST_S
    freshness.tick(Frame(IMAGE, 0, 100.0), 0.05)
    assert freshness.limit_s == LEAST_S
