"""Regions in what the user has set: named, undone, carried along, kept, and read like any pixel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.instrument.driven import Driven, driven, true_m
from tui.calibration.doubt import Doubt
from tui.calibration.reading import Status
from tui.calibration.reference import Reference
from tui.depth.estimator import ModelIdentity
from tui.errors import InputError, StorageError
from tui.geometry.region import MOST_REGIONS, Region, Statistic
from tui.instrument.history import History
from tui.instrument.instrument import Instrument
from tui.instrument.profiles import Setting, kept_of, measured_of
from tui.instrument.regions import carried_regions, free_name, with_region, without_region
from tui.instrument.session import Session
from tui.records.observation import observations
from tui.storage.kept import load_kept, save_kept
from tui.storage.profiles import load_profile, write_profile

DOOR = Region("door", ((10.0, 10.0), (29.0, 39.0)))
WALL = Region("wall", ((40.0, 5.0), (60.0, 5.0), (50.0, 40.0)), Statistic.MEDIAN)
SETTING = Setting("camera 0", ModelIdentity("ramp", "ab" * 32), 64, 48)


def session(*regions: Region) -> Session:
    found = Session().with_picture_size(64, 48)
    for each in regions:
        found = with_region(found, each)
    return found


def test_names_are_given_once_whatever_their_letters() -> None:
    with pytest.raises(InputError, match="there is a region 'door' already"):
        session(DOOR, replace(WALL, name="DOOR"))
    assert free_name(session(DOOR).regions) == "region 1"
    assert free_name((replace(DOOR, name="Region 1"),)) == "region 2"
    many = session(*(replace(DOOR, name=f"r{number}") for number in range(MOST_REGIONS)))
    with pytest.raises(InputError, match="remove one first"):
        with_region(many, DOOR)


@pytest.mark.parametrize("region", [replace(DOOR, corners=((10.0, 10.0), (64.0, 20.0))), replace(DOOR, name="a\tb")])
def test_what_is_none_is_refused_and_nothing_changes(region: Region) -> None:
    with pytest.raises(InputError):
        with_region(session(WALL), region)
    with pytest.raises(InputError, match="no picture yet"):
        with_region(Session(), DOOR)


def test_a_removed_one_comes_back_by_undo() -> None:
    history, before = History(), session(DOOR, WALL)
    after = without_region(before, 0)
    assert after.regions == (WALL,)
    history.note(before, after)
    undone, words = history.undo(after)
    assert undone.regions == (DOOR, WALL)
    assert words == "2 regions (was 1)"


def test_it_stays_on_what_it_shows_in_larger_pictures_and_waits_in_others() -> None:
    found = session(DOOR, WALL)
    larger = found.with_picture_size(128, 96)
    assert larger.regions[0].mask(128, 96).mean() == pytest.approx(DOOR.mask(64, 48).mean(), rel=0.05)
    portrait = larger.with_picture_size(48, 64)
    assert portrait.regions == ()
    assert portrait.waiting[0].in_words() == "2 regions"
    back = portrait.with_picture_size(64, 48)
    assert back.regions == (DOOR, WALL)


def test_carried_along_with_the_view_a_box_is_what_it_looks_like_now() -> None:
    found = carried_regions((DOOR, WALL), lambda at: (at[0] + 20.0, at[1] - 5.0), 64, 48)
    assert np.array_equal(found[0].mask(64, 48), Region("door", ((30.0, 5.0), (49.0, 34.0))).mask(64, 48))
    assert [each.name for each in carried_regions((DOOR, WALL), lambda at: (at[0] - 35.0, at[1]), 64, 48)] == ["wall"]
    assert carried_regions((DOOR,), lambda at: None if at[0] > 20 else at, 64, 48) == ()


def test_it_is_kept_on_disk_and_in_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    measured = session(DOOR, WALL).measured
    kept = kept_of(measured, SETTING, 5, 1.0)
    assert not kept.empty
    save_kept("camera 0", [kept])
    (found,) = load_kept("camera 0")
    assert measured_of(found.profile, found.pins).regions == (DOOR, WALL)
    path = write_profile(kept.profile, tmp_path / "bench.json")
    assert load_profile(path).regions == (DOOR, WALL)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"door"', '"do\\u001bor"'),
        ('"door"', '"WALL"'),
        ('"median"', '"widest"'),
        ('"x": 10.0', '"x": "ten"'),
        ('"x": 10.0', '"x": 1e300'),
        ('"regions": [', '"regions": [7,'),
    ],
)
def test_a_profile_whose_regions_are_none_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = write_profile(kept_of(session(DOOR, WALL).measured, SETTING, 5, 1.0).profile, tmp_path / "bench.json")
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(StorageError):
        load_profile(path)


def test_a_profile_of_before_has_none(tmp_path: Path) -> None:
    path = write_profile(kept_of(session(DOOR).measured, SETTING, 5, 1.0).profile, tmp_path / "bench.json")
    text = path.read_text("utf-8")
    path.write_text(text.replace('"regions"', '"other"', 1), "utf-8")
    assert load_profile(path).regions == ()


def calibrated(instrument: Instrument) -> None:
    instrument.give_references([Reference(u_px, 20, true_m(u_px), 0.01) for u_px in (2, 20, 40, 62)])


def test_it_is_read_as_pixels_are_and_nothing_is_given_where_they_give_nothing() -> None:
    with driven() as found:
        instrument = found.instrument
        found.show()
        instrument.update(with_region(instrument.session, DOOR))
        (uncalibrated,) = instrument.reading.regions
        assert uncalibrated.reading.status is Status.UNCALIBRATED
        calibrated(instrument)
        instrument.update(with_region(instrument.session.jumped(20, 20).pinned(), WALL))
        door, wall = instrument.reading.regions
        assert door.region == DOOR
        assert door.reading.status is Status.OK
        assert door.unknown_share == 0
        # p grows with the column, so the nearest is at the right: at the column that 5 % of it lies right of.
        assert door.reading.distance_m == pytest.approx(true_m(28), rel=0.01)
        assert wall.reading.distance_m == pytest.approx(true_m(50), rel=0.01)
        assert instrument.reading.region(DOOR) == door
        check_observed(found)
        against = replace(instrument.reading, doubts=(Doubt("dark", no_distance=True),))
        assert against.region(DOOR).reading.distance_m is None
        assert against.region(DOOR).unknown_share is None
        found.lose()
        (stale, _) = instrument.reading.regions
        assert stale.reading.status is Status.STALE
        assert stale.reading.distance_m is None


def check_observed(found: Driven) -> None:
    reading = found.instrument.reading
    pin, door, wall = observations(reading)
    assert (pin.name, pin.statistic, pin.unknown_share) == ("pin 1", "", None)
    assert pin.reading == reading.pins[0].reading
    assert (door.name, door.statistic, door.unknown_share) == ("door", "nearest", 0.0)
    assert door.reading == reading.regions[0].reading
    assert (wall.name, wall.statistic) == ("wall", "median")
    assert reading.captured_at is not None
    assert {each.captured_at for each in (pin, door, wall)} == {reading.captured_at}


def test_part_of_it_outside_the_picture_is_a_reason_for_doubt() -> None:
    with driven() as found:
        found.show()
        calibrated(found.instrument)
        half = Region("half", ((-20.0, 10.0), (20.0, 30.0)))
        reading = found.instrument.reading.region(half).reading
        assert reading.status is Status.DOUBTFUL
        assert "a part of the region is outside this picture" in reading.reasons
        away = Region("away", ((100.0, 10.0), (120.0, 30.0)))
        assert found.instrument.reading.region(away).reading.status is Status.OUTSIDE
