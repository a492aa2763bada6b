"""One number, one function: whatever shows a distance shows what is read at that pixel, to the last digit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import reading_of
from tui.calibration.beliefs import METRIC_NETWORK, NETWORK
from tui.calibration.checks import Checker, check_references
from tui.calibration.context import map_context
from tui.calibration.degenerate import DegenerateReferences
from tui.calibration.distance import MapDistances, distances, distances_at
from tui.calibration.doubt import judged
from tui.calibration.fit import fit, typed
from tui.calibration.measure import measure_map, sample_references
from tui.calibration.reading import read, read_all
from tui.calibration.reference import Reference
from tui.calibration.report import report
from tui.calibration.result import Calibration
from tui.calibration.units import DistanceUnit, format_distance, parse_distance
from tui.geometry.arrays import FloatMap
from tui.geometry.sampling import sample_or_none
from tui.instrument.session import Session
from tui.render.contours import Contours, ContourTracer
from tui.render.levels import ValueRange
from tui.render.viewport import Viewport
from tui.screens.contouring import bar_label, lines_of

WIDTH, HEIGHT, WINDOW_PX = 96, 96, 5


def wavy(seed: int, clipped: float = 0.0, hole: bool = False) -> FloatMap:
    """A map without edges, its far end cut off for a share of it, with a hole where it gives nothing."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    waves = np.sin(columns / generator.uniform(9, 30)) + np.cos(rows / generator.uniform(7, 20))
    values = 0.5 + 0.15 * waves + 0.003 * columns + 0.002 * generator.standard_normal((HEIGHT, WIDTH))
    if clipped:
        values = np.maximum(values, np.quantile(values, clipped))
    if hole:
        values[:12, :12] = np.nan
    found: FloatMap = values.astype(np.float32)
    return found


def calibrated(seed: int, values: FloatMap, count: int) -> Calibration | None:
    """From references all over the map, each some tens of percent off; None where they contradict each other."""
    try:
        return fit(sample_references(values, references(seed, values, count), WINDOW_PX), NETWORK, map_context(values))
    except DegenerateReferences:
        return None


def references(seed: int, values: FloatMap, count: int) -> list[Reference]:
    generator = np.random.default_rng(seed + 1)
    found = []
    for u_px, v_px in zip(generator.integers(13, WIDTH, count), generator.integers(13, HEIGHT, count), strict=True):
        true_m = math.exp(0.2 * generator.standard_normal()) / (1.2 * float(values[v_px, u_px]) + 0.05)
        found.append(Reference(int(u_px), int(v_px), true_m, 0.01 * true_m))
    return found


MAPS = st.builds(wavy, st.integers(0, 1000), st.sampled_from([0.0, 0.2]), st.booleans())
SOME = st.integers(1, 20)


@given(MAPS, st.integers(0, 1000), SOME, st.sampled_from([1, 3, 5]))
@settings(max_examples=40, deadline=None)
def test_a_table_reads_what_the_crosshair_reads(values: FloatMap, seed: int, count: int, window_px: int) -> None:
    """References, pins and crosshair; and those asked all at once what each says when asked alone."""
    calibration, context = calibrated(seed, values, count), map_context(values)
    if calibration is None:
        return
    session = Session(window_px=window_px).with_picture_size(WIDTH, HEIGHT)
    for check in check_references(calibration, calibration.references, values, window_px, context, others=False):
        assert check.reading == reading_of(session, values, calibration, check.reference.pixel)
    pixels = np.random.default_rng(seed).integers(0, HEIGHT, (12, 2)).tolist()
    samples = [sample_or_none(values, u_px, v_px, window_px) for u_px, v_px in pixels]
    together = read_all(calibration, samples, pixels, context)
    assert together == tuple(
        read(calibration, sample, pixel, context) for sample, pixel in zip(samples, pixels, strict=True)
    )
    measured = measure_map(values, [], pixels, window_px, calibration)
    assert tuple(point.reading for point in measured.readings) == tuple(judged(each, calibration) for each in together)


@given(MAPS, st.integers(0, 1000), SOME)
@settings(max_examples=25, deadline=None)
def test_a_measurement_checks_its_references_as_they_are_checked_alone(values: FloatMap, seed: int, count: int) -> None:
    """A profile's references too, of which the last lies outside this picture."""
    calibration = calibrated(seed, values, count)
    if calibration is None:
        return
    first = calibration.given[0]
    beside = replace(first, reference=replace(first.reference, u_px=float(WIDTH)))
    profile = replace(calibration, given=(*calibration.given, beside))
    measured = measure_map(values, [], [(40, 40)], WINDOW_PX, profile, others=False)
    assert measured.checks == check_references(
        profile, profile.references, values, WINDOW_PX, map_context(values), others=False
    )
    assert measured.checks[-1].reading is None
    assert len(measured.readings) == 1


@given(MAPS, st.integers(0, 1000), SOME)
@settings(max_examples=25, deadline=None)
def test_a_whole_map_says_what_is_read_at_each_of_its_pixels(values: FloatMap, seed: int, count: int) -> None:
    calibration, context = calibrated(seed, values, count), map_context(values)
    if calibration is None:
        return
    metres = distances(values, calibration, context)
    coarse = distances(values, calibration, context, every_px=3)
    assert metres.dtype == np.float32
    np.testing.assert_array_equal(coarse, metres[::3, ::3])
    pixels = [(u_px, v_px) for u_px in range(0, WIDTH, 7) for v_px in range(0, HEIGHT, 5)]
    readings = read_all(calibration, [sample_or_none(values, *pixel, 1) for pixel in pixels], pixels, context)
    read_m = [np.nan if reading.distance_m is None else np.float32(reading.distance_m) for reading in readings]
    np.testing.assert_array_equal([metres[v_px, u_px] for u_px, v_px in pixels], np.array(read_m, np.float32))


def test_a_map_in_metres_by_hand() -> None:
    values = np.array([[0.2, -0.05, np.nan], [0.45, -1.0, 0.95]], dtype=np.float32)
    metres = distances(values, typed(2.0, 0.1))
    assert metres.dtype == np.float32
    np.testing.assert_allclose(metres, [[2.0, np.nan, np.nan], [1.0, np.nan, 0.5]], rtol=1e-6)
    assert distances_at(typed(2.0, 0.1), np.empty(0), np.empty((0, 2))).size == 0


@given(st.integers(0, 1000), st.integers(4, 20), st.floats(0.0, 1.0))
@settings(max_examples=40, deadline=None)
def test_the_bar_says_what_is_read_where_its_colour_is(seed: int, count: int, share: float) -> None:
    """The bar's label lies among the readings at the pixels that are within half a level of its value."""
    values = wavy(seed)
    calibration = calibrated(seed, values, count)
    if calibration is None:
        return
    map_distances = MapDistances(values, calibration)
    low, high = np.percentile(values, (1, 99)).tolist()
    value = low + share * (high - low)
    label = bar_label(map_distances, value, DistanceUnit.METRES)
    there = distances(values, calibration, map_distances.context)[np.abs(values - value) < (high - low) / 48]
    said_m, read_m = map_distances.like(value), there[np.isfinite(there)]
    assert read_m.size
    assert read_m.min() <= np.median(said_m) <= read_m.max()
    digits = 1 if label.startswith("~") else 2
    assert parse_distance(label.removeprefix("~")) == pytest.approx(float(np.median(said_m)), rel=10.0**-digits * 5)


def test_a_bar_over_one_distance_a_value_is_exact_and_over_many_has_fewer_digits() -> None:
    values = wavy(3)
    for share in (0.0, 0.5, 1.0):
        value = float(np.quantile(values, share))
        label = bar_label(MapDistances(values, typed(1.2, 0.05)), value, DistanceUnit.METRES)
        assert label == format_distance(1 / (1.2 * value + 0.05))
    # Left and right half show the same values, and what is at the right is twice as far.
    columns = np.tile(np.linspace(0.2, 1.0, 48, dtype=np.float32), (HEIGHT, 2))
    both = [
        Reference(u_px + 48 * right, v_px, (1 + right) / float(columns[v_px, u_px]), 0.01)
        for right in (0, 1)
        for u_px, v_px in ((3, 10), (15, 50), (25, 20), (35, 40), (45, 12), (20, 32))
    ]
    calibration = fit(sample_references(columns, both, 1), NETWORK, map_context(columns))
    label = bar_label(MapDistances(columns, calibration), 0.6, DistanceUnit.METRES)
    assert label == "~2 m"


@given(st.integers(0, 1000), st.integers(4, 20))
@settings(max_examples=20, deadline=None)
def test_lines_of_equal_distance_run_where_the_crosshair_reads_it(seed: int, count: int) -> None:
    """A line's field is the reading at each of its pixels; from one side of a drawn cell to the other it is crossed."""
    values = wavy(seed)
    calibration = calibrated(seed, values, count)
    if calibration is None:
        return
    span = ValueRange(*np.percentile(values, (1, 99)).tolist())
    map_distances = MapDistances(values, calibration)
    drawn = lines_of(map_distances, span, DistanceUnit.METRES, Contours())
    if not drawn.contours.lines:  # too little between nearest and farthest for a round number
        return
    assert drawn.field is not None
    metres = distances(values, calibration, map_distances.context)
    np.testing.assert_array_equal(drawn.field, 1 / metres)
    viewport = Viewport(WIDTH // 2, HEIGHT // 4, WIDTH, HEIGHT)
    traced = ContourTracer().trace(viewport.sample_map(drawn.field, 1), drawn.contours)
    for label in traced.labels:
        row, column = label.row, label.column + len(label.text) // 2
        around = metres[max(0, 4 * row - 4) : 4 * row + 8, max(0, 2 * column - 2) : 2 * column + 4]
        said_m = 1 / next(line.value for line in drawn.contours.lines if line.label == label.text)
        assert np.nanmin(around) <= said_m <= np.nanmax(around)


@given(st.integers(0, 1000), st.integers(2, 9))
@settings(max_examples=25, deadline=None)
def test_the_others_say_what_is_read_without_the_reference(seed: int, count: int) -> None:
    values = wavy(seed)
    given_references = references(seed, values, count)
    try:
        measured = measure_map(values, given_references, [], WINDOW_PX, beliefs=METRIC_NETWORK)
    except DegenerateReferences:
        return
    for place, check in enumerate(measured.checks):
        others = [*given_references[:place], *given_references[place + 1 :]]
        if any(each.pixel == check.reference.pixel for each in others):
            continue
        try:
            without = measure_map(values, others, [check.reference.pixel], WINDOW_PX, beliefs=METRIC_NETWORK)
        except DegenerateReferences:
            assert check.others_say_m is None
            continue
        assert check.others_say_m == without.readings[0].reading.distance_m


def test_the_report_says_of_each_reference_what_is_read_and_what_the_others_say() -> None:
    values = wavy(5)
    given_references = references(5, values, 6)
    measured = measure_map(values, given_references, [each.pixel for each in given_references])
    plain = report(measured, image="a.png", width=WIDTH, height=HEIGHT, model="m", engine="e")
    rows = plain["calibration"]["references"]  # type: ignore[index]  # a dict
    for row, point, each in zip(rows, measured.readings, given_references, strict=True):
        assert row["read_m"] == point.reading.distance_m
        assert row["residual_m"] == row["read_m"] - each.distance_m
        assert row["others_say_m"] != row["read_m"]


def test_a_checker_reads_every_map_and_asks_the_others_when_told_to() -> None:
    first, second = wavy(5), (1.1 * wavy(5)).astype(np.float32)
    given_references = references(5, first, 6)
    checker = Checker()

    def check(values: FloatMap, *, anew: bool = False) -> tuple[list[float | None], list[float | None]]:
        calibration = fit(sample_references(first, given_references, WINDOW_PX), NETWORK, map_context(first))
        found = checker.check(calibration, given_references, values, WINDOW_PX, map_context(values), anew=anew)
        whole = check_references(calibration, given_references, values, WINDOW_PX, map_context(values))
        assert [each.reading for each in found] == [each.reading for each in whole]
        return [each.others_say_m for each in found], [each.others_say_m for each in whole]

    said, right = check(first)
    assert said == right
    kept, changed = check(second)
    assert kept == said != changed
    assert check(second, anew=True)[0] == changed
    given_references.pop()
    said, right = check(second)
    assert said == right
