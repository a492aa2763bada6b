"""What a configuration of cameras cannot be, said before anything begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_service_run import CLIP, camera, written
from tui.cli.root import run


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('alarm = ["door: surely nearer than 1m"]', "there is no 'door'; there is pin 1"),
        ('alarm = ["pin 1: nearer than 1m"]', "surely nearer"),
        ('engine = "abacus"', "engine 'abacus': there is auto"),
        ('rate = "fast"', "rate 'fast'"),
        ('rotate = "45"', "--rotate 45"),
        ('region = ["x"]', "--region"),
        ('profile = "nobody has saved that"', "nobody has saved that"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_begins(
    tmp_path: Path, more: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["watch", "--config", str(written(tmp_path, camera("hall", more)))]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "watch.toml: camera hall: " in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (["--at", "1,2"], "--at"),
        (["--every", "5s"], "--every"),
        (["--fov", "66deg"], "--fov"),
        (["--webhook", "http://host"], "--webhook"),
        (["--exec", "true"], "--exec"),
        (["--metrics", "9300"], "--metrics"),
        (["--log-max", "1MB"], "--log-max"),
        (["--no-flip"], "--no-flip"),
        (["--count", "1"], "--count"),
    ],
)
def test_other_options_do_not_go_with_a_file(
    tmp_path: Path, typed: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["watch", "--config", str(written(tmp_path, camera("hall"))), *typed]) == 2
    said = capsys.readouterr().err
    assert "takes the place of the other options" in said
    assert f"{named}: " in said


def test_a_camera_needs_something_to_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["watch", "--config", str(written(tmp_path, f'[camera.hall]\nsource = "{CLIP}"'))]) == 2
    assert 'camera hall: say what to read: at = ["120,200"]' in capsys.readouterr().err
