"""Profiles are read back as they were saved, and anything else is refused in one line."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.storage.planted import kitchen
from tui.calibration.beliefs import EXACT, METRIC_NETWORK, MapKind
from tui.calibration.context import MapContext
from tui.calibration.fit import fit, typed
from tui.calibration.reading import read
from tui.errors import InputError, StorageError
from tui.geometry.sampling import Sample
from tui.storage.paths import profiles_dir
from tui.storage.profiles import (
    VERSION,
    Profile,
    check_profile_name,
    list_profiles,
    load_profile,
    mismatches,
    save_profile,
)


@pytest.mark.parametrize(
    "profile",
    [
        kitchen(),
        replace(kitchen("typed"), references=(), calibration=typed(2.5, -0.04)),
        replace(
            kitchen("a power"), map_kind=MapKind.METRIC, calibration=fit(kitchen().references, METRIC_NETWORK, None)
        ),
        replace(kitchen("nothing yet"), references=(), calibration=None),
        replace(
            kitchen("Küche (2)"),
            model_sha256="",
            map_kind=MapKind.EXACT,
            camera="demo",
            calibration=fit(kitchen().references, EXACT, MapContext(0.1, 0.6, 640, 480)),
        ),
    ],
    ids=lambda profile: profile.name,
)
def test_a_profile_is_read_back_as_it_was_saved(profile: Profile) -> None:
    path = save_profile(profile)
    assert load_profile(profile.name) == profile
    assert load_profile(path) == profile
    assert load_profile(str(path)) == profile


def test_a_loaded_profile_reads_the_same_metres() -> None:
    profile = kitchen()
    save_profile(profile)
    for value in (0.3, 0.5, 0.9, -0.2):
        sample = Sample(value, 0.01, 25)
        assert read(load_profile(profile.name).calibration, sample) == read(profile.calibration, sample)


def test_the_file_says_what_it_belongs_to() -> None:
    text = save_profile(kitchen()).read_text()
    plain = json.loads(text)
    assert plain["version"] == VERSION
    assert plain["model"] == {"name": "pocket", "sha256": "ab" * 32, "kind": "relative"}
    assert plain["picture"] == {"width": 640, "height": 480}
    assert plain["camera"] == "camera 0"
    assert [each["distance_m"] for each in plain["references"]] == [0.8, 1.52]
    assert plain["calibration"]["kind"] == "scale and shift"


def test_saving_again_replaces_it() -> None:
    save_profile(kitchen())
    save_profile(replace(kitchen(), camera="camera 1"))
    assert load_profile("kitchen-bench").camera == "camera 1"
    assert list_profiles() == ["kitchen-bench"]


def test_profiles_are_listed_by_name() -> None:
    assert list_profiles() == []
    for name in ("zebra", "Attic", "bench 2"):
        save_profile(kitchen(name))
    (profiles_dir() / "notes.txt").write_text("not a profile")
    (profiles_dir() / ".hidden.json").write_text("{}")
    assert list_profiles() == ["Attic", "bench 2", "zebra"]


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "../evil", "a/b", "/etc/passwd", ".hidden", "a\\b", "a\0b", "a\nb", "x" * 65, "end."]
)
def test_a_name_cannot_lead_out_of_the_folder(name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name of a profile"):
        check_profile_name(name)
    with pytest.raises(InputError):
        save_profile(kitchen(name))
    assert list_profiles() == []


def test_a_missing_profile_names_those_there_are() -> None:
    with pytest.raises(StorageError, match=r"none is saved yet"):
        load_profile("bench")
    save_profile(kitchen())
    with pytest.raises(StorageError, match=r"profile bench: .*saved are: kitchen-bench"):
        load_profile("bench")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"nowhere\.json"):
        load_profile(tmp_path / "nowhere.json")


def _broken(**changes: object) -> str:
    plain = json.loads(save_profile(kitchen("source")).read_text())
    return json.dumps({key: value for key, value in (plain | changes).items() if value != "DROP"})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 2}, "of version 2, this program reads version 1"),
        ({"version": "1"}, "version is not a whole number"),
        ({"version": True}, "version is not a whole number"),
        ({"format": "something"}, "not a profile"),
        ({"format": "DROP"}, "not a profile"),
        ({"model": []}, "model is not an object"),
        ({"model": {"name": "x"}}, r"model\.sha256 is missing"),
        ({"model": {"name": "x", "sha256": "", "kind": "wild"}}, "maps of an unknown kind 'wild'"),
        ({"picture": {"width": 0, "height": 480}}, r"picture\.width is not a whole number of at least 1"),
        ({"references": "none"}, "references is not a list"),
        ({"references": [{}]}, r"references\[0\]\.inverse_depth is missing"),
        ({"calibration": {"scale": float("nan")}}, r"calibration\.scale is not a finite number"),
        ({"calibration": {"scale": 10**400}}, r"calibration\.scale is not a finite number"),
        ({"calibration": {"scale": -1, "shift": 0, "noise": 0.1, "freedom": 4}}, "not above 0"),
        ({"calibration": {"scale": 1, "shift": 0, "noise": 0.1, "freedom": 4, "kind": "magic"}}, "'magic'"),
        ({"name": "DROP"}, "name is missing"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(_broken(**changes))
    with pytest.raises(StorageError, match=says) as caught:
        load_profile(path)
    assert str(path) in str(caught.value)
    assert "save it again" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_reference_without_a_positive_distance_is_refused(tmp_path: Path) -> None:
    plain = json.loads(save_profile(kitchen()).read_text())
    plain["references"][1]["distance_m"] = -1
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(plain))
    with pytest.raises(StorageError, match=r"310\.?\d*, 210\)"):
        load_profile(path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not an object"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"[" * 100_000, "not JSON"),
        (b" " * 5_000_000, "too large"),
    ],
)
def test_a_corrupt_file_is_one_line(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "corrupt.json"
    path.write_bytes(data)
    with pytest.raises(StorageError, match=says) as caught:
        load_profile(path)
    assert str(path) in str(caught.value)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_damage_to_a_profile_gets_past_the_reader(tmp_path: Path, data: st.DataObject) -> None:
    """One byte of a good file changed or a tail cut off: read, or refused, never another exception."""
    good = save_profile(kitchen("damage")).read_bytes()
    cut = data.draw(st.integers(0, len(good)))
    position = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.json"
    for damaged in (good[:cut], good[:position] + bytes([byte]) + good[position + 1 :]):
        path.write_bytes(damaged)
        try:
            assert load_profile(path).width >= 1
        except StorageError as error:
            assert str(path) in str(error)  # noqa: PT017 - both outcomes are right, this one must name the file


def test_a_folder_in_its_place_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        load_profile(tmp_path)


def test_a_full_disk_leaves_the_older_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    save_profile(kitchen())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="disk is full"):
        save_profile(replace(kitchen(), camera="camera 1"))
    assert load_profile("kitchen-bench").camera == "camera 0"
    assert [path.name for path in profiles_dir().iterdir()] == ["kitchen-bench.json"]


def test_a_profile_that_fits_has_nothing_to_warn_of() -> None:
    assert mismatches(kitchen(), model_name="pocket", model_sha256="ab" * 32, size=(640, 480), camera="camera 0") == []


@pytest.mark.parametrize(
    ("name", "sha256", "size", "camera", "says"),
    [
        ("midas-small", "cd" * 32, (640, 480), "camera 0", "made with the model pocket, not midas-small"),
        ("pocket", "cd" * 32, (640, 480), "camera 0", "not other weights of that name"),
        ("pocket", "ab" * 32, (1280, 720), "camera 0", "made for 640x480 pictures, these are 1280x720"),
        ("pocket", "ab" * 32, (640, 480), "cup.mp4", "made with camera 0, this is cup.mp4"),
    ],
)
def test_what_does_not_fit_is_said(name: str, sha256: str, size: tuple[int, int], camera: str, says: str) -> None:
    (line,) = mismatches(kitchen(), model_name=name, model_sha256=sha256, size=size, camera=camera)
    assert says in line


def test_a_model_without_a_file_is_known_by_its_name() -> None:
    profile = replace(kitchen(), model_name="demo geometry", model_sha256="", map_kind=MapKind.EXACT)
    same = mismatches(profile, model_name="demo geometry", model_sha256="", size=(640, 480), camera="camera 0")
    other = mismatches(profile, model_name="other", model_sha256="", size=(640, 480), camera="camera 0")
    assert (same, len(other)) == ([], 1)
