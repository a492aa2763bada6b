"""A packed file holds the frames it was made of, and a run takes it as it takes a folder."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'train' is not installed")

from numpy.typing import NDArray

from tui.evaluation.rgbd import find_frames
from tui.training import checkpoint
from tui.training.__main__ import main
from tui.training.errors import TrainingError
from tui.training.packing import pack, rounded_mm, unpacked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six frames of slanted noise, some unknown; one sequence in units of 1/5000 m."""
    rng = np.random.default_rng(0)
    root = tmp_path / "data"
    for sequence, units in (("nyu/blk03", 1000), ("nyu/blk04", 1000), ("tum/desk", 5000)):
        place = root / sequence
        place.mkdir(parents=True)
        for index in range(2):
            depth_m = np.linspace(0.5, 6, 96)[None] * rng.uniform(0.99, 1.01, (96, 96))
            depth_m[:5] = 0
            cv2.imwrite(str(place / f"{index}.jpg"), rng.integers(0, 256, (96, 96, 3), np.uint8))
            cv2.imwrite(str(place / f"{index}.png"), np.round(depth_m * units).astype(np.uint16))
    (root / "tum/desk/rgbd.toml").write_text("depth_units_per_metre = 5000\n")
    return root


def test_pictures_stay_and_depth_is_within_four_thousandths(folder: Path, tmp_path: Path) -> None:
    size_mib = pack(folder, tmp_path / "data.zip")

    assert (tmp_path / "data.zip").stat().st_size == pytest.approx(size_mib * 2**20)
    with unpacked(tmp_path / "data.zip") as again:
        before, after = find_frames(folder), find_frames(again)
        assert [(f.sequence, f.name) for f in before] == [(f.sequence, f.name) for f in after]
        for old, new in zip(before, after, strict=True):
            assert old.colour_path.read_bytes() == new.colour_path.read_bytes()
            (_, depth_m), (_, found_m) = old.load(), new.load()
            assert (np.abs(found_m - depth_m) <= 0.0038 * depth_m + 0.00051).all()
            assert ((found_m == 0) == (depth_m == 0)).all()
    assert not again.exists()
    with unpacked(folder) as same:
        assert same == folder


def test_rounding_again_changes_nothing() -> None:
    depth_m: NDArray[np.float32] = np.geomspace(0.2, 60, 999, dtype=np.float32).reshape(27, 37)
    once = rounded_mm(depth_m)

    np.testing.assert_allclose(rounded_mm((once / 1000).astype(np.float32)), once, atol=1)
    assert len(np.unique(once)) < 800


def test_what_is_too_large_is_not_written(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"MiB packed, 0\.01 allowed; leave out a sequence"):
        pack(folder, tmp_path / "data.zip", limit_mib=0.01)

    assert [p.name for p in tmp_path.iterdir()] == ["data"]


def test_what_is_neither_folder_nor_packed_is_named(tmp_path: Path) -> None:
    (tmp_path / "data.zip").write_bytes(b"no archive")
    for name in ("data.zip", "missing"):
        with (
            pytest.raises(TrainingError, match=f"{name}: neither a folder nor a packed file"),
            unpacked(tmp_path / name),
        ):
            pass


def test_one_command_trains_on_a_packed_file_and_continues(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = str(tmp_path / "data.zip"), tmp_path / "run"
    assert main(["pack", "--data", str(folder), "--out", data]) == 0
    train = ["train", "--data", data, "--out", str(out), "--encoder", "0", "--batch", "2", "--sizes", "64", "96"]
    train += ["--device", "cpu", "--threads", "1", "--no-bfloat16"]

    assert main([*train, "--steps", "1"]) == 0
    assert main([*train, "--steps", "2"]) == 0

    state = checkpoint.load(out / checkpoint.CHECKPOINT_NAME)
    assert state is not None
    assert state["step"] == 2
    assert capsys.readouterr().out.startswith(data)
    assert main(["validate", "--data", data, "--checkpoint", str(out / checkpoint.BEST_NAME), "--size", "64"]) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["pictures"] == 2
    assert main([*train, "--steps", "2", "--init", str(tmp_path / "nothing.pt"), "--out", str(tmp_path / "other")]) == 2
