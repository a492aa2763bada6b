"""`depth-tui depth` on many files: what is passed over, where things go, and a run that was stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.planted import PlantedEstimator, plant, stripes
from tui.cli.root import run
from tui.depth.estimator import ModelIdentity
from tui.geometry.arrays import FloatMap, RGBImage


class Counting(PlantedEstimator):
    """Counts the pictures that it sees, each also as in a mirror, and is interrupted at one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.estimates = 0
        self.mirrored_next = False
        self.stop_at = -1

    def estimate(self, image: RGBImage) -> FloatMap:
        if not self.mirrored_next:
            self.estimates += 1
            if self.estimates == self.stop_at:
                raise KeyboardInterrupt
        self.mirrored_next = not self.mirrored_next
        return super().estimate(image)

    def since(self) -> int:
        count, self.estimates = self.estimates, 0
        return count


@pytest.fixture
def estimator(monkeypatch: pytest.MonkeyPatch) -> Counting:
    plant(monkeypatch)
    counting = Counting()
    monkeypatch.setattr("tui.depth.loader.load_estimator", lambda *_: counting)
    return counting


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def album(tmp_path: Path, count: int = 4) -> Path:
    for number in range(count):
        stripes(tmp_path / "album" / f"{number}.png")
    return tmp_path / "album"


def clip(path: Path, reds: list[int]) -> Path:
    import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), 10.0, (64, 48))
    for red in reds:
        frame = np.zeros((48, 64, 3), np.uint8)
        frame[..., 2] = np.linspace(red, 2 * red, 64).round()
        writer.write(frame)
    writer.release()
    return path


def test_hidden_and_other_files_are_passed_over_and_counted(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], estimator: Counting
) -> None:
    folder = album(tmp_path, 2)
    (folder / "._0.jpg").write_bytes(b"\0\5\x16\7" * 20)
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "notes.txt").write_text("x")
    stripes(folder / "more" / "a.png")
    assert run(["depth", str(folder), "--out", str(out)]) == 0
    captured = capsys.readouterr()
    assert _files(out) == ["0.npz", "1.npz"]
    assert captured.err.count("\n") == 1
    assert "4 passed over:" in captured.err
    assert "._0.jpg: hidden" in captured.err
    assert "and 1 more" in captured.err
    assert estimator.since() == 2


def test_folders_below_are_mirrored_and_nothing_is_overwritten(tmp_path: Path, out: Path, estimator: Counting) -> None:
    folder = tmp_path / "album"
    for name in ("a.png", "one/a.png", "one/a.bmp", "one/deep/a.png", "two/b.jpg", ".hidden/c.png"):
        stripes(folder / name)
    assert run(["depth", str(folder), "--out", str(out), "--recursive"]) == 0
    assert _files(out) == ["a.npz", "one/a_bmp.npz", "one/a_png.npz", "one/deep/a.npz", "two/b.npz"]
    assert estimator.since() == 5


def test_what_was_written_into_the_folder_is_no_input(tmp_path: Path, estimator: Counting) -> None:
    folder = album(tmp_path, 2)
    command = ["depth", str(folder), "--out", str(folder / "maps"), "--format", "color", "--recursive"]
    assert run(command) == 0
    assert run(command) == 0
    assert _files(folder / "maps") == ["0_color.png", "1_color.png"]
    assert estimator.since() == 2


def test_an_empty_tree_is_said_to_be(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "album" / "below").mkdir(parents=True)
    assert run(["depth", str(tmp_path / "album"), "--out", str(out), "--recursive"]) == 2
    assert "no pictures in this folder or below it" in capsys.readouterr().err


def test_a_stopped_batch_says_what_is_kept_and_goes_on_from_there(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], estimator: Counting
) -> None:
    command = ["depth", str(album(tmp_path)), "--out", str(out)]
    estimator.stop_at = 3
    assert run(command) == 130
    assert f"stopped; 2 maps in {out} are kept, the same command goes on from there" in capsys.readouterr().err
    assert _files(out) == ["0.npz", "1.npz"]
    estimator.stop_at = -1
    estimator.since()
    assert run(command) == 0
    assert capsys.readouterr().out == f"2 maps in {out}; 2 were there already (--again begins anew)\n"
    assert estimator.since() == 2
    assert run([*command, "--again"]) == 0
    assert estimator.since() == 4


def test_what_changed_is_done_anew(tmp_path: Path, out: Path, estimator: Counting) -> None:
    folder = album(tmp_path)
    command = ["depth", str(folder), "--out", str(out)]
    assert run(command) == 0
    assert estimator.since() == 4
    Image.new("RGB", (80, 40), (70, 0, 0)).save(folder / "1.png")
    (out / "2.npz").unlink()
    (out / "3.npz").write_bytes(b"something else")
    assert run(command) == 0
    assert estimator.since() == 3, "another picture, a map that is gone, a map that was overwritten"
    assert run([*command, "--format", "npz,pfm"]) == 0
    assert estimator.since() == 4, "other formats"
    estimator.identity = ModelIdentity("planted", "34" * 32)
    assert run([*command, "--format", "npz,pfm"]) == 0
    assert estimator.since() == 4, "another model"
    assert run([*command, "--format", "npz,pfm", "--precision", "bf16"]) == 0
    assert estimator.since() == 4, "another precision"


def test_a_stopped_clip_goes_on_at_its_frame(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], estimator: Counting
) -> None:
    path = clip(tmp_path / "walk.avi", [60, 80, 100, 70, 90])
    command = ["depth", str(path), "--out", str(out), "--format", "npz,video"]
    estimator.stop_at = 4
    assert run(command) == 130
    assert "3 maps" in capsys.readouterr().err
    assert _files(out) == ["walk/000000.npz", "walk/000001.npz", "walk/000002.npz"]
    estimator.stop_at = -1
    estimator.since()
    assert run(command) == 0
    assert "2 maps" in capsys.readouterr().out
    assert estimator.since() == 2
    stopped = (out / "walk_alignment.csv").read_text()
    assert run(command) == 0
    assert estimator.since() == 0
    assert run(["depth", str(path), "--out", str(tmp_path / "at_once"), "--format", "npz,video"]) == 0
    assert (tmp_path / "at_once" / "walk_alignment.csv").read_text() == stopped, "as if it had never been stopped"


def test_a_frame_that_is_gone_is_made_again(tmp_path: Path, out: Path, estimator: Counting) -> None:
    command = ["depth", str(clip(tmp_path / "walk.avi", [60, 80, 100])), "--out", str(out)]
    assert run(command) == 0
    for path in (out / "walk").iterdir():
        path.unlink()
    estimator.since()
    assert run(command) == 0
    assert estimator.since() == 3
