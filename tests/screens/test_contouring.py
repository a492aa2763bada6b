"""Which lines a map gets: round distances, the same as the readings say, and steady ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.screens.conftest import WIDE, answer, message, ready
from tui.app import DepthApp
from tui.calibration.distance import MapDistances
from tui.calibration.fit import typed
from tui.calibration.units import DistanceUnit, parse_distance
from tui.depth.estimator import DepthEstimator
from tui.render.contours import ContourLine, Contours, Shading
from tui.render.levels import ValueRange
from tui.render.painter import DepthPainter
from tui.screens.contouring import even_numbers, lines_of, round_numbers
from tui.screens.options import StartOptions
from tui.storage.settings import load_settings
from tui.widgets.legend import DepthLegend
from tui.widgets.picture import PictureView

MAP = np.repeat(np.linspace(0.1, 2.0, 640, dtype=np.float32)[None], 480, axis=0)
SPAN = ValueRange(0.1, 2.0)
NONE = Contours()


@given(st.floats(0.05, 50), st.floats(1.5, 60))
def test_distances_are_few_and_round(near: float, times: float) -> None:
    numbers = round_numbers(near, near * times)
    assert numbers == sorted(numbers)
    assert all(near < number < near * times for number in numbers)
    assert 2 <= len(numbers) <= 9
    assert all(float(f"{number:.3g}") == pytest.approx(number) for number in numbers)


@given(st.floats(-100, 100), st.floats(1e-3, 1e3))
def test_even_steps_are_even(low: float, span: float) -> None:
    numbers = even_numbers(low, low + span)
    assert 3 <= len(numbers) <= 9
    assert np.ptp(np.diff(numbers)) < 1e-6 * max(1.0, abs(low))


def test_a_room_gets_the_distances_one_would_name() -> None:
    assert round_numbers(0.4, 6) == pytest.approx([0.5, 1, 2, 5])
    assert round_numbers(0.8, 4.2) == pytest.approx([1, 1.5, 2, 3])


@pytest.mark.parametrize("unit", list(DistanceUnit))
def test_each_line_lies_where_the_map_is_so_far(unit: DistanceUnit) -> None:
    drawn = lines_of(MapDistances(MAP, typed(0.5, 0.1)), SPAN, unit, NONE)
    assert drawn.field is not None
    np.testing.assert_allclose(drawn.field, (0.5 * MAP + 0.1)[::4, ::4], rtol=1e-6)
    lines = drawn.contours.lines
    assert len(lines) >= 4
    assert [line.value for line in lines] == sorted(line.value for line in lines)
    for line in lines:
        assert 1 / line.value == pytest.approx(parse_distance(line.label), rel=0.01)


def test_without_a_calibration_lines_are_even_in_units() -> None:
    drawn = lines_of(None, SPAN, DistanceUnit.METRES, NONE)
    assert [line.label for line in drawn.contours.lines] == ["0.25", "0.5", "0.75", "1", "1.25", "1.5", "1.75"]
    assert drawn.contours.lines[3].value == pytest.approx(1.0)


def test_lines_that_hardly_move_stay_and_others_follow() -> None:
    span = ValueRange(0.1, 2.0)
    first = lines_of(None, span, DistanceUnit.METRES, NONE).contours
    assert lines_of(None, ValueRange(0.1, 1.9995), DistanceUnit.METRES, first).contours is first
    assert lines_of(None, ValueRange(0.1, 4.0), DistanceUnit.METRES, first).contours is not first


def test_another_calibration_moves_the_lines_over_the_same_map() -> None:
    painter = DepthPainter(shading=Shading.BOTH)
    painter.drawn = lines_of(MapDistances(MAP, typed(0.5, 0.1)), SPAN, DistanceUnit.METRES, NONE)
    painter.quantiser.range.pin(SPAN.low, SPAN.high)
    other = MapDistances(MAP, typed(0.6, 0.1))
    painter.lines_of = lambda span, before: lines_of(other, span, DistanceUnit.METRES, before)
    assert painter.choose_lines()
    assert not painter.choose_lines(), "nothing has changed since"


def test_a_map_beyond_everything_has_no_lines() -> None:
    assert lines_of(MapDistances(MAP, typed(0.5, -5)), SPAN, DistanceUnit.METRES, NONE).contours == NONE
    before = Contours((ContourLine(1.0, "1m"),), 0.1)
    assert lines_of(None, ValueRange(1, 1), DistanceUnit.METRES, before).contours is before


async def test_palette_and_lines_have_keys_and_are_found_again(app: DepthApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        depth = app.main.query_one("#depth", PictureView)
        assert not depth.contours.lines
        await pilot.press("n", "d")
        assert (depth.palette.name, depth.shading) == ("magma", Shading.BOTH)
        assert "magma" in message(app)
        units = [line.label for line in depth.contours.lines]
        await pilot.press("r")
        await answer(pilot, "2m")
        metres = [line.label for line in depth.contours.lines]
        assert all(label.endswith("m") for label in metres)
        assert metres != units
        await pilot.press("d")
        assert depth.shading is Shading.LINES
        legend = app.main.query_one(DepthLegend).render_line(0).text
        assert all(label in legend for label in metres)
    settings, _ = load_settings()
    assert (settings.palette, settings.contours) == ("magma", "only")


async def test_without_colors_lines_come_by_themselves(picture: Path, estimators: dict[str, DepthEstimator]) -> None:
    assert estimators
    plain = DepthApp(StartOptions(source=str(picture), model="ramp", colors="mono"))
    async with plain.run_test(size=WIDE) as pilot:
        await ready(pilot, plain)
        depth = plain.main.query_one("#depth", PictureView)
        assert depth.contours.lines
        text = "".join(depth.render_line(row).text for row in range(depth.size.height))
        assert "│" in text
        assert all(line.label in text for line in depth.contours.lines)
