"""`depth-tui depth`: maps of many pictures, none of them lost."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import plant, stripes
from tui.cli.batch import Format, parse_formats, plan
from tui.cli.film import Film
from tui.cli.root import run
from tui.errors import InputError


@pytest.fixture(autouse=True)
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _load(path: Path) -> np.ndarray:
    with np.load(path) as archive:
        values = archive["inverse_depth"]
    assert isinstance(values, np.ndarray)
    return values


def test_the_raw_map_is_kept(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["depth", str(stripes(tmp_path / "a.png", holes=True)), "--out", str(out)]) == 0
    assert capsys.readouterr() == (f"1 map in {out}\n", "")
    assert _files(out) == ["a.npz"]
    values = _load(out / "a.npz")
    assert values.dtype == np.float32
    assert values.shape == (40, 80)
    assert values[20, [10, 30, 50, 70]] == pytest.approx([0.45, 0.2, 0.35 / 3, 0.075])
    assert np.isnan(values[3, 3])


def test_every_format_is_written(tmp_path: Path, out: Path) -> None:
    picture = str(stripes(tmp_path / "a.png", holes=True))
    assert run(["depth", picture, "--out", str(out), "--format", "npz, pfm,PNG16,color,npz"]) == 0
    assert _files(out) == ["a.npz", "a.pfm", "a_16bit.png", "a_color.png"]
    assert (out / "a.pfm").read_bytes().startswith(b"Pf\n80 40\n-1.0\n")
    with Image.open(out / "a_16bit.png") as image:
        levels = np.asarray(image)
    assert levels[20, 10] == 65535
    assert levels[20, 70] == 1
    assert levels[3, 3] == 0
    with Image.open(out / "a_color.png") as image:
        colors = np.asarray(image).astype(int)
    assert colors.shape == (40, 80, 3)
    brightness = colors.sum(axis=2)
    assert brightness[20, 10] > brightness[20, 30] > brightness[20, 70], "near is bright"
    assert len(set(colors[3, 3])) == 1, "unknown is grey"


def test_folders_give_all_their_pictures(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one.png", "two.bmp", "three.jpg"):
        stripes(tmp_path / "album" / name)
    (tmp_path / "album" / "notes.txt").write_text("not a picture")
    assert run(["depth", str(tmp_path / "album"), str(stripes(tmp_path / "four.png")), "--out", str(out)]) == 0
    assert _files(out) == ["four.npz", "one.npz", "three.npz", "two.npz"]
    assert "4 maps" in capsys.readouterr().out


def test_a_file_named_twice_is_done_once(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = stripes(tmp_path / "album" / "a.png")
    assert run(["depth", str(picture), str(tmp_path / "album"), str(picture), "--out", str(out)]) == 0
    assert "1 map in" in capsys.readouterr().out


def test_two_inputs_of_one_stem_do_not_overwrite_each_other(tmp_path: Path, out: Path) -> None:
    one, other = stripes(tmp_path / "cup.png"), stripes(tmp_path / "cup.bmp")
    Image.new("RGB", (5, 5), (50, 0, 0)).save(other)
    assert run(["depth", str(one), str(other), "--out", str(out)]) == 0
    assert _files(out) == ["cup_bmp.npz", "cup_png.npz"]
    assert _load(out / "cup_bmp.npz").shape == (5, 5)


@pytest.mark.parametrize("names", [("a/cup.png", "b/cup.png"), ("a/cup.png", "b/CUP.png")])
def test_two_inputs_of_one_name_are_refused_before_anything_is_done(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, str]
) -> None:
    pictures = [str(stripes(tmp_path / name)) for name in names]
    assert run(["depth", *pictures, "--out", str(out)]) == 2
    err = capsys.readouterr().err
    assert all(picture in err for picture in pictures)
    assert not out.exists()


def test_an_input_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stripes(tmp_path / "a.png")
    before = stripes(tmp_path / "a_color.png").read_bytes()
    assert run(["depth", str(tmp_path), "--out", str(tmp_path), "--format", "color"]) == 2
    assert "would be overwritten" in capsys.readouterr().err
    assert (tmp_path / "a_color.png").read_bytes() == before


def test_a_picture_called_like_a_clips_frames_is_apart_from_them(tmp_path: Path) -> None:
    (tmp_path / "walk.mp4").write_bytes(b"\0" * 64)
    jobs = plan([str(tmp_path / "walk.mp4"), str(stripes(tmp_path / "walk.png"))], tmp_path / "o", [Format.NPZ])
    assert [job.is_clip for job in jobs] == [True, False]
    assert jobs[0].outputs([Format.NPZ], 7) == {Format.NPZ: tmp_path / "o" / "walk" / "000007.npz"}
    assert jobs[1].outputs([Format.NPZ]) == {Format.NPZ: tmp_path / "o" / "walk.npz"}


def test_a_clip_gives_one_map_a_frame(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cv2 = pytest.importorskip("cv2")
    clip = tmp_path / "walk.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter_fourcc(*"MJPG"), 25, (64, 48))
    for red in (50, 100, 150):
        writer.write(np.full((48, 64, 3), (0, 0, red), np.uint8))
    writer.release()
    assert run(["depth", str(clip), "--out", str(out)]) == 0
    assert "3 maps" in capsys.readouterr().out
    assert _files(out) == ["walk/000000.npz", "walk/000001.npz", "walk/000002.npz"]
    middles = [float(np.median(_load(out / "walk" / f"00000{number}.npz"))) for number in range(3)]
    assert middles == pytest.approx([0.45, 0.2, 0.35 / 3], rel=0.1)


def _clip(path: Path, reds: list[int], rate_hz: float = 12.5) -> Path:
    """Frames with a ramp of distances whose steepness, and so the planted map's scale, is the frame's own."""
    cv2 = pytest.importorskip("cv2")
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"FFV1"), rate_hz, (64, 48))
    for red in reds:
        frame = np.zeros((48, 64, 3), np.uint8)
        frame[..., 2] = np.linspace(red, 2 * red, 64).round()
        writer.write(frame)
    writer.release()
    return path


def test_a_clip_becomes_a_depth_video_that_does_not_flicker(tmp_path: Path, out: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    clip = _clip(tmp_path / "walk.avi", [80, 100, 70, 120, 90])
    assert run(["depth", str(clip), "--out", str(out), "--format", "npz,video"]) == 0
    assert _files(out) == [*(f"walk/00000{n}.npz" for n in range(5)), "walk_alignment.csv", "walk_depth.mp4"]

    capture = cv2.VideoCapture(str(out / "walk_depth.mp4"))
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(12.5)
    frames = [capture.read()[1].astype(int) for _ in range(5)]
    assert not capture.read()[0]
    assert frames[0].shape == (48, 64, 3)
    assert all(np.abs(frame - frames[0]).mean() < 8 for frame in frames[1:])
    assert frames[0][24, 2].sum() > frames[0][24, 32].sum() > frames[0][24, 61].sum(), "near is bright"

    table = [line.split(",") for line in (out / "walk_alignment.csv").read_text().splitlines()]
    assert table[0] == ["frame", "time_s", "scale", "shift", "new_scene"]
    aligned = [
        float(scale) * _load(out / "walk" / f"{int(n):06d}.npz") + float(shift) for n, _, scale, shift, _ in table[1:]
    ]
    raw = [_load(out / "walk" / f"{n:06d}.npz") for n in range(5)]
    spread = float(np.std(raw[0]))
    assert np.abs(raw[3] - raw[0]).mean() > 0.3 * spread
    assert all(np.abs(each - aligned[0]).mean() < 0.05 * spread for each in aligned[1:])


@pytest.mark.parametrize("factor", [1e6, 1e36, 1e-9])
def test_a_depth_video_shows_values_of_any_size(factor: float, tmp_path: Path) -> None:
    """The colours of a map are those of its values' order, be they beyond half floats or near their zero."""
    ramp = np.tile(np.linspace(0.1, 1.0, 64, dtype=np.float32), (32, 1))
    pictures = []
    for name, scale in (("plain", 1.0), ("scaled", factor)):
        with Film(tmp_path / f"{name}.mp4", tmp_path / f"{name}.csv", 10.0) as film:
            for number in range(3):
                film.add(number / 10.0, ramp * np.float32(scale))
            film.finish()
        found, picture = cv2.VideoCapture(str(tmp_path / f"{name}.mp4")).read()
        assert found
        pictures.append(picture.astype(int))
    assert pictures[0].std() > 30
    assert np.abs(pictures[0] - pictures[1]).mean() < 2


def test_a_depth_video_is_for_clips(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = str(stripes(tmp_path / "a.png"))
    assert run(["depth", picture, "--out", str(out), "--format", "video"]) == 2
    assert "a.png: a picture has no depth video; add another --format" in capsys.readouterr().err
    assert run(["depth", picture, "--out", str(out), "--format", "video,npz"]) == 0
    assert _files(out) == ["a.npz"]


def test_a_depth_video_that_cannot_be_written_leaves_nothing_half_done(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    clip = _clip(tmp_path / "walk.avi", [80, 100])
    monkeypatch.setattr(os, "fsync", full)
    assert run(["depth", str(clip), "--out", str(out), "--format", "video"]) == 2
    err = capsys.readouterr().err
    assert "disk is full" in err
    assert err.count("\n") == 1
    assert list(out.iterdir()) == []


def test_what_cannot_be_read_is_named_and_the_rest_is_done(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.png"
    cut.write_bytes(stripes(tmp_path / "whole.png").read_bytes()[:90])
    (tmp_path / "zero.mp4").write_bytes(b"")
    inputs = [str(tmp_path / name) for name in ("zero.mp4", "cut.png", "whole.png")]
    assert run(["depth", *inputs, "--out", str(out)]) == 4, "the first failure's code: a source"
    captured = capsys.readouterr()
    assert captured.out == f"1 map in {out}; 2 of 3 inputs failed\n"
    zero, truncated = captured.err.splitlines()
    assert "zero.mp4: is empty" in zero
    assert "cut.png: truncated" in truncated
    assert _files(out) == ["whole.npz"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["gone.png"], 2, "no such file or folder"),
        (["{empty}"], 4, "no pictures in this folder"),
        (["{picture}", "--format", "npz,tiff"], 2, "there is no 'tiff'"),
        (["{picture}", "--format", ""], 2, "choose from npz,pfm,png16,color,video"),
        ([], 2, "Missing argument"),
    ],
)
def test_bad_use_is_one_line(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    (tmp_path / "empty").mkdir()
    names = {"empty": tmp_path / "empty", "picture": stripes(tmp_path / "a.png")}
    assert run(["depth", *(each.format(**names) for each in arguments), "--out", str(out)]) == code
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert not out.exists()


def test_the_folder_must_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["depth", str(stripes(tmp_path / "a.png"))]) == 2
    assert "Missing option '--out'" in capsys.readouterr().err


def test_a_full_disk_stops_the_batch_with_nothing_half_written(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        stripes(tmp_path / "album" / name)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert run(["depth", str(tmp_path / "album"), "--out", str(out)]) == 2
    err = capsys.readouterr().err
    assert "disk is full" in err
    assert err.count("\n") == 1
    assert list(out.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    assert run(["depth", str(stripes(tmp_path / "a.png")), "--out", str(blocked)]) == 2
    assert "is a file, not a folder" in capsys.readouterr().err


def test_formats_are_checked_by_name() -> None:
    assert parse_formats("color,npz") == (Format.COLOR, Format.NPZ)
    with pytest.raises(InputError, match="'jpeg'"):
        parse_formats("jpeg")
