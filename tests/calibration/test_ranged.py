"""What range sensors write, in pieces of any size, and what is no distance."""

from __future__ import annotations

import random

import pytest

from tui.calibration.ranged import RangeSigma, RangeStream, Ranging, parse_range, parse_range_sigma
from tui.errors import InputError


def tfmini(distance_cm: int, strength: int = 500, spoil: int = 0) -> bytes:
    """A frame as the sensor sends it; `spoil` is added to its checksum."""
    body = b"\x59\x59" + distance_cm.to_bytes(2, "little") + strength.to_bytes(2, "little") + b"\x02\x00"
    return body + bytes([(sum(body) + spoil) & 0xFF])


def pieces(data: bytes, seed: int) -> list[bytes]:
    chance, found = random.Random(seed), []
    while data:
        size = chance.randint(1, 7)
        found.append(data[:size])
        data = data[size:]
    return found


def read(stream: RangeStream, chunks: list[bytes]) -> list[float]:
    return [each.distance_m for chunk in chunks for each in stream.feed(chunk)]


@pytest.mark.parametrize(
    ("line", "distance_m", "sigma_m"),
    [
        ("1.830", 1.83, None),
        (" 2 \t", 2.0, None),
        ("183cm", 1.83, None),
        ("1830 mm", 1.83, None),
        ("1,8 m", 1.8, None),
        ("6 ft", 1.8288, None),
        ("2.5±0.02", 2.5, 0.02),
        ("2.5m +/- 1%", 2.5, 0.025),
        ("35 m", 35.0, None),
    ],
)
def test_a_line_is_metres_or_has_its_unit(line: str, distance_m: float, sigma_m: float | None) -> None:
    found = parse_range(line)
    assert found.distance_m == pytest.approx(distance_m)
    assert found.sigma_m == (None if sigma_m is None else pytest.approx(sigma_m))


@pytest.mark.parametrize(
    "line", ["", "hello", "nan", "inf", "-1", "0", "0.0", "1830", "1.2.3", "2±3", "1e9", "12 parsecs"]
)
def test_what_is_no_distance_is_none(line: str) -> None:
    with pytest.raises(InputError):
        parse_range(line)


@pytest.mark.parametrize("seed", range(8))
def test_lines_come_in_pieces_of_any_size(seed: int) -> None:
    text = "1.5\r\n\n2.25 m\nrubbish\n\xb5\n3.0\n4.".encode()
    assert read(RangeStream(), pieces(text, seed)) == [1.5, 2.25, 3.0]


def test_what_is_half_a_line_is_no_distance() -> None:
    late = RangeStream(joined_late=True)
    assert read(late, [b"83\n", b"1.8", b"4\n"]) == [1.84], "the first may have been 1.83"
    ended = RangeStream()
    assert read(ended, [b"1.8"]) == []
    assert [each.distance_m for each in ended.finish()] == [1.8]


def test_a_line_without_end_costs_no_memory_and_is_left_with_its_end() -> None:
    stream = RangeStream()
    for _ in range(50):
        assert stream.feed(b"9" * 1000) == ()
    assert len(stream._held) < 3000
    assert read(stream, [b"9\n2.0\n"]) == [2.0]


@pytest.mark.parametrize("seed", range(8))
def test_frames_come_in_pieces_and_those_with_wrong_checksums_do_not_count(seed: int) -> None:
    data = (
        b"\x02\x00\x31\n"  # the end of one whose beginning nobody heard
        + tfmini(150)
        + tfmini(777, spoil=1)
        + tfmini(0x5959)  # a distance that looks like a head; beyond any, but well formed
        + tfmini(305)
        + b"\x59\x59\x59"
        + tfmini(60)
    )
    assert read(RangeStream(joined_late=True), pieces(data, seed)) == [1.5, 0x5959 / 100, 3.05, 0.6]


@pytest.mark.parametrize(("distance_cm", "strength"), [(0, 500), (65535, 500), (65534, 500), (900, 3), (300, 65535)])
def test_a_frame_without_an_echo_is_no_distance_and_says_so(distance_cm: int, strength: int) -> None:
    stream = RangeStream(joined_late=True)
    assert read(stream, [tfmini(200), tfmini(distance_cm, strength)]) == [2.0]
    assert "no echo" in stream.complaint
    assert read(stream, [tfmini(210)]) == [2.1]
    assert stream.complaint == ""


def test_nothing_that_comes_breaks_it() -> None:
    chance = random.Random(5)
    for joined_late in (False, True):
        stream = RangeStream(joined_late=joined_late)
        for _ in range(3000):
            stream.feed(chance.choice([b"YY", b"\n", b"1.", chance.randbytes(chance.randint(0, 40)), tfmini(120)[:5]]))
            assert len(stream._held) < 5000


@pytest.mark.parametrize(
    ("text", "at_1_m", "at_5_m"),
    [("2cm", 0.02, 0.02), ("1%", 0.01, 0.05), ("1%,2cm", 0.02, 0.05), ("0.5 %", 0.005, 0.025)],
)
def test_a_sensor_is_wrong_by_so_much(text: str, at_1_m: float, at_5_m: float) -> None:
    sigma = parse_range_sigma(text)
    assert [sigma.at(1.0), sigma.at(5.0)] == pytest.approx([at_1_m, at_5_m])
    assert parse_range_sigma(str(sigma)) == sigma


@pytest.mark.parametrize("text", ["", "2", "0cm", "100%", "-1%", "a lot", "1%,"])
def test_what_is_no_uncertainty_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(InputError, match="±2cm"):
        parse_range_sigma(text)


def test_the_usual_is_one_per_cent_or_two_centimetres() -> None:
    assert RangeSigma(0.01, 0.02).at(0.5) == 0.02
    assert Ranging(1.0).sigma_m is None
