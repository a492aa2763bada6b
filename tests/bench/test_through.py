"""A clip through a command against the clip as a file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tui.bench.stages import capturing
from tui.bench.through import through_a_command
from tui.camera import process
from tui.camera.open import open_source


@pytest.fixture
def _ffmpeg() -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")


@pytest.mark.usefixtures("_ffmpeg")
def test_both_kinds_are_measured_and_nothing_stays(tmp_path: Path) -> None:
    clip = tmp_path / "a clip's.mp4"
    made = [
        "ffmpeg",
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=160x120:rate=25:duration=1",
        "-pix_fmt",
        "yuv420p",
    ]
    subprocess.run([*made, str(clip)], check=True)
    jpeg, uncompressed = through_a_command(clip, 0.2, "file")
    assert (jpeg.name, uncompressed.name) == (
        "capture through a command, motion JPEG",
        "capture through a command, YUV4MPEG2",
    )
    for stage in (jpeg, uncompressed):
        assert stage.baseline == "file"
        assert 0 < stage.median_ms < 40
        assert stage.note.startswith("ffmpeg itself ")
        assert not stage.note.startswith("ffmpeg itself 0.0 "), "its own work was seen"
    assert not process._running


@pytest.mark.usefixtures("_ffmpeg")
def test_what_the_command_cannot_play_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no clip")
    assert list(through_a_command(tmp_path / "clip.mp4", 0.1, "file")) == []
    assert not process._running


def test_without_the_program_nothing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(through_a_command(tmp_path / "clip.mp4", 0.1, "file")) == []


@pytest.mark.large
@pytest.mark.usefixtures("_ffmpeg")
def test_a_command_costs_at_most_a_third_more_than_the_file(shared: Path) -> None:
    clip = shared / "media/clips/cup.mp4"
    source = open_source(str(clip))
    as_file = capturing(source, 10)
    source.close()
    for stage in through_a_command(clip, 10, as_file.name):
        assert stage.median_ms <= 1.3 * as_file.median_ms, stage
