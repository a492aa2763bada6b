"""What is made of the measurements of the whole app."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tests.cli.planted import stripes
from tui.bench.played import WORKING
from tui.bench.rendering import FRAMES, noisy, panned
from tui.bench.soak import Soak
from tui.bench.traffic import Sent
from tui.bench.watched import NOTE, frames_between
from tui.cli.root import run


def test_growth_counts_from_the_end_of_the_first_minute() -> None:
    soak = Soak(((0.0, 100.0), (30.0, 180.0), (60.0, 200.0), (600.0, 220.0), (1200.0, 203.0)))
    assert soak.growth_mb == pytest.approx(3.0)
    assert soak.peak_mb == 220.0


def test_a_ratio_is_that_of_single_frames() -> None:
    sent = Sent("clip", "truecolor", 10.0, 50_000, 8_000, 1_000_000, 5.0)
    assert sent.ratio == pytest.approx(40.0)
    still = Sent("still", "truecolor", 0.0, 100, 50, 5_000, 0.0)
    assert still.ratio == pytest.approx(50.0)


def test_frames_are_counted_over_their_time(tmp_path: Path) -> None:
    notes = tmp_path / "frames"
    assert frames_between(notes, 0, 10) == 0
    notes.write_bytes(b"".join(NOTE.pack(at_s) for at_s in (1.0, 2.0, 3.0, 4.0)) + os.urandom(3))
    assert frames_between(notes, 2.0, 4.0) == 2


def test_no_two_frames_of_the_moving_sequence_are_alike() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    views = [noisy(view, number) for number, view in enumerate(panned([picture], FRAMES))]
    assert len({view.tobytes() for view in views}) == FRAMES >= 100


@pytest.mark.parametrize(
    ("screen", "works"),
    [
        ("LIVE", True),
        ("STILL\nend of noise.avi, starting again", True),
        ("LIVE\nstarting pocket", False),
        ("LIVE\nloading pocket", False),
        ("LIVE\nno depth yet", False),
        ("ENDED", False),
    ],
)
def test_the_app_works_once_its_screen_says_so(screen: str, *, works: bool) -> None:
    assert (WORKING.search(screen) is not None) == works


@pytest.mark.parametrize(
    ("arguments", "says"), [(["clip.mp4", "--latency"], "after --bytes"), (["--soak", "-1"], "--soak -1")]
)
def test_bad_use_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    source = str(stripes(tmp_path / "stripes.png"))
    assert run(["bench", "--source", source, *arguments]) == 2
    assert says in capsys.readouterr().err
