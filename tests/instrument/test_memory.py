"""What was measured is on disk as it is made, and is offered at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import RampEstimator
from tests.instrument.driven import driven, true_m
from tui.errors import StorageError
from tui.geometry.intrinsics import Intrinsics
from tui.instrument import keeping
from tui.storage.intrinsics import save_intrinsics
from tui.storage.kept import load_kept
from tui.storage.paths import kept_dir


def on_disk() -> list[list[float]]:
    """Distances of the references of all that is kept of the camera, newest first."""
    return [[round(r.reference.distance_m, 3) for r in each.profile.references] for each in load_kept("camera 0\n")]


def wrote(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> list[int]:
    """Have the disk fail, or no longer; counts the tries."""
    tries: list[int] = []
    monkeypatch.undo()
    if error is not None:

        def fail(*_arguments: object) -> Path:
            tries.append(1)
            raise error

        monkeypatch.setattr(keeping, "save_kept", fail)
    return tries


def test_a_reference_is_on_the_disk_before_anything_ends() -> None:
    with driven() as start:
        start.refer(10)
        start.until(lambda: on_disk() == [[round(true_m(10), 3)]], "the first reference is kept")
        start.refer(50)
        start.pin(30)
        start.until(lambda: bool(load_kept("camera 0\n")[0].pins), "the pin is kept")
        assert on_disk() == [[round(true_m(10), 3), round(true_m(50), 3)]]


def test_the_next_start_offers_it_and_taking_it_brings_all_back() -> None:
    with driven() as first:
        first.refer(10)
        first.refer(50)
        first.pin(30)
        reading = first.instrument.reading.at((30, 20))
    with driven() as second:
        assert "2 references and 1 pin of" in second.instrument.offer_words
        assert not second.instrument.session.references
        assert second.instrument.take_offer()
        assert second.distances == first.distances
        assert second.instrument.session.pins == first.instrument.session.pins
        assert second.instrument.reading.at((30, 20)) == reading
        assert second.instrument.offer_words == ""
        second.instrument.undo()
        assert second.distances == []
        second.instrument.redo()
        assert second.distances == first.distances
    assert on_disk() == [first.distances]


def test_what_is_refused_is_not_offered_again() -> None:
    with driven() as first:
        first.refer(10)
    with driven() as second:
        assert second.instrument.refuse_offer()
        assert not second.instrument.refuse_offer()
        assert second.instrument.memory.offer is None
    with driven() as third:
        assert third.instrument.memory.offer is None
    assert not list(kept_dir().iterdir())


def test_what_lapses_is_offered_at_the_next_start_and_what_is_newer_before_it() -> None:
    with driven() as first:
        first.refer(10)
        first.refer(50)
    with driven() as second:
        second.refer(30)
        assert second.instrument.memory.offer is None
        assert not second.instrument.take_offer()
    with driven() as third:
        assert third.instrument.offer_words.startswith("1 reference of")
        third.instrument.refuse_offer()
        assert third.instrument.offer_words.startswith("2 references of")
        third.instrument.take_offer()
        assert third.distances == first.distances
    assert on_disk() == [first.distances]


def test_a_start_in_which_nothing_is_measured_loses_nothing() -> None:
    with driven() as first:
        first.refer(10)
    for _ in range(2):
        with driven() as idle:
            idle.show()
            assert idle.instrument.memory.offer is not None
    assert on_disk() == [first.distances]


def test_pictures_of_another_shape_are_offered_nothing_and_keep_what_waits() -> None:
    with driven() as first:
        first.refer(10)
    with driven(size=(48, 64)) as turned:
        assert turned.instrument.memory.offer is None
        turned.refer(40, 50)
    with driven() as third:
        assert third.instrument.offer_words.startswith("1 reference of")
        third.instrument.take_offer()
        assert third.distances == first.distances
        third.show(48, 64)
        assert third.distances == []
    assert sorted(on_disk()) == sorted([first.distances, turned.distances])


def test_another_scene_has_its_own_and_coming_back_mixes_nothing() -> None:
    with driven() as first:
        first.refer(10)
    with driven() as second:
        assert second.instrument.offer_words
        second.open("camera 1")
        assert second.instrument.offer_words == ""
        second.refer(40)
        second.open("camera 0")
        second.refer(20)
    assert on_disk() == [second.distances, first.distances]
    assert [len(each.profile.references) for each in load_kept("camera 1\n")] == [1]


def test_another_model_measures_again_what_was_kept() -> None:
    with driven() as first:
        first.refer(10)
        first.refer(50)
    other = RampEstimator("other", slope=0.02, offset=0.3)
    other.identity = type(other.identity)("other", "cd" * 32)
    with driven(other) as second:
        second.instrument.take_offer()
        assert second.distances == first.distances
        assert "measured again with other" in second.said()
        found = second.instrument.reading.at((50, 20))
        assert found.distance_m == pytest.approx(true_m(50), rel=0.02)


def test_a_disk_that_cannot_be_written_is_said_once_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with driven() as start:
        tries = wrote(monkeypatch, StorageError("/full cannot be written: the disk is full"))
        for u_px in (10, 30, 50):
            start.refer(u_px)
            start.until(lambda: bool(tries), "it was tried")
            tries.clear()
        start.instrument.memory.flush()
        assert start.said().count("the disk is full") == 1
        assert len(start.distances) == 3
        wrote(monkeypatch, None)
        start.instrument.memory.flush()
        assert on_disk() == [start.distances]


def test_a_fault_of_the_keeping_thread_is_said_and_the_next_change_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with driven() as start:
        tries = wrote(monkeypatch, RuntimeError("out of luck"))
        start.refer(10)
        start.until(lambda: bool(tries), "it was tried")
        start.until(lambda: "out of luck" in start.said(), "it is said")
        wrote(monkeypatch, None)
        start.refer(50)
        start.instrument.memory.flush()
        assert on_disk() == [start.distances]


def test_a_file_that_cannot_be_read_is_said_and_kept_beside_the_new_one() -> None:
    with driven() as first:
        first.refer(10)
    (path,) = kept_dir().iterdir()
    path.write_text("{")
    with driven() as second:
        said = second.said()
        assert "corrupt" in said
        assert str(path.with_suffix(".unreadable")) in said
        assert second.instrument.memory.offer is None
        second.refer(30)
    assert path.with_suffix(".unreadable").read_text() == "{"
    assert on_disk() == [second.distances]


def test_who_measures_once_keeps_nothing() -> None:
    with driven(keep=False) as start:
        start.refer(10)
    assert not kept_dir().exists()


def test_intrinsics_saved_under_the_camera_s_name_are_offered() -> None:
    save_intrinsics("camera-0", Intrinsics(60.0, 60.0, 31.5, 23.5, 64, 48))
    with driven() as start:
        assert "this camera was calibrated before (camera-0): enter takes it" in start.instrument.offer_words
        assert start.instrument.take_offer()
        found = start.instrument.session.intrinsics
        assert found is not None
        assert (found.fx_px, found.width) == (60.0, 64)
    with driven() as again:
        assert "the camera of" in again.instrument.offer_words, "what was kept comes first"
