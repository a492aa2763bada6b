"""A profile that was made for something else: a state that stands until somebody ends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes import RampEstimator
from tests.instrument.driven import Driven, driven, true_m
from tui.calibration.reading import Status
from tui.depth.estimator import ModelIdentity
from tui.instrument.mismatch import MismatchKind
from tui.instrument.profiles import Setting, fitted_to, measured_of
from tui.storage.profiles import Profile, load_profile, save_profile

HERE = Setting("camera 0", ModelIdentity("ramp", "ab" * 32), 64, 48)


@pytest.fixture
def bench() -> Profile:
    """Saved with camera 0, 64x48 pictures, the ramp."""
    with driven() as start:
        start.refer(10)
        start.refer(50)
        start.instrument.save_profile("bench")
    return load_profile("bench")


WIDE = ("the interval is wider than a factor of 2",)
"""All that is against a reading between two references."""


def kinds(start: Driven) -> list[MismatchKind]:
    return [each.kind for each in start.instrument.mismatches]


@pytest.mark.parametrize(
    ("changes", "options", "expected", "references", "note"),
    [
        ({}, {}, [], 2, ""),
        ({"identity": ModelIdentity("ramp", "cd" * 32)}, {}, [MismatchKind.MODEL], 0, ""),
        ({"identity": ModelIdentity("ramp", "cd" * 32)}, {"again": True}, [], 2, ""),
        ({"identity": ModelIdentity("ramp", "cd" * 32)}, {"force": True}, [MismatchKind.MODEL], 0, ""),
        ({"width": 128, "height": 96}, {}, [], 2, "the same view"),
        ({"width": 48, "height": 64}, {}, [MismatchKind.SIZE], None, ""),
        ({"width": 48, "height": 64}, {"force": True}, [], 2, "used all the same"),
        ({"camera": "camera 1"}, {}, [MismatchKind.CAMERA], 2, ""),
        ({"camera": "camera 1"}, {"any_camera": True}, [], 2, ""),
        ({"camera": "camera 1"}, {"force": True}, [], 2, ""),
        ({"camera": "camera 1", "width": 48, "height": 64}, {}, [MismatchKind.CAMERA, MismatchKind.SIZE], None, ""),
    ],
)
def test_what_of_it_can_be_used(
    bench: Profile,
    changes: dict[str, object],
    options: dict[str, bool],
    expected: list[MismatchKind],
    references: int | None,
    note: str,
) -> None:
    setting = replace(HERE, **changes)  # type: ignore[arg-type]  # by name
    given = {"any_camera": False} | options
    fitted, found, said = fitted_to(bench, measured_of(bench), setting, what="profile bench", **given)
    assert [each.kind for each in found] == expected
    assert all(each.words.startswith("profile bench: ") for each in found)
    assert (None if fitted is None else len(fitted.references)) == references
    assert (note in said) if note else said == ""
    if fitted is not None:
        assert (fitted.width, fitted.height) == (setting.width, setting.height)


def test_readings_with_another_camera_are_marked_until_it_is_confirmed(bench: Profile) -> None:
    with driven(label="camera 1", profile=bench.name) as start:
        assert kinds(start) == [MismatchKind.CAMERA]
        for _ in range(2):  # whatever comes later, the state stays
            start.show()
            found = start.instrument.reading.at((30, 20))
            assert found.status is Status.OTHER_CAMERA
            assert found.distance_m == pytest.approx(true_m(30), rel=0.05)
        assert "made with camera 0, this is camera 1" in start.instrument.offer_words
        assert any("made with camera 0" in each for each in start.instrument.reading.warnings)
        assert start.instrument.take_offer()
        start.show()
        assert start.instrument.reading.at((30, 20)).reasons == WIDE
        assert start.instrument.reading.warnings == ()
        assert not start.instrument.take_offer()


def test_what_was_kept_unconfirmed_is_marked_at_the_next_start_too(bench: Profile) -> None:
    with driven(label="camera 1", profile=bench.name) as start:
        start.refer(30)
    with driven(label="camera 1") as second:
        assert second.instrument.take_offer()
        assert kinds(second) == [MismatchKind.CAMERA]
        assert second.instrument.reading.at((30, 20)).status is Status.OTHER_CAMERA
        second.instrument.take_offer()
    with driven(label="camera 1") as third:
        third.instrument.take_offer()
        assert kinds(third) == []


def test_a_profile_of_another_shape_is_not_used_and_waits_for_its_pictures(bench: Profile) -> None:
    with driven(size=(48, 64), profile=bench.name) as start:
        assert kinds(start) == [MismatchKind.SIZE]
        assert start.instrument.reading.at((30, 20)).status is Status.UNCALIBRATED
        assert any("of another shape: not used" in each for each in start.instrument.reading.warnings)
        start.show(48, 64)
        assert start.instrument.reading.at((30, 20)).distance_m is None
        start.show(64, 48)
        assert start.instrument.reading.warnings == ()
        assert start.distances == [round(true_m(10), 3), round(true_m(50), 3)]
        assert start.instrument.reading.at((30, 20)).reasons == WIDE


def test_a_profile_that_cannot_be_used_takes_the_place_of_nothing(bench: Profile) -> None:
    save_profile(replace(bench, name="other", model_sha256="cd" * 32))
    with driven() as start:
        start.refer(20)
        start.refer(40)
        start.instrument.load_profile("other")
        assert start.distances == [round(true_m(20), 3), round(true_m(40), 3)]
        assert "mean nothing here" in start.said()


def test_loading_a_profile_can_be_undone(bench: Profile) -> None:
    with driven() as start:
        start.refer(30, distance_m=9.0)
        start.instrument.load_profile(bench.name)
        assert len(start.distances) == 2
        start.instrument.undo()
        assert start.distances == [9.0]
        assert start.instrument.session.profile == ""
        start.instrument.redo()
        assert len(start.distances) == 2
        assert start.instrument.session.profile == "bench"


def test_undo_of_a_typed_scale_and_of_what_was_deleted() -> None:
    with driven() as start:
        start.refer(10)
        start.refer(50)
        start.pin(30)
        start.instrument.answer("scale", "0.5 0.1")
        assert start.instrument.session.references == ()
        start.instrument.undo()
        assert len(start.distances) == 2
        start.instrument.update(start.instrument.session.without_reference(0))
        start.instrument.update(start.instrument.session.without_pin(0))
        start.instrument.undo()
        assert len(start.instrument.session.pins) == 1
        start.instrument.undo()
        assert start.distances == [round(true_m(10), 3), round(true_m(50), 3)]
        start.instrument.redo()
        assert start.distances == [round(true_m(50), 3)]
        start.instrument.undo()
        for _ in range(9):
            start.instrument.undo()
        assert start.distances == []
        assert "nothing to be undone" in start.said()


def test_a_mismatch_belongs_to_the_scene_where_it_was_found(bench: Profile) -> None:
    with driven(label="camera 1", profile=bench.name) as start:
        start.open("camera 2")
        assert kinds(start) == []
        start.open("camera 1")
        assert kinds(start) == [MismatchKind.CAMERA]


def test_typed_numbers_are_not_used_with_another_model_and_come_back() -> None:
    other = RampEstimator("other", slope=0.02)
    other.identity = ModelIdentity("other", "cd" * 32)
    with driven() as start:
        start.instrument.answer("scale", "0.5 0.1")
        start.use(other)
        assert start.instrument.reading.at((30, 20)).status is Status.UNCALIBRATED
        assert "mean nothing to other" in start.said()
        start.use(RampEstimator())
        start.instrument.undo()
        assert start.instrument.reading.at((30, 20)).distance_m == pytest.approx(true_m(30))
