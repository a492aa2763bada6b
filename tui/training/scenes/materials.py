"""What surfaces look like without light: a material maps metres along a surface to colours."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence

import numpy as np

from tui.training.scenes.geometry import Floats
from tui.training.scenes.patterns import cell, mix, near_lines, noise, seen

Material = Callable[[Floats, Floats, Floats], Floats]
"""(u_m, v_m, width of a pixel there in m), each (n,) -> display RGB 0..1, (3, n)."""


def colour(rng: np.random.Generator, saturation: float = 0.35, lowest: float = 0.12, highest: float = 0.95) -> Floats:
    """Return a random colour, (3, 1); mostly greyish, now and then strong."""
    s = float(np.clip(rng.exponential(saturation * 0.6), 0, 0.9))
    value = float(rng.uniform(lowest, highest))
    warm = rng.random() < 0.5
    hue = float(rng.normal(0.09, 0.04) % 1) if warm else float(rng.random())
    return np.array(colorsys.hsv_to_rgb(hue, s, value), np.float32)[:, None]


def mottled(rng: np.random.Generator, base: Floats, amount: float = 0.06, tile_m: float = 2.0) -> Material:
    """Return `base`, (3, 1), uneven over several octaves: paint, stone, plastic."""
    start, tint = rng.uniform(0, 50, 2), rng.normal(0, 0.3, (3, 1)).astype(np.float32)
    grain = float(rng.uniform(0.2, 1.0)) * amount

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        u, v = u_m + np.float32(start[0]), v_m + np.float32(start[1])
        broad = noise(u, v, tile_m * 1.7, 1.3)
        fine = noise(u, v, tile_m * 0.23, 0.7) * seen(tile_m * 0.01, pixel_m)
        return np.asarray(base * (1 + amount * broad + grain * fine) + amount * 0.25 * tint * broad, np.float32)

    return material


def wood(rng: np.random.Generator, plank_m: float | None = None) -> Material:
    """Return wood with its grain along u, as planks where `plank_m` is given."""
    base = np.array(colorsys.hsv_to_rgb(rng.normal(0.075, 0.012), rng.uniform(0.25, 0.7), rng.uniform(0.25, 0.88)))
    base = base.astype(np.float32)[:, None]
    dark = base * np.float32(rng.uniform(0.45, 0.75))
    start, contrast, length_m = rng.uniform(0, 50, 2), rng.uniform(0.15, 0.5), float(rng.uniform(0.7, 2.0))
    across = bool(rng.random() < 0.5)

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        u, v = u_m + np.float32(start[0]), v_m + np.float32(start[1])
        if across and plank_m:
            u, v = v, u
        tone: Floats = np.zeros_like(u)
        gap: Floats = np.zeros_like(u)
        if plank_m:
            row = np.floor(v / plank_m)
            along = u + length_m * cell(row, row, 3)
            column = np.floor(along / length_m)
            tone = (cell(column, row, 1) - 0.5) * seen(plank_m, pixel_m)
            gap = np.maximum(near_lines(v, plank_m, 0.006, pixel_m), near_lines(along, length_m, 0.006, pixel_m))
            u = u + 3 * cell(column, row, 2)
        grain = noise(u, v, 0.7, 0.8, 9.0) * seen(0.012, pixel_m) + 0.6 * noise(u, v, 2.5, 1.2, 4.0)
        painted = mix(base, dark, np.clip(contrast * (0.5 * grain + 1.5 * tone) + 0.3, 0, 1))
        return mix(painted, painted * np.float32(0.4), gap)

    return material


def tiles(rng: np.random.Generator, width_m: float, height_m: float, *, bond: bool = False) -> Material:
    """Return tiles, slabs or (with `bond`) bricks, with joints."""
    base, joint = colour(rng, 0.5), colour(rng, 0.15, 0.3, 0.9)
    other = base if rng.random() < 0.6 else colour(rng)
    joint_m, spread = float(rng.uniform(0.004, 0.014)), float(rng.uniform(0.05, 0.3))
    body = mottled(rng, np.ones((3, 1), np.float32), float(rng.uniform(0.03, 0.1)), 1.0)
    checks = rng.random() < 0.4

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        row = np.floor(v_m / height_m)
        u = u_m + 0.5 * width_m * (row % 2) if bond else u_m
        column = np.floor(u / width_m)
        sharp = seen(min(width_m, height_m), pixel_m)
        tone = (cell(column, row) - 0.5) * spread * sharp
        share = ((column + row) % 2 if checks else cell(column, row, 4)) * sharp + 0.5 * (1 - sharp)
        slab = mix(base, other, share) * (1 + tone) * body(u_m, v_m, pixel_m)
        lines = np.maximum(near_lines(u, width_m, joint_m, pixel_m), near_lines(v_m, height_m, joint_m, pixel_m))
        return mix(slab, joint, lines)

    return material


def stripes(rng: np.random.Generator, period_m: float, *, both: bool = False) -> Material:
    """Return stripes, or a plaid with `both`: cloth, curtains, wallpaper."""
    first, second, third = colour(rng, 0.6), colour(rng, 0.6), colour(rng, 0.6)
    share, slant = float(rng.uniform(0.2, 0.7)), float(rng.choice([0.0, 0.0, 1.0]))
    body = mottled(rng, np.ones((3, 1), np.float32), 0.08, 0.6)

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        painted = mix(first, second, near_lines(u_m + slant * v_m, period_m, period_m * share, pixel_m))
        if both:
            painted = mix(painted, third, 0.6 * near_lines(v_m, period_m, period_m * share * 0.6, pixel_m))
        return painted * body(u_m, v_m, pixel_m)

    return material


def collage(rng: np.random.Generator, size_m: float) -> Material:
    """Return patches of colour in patches, with lines of writing: posters, packages, books, screens."""
    palette = np.concatenate([colour(rng, 0.6) for _ in range(6)], 1)
    palette = palette + (palette[:, :1] - palette) * np.float32(rng.uniform(0.0, 0.6))  # one colour leads
    mean = palette.mean(1, keepdims=True)
    start, aspect = rng.uniform(0, 50, 2), float(rng.uniform(0.5, 2.0))
    kind, line_m = int(rng.integers(50)), size_m * float(rng.uniform(0.05, 0.12))
    ink, written = colour(rng, 0.3, 0.0, 1.0), float(rng.uniform(0.1, 0.6))
    bend = size_m * float(rng.choice([0.0, 0.15, 0.4]))

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        u, v = u_m + np.float32(start[0]), v_m + np.float32(start[1])
        if bend:
            u = u + bend * noise(u, v, size_m * 9, 2.2)
            v = v + bend * noise(v, u, size_m * 9, 2.2)
        coarse_u, coarse_v = np.floor(u / size_m), np.floor(v / (size_m * aspect))
        tone = cell(coarse_u, coarse_v, kind)
        fine_m = size_m / 3
        inner = cell(np.floor(u / fine_m), np.floor(v / (fine_m * aspect)), kind + 1)
        which = np.where(tone > 0.55, inner * 6, tone / 0.55 * 6).astype(np.int32) % 6
        painted = mix(mean, palette[:, which], seen(size_m, pixel_m))
        word = cell(np.floor(u / line_m), np.floor(v / line_m), kind + 2) < 0.7
        writing = near_lines(v, line_m, line_m * 0.4, pixel_m) * word * (cell(coarse_u, coarse_v, kind + 3) < written)
        painted = mix(painted, ink, writing * seen(line_m, pixel_m))
        return painted * (1 + 0.06 * noise(u, v, size_m * 5, 1.0))

    return material


def speckled(rng: np.random.Generator, colours: Sequence[Floats], size_m: float, fall_off: float = 0.6) -> Material:
    """Return blotches between colours: grass, gravel, leaves, carpets, hair."""
    palette = np.concatenate(list(colours), 1)
    start, last = rng.uniform(0, 50, 2), palette.shape[1] - 1

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        u, v = u_m + np.float32(start[0]), v_m + np.float32(start[1])
        fine = noise(u, v, size_m * 60, fall_off) * seen(size_m, pixel_m)
        broad = noise(u, v, size_m * 2600, 1.1) * seen(size_m * 60, pixel_m)
        level = np.clip(0.5 + 0.25 * fine + 0.18 * broad, 0, 0.999) * last
        low = level.astype(np.int32)
        return mix(palette[:, low], palette[:, np.minimum(low + 1, last)], level - low)

    return material


def skin(rng: np.random.Generator) -> Material:
    """Return skin of a random tone, a little uneven."""
    tones = np.array([[245, 208, 185], [226, 178, 148], [198, 145, 110], [155, 105, 75], [105, 68, 48], [65, 42, 32]])
    place = rng.uniform(0, len(tones) - 1.001)
    low = int(place)
    tone = tones[low] + (tones[low + 1] - tones[low]) * (place - low) + rng.normal(0, 5, 3)
    return mottled(rng, (tone / 255).astype(np.float32)[:, None], 0.035, 0.25)


def hair(rng: np.random.Generator) -> Material:
    """Return hair with strands along v."""
    shades = ((0.06, 0.05, 0.05), (0.16, 0.1, 0.07), (0.35, 0.22, 0.13), (0.66, 0.5, 0.3), (0.55, 0.54, 0.53))
    base = np.array(shades[int(rng.integers(len(shades)))], np.float32)[:, None]

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        strands = noise(v_m, u_m, 0.35, 0.6, 7.0) * seen(0.006, pixel_m) + 0.7 * noise(v_m, u_m, 1.3, 1.0, 5.0)
        return np.asarray(base * (1 + 0.28 * strands), np.float32)

    return material


def cloth(rng: np.random.Generator) -> Material:
    """Return clothes: plain with folds, striped, checked or printed."""
    kind = rng.random()
    if kind < 0.6:
        plain = mottled(rng, colour(rng, 0.7, 0.06, 0.95), float(rng.uniform(0.06, 0.16)), 0.9)
    elif kind < 0.75:
        plain = stripes(rng, float(rng.uniform(0.015, 0.09)))
    elif kind < 0.88:
        plain = stripes(rng, float(rng.uniform(0.03, 0.1)), both=True)
    else:
        plain = collage(rng, float(rng.uniform(0.04, 0.25)))
    start = rng.uniform(0, 50, 2)

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        folds = noise(v_m + np.float32(start[0]), u_m + np.float32(start[1]), 1.6, 1.5, 2.0)
        return plain(u_m, v_m, pixel_m) * (1 + 0.16 * folds)

    return material


def wall(rng: np.random.Generator) -> Material:
    """Return a wall: paint mostly, or wallpaper, bricks, tiles, panels."""
    kind = rng.random()
    if kind < 0.6:
        return mottled(rng, colour(rng, 0.25, 0.4, 0.97), float(rng.uniform(0.015, 0.06)), float(rng.uniform(1, 5)))
    if kind < 0.7:
        return stripes(rng, float(rng.uniform(0.05, 0.5)))
    if kind < 0.8:
        return tiles(rng, 0.25, 0.08, bond=True)
    if kind < 0.88:
        size_m = float(rng.uniform(0.1, 0.6))
        return tiles(rng, size_m, size_m * float(rng.choice([0.5, 1.0])))
    if kind < 0.95:
        return wood(rng, float(rng.uniform(0.08, 0.3)))
    return collage(rng, float(rng.uniform(0.15, 0.6)))


def ground(rng: np.random.Generator) -> Material:
    """Return an indoor floor: planks, tiles, carpet, lino."""
    kind = rng.random()
    if kind < 0.4:
        return wood(rng, float(rng.uniform(0.06, 0.2)))
    if kind < 0.65:
        size_m = float(rng.uniform(0.2, 0.8))
        return tiles(rng, size_m, size_m)
    if kind < 0.85:
        base = colour(rng, 0.4, 0.15, 0.7)
        return speckled(rng, (base * 0.75, base, base * 1.2), float(rng.uniform(0.006, 0.03)))
    return mottled(rng, colour(rng, 0.3, 0.25, 0.8), 0.06, 1.5)


def thing(rng: np.random.Generator) -> Material:
    """Return the look of some object."""
    kind = rng.random()
    if kind < 0.4:
        return mottled(rng, colour(rng, 0.8, 0.05, 0.98), float(rng.uniform(0.02, 0.08)), float(rng.uniform(0.2, 1.0)))
    if kind < 0.7:
        return collage(rng, float(rng.uniform(0.02, 0.12)))
    if kind < 0.85:
        return wood(rng)
    return stripes(rng, float(rng.uniform(0.01, 0.06)), both=bool(rng.random() < 0.3))


def facade(rng: np.random.Generator) -> Material:
    """Return a house's outside with rows of windows."""
    kind = rng.random()
    body = (
        tiles(rng, 0.25, 0.08, bond=True)
        if kind < 0.35
        else mottled(rng, colour(rng, 0.35, 0.3, 0.92), float(rng.uniform(0.03, 0.08)), 6.0)
    )
    storey_m, bay_m = float(rng.uniform(2.7, 3.5)), float(rng.uniform(1.5, 3.5))
    tall, wide = float(rng.uniform(0.35, 0.65)), float(rng.uniform(0.3, 0.75))
    frame, glass = colour(rng, 0.2, 0.5, 1.0), colour(rng, 0.3, 0.1, 0.45)

    def material(u_m: Floats, v_m: Floats, pixel_m: Floats) -> Floats:
        u, v = u_m, v_m - np.float32(storey_m * 0.55)
        pane = near_lines(u, bay_m, bay_m * wide, pixel_m) * near_lines(v, storey_m, storey_m * tall, pixel_m)
        edge = near_lines(u, bay_m, bay_m * wide + 0.14, pixel_m)
        edge = edge * near_lines(v, storey_m, storey_m * tall + 0.14, pixel_m)
        bars = near_lines(u, bay_m / 2, 0.07, pixel_m)
        shine = 1 + 0.8 * cell(np.floor(u / bay_m + 0.5), np.floor(v / storey_m + 0.5), 9) + 0.2 * noise(u, v, 9.0, 1.2)
        windows = mix(glass * shine, frame * np.ones_like(u), bars)
        return mix(mix(body(u_m, v_m, pixel_m), frame, edge), windows, pane)

    return material
