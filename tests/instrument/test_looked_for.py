"""Markers count where they were asked for: a frame that was searched for another camera's says nothing of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.instrument.driven import driven
from tui.geometry.arrays import RGBImage
from tui.geometry.intrinsics import Intrinsics
from tui.instrument import following
from tui.targets.markers import Marker
from tui.targets.observer import Observed, observer_of
from tui.targets.spec import TargetSpec, parse_target

CAMERA = Intrinsics(60.0, 60.0, 31.5, 23.5, 64, 48, origin="typed")
TARGET = parse_target("DICT_4X4_50:7=100mm", "marker")
SEEN = Marker(
    *(TARGET, "marker 7", "DICT_4X4_50:7", 20.0, 20.0, 2.0, 0.02, 0.0, (), (), (), (0.0, 0.0, 2.0), 0.1),
    ambiguous=False,
)


def sees_it_everywhere(targets: Sequence[TargetSpec], intrinsics: Intrinsics) -> Callable[[RGBImage], Observed]:
    """Both cameras look at the same marker."""
    observe = observer_of(targets, intrinsics)
    return lambda image: replace(observe(image), markers=(SEEN,))


def test_a_marker_that_another_camera_asked_for_gives_no_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "observer_of", sees_it_everywhere)
    with driven() as start:
        start.instrument.use_camera(CAMERA)
        start.instrument.update(start.instrument.session.with_targets((TARGET,)))
        start.until(lambda: start.instrument.reading.crosshair.distance_m is not None, "it gives the scale")
        start.open("camera 1")  # of which nothing is known
        assert start.instrument.session.intrinsics is None
        assert start.instrument.reading.crosshair.distance_m is None
        start.open("camera 0")
        start.until(lambda: start.instrument.reading.crosshair.distance_m is not None, "it counts there again")
