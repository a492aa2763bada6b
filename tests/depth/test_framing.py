"""Where a picture stands in a network's input, and that its map comes back to the picture's own pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depth.conftest import noise_picture
from tests.depth.exports import Export
from tests.depth.models import card_text, write_red_model
from tui.depth.card import InputCard
from tui.depth.enlarging import linear
from tui.depth.estimator import infer
from tui.depth.file_model import load_file_model
from tui.depth.framing import FixedSize, Framing, framed, prepare
from tui.errors import ModelError
from tui.geometry.arrays import FloatMap, RGBImage

PAD = InputCard("NCHW", "RGB", "float32", 1.0, (0.0,) * 3, (1.0,) * 3, "pad", 64, 1, None, "", (7.0, 8.0, 9.0))
STRETCH = replace(PAD, resize="stretch")
SIDES = st.integers(20, 200)


def ramps(width: int, height: int) -> RGBImage:
    """Red rises from left to right, green from top to bottom."""
    x, y = np.meshgrid(np.linspace(20, 230, width), np.linspace(20, 230, height))
    return np.stack([x, y, np.zeros_like(x)], axis=-1).round().astype(np.uint8)


def read(image: RGBImage, card: InputCard, fixed: FixedSize, channel: int, shrink: int) -> FloatMap:
    """The picture's channel as a network would give it that copies it, in 1/shrink of its input's sides."""
    height, width = image.shape[:2]
    framing = framed(card, fixed, width, height)
    raw = prepare(image, card, framing)[0, channel]
    rows, columns = raw.shape[0] // shrink, raw.shape[1] // shrink
    raw = raw.reshape(rows, shrink, columns, shrink).mean(axis=(1, 3), dtype=np.float32)
    return linear(framing.cut(raw), width, height)


@settings(max_examples=40)
@given(width=SIDES, height=SIDES, wide=SIDES, tall=SIDES, end=st.booleans(), shrink=st.sampled_from([1, 2]))
def test_pixels_are_where_stretching_has_them(
    width: int, height: int, wide: int, tall: int, shrink: int, *, end: bool
) -> None:
    """By the values of a ramp, to a pixel of the picture or a cell of the map, whichever is larger."""
    fixed = FixedSize(2 * wide, 2 * tall)
    card = replace(PAD, pad_at="end" if end else "both")
    image = ramps(width, height)
    inner = framed(card, fixed, width, height).inner
    for channel, (side, part) in enumerate(zip((width, height), inner, strict=True)):
        padded = read(image, card, fixed, channel, shrink)
        stretched = read(image, STRETCH, fixed, channel, shrink)
        # Half a cell at the edges is the edge's value for both.
        margin = int(np.ceil(shrink * side / min(part, 2 * (wide, tall)[channel]))) + 1
        across = (slice(None), slice(margin, -margin)) if channel == 0 else (slice(margin, -margin), slice(None))
        off = np.abs(padded[across] - stretched[across])
        a_pixel = 210 / (side - 1)
        assert np.isfinite(padded).all()
        assert off.max(initial=0.0) <= max(1.0, shrink * side / part) * a_pixel + 2.0, "and the rounding of both"


@pytest.mark.parametrize(
    ("at", "rect"), [("both", (0, 8, 32, 16)), ("end", (0, 0, 32, 16))]
)  # left, top, width, height  # fmt: skip
def test_bars_have_their_colour_and_place(at: str, rect: tuple[int, int, int, int]) -> None:
    card = replace(PAD, pad_at=at, color="BGR")
    framing = framed(card, FixedSize(32, 32), 64, 32)
    assert framing == Framing(32, 32, rect[0], rect[1], (rect[2], rect[3]))
    batch = prepare(np.full((32, 64, 3), 200, np.uint8), card, framing)[0]
    bar = np.ones((32, 32), bool)
    bar[rect[1] : rect[1] + rect[3], rect[0] : rect[0] + rect[2]] = False
    assert (batch[:, ~bar] == 200).all()
    for channel, value in enumerate((9.0, 8.0, 7.0)):
        assert (batch[channel, bar] == value).all()


@given(width=SIDES, height=SIDES)
def test_what_is_unknown_in_the_bars_is_not_in_the_picture(width: int, height: int) -> None:
    framing = framed(PAD, FixedSize(48, 64), width, height)
    values = np.full((32, 24), np.nan, np.float32)
    rows = slice(-(-framing.top // 2), (framing.top + framing.inner[1]) // 2)
    columns = slice(-(-framing.left // 2), (framing.left + framing.inner[0]) // 2)
    values[rows, columns] = 5.0
    assert (framing.cut(values) == 5.0).all()


@pytest.mark.parametrize("shape", [[1, 3, 48, 64], [1, 3, -1, -1]])
def test_a_padded_network_gives_the_picture_back(shape: list[int], tmp_path: Path) -> None:
    """32x32 fits into 48x64 after half as much again, 48x48 in the middle; the file is then another network."""
    size = {"size": [48, 64]}
    padded = load_file_model(write_red_model(tmp_path / "a.xml", shape, {"resize": "pad", **size}))
    image = noise_picture(48, 48)
    found = infer(padded, image)
    np.testing.assert_array_equal(found.full, image[..., 0])
    assert found.small.shape == (48, 48)
    (tmp_path / "a.toml").write_text(card_text(resize="stretch", **size))
    assert load_file_model(tmp_path / "a.xml").identity.sha256 != padded.identity.sha256


@pytest.mark.parametrize("axes", [(), (1,), (0, 1)])
def test_there_is_no_distance_in_the_sky(axes: tuple[int, ...], tmp_path: Path) -> None:
    """The second output is the map itself, so that what is above the threshold there is unknown here."""
    path = Export(sky_output="sky", gain=2.0, axes=axes).write(tmp_path)
    found = {}
    for line in ('name = "depth"', 'sky_name = "sky"\nsky_above = 120.0', 'sky_name = "sky"\nsky_above = 130.0'):
        path.with_suffix(".toml").write_text(f"{card_text(size=16)}{line}\n")
        estimator = load_file_model(path)
        found[estimator.identity.sha256] = estimator.estimate(noise_picture(16, 16))
    plain, low, high = found.values()
    for values, above in ((low, 120.0), (high, 130.0)):
        assert 0 < np.isnan(values).sum() < values.size
        np.testing.assert_array_equal(np.isnan(values), plain / 2 > above)
        np.testing.assert_array_equal(values[~np.isnan(values)], plain[~np.isnan(values)])


@pytest.mark.parametrize(("sky", "words"), [("clouds", "has depth"), ("sky", "sides of the map")])
def test_a_sky_that_does_not_fit_is_named(sky: str, words: str, tmp_path: Path) -> None:
    path = Export(others={"sky": [1, 1, 8, 16]}, shape=[1, 3, 16, 16]).write(tmp_path)
    path.with_suffix(".toml").write_text(f'{card_text(size=16)}name = "depth"\nsky_name = "{sky}"\n')
    with pytest.raises(ModelError, match=words):
        load_file_model(path)


def test_a_side_of_two_is_stretched_to_them(tmp_path: Path) -> None:
    """Each pixel of the network's input is a tile of the picture: what it gives back is the tile's own value."""
    path = Export(shape=(1, 3, 4, 6), tile=1).write(tmp_path)
    picture = np.arange(24, dtype=np.uint8).reshape(4, 6).repeat(10, axis=0).repeat(10, axis=1)
    picture = np.ascontiguousarray(np.repeat(picture[:, :, None], 3, axis=2))
    found = []
    for size in ("[4, 6]", None):
        text = card_text(size=size)
        path.with_suffix(".toml").write_text(text if size else text.replace("size = None\n", ""))
        found.append(load_file_model(path).infer(picture).small)
    assert found[0] == pytest.approx(np.arange(24).reshape(4, 6))
    assert np.array_equal(found[0], found[1])
