"""What the surfaces of the demo room look like: procedural textures without light."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Grid = npt.NDArray[np.float32]
"""Metres along a face, float32, shape (h, w)."""
Colour = npt.NDArray[np.float32]
"""Albedo RGB from 0 to 1, float32, shape (h, w, 3)."""


def paint(material: str, u_m: Grid, v_m: Grid) -> Colour:
    """The albedo of a face.

    Args:
        material: a name from `MATERIALS`.
        u_m: metres from the face's left edge (x, or z on side faces), shape (h, w).
        v_m: metres from its upper edge (y, or z on level faces), shape (h, w).
    """
    return np.clip(MATERIALS[material](u_m, v_m), 0.0, 1.0).astype(np.float32)


def _rgb(hexadecimal: str) -> npt.NDArray[np.float32]:
    return np.array([int(hexadecimal[i : i + 2], 16) / 255 for i in (0, 2, 4)], dtype=np.float32)


def _noise(u_m: Grid, v_m: Grid, size_m: float, seed: int) -> Grid:
    """One random number a tile of `size_m`, from 0 to 1, the same for ever."""
    return _hash(np.floor(u_m / size_m), np.floor(v_m / size_m), seed)


def _hash(column: Grid, row: Grid, seed: int) -> Grid:
    # A linear congruence and xor-shifts on whole numbers: no tables, no state, equal on every machine.
    mixed = column.astype(np.int64) * 374761393 + row.astype(np.int64) * 668265263 + seed * 2246822519
    mixed = (mixed ^ (mixed >> 13)) * 1274126177 & 0xFFFFFFFF
    mixed = mixed ^ (mixed >> 16)
    return ((mixed & 0xFFFF) / 65535).astype(np.float32)


def _mix(first: Colour, second: Colour, share: npt.NDArray[np.floating] | npt.NDArray[np.bool_]) -> Colour:
    weight = share.astype(np.float32)[:, :, None]
    return first * (1 - weight) + second * weight


def _plain(hexadecimal: str, grain: float = 0.05, size_m: float = 0.04) -> Callable[[Grid, Grid], Colour]:
    colour = _rgb(hexadecimal)

    def material(u_m: Grid, v_m: Grid) -> Colour:
        return colour * (1 + grain * (_noise(u_m, v_m, size_m, 3) - 0.5))[:, :, None]

    return material


def _inside(u_m: Grid, v_m: Grid, left: float, top: float, right: float, bottom: float) -> npt.NDArray[np.bool_]:
    return (u_m >= left) & (u_m < right) & (v_m >= top) & (v_m < bottom)


def _planks(light: str, dark: str, width_m: float, length_m: float) -> Callable[[Grid, Grid], Colour]:
    def material(u_m: Grid, v_m: Grid) -> Colour:
        column = np.floor(u_m / width_m)
        along = v_m + length_m * _hash(column, column, 5)
        row = np.floor(along / length_m)
        tone = _hash(column, row, 7)
        grain = 0.5 + 0.5 * np.sin(160 * u_m + 6 * np.sin(2.2 * along + 9 * tone))
        colour = _mix(_rgb(light), _rgb(dark), 0.75 * tone + 0.15 * grain)
        gap = ((u_m % width_m) < 0.012) | ((along % length_m) < 0.012)
        return _mix(colour, 0.45 * colour, gap)

    return material


def _floor(u_m: Grid, v_m: Grid) -> Colour:
    colour = _planks("c99a63", "97683c", 0.16, 1.3)(u_m, v_m)
    left, near, right, far = 1.25, 3.05, 3.65, 5.15
    rug = _inside(u_m, v_m, left, near, right, far)
    checks = (np.floor((u_m - left) / 0.3) + np.floor((v_m - near) / 0.3)) % 2 == 0
    pattern = _mix(_rgb("2f5d8c"), _rgb("e8dcc0"), checks)
    border = rug & ~_inside(u_m, v_m, left + 0.1, near + 0.1, right - 0.1, far - 0.1)
    return _mix(_mix(colour, pattern, rug), _rgb("8c2f39"), border)


def _brick(u_m: Grid, v_m: Grid) -> Colour:
    row = np.floor(v_m / 0.1)
    shifted = u_m + 0.125 * (row % 2)
    tone = _hash(np.floor(shifted / 0.25), row, 11)
    colour = _mix(_rgb("b5745c"), _rgb("94523f"), tone)
    mortar = ((v_m % 0.1) < 0.018) | ((shifted % 0.25) < 0.018)
    return _mix(colour, _rgb("d3c3b2"), mortar)


def _window_wall(u_m: Grid, v_m: Grid) -> Colour:
    colour = _plain("e9ddc4")(u_m, v_m)
    frame = _inside(u_m, v_m, 3.55, 0.45, 5.15, 1.5)
    pane = _inside(u_m, v_m, 3.63, 0.53, 5.07, 1.42)
    bars = (np.abs(u_m - 4.35) < 0.03) | (np.abs(v_m - 0.97) < 0.03)
    sky = _mix(_rgb("8fd0f5"), _rgb("dff3ff"), np.clip((v_m - 0.5) / 0.7, 0, 1))
    hills = v_m > 1.2 + 0.06 * np.sin(4.5 * u_m)
    view = 1.25 * _mix(sky, _rgb("6fa35a"), hills)
    skirting = v_m > 2.4
    colour = _mix(_mix(colour, _rgb("ffffff"), frame), view, pane & ~bars)
    return _mix(colour, _rgb("f5efe2"), skirting)


def _door_wall(u_m: Grid, v_m: Grid) -> Colour:
    colour = _plain("9db59a")(u_m, v_m)
    frame = _inside(u_m, v_m, 3.7, 0.4, 4.75, 2.5)
    door = _inside(u_m, v_m, 3.78, 0.48, 4.67, 2.5)
    panel = _inside(u_m, v_m, 3.92, 0.62, 4.53, 1.35) | _inside(u_m, v_m, 3.92, 1.5, 4.53, 2.3)
    knob = _inside(u_m, v_m, 3.83, 1.42, 3.89, 1.5)
    colour = _mix(_mix(colour, _rgb("f2ead8"), frame | (v_m > 2.4)), _rgb("b98d5f"), door)
    return _mix(_mix(colour, _rgb("a37a4e"), panel), _rgb("f5d65c"), knob)


def _books(u_m: Grid, v_m: Grid) -> Colour:
    shelf_m = 0.40
    row = np.floor((v_m - 0.05) / shelf_m)
    column = np.floor(u_m / 0.075)
    tone = _hash(column, row, 17)
    spines = np.stack([_rgb(c) for c in ("b8433c", "2f6690", "e3b448", "3a7d5c", "7a4e7e", "d9d2c0", "d97b3f")])
    colour = spines[np.minimum((tone * 7).astype(np.int64), 6)]
    colour = colour * (0.82 + 0.18 * ((u_m % 0.075) > 0.012))[:, :, None].astype(np.float32)
    height_m = 0.24 + 0.09 * _hash(column, row, 19)
    above = (v_m - 0.05) % shelf_m < shelf_m - height_m
    board = ((v_m - 0.05) % shelf_m > shelf_m - 0.05) | (v_m < 0.06) | (u_m < 0.05) | (u_m > 1.15)
    return _mix(_mix(colour, _rgb("33231a"), above), _rgb("7a5230"), board)


def _painting(u_m: Grid, v_m: Grid) -> Colour:
    sky = _mix(_rgb("2c3e7a"), _rgb("f7a65a"), np.clip(v_m / 0.5, 0, 1))
    sun = (u_m - 0.75) ** 2 + (v_m - 0.42) ** 2 < 0.12**2
    sea = _mix(_rgb("1f5673"), _rgb("e98e4f"), 0.5 * (np.abs(u_m - 0.75) < 0.08) * ((v_m % 0.06) < 0.03))
    picture = _mix(_mix(sky, _rgb("ffe9a8"), sun), sea, v_m > 0.52)
    hill = v_m > 0.62 - 0.3 * np.exp(-((u_m - 0.25) ** 2) / 0.03)
    picture = _mix(picture, _rgb("24402e"), hill)
    return _mix(picture, _rgb("d8b25a"), ~_inside(u_m, v_m, 0.06, 0.06, 1.14, 0.79))


def _cardboard(u_m: Grid, v_m: Grid) -> Colour:
    colour = _plain("c8a06a", 0.08, 0.05)(u_m, v_m)
    middle = (float(u_m.min()) + float(u_m.max())) / 2
    return _mix(colour, _rgb("ecdcb4"), np.abs(u_m - middle) < 0.03)


def _leaves(u_m: Grid, v_m: Grid) -> Colour:
    return _mix(_rgb("2f7d3b"), _rgb("7cc45a"), _noise(u_m + 0.4 * v_m, v_m - 0.3 * u_m, 0.06, 23))


def _flowers(u_m: Grid, v_m: Grid) -> Colour:
    colour = _mix(_rgb("3f8f45"), _rgb("5faf52"), _noise(u_m, v_m, 0.03, 29))
    return _mix(colour, _rgb("ff7fa8"), _noise(u_m, v_m, 0.05, 31) > 0.55)


def _dice(u_m: Grid, v_m: Grid) -> Colour:
    size_m = 0.13
    dots = np.zeros(u_m.shape, dtype=bool)
    for x, y in [(0.25, 0.25), (0.75, 0.25), (0.5, 0.5), (0.25, 0.75), (0.75, 0.75)]:
        dots |= (u_m - x * size_m) ** 2 + (v_m - y * size_m) ** 2 < 0.014**2
    return _mix(_plain("f6f2e6")(u_m, v_m), _rgb("20242b"), dots)


def _ceiling(u_m: Grid, v_m: Grid) -> Colour:
    beams = (v_m % 1.2) < 0.14
    return _mix(_plain("f4efe4", 0.03)(u_m, v_m), _rgb("a9835a"), beams)


MATERIALS: dict[str, Callable[[Grid, Grid], Colour]] = {
    "floor": _floor,
    "brick": _brick,
    "window wall": _window_wall,
    "door wall": _door_wall,
    "ceiling": _ceiling,
    "plaster": _plain("e9ddc4"),
    "dark wood": _planks("7d5232", "5e3b22", 0.3, 2.0),
    "table top": _planks("a8713f", "875730", 0.14, 3.0),
    "sofa": _plain("1f8a8c", 0.16, 0.05),
    "yellow": _plain("f2b632", 0.1),
    "red": _plain("d8342f"),
    "green": _plain("3c9d4e"),
    "blue": _plain("2f62b5"),
    "white": _plain("f3f3f3"),
    "gilt": _plain("d8b25a"),
    "terracotta": _plain("c4643a"),
    "violet": _plain("7b5bb5"),
    "glow": _plain("fff6d8", 0.0),
    "books": _books,
    "painting": _painting,
    "cardboard": _cardboard,
    "leaves": _leaves,
    "flowers": _flowers,
    "dice": _dice,
}
"""Every material by name: (metres across, metres down) -> albedo."""
