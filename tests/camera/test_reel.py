"""A clip to its end: past damage, with its own times, and with an account of what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.camera.test_clip import Clock, Script, movie, number, scripted
from tui.camera.once import Once
from tui.camera.whole import is_cut_off
from tui.geometry.arrays import RGBImage


class Damaged(Script):
    """Fails to grab the frames in `gone`, and to decode those in `black`."""

    def __init__(self, stamps_s: list[float], gone: set[int], black: set[int] = frozenset()) -> None:  # type: ignore[assignment]  # empty
        super().__init__(stamps_s)
        self.gone, self.black = gone, black

    def grab(self) -> bool:
        return super().grab() and self.position not in self.gone

    def retrieve(self) -> RGBImage | None:
        return None if self.position in self.black else super().retrieve()


def once(tmp_path: Path, script: Script) -> Once:
    path = tmp_path / "cup.mp4"
    path.write_bytes(b"x")
    return Once(path, lambda *_: script)


def test_goes_on_after_damage_and_counts_it(tmp_path: Path) -> None:
    clip = once(tmp_path, Damaged([k / 10 for k in range(20)], gone={3, 4, 5, 12}, black={8}))
    frames = list(clip)
    assert [int(image[0, 0, 0]) for _, image in frames] == [k for k in range(20) if k not in {3, 4, 5, 8, 12}]
    assert [at_s for at_s, _ in frames] == pytest.approx([k / 10 for k in range(20) if k not in {3, 4, 5, 8, 12}])
    assert clip.faults == f"{tmp_path / 'cup.mp4'}: 5 damaged frames are left out"


def test_a_damaged_beginning_is_passed_too(tmp_path: Path) -> None:
    clip = once(tmp_path, Damaged([k / 10 for k in range(5)], gone={0, 1}))
    assert [int(image[0, 0, 0]) for _, image in clip] == [2, 3, 4]
    assert "2 damaged frames" in clip.faults


@pytest.mark.parametrize(
    ("stamps_s", "times_s"),
    [
        ([0.0, 0.1, 30.0, 30.1], [0.0, 0.1, 30.0, 30.1]),  # a pause
        ([0.0, 0.1, 9000.0, 9000.1], [0.0, 0.1, 0.2, 0.3]),  # a fault of the stamps
        ([5.0, 5.1, 0.0, 0.1], [0.0, 0.1, 0.2, 0.3]),  # they begin anew
        ([0.0, 0.0, 0.0, 0.0], [0.0, 0.1, 0.2, 0.3]),  # there are none
    ],
)
def test_times_are_the_frames_own_if_they_can_be(tmp_path: Path, stamps_s: list[float], times_s: list[float]) -> None:
    assert [at_s for at_s, _ in once(tmp_path, Script(stamps_s))] == pytest.approx(times_s)


def test_a_playing_clip_goes_on_too_and_says_so_at_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Damaged([k / 10 for k in range(6)], gone={2, 3})
    source = scripted(tmp_path, Clock(monkeypatch), script)
    assert [number(source) for _ in range(4)] == [0, 1, 4, 5]
    assert source.read().note == "end of cup.mp4, starting again; 2 damaged frames are left out"


def test_the_case_of_a_damaged_stretch(shared: Path) -> None:
    clip = Once(shared / "cases" / "corrupt_gop.mp4")
    times_s = [at_s for at_s, _ in clip]
    assert len(times_s) == 76
    assert times_s[-1] == pytest.approx(80 / 26.777, abs=0.02), "the stretch takes its time"
    assert "5 damaged frames" in clip.faults


def test_the_case_of_a_variable_rate(shared: Path) -> None:
    clip = Once(shared / "cases" / "vfr2.mkv")
    times_s = [at_s for at_s, _ in clip]
    assert times_s[-1] == pytest.approx(6.386, abs=0.002)
    assert clip.faults == ""


@pytest.mark.parametrize("kind", ["mp4", "avi", "mkv"])
def test_files_that_are_cut_off_are_told_apart(tmp_path: Path, shared: Path, kind: str) -> None:
    whole = {
        "mp4": lambda: shared / "media" / "clips" / "cup.mp4",
        "avi": lambda: movie(tmp_path / "a.avi"),
        "mkv": lambda: shared / "cases" / "vfr2.mkv",
    }[kind]()
    assert not is_cut_off(whole)
    data = whole.read_bytes()
    cut = tmp_path / f"cut.{kind}"
    cut.write_bytes(data[: len(data) * 3 // 4])
    assert is_cut_off(cut)


def test_a_cut_clip_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    data = movie(tmp_path / "a.avi", 40).read_bytes()
    (tmp_path / "b.avi").write_bytes(data[: len(data) // 2])
    clip = Once(tmp_path / "b.avi")
    assert 5 < len(list(clip)) < 35
    assert "the file is cut off" in clip.faults


def test_the_shared_clips_are_whole(shared: Path) -> None:
    clips = [path for path in sorted((shared / "media" / "clips").iterdir()) if path.suffix in (".mp4", ".avi")]
    assert clips
    assert not any(is_cut_off(path) for path in clips)
