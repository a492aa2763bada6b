"""Pictures that come all at once after a silence: the last of them is taken, and none is kept waiting otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.camera.stand_in import encoded, spec_of, stand_in
from tui.camera.burst import Burst
from tui.camera.open import open_source


def taken(comes_s: list[float]) -> list[tuple[float, float]]:
    """(when it came, when it was taken) of each that somebody takes who waits for the next at all times."""
    burst = Burst()
    found = []
    for came_s, next_s in zip(comes_s, [*comes_s[1:], float("inf")], strict=True):
        burst.came(came_s)
        if burst.due_s < next_s:
            found.append((came_s, burst.due_s))
    return found


@pytest.mark.parametrize("rate_hz", [0.2, 1, 10, 30, 120])
def test_at_their_pace_none_waits(rate_hz: float) -> None:
    rng = np.random.default_rng(0)
    comes_s = [k / rate_hz + float(rng.uniform(0, 0.6 / rate_hz)) for k in range(200)]
    assert taken(comes_s) == [(each, each) for each in comes_s]


@pytest.mark.parametrize("rate_hz", [5, 30])
@pytest.mark.parametrize("silence_s", [1.5, 4.0])
def test_of_those_that_were_held_up_the_last_is_taken(rate_hz: float, silence_s: float) -> None:
    before = [k / rate_hz for k in range(100)]
    end_s = before[-1] + silence_s
    held_up = [end_s + 0.001 * k for k in range(round(rate_hz * silence_s))]
    after = [held_up[-1] + k / rate_hz for k in range(1, 50)]
    found = taken(before + held_up + after)
    assert [came_s for came_s, _ in found] == [*before, held_up[-1], *after]
    assert all(taken_s - came_s <= 0.5 / rate_hz + 1e-9 for came_s, taken_s in found)


def test_a_lone_picture_after_a_silence_is_taken_soon() -> None:
    comes_s = [k / 10 for k in range(50)]
    came_s, taken_s = taken([*comes_s, 60.0])[-1]
    assert came_s == 60.0
    assert taken_s == pytest.approx(60.05, abs=0.02)


def test_what_never_comes_to_rest_is_taken_all_the_same() -> None:
    before = [k / 10 for k in range(50)]
    fast = [7.0 + k / 100 for k in range(1000)]
    found = [came_s for came_s, _ in taken(before + fast) if came_s > 6]
    assert found[0] < 7.0 + 2.2, "no longer than the silence was"
    assert len(found) > 700


def test_a_pipe_that_was_held_up_gives_the_newest(tmp_path: Path) -> None:
    body = """
shown = [(HERE / f"{number}").read_bytes() for number in range(3)]
def steady(picture, count):
    for _ in range(count):
        write(picture); time.sleep(0.1)
steady(shown[0], 15)
time.sleep(1.5)
write(shown[1] * 30)  # made meanwhile, and held up
steady(shown[2], 600)
"""
    words = stand_in(tmp_path, body)
    for number in range(3):
        noise = np.random.default_rng(number).integers(0, 256, (300, 300, 3), np.uint8)
        noise[:100, :100] = 100 * number
        (tmp_path / f"{number}").write_bytes(encoded(noise, quality=95))
    source = open_source(spec_of(words))
    seen: list[int] = []
    while not seen or seen[-1] < 2:
        seen.append(round(float(source.read().image[20:80, 20:80].mean()) / 100))
    source.close()
    assert seen.count(0) > 5
    assert seen.count(1) <= 1, "one of them at most, the newest: not one after the other"
