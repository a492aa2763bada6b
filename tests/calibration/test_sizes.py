"""Sizes of files as people write them."""

import pytest

from tui.calibration.sizes import format_size, parse_size
from tui.errors import InputError


@pytest.mark.parametrize(
    ("text", "size"),
    [("500MB", 500_000_000), ("2 GB", 2_000_000_000), ("1,5G", 1_500_000_000), ("100k", 100_000), ("4096", 4096)],
)
def test_what_people_write(text: str, size: int) -> None:
    assert parse_size(text, "--log-max") == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "1 parsec", "nan", "1e400"])
def test_anything_else_is_named(text: str) -> None:
    with pytest.raises(InputError, match="--log-max: write a size"):
        parse_size(text, "--log-max")


def test_too_little_is_refused() -> None:
    with pytest.raises(InputError, match="1 MB at least"):
        parse_size("10kB", "--log-max", least=1_000_000)


@pytest.mark.parametrize(
    ("size", "text"), [(12, "12 B"), (12_345, "12.3 kB"), (999_700, "1 MB"), (1.5e9, "1.5 GB"), (2e15, "2e+03 TB")]
)
def test_what_is_shown(size: float, text: str) -> None:
    assert format_size(size) == text
