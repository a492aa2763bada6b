"""Health that is shown does not flicker."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import RampEstimator
from tests.instrument.driven import driven
from tui.calibration.fit import typed
from tui.calibration.health import Grade, Health
from tui.calibration.reference import Reference
from tui.depth.estimator import ModelIdentity
from tui.geometry.arrays import FloatMap, RGBImage
from tui.instrument.renewing import renewed_by
from tui.instrument.session import Session
from tui.instrument.steady import BETTER_AFTER_S, WORSE_AFTER_S, SteadyHealth

SHARED = Path(__file__).parents[3] / "shared"
GRADES = {grade: Health(grade, (grade.value,)) for grade in Grade}


def shown(frames: list[tuple[float, Grade]], about: object = "these") -> list[tuple[float, Grade]]:
    """(time, grade) of every change that is seen."""
    steady, found = SteadyHealth(), []
    for at_s, grade in frames:
        before, steady = steady, steady.step(GRADES[grade], at_s, about)
        if steady.health.grade is not before.health.grade or before.about is None:
            found.append((at_s, steady.health.grade))
        assert steady.health in GRADES.values()
    return found


@given(st.lists(st.tuples(st.floats(0.01, 3.0), st.sampled_from(list(Grade))), min_size=1, max_size=80))
def test_it_never_changes_more_often_than_the_least_time_allows(steps: list[tuple[float, Grade]]) -> None:
    times = np.cumsum([step for step, _ in steps]).tolist()
    changes = shown([(at_s, grade) for at_s, (_, grade) in zip(times, steps, strict=True)])
    order = list(Grade)
    for (before_s, before), (at_s, after) in pairwise(changes):
        better = order.index(after) < order.index(before)
        assert at_s - before_s >= (BETTER_AFTER_S if better else WORSE_AFTER_S) - 1e-9


@given(st.sampled_from(list(Grade)), st.sampled_from(list(Grade)))
def test_what_stays_is_shown_in_the_end(first: Grade, then: Grade) -> None:
    frames = [(0.0, first), *((0.1 * step, then) for step in range(1, 80))]
    assert shown(frames)[-1][1] is then


def test_worse_is_said_sooner_than_better() -> None:
    assert WORSE_AFTER_S < BETTER_AFTER_S
    worse = shown([(0.1 * step, Grade.POOR if step > 10 else Grade.GOOD) for step in range(100)])
    better = shown([(0.1 * step, Grade.GOOD if step > 10 else Grade.POOR) for step in range(100)])
    assert worse[1][0] == pytest.approx(1.1 + WORSE_AFTER_S)
    assert better[1][0] == pytest.approx(1.1 + BETTER_AFTER_S)


def test_other_references_are_another_calibration() -> None:
    steady = SteadyHealth().step(GRADES[Grade.GOOD], 0.0, "these")
    assert steady.step(GRADES[Grade.POOR], 0.1, "these").health.grade is Grade.GOOD
    assert steady.step(GRADES[Grade.POOR], 0.1, "those").health.grade is Grade.POOR


def test_what_is_worse_in_every_other_frame_is_not_good() -> None:
    turns = [Grade.GOOD, Grade.POOR, Grade.GOOD, Grade.FAIR]
    changes = shown([(0.1 * step, turns[step % 4]) for step in range(100)])
    assert [grade for _, grade in changes] == [Grade.GOOD, Grade.FAIR], "the least that was wrong"
    once = shown([(0.1 * step, Grade.POOR if step == 50 else Grade.GOOD) for step in range(100)])
    assert [grade for _, grade in once] == [Grade.GOOD]


class Scattered(RampEstimator):
    """Nearness that hangs on the column, but hardly on how near it is."""

    def __init__(self) -> None:
        super().__init__("scattered")
        self.identity = ModelIdentity("scattered", "34" * 32)

    def estimate(self, image: RGBImage) -> FloatMap:
        steps = np.random.default_rng(1).uniform(0.3, 0.9, image.shape[1] // 8 + 1)
        found: FloatMap = np.repeat(steps, 8)[None, : image.shape[1]].repeat(image.shape[0], 0).astype(np.float32)
        return found


@pytest.mark.parametrize("frozen", [False, True])
def test_another_model_has_its_own_health_at_once(frozen: bool) -> None:
    with driven() as held:
        for u_px in (4, 20, 36, 44, 52, 60):
            held.refer(u_px)
        instrument = held.instrument
        assert instrument.reading.calibration is not None
        assert instrument.reading.calibration.health.grade is Grade.GOOD
        instrument.freeze(frozen)
        shown = instrument.shown
        held.use(Scattered())
        assert shown is not None
        assert instrument.shown is not None
        assert (instrument.shown.frame is shown.frame) or not frozen
        fitted = instrument.session.calibration()
        assert fitted is not None
        assert instrument.reading.calibration is not None
        assert instrument.reading.calibration.health == fitted.health
        assert fitted.health.grade is not Grade.GOOD


def test_a_picture_that_stands_has_its_own_health_whatever_was_said_before() -> None:
    """No time goes by in it, in which another grade could prove itself."""
    steady = SteadyHealth(GRADES[Grade.GOOD], "these")
    poor = replace(typed(1.0, 0.0), health=GRADES[Grade.POOR])
    _, moving = steady.after(poor, 7.0, "these")
    assert moving is not None
    assert moving.health.grade is Grade.GOOD
    _, standing = steady.after(poor, 7.0, "these", stands=True)
    assert standing is poor


@pytest.mark.skipif(not (SHARED / "media/clips/vtest.avi").is_file(), reason="no ../shared/media/clips")
def test_on_a_street_with_people_it_changes_seldom() -> None:
    """40 s of it, two frames a second."""
    import cv2

    from tui.depth.loader import ModelRequest, load_estimator

    estimator = load_estimator(ModelRequest("pocket"))
    clip = cv2.VideoCapture(str(SHARED / "media/clips/vtest.avi"))
    session, steady, raw, calm = Session(map_kind=estimator.identity.kind), SteadyHealth(), [], []
    for number in range(80):
        for _ in range(5):
            found, image = clip.read()
        if not found:
            break
        at_s = 0.5 * number
        inverse_depth = estimator.estimate(np.ascontiguousarray(image[:, :, ::-1]))
        height, width = inverse_depth.shape
        session = session.with_picture_size(width, height)
        if number == 0:
            pixels = [(120, 450), (380, 300), (620, 200), (300, 120), (680, 480)]
            references = [
                Reference(u, v, 6.0 / float(inverse_depth[v, u]), 0.05 * 6.0 / float(inverse_depth[v, u]))
                for u, v in pixels
            ]
            session, _ = session.with_references(references, inverse_depth, "pocket")
        session = renewed_by(session, inverse_depth, (), at_s)
        calibration = session.calibration()
        assert calibration is not None
        steady = steady.step(calibration.health, at_s, "these")
        raw.append(calibration.health.grade)
        calm.append(steady.health.grade)
    clip.release()
    estimator.close()

    def changes(grades: list[Grade]) -> int:
        return sum(a is not b for a, b in pairwise(grades))

    assert changes(calm) <= 6
    assert changes(calm) <= changes(raw)
