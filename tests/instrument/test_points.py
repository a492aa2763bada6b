"""Points of a frame: in metres where there are any, not to scale where there are none, and none where nothing is."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.instrument.driven import driven, true_m
from tui.calibration.beliefs import METRIC_NETWORK
from tui.calibration.doubt import Doubt
from tui.calibration.unverified import unverified
from tui.geometry.intrinsics import Intrinsics
from tui.instrument.points import points_of


def test_they_stand_where_the_distances_are_and_rest_on_the_camera() -> None:
    with driven() as start:
        for column in (8, 24, 40, 56):
            start.refer(column)
        reading, session = start.instrument.reading, start.instrument.session
        seen = points_of(reading, session)
        assert seen.cloud is not None
        assert seen.metres
        assert "metres, calibration" in seen.words
        assert seen.camera == "camera assumed: 60° across"
        width = session.width
        depths = seen.cloud.points[:, 2].reshape(session.height, width)
        assert depths[20] == pytest.approx([true_m(column) for column in range(width)], rel=0.03)
        assert depths[20, 33] == pytest.approx(reading.at((33, 20)).distance_m, rel=1e-3)
        told = Intrinsics.from_horizontal_fov(math.radians(90), width, session.height)
        wide = points_of(reading, replace(session, intrinsics=told))
        assert wide.cloud is not None
        assert wide.camera == "camera as told"
        across = np.ptp(wide.cloud.points[:, 0]) / np.ptp(seen.cloud.points[:, 0])
        assert across == pytest.approx(math.tan(math.radians(45)) / math.tan(math.radians(30)), rel=1e-3)


def test_without_a_calibration_it_says_that_they_are_not_to_scale() -> None:
    with driven() as start:
        seen = points_of(start.instrument.reading, start.instrument.session)
        assert seen.cloud is not None
        assert not seen.metres
        assert "not to scale" in seen.words
        values = start.instrument.reading.result.inverse_depth  # type: ignore[union-attr]  # there is one
        depths = seen.cloud.points[:, 2].reshape(values.shape)
        assert depths * values == pytest.approx(np.full(values.shape, np.median(values)), rel=1e-5)
        metric = points_of(
            replace(start.instrument.reading, calibration=unverified(METRIC_NETWORK)), start.instrument.session
        )
        assert "unverified" in metric.words


def test_where_no_distance_may_be_given_there_are_no_points() -> None:
    with driven() as start:
        assert points_of(replace(start.instrument.reading, result=None), start.instrument.session).cloud is None
        start.refer(10)
        start.refer(50)
        dark = replace(start.instrument.reading, doubts=(Doubt("dark: a tenth of the light", no_distance=True),))
        seen = points_of(dark, start.instrument.session)
        assert seen.cloud is None
        assert seen.words == "no distance: dark: a tenth of the light"
        doubtful = points_of(replace(start.instrument.reading, doubts=(Doubt("blurred"),)), start.instrument.session)
        assert doubtful.cloud is not None
        assert doubtful.warnings[0] == "blurred"
        stale = points_of(replace(start.instrument.reading, stale="the source is lost"), start.instrument.session)
        assert stale.cloud is not None
        assert stale.warnings[0] == "stale: the source is lost"
