"""A capture appears whole, in a folder of its own, or not at all."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.storage.planted import slope
from tui.errors import StorageError
from tui.geometry.arrays import RGBImage
from tui.storage.export import DEPTH_16_BIT, PICTURE, RAW_DEPTH, READINGS, save_capture
from tui.storage.paths import captures_dir

NOW = datetime(2026, 3, 1, 12, 30, 59, tzinfo=UTC)


@pytest.fixture
def image() -> RGBImage:
    return np.random.default_rng(0).integers(0, 256, (12, 20, 3), dtype=np.uint8)


def test_a_capture_holds_picture_raw_depth_and_readings(image: RGBImage) -> None:
    folder = save_capture(image, slope(), {"readings": [{"x": 3, "distance_m": None}]}, now=NOW)
    assert folder == captures_dir() / "2026-03-01_12-30-59"
    assert sorted(path.name for path in folder.iterdir()) == sorted([PICTURE, RAW_DEPTH, DEPTH_16_BIT, READINGS])
    np.testing.assert_array_equal(np.asarray(Image.open(folder / PICTURE)), image)
    with np.load(folder / RAW_DEPTH) as archive:
        np.testing.assert_array_equal(archive["inverse_depth"], slope())
    with Image.open(folder / DEPTH_16_BIT) as picture:
        assert picture.size == (20, 12)
    assert json.loads((folder / READINGS).read_text()) == {"readings": [{"x": 3, "distance_m": None}]}
    assert os.access(folder, os.R_OK | os.X_OK)


def test_captures_of_one_second_do_not_touch_each_other(image: RGBImage, tmp_path: Path) -> None:
    folders = [save_capture(image, slope(), {"number": number}, root=tmp_path, now=NOW) for number in range(3)]
    assert [folder.name for folder in folders] == [
        "2026-03-01_12-30-59", "2026-03-01_12-30-59_2", "2026-03-01_12-30-59_3",
    ]  # fmt: skip
    assert [json.loads((folder / READINGS).read_text())["number"] for folder in folders] == [0, 1, 2]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == [each.name for each in folders]


@pytest.mark.parametrize("failing_file", [1, 3, 4])
def test_a_full_disk_leaves_nothing_half_written(
    image: RGBImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing_file: int
) -> None:
    root = tmp_path / "captures"
    kept = save_capture(image, slope(), {}, root=root, now=NOW)
    real, calls = os.replace, []

    def fills_up(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) >= 2 * failing_file - 1:  # each file is synced, then its folder
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fills_up)
    with pytest.raises(StorageError, match="disk is full"):
        save_capture(image, slope(), {}, root=root, now=NOW)
    assert os.replace is real
    assert list(root.iterdir()) == [kept]
    assert len(list(kept.iterdir())) == 4


def test_a_folder_that_cannot_be_made_is_named(image: RGBImage, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StorageError, match="is a file, not a folder"):
        save_capture(image, slope(), {}, root=blocked / "captures")


def test_a_read_only_disk_is_named(image: RGBImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(StorageError, match="read-only"):
        save_capture(image, slope(), {}, root=tmp_path / "captures")


def test_numbers_that_json_does_not_have_are_never_written(image: RGBImage, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        save_capture(image, slope(), {"distance_m": float("nan")}, root=tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.name != "home"]
