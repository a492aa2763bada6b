"""A real room with its true distances, as the README shows it; `pytest --snapshot-update` takes the picture anew.

The picture and its depth: TUM RGB-D, fr1/desk (Sturm et al., IROS 2012), CC BY 4.0.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.screens.conftest import WIDE, go, pin, ready, refer, until
from tui.app import DepthApp
from tui.geometry.arrays import FloatMap
from tui.screens.options import StartOptions

SHOWN = Path(__file__).parent / "__snapshots__" / "real_room.svg"
REFERENCES = ((330, 400), (310, 150), (600, 200), (66, 290))
"""The near end of the table, the monitor, the floor behind, a can."""
PINS = ((550, 252), (480, 420))
"""A book, and the table before the mug."""
CROSSHAIR = (270, 287)
"""The keyboard."""
_PER_METRE = 5000.0


def true_m(depth_m: FloatMap, u_px: int, v_px: int) -> float:
    """The median of what is known around a pixel."""
    around = depth_m[v_px - 4 : v_px + 5, u_px - 4 : u_px + 5]
    return float(np.median(around[around > 0]))


def words_of(svg: str) -> list[str]:
    """What is written in it, without the cells of the pictures."""
    written = (re.sub(r"&#160;|▀", " ", text).split() for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    return [word for words in written for word in words]


def colours_of(svg: str) -> Counter[str]:
    """Columns in each colour."""
    columns: Counter[str] = Counter()
    for fill, width in re.findall(r'<rect fill="(#\w+)"[^>]*? width="([\d.]+)"', svg):
        columns[fill] += round(float(width) / 12.2)
    return columns


async def test_a_real_room_is_read_within_the_intervals_and_looks_as_shown(
    shared: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four distances are given; what is read elsewhere holds what a depth camera saw there."""
    monkeypatch.setattr("tui.widgets.message_line._QUIET_BEFORE_TIP_S", 3600.0)  # a tip comes and goes
    stored = cv2.imread(str(shared / "media/rgbd/ch7_1_depth.png"), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    depth_m = (stored / _PER_METRE).astype(np.float32)
    picture = tmp_path / "desk.png"
    shutil.copy(shared / "media/rgbd/ch7_1_color.png", picture)
    app = DepthApp(StartOptions(source=str(picture), model="pocket", precision="f32"), "dark")
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        await until(pilot, lambda: app.main.shown is not None and app.main.shown.averaged, "it has its final map")
        for pixel in REFERENCES:
            refer(app, {pixel: f"{true_m(depth_m, *pixel):.2f}"})
            await pilot.pause()
        assert len(app.main.session.references) == len(REFERENCES)
        pin(app, PINS)
        go(app, *CROSSHAIR)
        await until(pilot, lambda: not app.main.instrument.snapshot.loading.label, "nothing is being loaded")
        reading = app.main.instrument.reading
        for pixel, read in [
            (CROSSHAIR, reading.crosshair),
            *(((each.pin.u_px, each.pin.v_px), each.reading) for each in reading.pins),
        ]:
            assert read.low_m is not None
            assert read.high_m is not None
            assert read.low_m <= true_m(depth_m, *pixel) <= read.high_m
        app.main.present.everything()
        app.main.present.states(numbers=True)
        await pilot.pause()
        svg = re.sub(r"\bterminal-\d+-", "terminal-", app.export_screenshot(title="depth-tui"))
    if request.config.getoption("update_snapshots", default=False):
        SHOWN.write_text(svg)
    shown = SHOWN.read_text()
    assert words_of(svg) == words_of(shown), "what is said"
    # What a network computes is not quite the same on every processor: a cell here and there may differ.
    here, there = colours_of(svg), colours_of(shown)
    assert (here - there).total() <= 0.02 * there.total()
