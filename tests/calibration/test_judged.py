"""Distances judged: newcomers, and all of them together."""

from __future__ import annotations

import pytest

from tests.calibration.planted import exact, sample
from tui.calibration.beliefs import PROPORTIONAL_NETWORK, MapKind
from tui.calibration.context import MapContext
from tui.calibration.fit import fit
from tui.calibration.health import Grade
from tui.calibration.judged import apart
from tui.calibration.newcomer import expected_at, question
from tui.calibration.reference import Reference, ReferenceSample
from tui.calibration.usual import Usual, usual_of

POCKET = Usual(1.0, range_m=(0.2, 20.0))
CONTEXT = MapContext(0.1, 2.0, 640, 480, usual=POCKET)


@pytest.mark.parametrize(
    ("typed_m", "asked"),
    [(2.1, False), (0.6, False), (7.9, False), (8.6, True), (0.49, True), (210.0, True), (0.021, True)],
)
def test_four_times_off_what_the_others_say_is_asked_back(typed_m: float, asked: bool) -> None:
    others = fit(exact(1.0, 0.0, [1.0, 1.5, 3.0]), PROPORTIONAL_NETWORK, CONTEXT)
    expected = expected_at(others, sample(1 / 2.1), (300, 200), CONTEXT)
    found = question(typed_m, expected, POCKET)
    assert bool(found) is asked
    if asked:
        assert found.startswith("the others say about 2.1")
        assert found.endswith(" m?")


def test_the_first_one_is_compared_with_what_the_network_usually_means() -> None:
    expected = expected_at(None, sample(0.4), (3, 3), CONTEXT)
    assert question(246.0, expected, POCKET).startswith("the model says about 2.50 m here; 246 m?")
    assert question(0.4, expected, POCKET) == ""  # a table top, which it takes for a room
    assert expected_at(None, sample(0.4), (3, 3), MapContext(0.1, 2.0, 640, 480)) is None


def test_what_the_network_was_not_made_for_is_asked_back() -> None:
    assert question(46.0, None, POCKET) == "this model is for 0.2 - 20 m; 46 m?"
    assert question(46.0, None, Usual(1.0)) == question(46.0, None, None) == ""


def test_a_metric_network_is_asked_for_its_own_metres() -> None:
    usual = usual_of(MapKind.METRIC, None)
    assert usual is not None
    assert usual.distance_m(0.5) == pytest.approx(2.0)
    assert usual_of(MapKind.RELATIVE, None) is None
    assert usual_of(MapKind.PROPORTIONAL, POCKET) is POCKET


@pytest.mark.parametrize("unit", [("feet", 1 / 0.3048), ("centimetres", 100.0), ("inches", 1 / 0.0254)])
def test_all_in_a_wrong_unit_fit_well_and_are_doubted(unit: tuple[str, float]) -> None:
    name, factor = unit
    good = exact(1.0, 0.0, [1.0, 1.5, 2.0, 3.0, 4.0])
    wrong = [
        ReferenceSample(
            Reference(each.reference.u_px, each.reference.v_px, factor * each.reference.distance_m, 0.01), each.sample
        )
        for each in good
    ]
    assert fit(good, PROPORTIONAL_NETWORK, CONTEXT).health.doubts == ()
    health = fit(wrong, PROPORTIONAL_NETWORK, CONTEXT).health
    assert health.grade is Grade.POOR
    (doubt,) = health.doubts
    assert doubt.startswith("everything here would be about ")
    assert doubt.endswith(f"are these {name}?")
    assert health.reasons[0] == doubt


def test_typed_distances_are_compared_with_those_of_markers() -> None:
    good = exact(0.8, 0.1, [1.0, 1.4, 2.0, 2.8, 3.5])
    context = MapContext(0.1, 2.0, 640, 480)

    def with_labels(factor: float) -> list[ReferenceSample]:
        found = []
        for number, each in enumerate(good):
            own = each.reference
            label, times = (f"marker {number}", 1.0) if number % 2 else ("tape", factor)
            reference = Reference(own.u_px, own.v_px, times * own.distance_m, 0.01 * times * own.distance_m, label)
            found.append(ReferenceSample(reference, each.sample))
        return found

    assert fit(with_labels(1.0), PROPORTIONAL_NETWORK, context).health.doubts == ()
    health = fit(with_labels(1 / 0.3048), PROPORTIONAL_NETWORK, context).health
    assert health.grade is Grade.POOR
    assert any("what marker 1, marker 3 say: are they feet?" in doubt for doubt in health.doubts)


@pytest.mark.parametrize(
    ("distance_m", "others_m", "words"),
    [
        (2.68, 2.0, "off by 34 % from what the others say"),
        (1.32, 2.0, "off by 34 % from what the others say"),
        (200.0, 2.0, "100 times what the others say"),
        (6.56, 2.0, "3.3 times what the others say"),
        (0.61, 2.0, "1/3.3 of what the others say"),
        (0.02, 2.0, "1/100 of what the others say"),
    ],
)
def test_how_far_off_is_said_in_words(distance_m: float, others_m: float, words: str) -> None:
    assert apart(distance_m, others_m) == words
