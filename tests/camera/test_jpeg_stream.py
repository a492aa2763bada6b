"""JPEGs in a stream of bytes: found by their markers, however the bytes come."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tui.camera.imread import decode_picture
from tui.camera.jpeg import decode_jpeg
from tui.camera.jpeg_stream import JpegStream
from tui.errors import InputError

EOI = b"\xff\xd9"


def jpeg(seed: int, *, progressive: bool = False, thumbnail: bytes = b"", side: int = 24) -> bytes:
    """Noise, so that every byte of the picture counts."""
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90, progressive=progressive)
    data = buffer.getvalue()
    exif = b"Exif\0\0" + thumbnail
    app1 = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    return data[:2] + app1 + data[2:] if thumbnail else data


PLAIN, OTHER = jpeg(1), jpeg(2)
WITH_THUMBNAIL = jpeg(3, thumbnail=PLAIN + b"xx" + PLAIN[:50])
PROGRESSIVE = jpeg(4, progressive=True)
SHREDS = [EOI, b"\xff", b"\xff\xd8", b"\xff\xda\0\x04ab", b"\xff\xc4\0\0", PLAIN[:60], PLAIN[:-2]]
PICTURES = [PLAIN, OTHER, WITH_THUMBNAIL, PROGRESSIVE]


def found_in(data: bytes, cuts: list[int], max_bytes: int = 1 << 20) -> list[bytes]:
    stream = JpegStream(max_bytes)
    ends = sorted(cut % (len(data) + 1) for cut in cuts)
    pieces = [data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)]
    return [picture for piece in pieces for picture in stream.feed(piece)] + stream.finish()


@given(
    st.lists(
        st.tuples(st.binary(max_size=40).filter(lambda b: b"\xff" not in b), st.sampled_from(PICTURES)), max_size=4
    ),
    st.lists(st.integers(0, 1 << 16), max_size=30),
)
def test_pictures_come_out_as_they_went_in(stream: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b"".join(between + picture for between, picture in stream)
    assert found_in(data, cuts) == [picture for _, picture in stream]


@given(
    st.lists(st.sampled_from([*PICTURES, *SHREDS]) | st.binary(max_size=20), max_size=12),
    st.lists(st.integers(0, 1 << 16), max_size=30),
    st.sampled_from([30, 700, 1 << 20]),
)
def test_the_cuts_make_no_difference_to_any_bytes(parts: list[bytes], cuts: list[int], max_bytes: int) -> None:
    data = b"".join(parts)
    whole = found_in(data, [], max_bytes)
    assert found_in(data, cuts, max_bytes) == whole
    assert all(len(picture) <= max_bytes and picture[:3] == b"\xff\xd8\xff" for picture in whole)


def test_one_byte_at_a_time() -> None:
    data = b"--x\r\n\r\n".join(PICTURES)
    assert found_in(data, list(range(len(data)))) == PICTURES


def test_a_missing_end_is_where_the_next_picture_begins() -> None:
    found = found_in(PLAIN[:-2] + OTHER[:-2] + PLAIN[:-2], [])
    assert found == [PLAIN[:-2], OTHER[:-2], PLAIN[:-2]]
    assert np.array_equal(decode_jpeg(found[1], "x"), decode_picture(OTHER, "x"))


def test_after_damage_the_next_whole_picture_comes() -> None:
    assert found_in(b"\xff\xd8\xff\xff\x00" + PLAIN, []) == [PLAIN]
    assert found_in(WITH_THUMBNAIL[:-30] + b"\xff\x05" + PLAIN, []) == [PLAIN]


def test_memory_is_bounded() -> None:
    stream = JpegStream(max_bytes=1000)
    for endless in [b"no picture at all ", PLAIN[:400]]:
        for piece in [endless, *[b"\x55" * 500] * 50]:
            assert stream.feed(piece) == []
            assert len(stream._buffer) <= 2000
    small = jpeg(7, side=8)
    assert stream.feed(EOI + small) == [small]


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("side", [24, 32, 100])
@pytest.mark.parametrize("behind", ["", "\r\n", "\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n"])
def test_a_picture_without_its_end_is_read_and_one_cut_off_is_not(progressive: bool, side: int, behind: str) -> None:
    _check_ends(jpeg(5, side=side, progressive=progressive), behind.encode())


def _check_ends(picture: bytes, behind: bytes) -> None:
    assert np.array_equal(decode_jpeg(picture[:-2] + behind, "x"), decode_picture(picture, "x"))
    for cut in [5, 6, 12, 40, 200]:
        with pytest.raises(InputError, match=r"cut off|truncated"):
            decode_jpeg(picture[:-cut] + behind, "x")


def test_what_is_no_jpeg_is_told_as_before() -> None:
    with pytest.raises(InputError, match="x: not a picture"):
        decode_jpeg(b"hello", "x")
