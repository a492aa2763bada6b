"""Pixels along a straight line of the picture."""

from __future__ import annotations

from tui.errors import InputError

Pixel = tuple[int, int]
"""Column and row."""


def pixels_along(start: Pixel, end: Pixel, most: int | None = None) -> tuple[Pixel, ...]:
    """The pixels from one to the other, both included, each once and in their order.

    Args:
        start: of the line.
        end: of the line; the other way round the same pixels come in the other order.
        most: evenly spread ones where there are more; None takes every pixel.

    Raises:
        InputError: both are the same pixel, or fewer than two are wanted.
    """
    if start == end:
        raise InputError(f"({start[0]}, {start[1]}) twice is no line: give two pixels")
    if most is not None and most < 2:
        raise InputError(f"{most} pixels along a line: two at least")
    if end < start:
        return pixels_along(end, start, most)[::-1]
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    if most is not None:
        steps = min(steps, most - 1)
    return tuple(
        (_between(start[0], end[0], number, steps), _between(start[1], end[1], number, steps))
        for number in range(steps + 1)
    )


def _between(first: int, last: int, number: int, steps: int) -> int:
    """Rounded to the nearest; in whole numbers, so that nothing is lost in pictures of any size."""
    return first + (2 * number * (last - first) + steps) // (2 * steps)
