"""What can be said after --bandwidth."""

from __future__ import annotations

import pytest

from tui.errors import InputError
from tui.terminal.bandwidth import Bandwidth


@pytest.mark.parametrize(
    ("text", "rate"),
    [("200kB", 200e3), ("50 kb/s", 50e3), ("1.5MB", 1.5e6), ("65536", 65536), ("64KiB", 65536), (" 9000B ", 9000)],
)
def test_rates(text: str, rate: float) -> None:
    assert Bandwidth.parse(text) == Bandwidth(rate, follows_link=False)


def test_words() -> None:
    assert Bandwidth.parse("Auto") == Bandwidth() == Bandwidth(None, follows_link=True)
    assert Bandwidth.parse("off") == Bandwidth(None, follows_link=False)


@pytest.mark.parametrize("text", ["", "fast", "-5kB", "10 parsecs", "1e9", "kB", "9" * 400 + "MB"])
def test_nonsense_names_what_can_be_said(text: str) -> None:
    with pytest.raises(InputError, match=r"200kB or 1\.5MB, or auto, or off"):
        Bandwidth.parse(text)


def test_too_little_says_how_little_is_enough() -> None:
    with pytest.raises(InputError, match="2 kB at least"):
        Bandwidth.parse("1kB")
