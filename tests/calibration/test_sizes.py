"""Sizes of files as people write them."""

import pytest

from tui.calibration.sizes import format_size, parse_size
from tui.errors import InputError


@pytest.mark.parametrize(
    ("text", "size"),
    [("500MB", 500_000_000), ("2 GB", 2_000_000_000), ("1,5G", 1_500_000_000), ("100k", 100_000), ("4096", 4096),
     ("64 MiB", 64 * 2**20), ("1.000MB", 1_000_000), ("1,234,567", 1_234_567), ("\uff12GB", 2_000_000_000)],
)  # fmt: skip
def test_what_people_write(text: str, size: int) -> None:
    assert parse_size(text, "--log-max") == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "1 parsec", "nan", "1e400", "1iB", "9" * 400 + "TB"])
def test_anything_else_is_named(text: str) -> None:
    with pytest.raises(InputError, match="--log-max: write a size"):
        parse_size(text, "--log-max")


@pytest.mark.parametrize(
    ("text", "both"),
    [("1,500MB", "1500 MB or 1.5 MB"), ("1,000 gib", "1000 gib or 1 gib"), ("8,192", "8192 B or 8.192")],
)
def test_what_may_be_thousands_is_asked_back(text: str, both: str) -> None:
    with pytest.raises(InputError, match=f"--log-max: {both}"):
        parse_size(text, "--log-max")


def test_of_two_readings_the_only_one_that_is_enough_is_meant() -> None:
    assert parse_size("100,000kB", "--log-max", least=1_000_000) == 100_000_000


def test_too_little_is_refused() -> None:
    with pytest.raises(InputError, match="1 MB at least"):
        parse_size("10kB", "--log-max", least=1_000_000)


@pytest.mark.parametrize(
    ("size", "text"), [(12, "12 B"), (12_345, "12.3 kB"), (999_700, "1 MB"), (1.5e9, "1.5 GB"), (2e15, "2e+03 TB")]
)
def test_what_is_shown(size: float, text: str) -> None:
    assert format_size(size) == text
