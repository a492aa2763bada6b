"""Intrinsics survive a round; a damaged file is named with the remedy."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.errors import InputError, StorageError
from tui.geometry.intrinsics import Intrinsics
from tui.storage.intrinsics import (
    check_intrinsics_name,
    list_intrinsics,
    load_intrinsics,
    save_intrinsics,
    write_intrinsics,
)
from tui.storage.paths import intrinsics_dir

WEBCAM = Intrinsics(
    532.8, 532.9, 342.5, 233.9, 640, 480, (-0.28, 0.025, 0.001, -0.0001, 0.16),
    focal_sigma=0.001, rms_px=0.195, origin="chessboard 9x6, 13 views", created="2026-03-01T12:00:00+00:00",
)  # fmt: skip


def test_a_round(tmp_path: Path) -> None:
    assert list_intrinsics() == []
    path = save_intrinsics(" webcam ", WEBCAM)
    assert path == intrinsics_dir() / "webcam.json"
    assert load_intrinsics("webcam") == WEBCAM
    assert list_intrinsics() == ["webcam"]
    write_intrinsics(tmp_path / "far.json", WEBCAM, "far")
    assert load_intrinsics(tmp_path / "far.json") == WEBCAM
    assert load_intrinsics(str(tmp_path / "far.json")) == WEBCAM


@given(
    st.floats(1, 1e5), st.lists(st.floats(-2, 2), min_size=8, max_size=8), st.sampled_from([0, 4, 5, 8]),
    st.none() | st.floats(0, 10), st.text(max_size=20),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_any_camera_survives(
    own_home: Path, focal: float, lens: list[float], count: int, rms: float | None, origin: str
) -> None:
    assert own_home
    origin = origin.encode("utf-8", "replace").decode()
    camera = Intrinsics(focal, focal, 1.5, 2.5, 64, 48, tuple(lens[:count]), rms_px=rms, origin=origin)
    save_intrinsics("any", camera)
    assert load_intrinsics("any") == camera


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "exif", "EXIF", "x" * 65, "a,b"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name of intrinsics"):
        check_intrinsics_name(name)


def test_whose_and_what_size_and_focus_stay_with_them_and_an_older_file_is_of_its_size() -> None:
    known = replace(WEBCAM, camera="HD Webcam", made_for=(320, 240), lens="focus 30")
    path = save_intrinsics("webcam", known)
    assert load_intrinsics("webcam") == known
    new = {"camera", "made_for", "lens"}
    path.write_text(json.dumps({key: value for key, value in json.loads(path.read_text()).items() if key not in new}))
    older = load_intrinsics("webcam")
    assert (older.camera, older.lens, older.made_for) == ("", "", (WEBCAM.width, WEBCAM.height))


def test_a_doubt_stays_with_them_and_an_older_file_has_none() -> None:
    doubted = replace(WEBCAM, doubt="these views cannot tell the focal length")
    path = save_intrinsics("webcam", doubted)
    assert load_intrinsics("webcam").caution == "these views cannot tell the focal length"
    older = {key: value for key, value in json.loads(path.read_text()).items() if key != "doubt"}
    path.write_text(json.dumps(older))
    assert load_intrinsics("webcam") == WEBCAM


def test_one_that_is_not_there_lists_those_that_are() -> None:
    with pytest.raises(StorageError, match="none are saved yet; depth-tui calibrate camera saves them"):
        load_intrinsics("webcam")
    save_intrinsics("webcam", WEBCAM)
    with pytest.raises(StorageError, match="saved are: webcam"):
        load_intrinsics("phone")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "depth-tui profile"}, "not intrinsics of depth-tui"),
        ({"version": 2}, "of version 2"),
        ({"fx_px": -1}, "must be positive"),
        ({"fx_px": "532"}, "fx_px is not a finite number"),
        ({"width": 0}, "width is not a whole number"),
        ({"distortion": [1, 2]}, "there can be 0, 4, 5 or 8"),
        ({"distortion": None}, "distortion is not a list"),
        ({"origin": 3}, "origin is not a text"),
    ],
)
def test_a_damaged_file_says_what_is_wrong(change: dict[str, object], words: str) -> None:
    path = save_intrinsics("webcam", WEBCAM)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(StorageError, match=words) as caught:
        load_intrinsics("webcam")
    assert "calibrate again" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 50_000, b" " * 200_000])
def test_what_is_no_json_is_named(data: bytes) -> None:
    path = save_intrinsics("webcam", WEBCAM)
    path.write_bytes(data)
    with pytest.raises(StorageError, match=r"webcam\.json"):
        load_intrinsics("webcam")
